"""Links by which somebody without an account consents at a provider, and what ends them."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# The columns of access.columns.SIGN_IN, and the mailbox that is opened; a server without user name signs in as its own
# address. Whoever changes one of them ends the link: it was made, and sent, for something else.
PROMISES = """
    ALTER TABLE consent_link ADD CONSTRAINT consent_link_mailbox FOREIGN KEY (mailbox_id)
        REFERENCES mailbox ON DELETE CASCADE;
    ALTER TABLE consent_link ADD CONSTRAINT consent_link_server FOREIGN KEY (server_id)
        REFERENCES outgoing_server ON DELETE CASCADE;
    ALTER TABLE consent_link ADD CONSTRAINT consent_link_hash CHECK (octet_length(token_sha256) = 32);
    CREATE FUNCTION consent_link_stays_ended() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a consent link that has ended works no more'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_link_stays_ended';
    END $$;
    CREATE TRIGGER consent_link_stays_ended BEFORE UPDATE ON consent_link FOR EACH ROW
        WHEN (OLD.ended_at IS NOT NULL AND (OLD.ended_at, OLD."end", OLD.given_by, OLD.token_sha256)
            IS DISTINCT FROM (NEW.ended_at, NEW."end", NEW.given_by, NEW.token_sha256))
        EXECUTE FUNCTION consent_link_stays_ended();
    CREATE FUNCTION end_mailbox_consent_link() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE consent_link SET ended_at = statement_timestamp(), "end" = 'changed'
            WHERE mailbox_id = NEW.id AND ended_at IS NULL;
        RETURN NULL;
    END $$;
    CREATE TRIGGER mailbox_consent_link AFTER UPDATE ON mailbox FOR EACH ROW
        WHEN ((OLD.protocol, OLD.server, OLD.connect_url, OLD.graph_endpoint, OLD.authentication, OLD.username,
            OLD.client_id, OLD.authorization_url, OLD.token_url, OLD.scope, OLD."grant", OLD.mailbox_to_open,
            OLD.removed_at)
        IS DISTINCT FROM (NEW.protocol, NEW.server, NEW.connect_url, NEW.graph_endpoint, NEW.authentication,
            NEW.username, NEW.client_id, NEW.authorization_url, NEW.token_url, NEW.scope, NEW."grant",
            NEW.mailbox_to_open, NEW.removed_at))
        EXECUTE FUNCTION end_mailbox_consent_link();
    CREATE FUNCTION end_server_consent_link() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE consent_link SET ended_at = statement_timestamp(), "end" = 'changed'
            WHERE server_id = NEW.id AND ended_at IS NULL;
        RETURN NULL;
    END $$;
    CREATE TRIGGER outgoing_server_consent_link AFTER UPDATE ON outgoing_server FOR EACH ROW
        WHEN ((OLD.protocol, OLD.server, OLD.connect_url, OLD.graph_endpoint, OLD.authentication, OLD.username,
            OLD.client_id, OLD.authorization_url, OLD.token_url, OLD.scope, OLD."grant", OLD.mailbox_to_open,
            CASE WHEN OLD.username = '' THEN OLD.reply_to END)
        IS DISTINCT FROM (NEW.protocol, NEW.server, NEW.connect_url, NEW.graph_endpoint, NEW.authentication,
            NEW.username, NEW.client_id, NEW.authorization_url, NEW.token_url, NEW.scope, NEW."grant",
            NEW.mailbox_to_open, CASE WHEN NEW.username = '' THEN NEW.reply_to END))
        EXECUTE FUNCTION end_server_consent_link()
"""
NO_PROMISES = """
    DROP TRIGGER outgoing_server_consent_link ON outgoing_server;
    DROP FUNCTION end_server_consent_link();
    DROP TRIGGER mailbox_consent_link ON mailbox;
    DROP FUNCTION end_mailbox_consent_link();
    DROP TRIGGER consent_link_stays_ended ON consent_link;
    DROP FUNCTION consent_link_stays_ended();
    ALTER TABLE consent_link DROP CONSTRAINT consent_link_hash;
    ALTER TABLE consent_link DROP CONSTRAINT consent_link_server;
    ALTER TABLE consent_link DROP CONSTRAINT consent_link_mailbox
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0003_readings_of_wire_logs'),
        ('inbound', '0012_setup_assistant'),
        ('outbound', '0012_overflow'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_sha256', models.BinaryField(unique=True)),
                ('mailbox_id', models.BigIntegerField(null=True)),
                ('server_id', models.BigIntegerField(null=True)),
                ('name', models.TextField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end', models.TextField(blank=True, choices=[('used', 'Used'), ('taken_back', 'Taken Back'), ('replaced', 'Replaced'), ('connected', 'Connected'), ('changed', 'Changed')], default='')),
                ('given_by', models.TextField(blank=True, default='')),
                ('trouble', models.TextField(blank=True, default='')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'consent_link',
            },
        ),
        migrations.AddField(
            model_name='signin',
            name='link',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='access.consentlink'),
        ),
        migrations.CreateModel(
            name='ConsentLinkSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end', models.TextField(blank=True, choices=[('used', 'Used'), ('taken_back', 'Taken Back'), ('replaced', 'Replaced'), ('connected', 'Connected'), ('changed', 'Changed')], default='')),
                ('given_by', models.TextField(blank=True, default='')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='access.consentlink')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='consentlink',
            constraint=models.CheckConstraint(condition=models.Q(('mailbox_id', None), ('server_id', None), _connector='XOR'), name='consent_link_of_one'),
        ),
        migrations.AddConstraint(
            model_name='consentlink',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('made_at')), ('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('made_at'), '+', models.Value(datetime.timedelta(days=7))))), name='consent_link_lasts_7_days'),
        ),
        migrations.AddConstraint(
            model_name='consentlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at', None)), models.Q(('end__in', ['used', 'taken_back', 'replaced', 'connected', 'changed']), ('ended_at__isnull', False)), _connector='OR'), name='consent_link_ends_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='consentlink',
            constraint=models.CheckConstraint(condition=models.Q(('given_by', ''), ('end', 'used'), _connector='OR'), name='consent_link_given_by_use'),
        ),
        migrations.AddConstraint(
            model_name='consentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('mailbox_id',), name='consent_link_open_of_mailbox'),
        ),
        migrations.AddConstraint(
            model_name='consentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('server_id',), name='consent_link_open_of_server'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consentlink',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "access_consentlinksettingsevent" ("end", "ended_at", "ends_at", "given_by", "id", "made_at", "name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."end", NEW."ended_at", NEW."ends_at", NEW."given_by", NEW."id", NEW."made_at", NEW."name", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='04ec4379c24b89e55eed4ce9470767639e766b27', operation='INSERT', pgid='pgtrigger_insert_insert_d8c1f', table='consent_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consentlink',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."end" IS DISTINCT FROM (NEW."end") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."given_by" IS DISTINCT FROM (NEW."given_by") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id"))', func='INSERT INTO "access_consentlinksettingsevent" ("end", "ended_at", "ends_at", "given_by", "id", "made_at", "name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."end", NEW."ended_at", NEW."ends_at", NEW."given_by", NEW."id", NEW."made_at", NEW."name", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='d34b985084b0dc017fbc66e1fdf148a181fa006f', operation='UPDATE', pgid='pgtrigger_update_update_bca83', table='consent_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consentlink',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "access_consentlinksettingsevent" ("end", "ended_at", "ends_at", "given_by", "id", "made_at", "name", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."end", OLD."ended_at", OLD."ends_at", OLD."given_by", OLD."id", OLD."made_at", OLD."name", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='dbe4910955d7b46c03d81b0c28b83b05b4b748be', operation='DELETE', pgid='pgtrigger_delete_delete_34c00', table='consent_link', when='AFTER')),
        ),
        migrations.RunSQL(PROMISES, NO_PROMISES),
    ]
