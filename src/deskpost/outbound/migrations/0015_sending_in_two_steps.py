"""By Graph a mail may leave as a draft whose id is kept first; drafts that nobody is going to send are found."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0011_one_spelling_of_domains'),
        ('outbound', '0014_waiting_as_asked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            model_name='outboxmail',
            name='draft_id',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='certain',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='certain',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='outboxmail',
            index=models.Index(condition=models.Q(('state__in', ('failed', 'lapsed', 'cancelled')), models.Q(('draft_id', ''), _negated=True)), fields=['server'], name='outbox_mail_drafts_left'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."certain", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='c3da9551ac02f2b0de343b76306cb8245b4008c6', operation='INSERT', pgid='pgtrigger_insert_insert_d29ac', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."certain", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='fc4934634af96bbd35babd6deba73039123438aa', operation='UPDATE', pgid='pgtrigger_update_update_74db5', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (OLD."account_id", OLD."allowed_from", OLD."alternate_server", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."certain", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."connections", OLD."copied", OLD."debug_until", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."mailbox_to_open", OLD."mails_per_minute", OLD."name", OLD."overflow_after_s", OLD."overflow_to_id", OLD."password", OLD."paused", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."reply_to", OLD."scope", OLD."sender_name", OLD."server", OLD."tls", OLD."token_url", OLD."username", OLD."verify_certificate"); RETURN NULL;', hash='6bc1855ba44f33c8f87cbf66cbb910486c9b21cb', operation='DELETE', pgid='pgtrigger_delete_delete_83568', table='outgoing_server', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='outgoingserver',
            constraint=models.CheckConstraint(condition=models.Q(('certain', False), ('protocol', 'graph'), _connector='OR'), name='outgoing_server_certain_of_graph'),
        ),
    ]
