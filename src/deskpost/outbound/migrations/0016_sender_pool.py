"""A Graph server's notifications may leave from further mailboxes, none of which another server or direction shares."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# Microsoft counts the requests of an application to a mailbox: who shares both with another starves it. So of all
# mailboxes that one application sends from, each is one server's, and named there once.
POOLS = """
    CREATE FUNCTION outgoing_server_sender_pool() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE own text := lower(coalesce(nullif(NEW.mailbox_to_open, ''), nullif(NEW.username, ''), NEW.reply_to));
    DECLARE shared text;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('graph_client_of_one_direction'));
        SELECT one INTO shared FROM unnest(NEW.sender_pool) AS one
            WHERE one = own OR one <> lower(one) OR one = ''
            OR (SELECT count(*) FROM unnest(NEW.sender_pool) AS other WHERE other = one) > 1
            OR NOT NEW.copied AND EXISTS (SELECT 1 FROM outgoing_server other WHERE other.id <> NEW.id
                AND other.protocol = 'graph' AND NOT other.copied AND lower(other.client_id) = lower(NEW.client_id)
                AND (one = ANY(other.sender_pool) OR one = lower(
                    coalesce(nullif(other.mailbox_to_open, ''), nullif(other.username, ''), other.reply_to))))
            LIMIT 1;
        IF shared IS NULL AND NOT NEW.copied THEN
            SELECT own INTO shared FROM outgoing_server other WHERE other.id <> NEW.id AND other.protocol = 'graph'
                AND NOT other.copied AND lower(other.client_id) = lower(NEW.client_id)
                AND own = ANY(other.sender_pool) LIMIT 1;
        END IF;
        IF shared IS NOT NULL THEN
            RAISE EXCEPTION 'the mailbox % cannot be in a sender pool beside what sends from it already', shared
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'outgoing_server_sender_pool';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER outgoing_server_sender_pool AFTER INSERT OR UPDATE ON outgoing_server FOR EACH ROW
        WHEN (NEW.protocol = 'graph') EXECUTE FUNCTION outgoing_server_sender_pool()
"""
NO_POOLS = """
    DROP TRIGGER outgoing_server_sender_pool ON outgoing_server;
    DROP FUNCTION outgoing_server_sender_pool()
"""
_DIRECTIONS = """
    CREATE OR REPLACE FUNCTION graph_client_of_one_direction() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE shared text;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('graph_client_of_one_direction'));
        SELECT incoming.name INTO shared FROM mailbox incoming JOIN outgoing_server outgoing
            ON lower(incoming.client_id) = lower(outgoing.client_id)
            AND lower(coalesce(nullif(incoming.mailbox_to_open, ''), incoming.username)) {is_one_of} lower(
                coalesce(nullif(outgoing.mailbox_to_open, ''), nullif(outgoing.username, ''), outgoing.reply_to)){more}
            WHERE incoming.protocol = 'graph' AND outgoing.protocol = 'graph' AND incoming.removed_at IS NULL
            AND NOT outgoing.copied
            AND CASE TG_TABLE_NAME WHEN 'mailbox' THEN incoming.id ELSE outgoing.id END = NEW.id LIMIT 1;
        IF shared IS NOT NULL THEN
            RAISE EXCEPTION 'the application that fetches mailbox % also sends for it', shared
                USING ERRCODE = 'unique_violation', CONSTRAINT = 'graph_client_of_one_direction';
        END IF;
        RETURN NULL;
    END $$
"""
DIRECTIONS = _DIRECTIONS.format(is_one_of="= ANY(outgoing.sender_pool ||", more=")")
DIRECTIONS_OF_BEFORE = _DIRECTIONS.format(is_one_of="=", more="")


class Migration(migrations.Migration):

    dependencies = [
        ('inbound', '0009_every_sign_in'),
        ('desk', '0011_one_spelling_of_domains'),
        ('outbound', '0015_sending_in_two_steps'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SenderPoolState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.TextField()),
                ('failing_since', models.DateTimeField(null=True)),
                ('reason', models.TextField(db_default='', default='')),
                ('not_before', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('keeps_message_id', models.BooleanField(null=True)),
            ],
            options={
                'db_table': 'sender_pool_state',
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
            model_name='outboxmail',
            name='sent_from',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddField(
            model_name='outgoingserver',
            name='sender_pool',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='outgoingserversettingsevent',
            name='sender_pool',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "sender_pool", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."certain", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."sender_pool", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='a01cb64627d8bcb20481197c0409083e15bb3d4d', operation='INSERT', pgid='pgtrigger_insert_insert_d29ac', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "sender_pool", "server", "tls", "token_url", "username", "verify_certificate") VALUES (NEW."account_id", NEW."allowed_from", NEW."alternate_server", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."certain", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."connections", NEW."copied", NEW."debug_until", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."mailbox_to_open", NEW."mails_per_minute", NEW."name", NEW."overflow_after_s", NEW."overflow_to_id", NEW."password", NEW."paused", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."reply_to", NEW."scope", NEW."sender_name", NEW."sender_pool", NEW."server", NEW."tls", NEW."token_url", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='58a5e17b741c477adefa5dba708d9282235c84e6', operation='UPDATE', pgid='pgtrigger_update_update_74db5', table='outgoing_server', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingserver',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outbound_outgoingserversettingsevent" ("account_id", "allowed_from", "alternate_server", "authentication", "authorization_url", "ca_file", "certain", "client_id", "client_secret", "client_secret_ends", "connect_url", "connections", "copied", "debug_until", "grant", "graph_endpoint", "id", "instance_id", "mailbox_to_open", "mails_per_minute", "name", "overflow_after_s", "overflow_to_id", "password", "paused", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "reply_to", "scope", "sender_name", "sender_pool", "server", "tls", "token_url", "username", "verify_certificate") VALUES (OLD."account_id", OLD."allowed_from", OLD."alternate_server", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."certain", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."connections", OLD."copied", OLD."debug_until", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."mailbox_to_open", OLD."mails_per_minute", OLD."name", OLD."overflow_after_s", OLD."overflow_to_id", OLD."password", OLD."paused", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."reply_to", OLD."scope", OLD."sender_name", OLD."sender_pool", OLD."server", OLD."tls", OLD."token_url", OLD."username", OLD."verify_certificate"); RETURN NULL;', hash='60f8c85358493e7117bd151dcf2fd1410168f15e', operation='DELETE', pgid='pgtrigger_delete_delete_83568', table='outgoing_server', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='outboxmail',
            constraint=models.CheckConstraint(condition=models.Q(('sent_from', ''), ('sending_class__gte', 3), _connector='OR'), name='outbox_mail_pool_of_notifications'),
        ),
        migrations.AddConstraint(
            model_name='outgoingserver',
            constraint=models.CheckConstraint(condition=models.Q(('sender_pool', []), ('protocol', 'graph'), _connector='OR'), name='outgoing_server_pool_of_graph'),
        ),
        migrations.AddConstraint(
            model_name='outgoingserver',
            constraint=models.CheckConstraint(condition=models.Q(('sender_pool__len__lte', 8)), name='outgoing_server_pool_of_so_many'),
        ),
        migrations.AddField(
            model_name='senderpoolstate',
            name='server',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pool_states', to='outbound.outgoingserver'),
        ),
        migrations.AddConstraint(
            model_name='senderpoolstate',
            constraint=models.UniqueConstraint(fields=('server', 'mailbox'), name='sender_pool_state_once'),
        ),
        migrations.AddConstraint(
            model_name='senderpoolstate',
            constraint=models.CheckConstraint(condition=models.Q(('failing_since', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='sender_pool_state_says_why'),
        ),
        migrations.RunSQL(POOLS, NO_POOLS),
        migrations.RunSQL(DIRECTIONS, DIRECTIONS_OF_BEFORE),
    ]
