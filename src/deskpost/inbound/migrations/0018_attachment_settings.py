"""Which files of incoming mails stay, what did not, and whether people are told: the last by SQL too."""

import deskpost.inbound.attachment_settings
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0012_files_that_stay'),
        ('inbound', '0017_directions_by_what_a_mailbox_is'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttachmentSettings',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('mode', models.TextField(choices=[('denied', 'Denied'), ('allowed', 'Allowed')], default='denied')),
                ('extensions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=deskpost.inbound.attachment_settings.denied_at_first, size=None)),
                ('max_mb', models.PositiveIntegerField(default=10)),
            ],
            options={
                'db_table': 'attachment_settings',
            },
        ),
        migrations.CreateModel(
            name='AttachmentSettingsSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.SmallIntegerField(default=1, serialize=False)),
                ('mode', models.TextField(choices=[('denied', 'Denied'), ('allowed', 'Allowed')], default='denied')),
                ('extensions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=deskpost.inbound.attachment_settings.denied_at_first, size=None)),
                ('max_mb', models.PositiveIntegerField(default=10)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DroppedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.TextField()),
                ('name', models.TextField()),
                ('size', models.BigIntegerField()),
                ('why', models.TextField()),
                ('detail', models.TextField()),
                ('taken_in_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'dropped_file',
            },
        ),
        migrations.CreateModel(
            name='GlobalConfig',
            fields=[
                ('pk', models.CompositePrimaryKey('category', 'parameter', blank=True, editable=False, primary_key=True, serialize=False)),
                ('category', models.TextField()),
                ('parameter', models.TextField()),
                ('paramvalue', models.TextField()),
            ],
            options={
                'db_table': 'globalconfig',
            },
        ),
        migrations.CreateModel(
            name='GlobalConfigEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('category', models.TextField()),
                ('parameter', models.TextField()),
                ('paramvalue', models.TextField()),
                ('id', models.GeneratedField(db_persist=True, expression=models.Func('category', 'parameter', arg_joiner=" || ' ' || ", template='hashtextextended(%(expressions)s, 0)'), output_field=models.BigIntegerField())),
            ],
            options={
                'db_table': 'globalconfig_version',
            },
        ),
        migrations.RemoveConstraint(
            model_name='mailact',
            name='mail_act_kind_exists',
        ),
        migrations.AlterField(
            model_name='mailact',
            name='kind',
            field=models.TextField(choices=[('read', 'Read'), ('downloaded', 'Downloaded'), ('moved', 'Moved'), ('own', 'Own'), ('again', 'Again'), ('file', 'File')]),
        ),
        migrations.AddConstraint(
            model_name='mailact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('read', 'downloaded', 'moved', 'own', 'again', 'file'))), name='mail_act_kind_exists'),
        ),
        migrations.AddConstraint(
            model_name='attachmentsettings',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='attachment_settings_one_row'),
        ),
        migrations.AddConstraint(
            model_name='attachmentsettings',
            constraint=models.CheckConstraint(condition=models.Q(('max_mb__gte', 1), ('max_mb__lte', 2000)), name='attachment_settings_max_mb'),
        ),
        migrations.AddConstraint(
            model_name='attachmentsettings',
            constraint=models.CheckConstraint(condition=models.Q(('mode', 'denied'), models.Q(('mode', 'allowed'), models.Q(('extensions', []), _negated=True)), _connector='OR'), name='attachment_settings_allows_something'),
        ),
        migrations.AddConstraint(
            model_name='attachmentsettings',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Regex(models.Func(models.F('extensions'), models.Value(','), function='array_to_string', output_field=models.TextField()), models.Value('^([a-z0-9][a-z0-9_+-]{0,19}(,[a-z0-9][a-z0-9_+-]{0,19})*)?$')), name='attachment_settings_extensions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachmentsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_attachmentsettingssettingsevent" ("extensions", "id", "max_mb", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."extensions", NEW."id", NEW."max_mb", NEW."mode", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='446f1040a805d0d3cefa069b29bd830e90269b6f', operation='INSERT', pgid='pgtrigger_insert_insert_5af83', table='attachment_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachmentsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_attachmentsettingssettingsevent" ("extensions", "id", "max_mb", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."extensions", NEW."id", NEW."max_mb", NEW."mode", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='f3acbd9c002fbd3b9c7bfb26aad5f8f4ce41cb39', operation='UPDATE', pgid='pgtrigger_update_update_911ce', table='attachment_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachmentsettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_attachmentsettingssettingsevent" ("extensions", "id", "max_mb", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."extensions", OLD."id", OLD."max_mb", OLD."mode", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='81ad7c46f6d260885b542a8646d0c202876342a8', operation='DELETE', pgid='pgtrigger_delete_delete_b2e8f', table='attachment_settings', when='AFTER')),
        ),
        migrations.AddField(
            model_name='attachmentsettingssettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='attachmentsettingssettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='inbound.attachmentsettings'),
        ),
        migrations.AddField(
            model_name='droppedfile',
            name='mail',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='dropped_files', to='inbound.inboundmessage'),
        ),
        migrations.AddField(
            model_name='droppedfile',
            name='taken_in_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='globalconfig',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "globalconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), \'insert\'); RETURN NULL;', hash='8c7d91bb97f810b5ac22c95f9adf0ec496683c1b', operation='INSERT', pgid='pgtrigger_insert_insert_9d27e', table='globalconfig', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='globalconfig',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."parameter" IS DISTINCT FROM (NEW."parameter") OR OLD."paramvalue" IS DISTINCT FROM (NEW."paramvalue"))', func='INSERT INTO "globalconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), \'update\'); RETURN NULL;', hash='82715c0e7fa0ebf0dc1436c71d00b80a3b6fb855', operation='UPDATE', pgid='pgtrigger_update_update_cf748', table='globalconfig', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='globalconfig',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "globalconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."category", OLD."parameter", OLD."paramvalue", _pgh_attach_context(), NOW(), \'delete\'); RETURN NULL;', hash='875678fff27af702b230968c008172a2dceeb7a1', operation='DELETE', pgid='pgtrigger_delete_delete_db794', table='globalconfig', when='AFTER')),
        ),
        migrations.AddField(
            model_name='globalconfigevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddConstraint(
            model_name='droppedfile',
            constraint=models.UniqueConstraint(fields=('mail', 'part'), name='dropped_file_once'),
        ),
        migrations.AddConstraint(
            model_name='droppedfile',
            constraint=models.CheckConstraint(condition=models.Q(('why__in', ('name', 'extension', 'type', 'empty', 'size'))), name='dropped_file_why_exists'),
        ),
        migrations.AddConstraint(
            model_name='droppedfile',
            constraint=models.CheckConstraint(condition=models.Q(('taken_in_by', None), ('taken_in_at__isnull', False), _connector='OR'), name='dropped_file_taken_in'),
        ),
        migrations.RunSQL(
            "INSERT INTO attachment_settings (id, mode, extensions, max_mb) VALUES (1, 'denied', "
            "'{bat,cmd,com,cpl,exe,hta,js,jse,lnk,msi,pif,ps1,reg,scr,vbe,vbs,wsf,wsh}', 10); "
            "INSERT INTO globalconfig (category, parameter, paramvalue) VALUES "
            "('EMAIL_PROCESSING', 'sendAttachmentStrippedNotification', 'true')",
            migrations.RunSQL.noop,
        ),
    ]
