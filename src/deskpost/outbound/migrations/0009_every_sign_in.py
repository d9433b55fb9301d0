"""Outgoing servers by EWS and Graph and by OAuth; their consents."""

import deskpost.secret_field
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


PROMISES = """
    ALTER TABLE provider_sign_in ADD CONSTRAINT provider_sign_in_server FOREIGN KEY (server_id)
        REFERENCES outgoing_server ON DELETE CASCADE;
    ALTER TABLE wire_log ADD CONSTRAINT wire_log_server FOREIGN KEY (server_id)
        REFERENCES outgoing_server ON DELETE CASCADE
"""
NO_PROMISES = """
    ALTER TABLE provider_sign_in DROP CONSTRAINT provider_sign_in_server;
    ALTER TABLE wire_log DROP CONSTRAINT wire_log_server
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_initial'),
        ('desk', '0011_one_spelling_of_domains'),
        ('outbound', '0008_mails_in_a_row_at_which_a_server_breaks_off'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ServerConsent',
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
                ('server', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='consent', serialize=False, to='outbound.outgoingserver')),
            ],
            options={
                'db_table': 'server_consent',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='outgoingserver',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='outgoingserver',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='outgoingserver',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='authorization_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='client_id',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='client_secret',
            field=deskpost.secret_field.SecretField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='client_secret_ends',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='connect_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='debug_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='grant',
            field=models.TextField(choices=[('authorization_code', 'Authorization Code'), ('client_credentials', 'Client Credentials')], default='authorization_code'),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='graph_endpoint',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='mailbox_to_open',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='proxy',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='scope',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='token_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='authorization_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='client_id',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='client_secret',
            field=deskpost.secret_field.SecretField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='client_secret_ends',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='connect_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='debug_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='grant',
            field=models.TextField(choices=[('authorization_code', 'Authorization Code'), ('client_credentials', 'Client Credentials')], default='authorization_code'),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='graph_endpoint',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='mailbox_to_open',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='proxy',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='scope',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='token_url',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='outgoingserver',
            name='authentication',
            field=models.TextField(choices=[('none', 'None'), ('basic', 'Basic'), ('oauth', 'Oauth')], default='none'),
        ),
        migrations.AlterField(
            model_name='outgoingserver',
            name='server',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='outgoingserversettingsevent',
            name='authentication',
            field=models.TextField(choices=[('none', 'None'), ('basic', 'Basic'), ('oauth', 'Oauth')], default='none'),
        ),
        migrations.AlterField(
            model_name='outgoingserversettingsevent',
            name='server',
            field=models.TextField(blank=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='e582774d6c47e104d96854c071ee46e506942995', operation='INSERT', pgid='pgtrigger_insert_insert_d29ac', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='bb38b9856d4dfb80517fb746ae11334ff052ea6b', operation='UPDATE', pgid='pgtrigger_update_update_74db5', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (OLD."account_id", OLD."allowed_from", OLD."alternate_server", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."connections", OLD."copied", OLD."debug_until", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."mailbox_to_open", OLD."mails_per_minute", OLD."name", OLD."password", OLD."paused", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."reply_to", OLD."scope", OLD."sender_name", OLD."server", OLD."tls", OLD."token_url", OLD."username", OLD."verify_certificate"); RETURN NULL;', hash='43f652dac624aaacadb379f869e0a19a817f682a', operation='DELETE', pgid='pgtrigger_delete_delete_83568', table='outgoing_server', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='outgoingserver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('protocol', 'graph'), _negated=True), ('authentication', 'oauth'), _connector='OR'), name='outgoing_server_graph_by_oauth'),
        ),
        migrations.AddField(
            model_name='serverconsent',
            name='given_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunSQL(PROMISES, NO_PROMISES),
    ]
