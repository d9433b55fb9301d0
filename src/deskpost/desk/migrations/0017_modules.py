"""Tasks belong to requests; tokens of a former system are mapped, and the numbers of a module go on behind its own."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

TASK_OF_REQUEST = """
    CREATE FUNCTION record_belongs_to_request() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM record WHERE id = NEW.belongs_to_id AND module = 'RE') THEN
            RAISE EXCEPTION 'a task belongs to a request'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'record_belongs_to_request';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER record_belongs_to_request AFTER INSERT OR UPDATE OF belongs_to_id ON record
        DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW
        WHEN (NEW.belongs_to_id IS NOT NULL) EXECUTE FUNCTION record_belongs_to_request()
"""
# A sequence knows no rollback, so it is moved at the commit: what is only tried moves nothing.
NUMBERS_GO_ON = """
    CREATE FUNCTION former_token_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        numbers text := 'record_number_' || lower(NEW.module);
        reached bigint;
    BEGIN
        EXECUTE format('SELECT last_value FROM %I', numbers) INTO reached;
        IF reached < NEW.below - 1 THEN
            PERFORM setval(numbers::regclass, NEW.below - 1);
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER former_token_numbers AFTER INSERT OR UPDATE ON former_token
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION former_token_numbers()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0016_request_fields'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormerToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('module', models.TextField()),
                ('before', models.TextField()),
                ('after', models.TextField(blank=True, default='')),
                ('below', models.BigIntegerField()),
            ],
            options={
                'db_table': 'former_token',
            },
        ),
        migrations.CreateModel(
            name='FormerTokenSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('module', models.TextField()),
                ('before', models.TextField()),
                ('after', models.TextField(blank=True, default='')),
                ('below', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='record',
            name='belongs_to',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to='desk.record'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('belongs_to', None), _negated=True), fields=['belongs_to'], name='record_belongs_to'),
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('deleted_at', None), models.Q(('module', 'RE'), _negated=True)), fields=['module', '-last_mail_at', '-id'], name='record_newest_of_module'),
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.CheckConstraint(condition=models.Q(('belongs_to', None), ('module', 'TA'), _connector='OR'), name='record_tasks_belong'),
        ),
        migrations.AddConstraint(
            model_name='formertoken',
            constraint=models.UniqueConstraint(fields=('before', 'after'), name='former_token_once'),
        ),
        migrations.AddConstraint(
            model_name='formertoken',
            constraint=models.CheckConstraint(condition=models.Q(('module__in', ['RE', 'TA', 'SO', 'PO', 'PR', 'CO', 'CH', 'PB', 'PJ'])), name='former_token_module_exists'),
        ),
        migrations.AddConstraint(
            model_name='formertoken',
            constraint=models.CheckConstraint(condition=models.Q(('below__gte', 2), ('below__lte', 1000000000000)), name='former_token_number_bounded'),
        ),
        migrations.AddConstraint(
            model_name='formertoken',
            constraint=models.CheckConstraint(condition=models.Q(('before__regex', '^(?=.*[^A-Za-z0-9\\s]).{1,39}[^0-9]$')), name='former_token_text_before'),
        ),
        migrations.AddConstraint(
            model_name='formertoken',
            constraint=models.CheckConstraint(condition=models.Q(('after', ''), ('after__regex', '^[^0-9].{0,39}$'), _connector='OR'), name='former_token_text_after'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formertoken',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_formertokensettingsevent" ("after", "before", "below", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."after", NEW."before", NEW."below", NEW."id", NEW."module", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='8b15a1eff49d05864fa285050c575c9f6cbb0a2e', operation='INSERT', pgid='pgtrigger_insert_insert_a5c41', table='former_token', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formertoken',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_formertokensettingsevent" ("after", "before", "below", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."after", NEW."before", NEW."below", NEW."id", NEW."module", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='701addd017187e1afec4d83a633b4310de96f17d', operation='UPDATE', pgid='pgtrigger_update_update_39d4d', table='former_token', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formertoken',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_formertokensettingsevent" ("after", "before", "below", "id", "module", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."after", OLD."before", OLD."below", OLD."id", OLD."module", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='b31192cd0bfbb3ae76218ef4a2d1e2b72250ef61', operation='DELETE', pgid='pgtrigger_delete_delete_8c66c', table='former_token', when='AFTER')),
        ),
        migrations.AddField(
            model_name='formertokensettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='formertokensettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.formertoken'),
        ),
        migrations.RunSQL(
            "ALTER TABLE record ADD CONSTRAINT record_belongs_to_and_account FOREIGN KEY (belongs_to_id, account_id) "
            "REFERENCES record (id, account_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE record DROP CONSTRAINT record_belongs_to_and_account",
        ),
        migrations.RunSQL(
            TASK_OF_REQUEST,
            "DROP TRIGGER record_belongs_to_request ON record; DROP FUNCTION record_belongs_to_request()",
        ),
        migrations.RunSQL(
            NUMBERS_GO_ON,
            "DROP TRIGGER former_token_numbers ON former_token; DROP FUNCTION former_token_numbers()",
        ),
    ]
