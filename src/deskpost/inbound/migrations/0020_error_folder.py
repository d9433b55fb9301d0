"""Error folders of mailboxes, error mails with their details, and whom people ask for help."""


import deskpost.secret_field
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0012_files_that_stay'),
        ('inbound', '0019_spam_filter'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ErrorFolderSettings',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('support_address', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'error_folder_settings',
            },
        ),
        migrations.CreateModel(
            name='ErrorFolderSettingsSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.SmallIntegerField(default=1, serialize=False)),
                ('support_address', models.TextField(blank=True, default='')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ErrorMail',
            fields=[
                ('mail', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='error', serialize=False, to='inbound.inboundmessage')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('step', models.TextField()),
                ('why', models.TextField()),
                ('details', deskpost.secret_field.SecretField(default='')),
                ('place', models.TextField(choices=[('kept', 'Kept'), ('to_move', 'To Move'), ('folder', 'Folder'), ('to_inbox', 'To Inbox')], default='kept')),
                ('folder', models.TextField(default='')),
                ('refusals', models.PositiveIntegerField(default=0)),
                ('words', models.TextField(default='')),
                ('copied', models.BooleanField(default=False)),
                ('copying_since', models.TextField(default='')),
            ],
            options={
                'db_table': 'error_mail',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mailbox',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mailbox',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mailbox',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='mailact',
            name='mail_act_kind_exists',
        ),
        migrations.AddField(
            model_name='mailbox',
            name='error_folder',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='error_folder_name',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='error_notify',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='error_stop_after',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='error_folder',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='error_folder_name',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='error_notify',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='error_stop_after',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='mailboxstate',
            name='error_total',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='mailboxstate',
            name='error_total_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='mailboxstate',
            name='held_at_limit',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='mailact',
            name='kind',
            field=models.TextField(choices=[('read', 'Read'), ('downloaded', 'Downloaded'), ('moved', 'Moved'), ('own', 'Own'), ('again', 'Again'), ('after_all', 'After All'), ('spam', 'Spam'), ('file', 'File'), ('details', 'Details')]),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_group_id", "default_priority_id", "default_site_id", "error_folder", "error_folder_name", "error_notify", "error_stop_after", "fetch_every", "fetching", "first_fetch", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "source_folder", "source_number", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."error_folder", NEW."error_folder_name", NEW."error_notify", NEW."error_stop_after", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."password", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='c5c29997ddb453d64172b844a13fe6343d4154aa', operation='INSERT', pgid='pgtrigger_insert_insert_0c9fb', table='mailbox', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_group_id", "default_priority_id", "default_site_id", "error_folder", "error_folder_name", "error_notify", "error_stop_after", "fetch_every", "fetching", "first_fetch", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "source_folder", "source_number", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."error_folder", NEW."error_folder_name", NEW."error_notify", NEW."error_stop_after", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."password", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='b2c49c6cbad50aefb844492b0962fd0e914307bb', operation='UPDATE', pgid='pgtrigger_update_update_aa861', table='mailbox', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_group_id", "default_priority_id", "default_site_id", "error_folder", "error_folder_name", "error_notify", "error_stop_after", "fetch_every", "fetching", "first_fetch", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "source_folder", "source_number", "tls", "token_url", "username", "verify_certificate") VALUES (OLD."account_id", OLD."acknowledge_old", OLD."addresses", OLD."after_fetching", OLD."allowed_addresses", OLD."allowed_domains", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."debug_until", OLD."default_group_id", OLD."default_priority_id", OLD."default_site_id", OLD."error_folder", OLD."error_folder_name", OLD."error_notify", OLD."error_stop_after", OLD."fetch_every", OLD."fetching", OLD."first_fetch", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."leave_days", OLD."mailbox_to_open", OLD."max_size_mb", OLD."move_to", OLD."name", OLD."new_requests_disabled", OLD."password", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."push", OLD."removed_at", OLD."scope", OLD."server", OLD."source_folder", OLD."source_number", OLD."tls", OLD."token_url", OLD."username", OLD."verify_certificate"); RETURN NULL;', hash='34b87eb2c4a5dd279978a402c7e0715befada347', operation='DELETE', pgid='pgtrigger_delete_delete_69a5d', table='mailbox', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='mailact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('read', 'downloaded', 'moved', 'own', 'again', 'after_all', 'spam', 'file', 'details'))), name='mail_act_kind_exists'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('error_folder', False), models.Q(models.Q(('error_folder_name', ''), _negated=True), models.Q(('error_folder_name', models.F('source_folder')), _negated=True)), _connector='OR'), name='mailbox_error_folder_is_another'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('error_folder', False), models.Q(('protocol__in', ('pop', 'pops')), _negated=True), _connector='OR'), name='mailbox_error_folder_not_at_pop'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('error_stop_after', None), ('error_stop_after__gte', 1), _connector='OR'), name='mailbox_error_stop_after'),
        ),
        migrations.AddConstraint(
            model_name='errorfoldersettings',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='error_folder_settings_one_row'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='errorfoldersettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_errorfoldersettingssettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "support_address") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."support_address"); RETURN NULL;', hash='657b59bcc4262647ca60c63d3382a1a5c950df17', operation='INSERT', pgid='pgtrigger_insert_insert_795ba', table='error_folder_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='errorfoldersettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_errorfoldersettingssettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "support_address") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."support_address"); RETURN NULL;', hash='ede3ce5c2f3afe54928b034a8f2f16a1fad97684', operation='UPDATE', pgid='pgtrigger_update_update_6e7cf', table='error_folder_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='errorfoldersettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_errorfoldersettingssettingsevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "support_address") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."support_address"); RETURN NULL;', hash='07f6d577aadf1d8c177c8f43ab69ddd5093dbc9e', operation='DELETE', pgid='pgtrigger_delete_delete_a03b6', table='error_folder_settings', when='AFTER')),
        ),
        migrations.AddField(
            model_name='errorfoldersettingssettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='errorfoldersettingssettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='inbound.errorfoldersettings'),
        ),
        migrations.AddField(
            model_name='errormail',
            name='mailbox',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inbound.mailbox'),
        ),
        migrations.AddIndex(
            model_name='errormail',
            index=models.Index(fields=['mailbox', 'place'], name='error_mail_place'),
        ),
        migrations.AddConstraint(
            model_name='errormail',
            constraint=models.CheckConstraint(condition=models.Q(('place__in', ['kept', 'to_move', 'folder', 'to_inbox'])), name='error_mail_place_exists'),
        ),
        migrations.AddConstraint(
            model_name='errormail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('place', 'folder'), _negated=True), models.Q(('folder', ''), _negated=True), _connector='OR'), name='error_mail_in_a_folder'),
        ),
        migrations.RunSQL(
            "INSERT INTO error_folder_settings (id, support_address) VALUES (1, '')", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "INSERT INTO error_mail (mail_id, mailbox_id, at, step, why, details, place, folder, refusals, words, "
            "copied, copying_since) SELECT m.id, m.mailbox_id, m.received_at, coalesce(o.trace -> -1 ->> 0, ''), "
            "'From before reasons were kept', '', 'kept', '', 0, '', false, '' "
            "FROM mail_outcome o JOIN inbound_message m ON m.id = o.mail_id WHERE o.kind = 'error'",
            migrations.RunSQL.noop,
        ),
    ]
