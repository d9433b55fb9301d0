"""Notifications may leave by another server while a Graph server's queue is long; never by one of another account."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# The server that takes up a mail of another's queue may carry it: it is of no account or of the mail's own.
MAILS = """
    CREATE FUNCTION outbox_mail_of_the_account_of_its_overflow() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE of_server bigint;
    BEGIN
        SELECT account_id INTO of_server FROM outgoing_server WHERE id = NEW.overflow_by_id FOR KEY SHARE;
        IF of_server IS NOT NULL AND of_server IS DISTINCT FROM NEW.account_id THEN
            PERFORM outbox_mail_refuse_server(NEW.id, NEW.overflow_by_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER outbox_mail_of_the_account_of_its_overflow AFTER UPDATE OF overflow_by_id ON outbox_mail
        FOR EACH ROW WHEN (NEW.overflow_by_id IS NOT NULL AND NEW.overflow_by_id IS DISTINCT FROM OLD.overflow_by_id)
        EXECUTE FUNCTION outbox_mail_of_the_account_of_its_overflow()
"""
NO_MAILS = """
    DROP TRIGGER outbox_mail_of_the_account_of_its_overflow ON outbox_mail;
    DROP FUNCTION outbox_mail_of_the_account_of_its_overflow()
"""
# What a server overflows to sends by SMTP and is of no account, whichever of the two rows is written.
SERVERS = """
    CREATE FUNCTION outgoing_server_overflow_to_smtp() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE target outgoing_server;
    BEGIN
        PERFORM FROM outgoing_server WHERE id = NEW.overflow_to_id FOR SHARE;
        SELECT other.* INTO target FROM outgoing_server other
            WHERE (other.id = NEW.overflow_to_id
                OR other.id = NEW.id AND EXISTS (SELECT 1 FROM outgoing_server WHERE overflow_to_id = NEW.id))
            AND (other.protocol NOT IN ('smtp', 'smtps') OR other.account_id IS NOT NULL OR other.copied) LIMIT 1;
        IF target.id IS NOT NULL THEN
            RAISE EXCEPTION 'outgoing server % cannot take up what others have too much of', target.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'outgoing_server_overflow_to_smtp';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER outgoing_server_overflow_to_smtp AFTER INSERT OR UPDATE OF overflow_to_id, protocol, account_id, copied
        ON outgoing_server FOR EACH ROW EXECUTE FUNCTION outgoing_server_overflow_to_smtp()
"""
NO_SERVERS = """
    DROP TRIGGER outgoing_server_overflow_to_smtp ON outgoing_server;
    DROP FUNCTION outgoing_server_overflow_to_smtp()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0011_one_spelling_of_domains'),
        ('outbound', '0011_whether_a_mail_was_sent'),
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
            name='overflow_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outbound.outgoingserver'),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='overflow_after_s',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='overflow_to',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='overflowing', to='outbound.outgoingserver'),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='overflow_after_s',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='overflow_to',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='outbound.outgoingserver'),
        ),
        migrations.AddField(
            model_name='outgoingserverstate',
            name='overflow_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoingserverstate',
            name='seconds_a_mail',
            field=models.FloatField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='cd64b7da5ccef872f4cff3da2ab1acddd37fd5df', operation='INSERT', pgid='pgtrigger_insert_insert_d29ac', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='0c1e9fd7c4a116ba321069692152288ea0af4706', operation='UPDATE', pgid='pgtrigger_update_update_74db5', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "server", "tls", "token_url", "username", "verify_certificate") VALUES (OLD."account_id", OLD."allowed_from", OLD."alternate_server", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."connections", OLD."copied", OLD."debug_until", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."mailbox_to_open", OLD."mails_per_minute", OLD."name", OLD."overflow_after_s", OLD."overflow_to_id", OLD."password", OLD."paused", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."reply_to", OLD."scope", OLD."sender_name", OLD."server", OLD."tls", OLD."token_url", OLD."username", OLD."verify_certificate"); RETURN NULL;', hash='a2e06f8ff73dd738e7f2df6f676fc58ec459bfbb', operation='DELETE', pgid='pgtrigger_delete_delete_83568', table='outgoing_server', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='outboxmail',
            constraint=models.CheckConstraint(condition=models.Q(('overflow_by', None), ('sending_class__gte', 3), _connector='OR'), name='outbox_mail_overflow_of_notifications'),
        ),
        migrations.AddConstraint(
            model_name='outgoingserver',
            constraint=models.CheckConstraint(condition=models.Q(('overflow_to', None), models.Q(('protocol', 'graph'), models.Q(('overflow_to', models.F('id')), _negated=True)), _connector='OR'), name='outgoing_server_overflow_of_graph'),
        ),
        migrations.AddConstraint(
            model_name='outgoingserver',
            constraint=models.CheckConstraint(condition=models.Q(('overflow_to', None), ('overflow_after_s__isnull', False), _connector='OR'), name='outgoing_server_overflow_after_some_time'),
        ),
        migrations.AddConstraint(
            model_name='outgoingserver',
            constraint=models.CheckConstraint(condition=models.Q(('overflow_after_s', None), ('overflow_after_s__gte', 1), _connector='OR'), name='outgoing_server_overflow_after_a_second'),
        ),
        migrations.RunSQL(MAILS, NO_MAILS),
        migrations.RunSQL(SERVERS, NO_SERVERS),
    ]
