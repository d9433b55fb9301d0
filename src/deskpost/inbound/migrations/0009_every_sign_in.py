"""Mailboxes by EWS and Graph and by OAuth; their consents. One application never fetches and sends for one mailbox."""

import deskpost.secret_field
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# Microsoft Graph counts the requests of an application to a mailbox, in and out together: two of them starve each other.
PROMISES = """
    ALTER TABLE provider_sign_in ADD CONSTRAINT provider_sign_in_mailbox FOREIGN KEY (mailbox_id)
        REFERENCES mailbox ON DELETE CASCADE;
    ALTER TABLE wire_log ADD CONSTRAINT wire_log_mailbox FOREIGN KEY (mailbox_id)
        REFERENCES mailbox ON DELETE CASCADE;
    CREATE FUNCTION graph_client_of_one_direction() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE shared text;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('graph_client_of_one_direction'));
        SELECT incoming.name INTO shared FROM mailbox incoming JOIN outgoing_server outgoing
            ON lower(incoming.client_id) = lower(outgoing.client_id)
            AND lower(coalesce(nullif(incoming.mailbox_to_open, ''), incoming.username)) = lower(
                coalesce(nullif(outgoing.mailbox_to_open, ''), nullif(outgoing.username, ''), outgoing.reply_to))
            WHERE incoming.protocol = 'graph' AND outgoing.protocol = 'graph' AND incoming.removed_at IS NULL
            AND NOT outgoing.copied
            AND CASE TG_TABLE_NAME WHEN 'mailbox' THEN incoming.id ELSE outgoing.id END = NEW.id LIMIT 1;
        IF shared IS NOT NULL THEN
            RAISE EXCEPTION 'the application that fetches mailbox % also sends for it', shared
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'graph_client_of_one_direction';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER mailbox_graph_client AFTER INSERT OR UPDATE ON mailbox FOR EACH ROW
        WHEN (NEW.protocol = 'graph' AND NEW.removed_at IS NULL) EXECUTE FUNCTION graph_client_of_one_direction();
    CREATE TRIGGER outgoing_server_graph_client AFTER INSERT OR UPDATE ON outgoing_server FOR EACH ROW
        WHEN (NEW.protocol = 'graph') EXECUTE FUNCTION graph_client_of_one_direction()
"""
NO_PROMISES = """
    DROP TRIGGER mailbox_graph_client ON mailbox;
    DROP TRIGGER outgoing_server_graph_client ON outgoing_server;
    DROP FUNCTION graph_client_of_one_direction();
    ALTER TABLE provider_sign_in DROP CONSTRAINT provider_sign_in_mailbox;
    ALTER TABLE wire_log DROP CONSTRAINT wire_log_mailbox
"""


class Migration(migrations.Migration):

    dependencies = [
        ('outbound', '0009_every_sign_in'),
        ('access', '0001_initial'),
        ('desk', '0011_one_spelling_of_domains'),
        ('inbound', '0008_stuck_mails'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailboxConsent',
            fields=[
                ('access_token', deskpost.secret_field.SecretField(default='')),
                ('refresh_token', deskpost.secret_field.SecretField(default='')),
                ('expires_at', models.DateTimeField(null=True)),
                ('given_by', models.TextField(default='')),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lost_at', models.DateTimeField(null=True)),
                ('lost_reason', models.TextField(default='')),
                ('told_at', models.DateTimeField(null=True)),
                ('warned_days', models.PositiveSmallIntegerField(null=True)),
                ('mailbox', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='consent', serialize=False, to='inbound.mailbox')),
            ],
            options={
                'db_table': 'mailbox_consent',
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
            model_name='mailbox',
            name='mailbox_removed_rests',
        ),
        migrations.AddField(
            model_name='mailbox',
            name='authentication',
            field=models.TextField(choices=[('none', 'None'), ('basic', 'Basic'), ('oauth', 'Oauth')], default='basic'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='authorization_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='client_id',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='client_secret',
            field=deskpost.secret_field.SecretField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='client_secret_ends',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='connect_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='debug_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='grant',
            field=models.TextField(choices=[('authorization_code', 'Authorization Code'), ('client_credentials', 'Client Credentials')], default='authorization_code'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='graph_endpoint',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='mailbox_to_open',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='proxy',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='push',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='scope',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='token_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='authentication',
            field=models.TextField(choices=[('none', 'None'), ('basic', 'Basic'), ('oauth', 'Oauth')], default='basic'),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='authorization_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='client_id',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='client_secret',
            field=deskpost.secret_field.SecretField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='client_secret_ends',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='connect_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='debug_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='grant',
            field=models.TextField(choices=[('authorization_code', 'Authorization Code'), ('client_credentials', 'Client Credentials')], default='authorization_code'),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='graph_endpoint',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='mailbox_to_open',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='proxy',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='push',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='scope',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='token_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='server',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='mailboxsettingsevent',
            name='server',
            field=models.TextField(blank=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_group_id", "default_priority_id", "default_site_id", "fetch_every", "fetching", "first_fetch", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "source_folder", "source_number", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."password", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='b76c379c80ba036f25c97007c97a344e61a366d7', operation='INSERT', pgid='pgtrigger_insert_insert_0c9fb', table='mailbox', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_group_id", "default_priority_id", "default_site_id", "fetch_every", "fetching", "first_fetch", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "source_folder", "source_number", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."password", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='d82b2974f36401e125fd9973774224bea4b98678', operation='UPDATE', pgid='pgtrigger_update_update_aa861', table='mailbox', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_group_id", "default_priority_id", "default_site_id", "fetch_every", "fetching", "first_fetch", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "source_folder", "source_number", "tls", "token_url", "username", "verify_certificate") VALUES (OLD."account_id", OLD."acknowledge_old", OLD."addresses", OLD."after_fetching", OLD."allowed_addresses", OLD."allowed_domains", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."debug_until", OLD."default_group_id", OLD."default_priority_id", OLD."default_site_id", OLD."fetch_every", OLD."fetching", OLD."first_fetch", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."leave_days", OLD."mailbox_to_open", OLD."max_size_mb", OLD."move_to", OLD."name", OLD."new_requests_disabled", OLD."password", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."push", OLD."removed_at", OLD."scope", OLD."server", OLD."source_folder", OLD."source_number", OLD."tls", OLD."token_url", OLD."username", OLD."verify_certificate"); RETURN NULL;', hash='9d1dae7d59c81200c4c4631327a37124a7c8afe9', operation='DELETE', pgid='pgtrigger_delete_delete_69a5d', table='mailbox', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('authentication', 'none'), _negated=True), name='mailbox_signs_in'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('protocol', 'graph'), _negated=True), ('authentication', 'oauth'), _connector='OR'), name='mailbox_graph_by_oauth'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at', None), models.Q(('client_secret', ''), ('fetching', False), ('password', '')), _connector='OR'), name='mailbox_removed_rests'),
        ),
        migrations.AddField(
            model_name='mailboxconsent',
            name='given_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunSQL(PROMISES, NO_PROMISES),
    ]
