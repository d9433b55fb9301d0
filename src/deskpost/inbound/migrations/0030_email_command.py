"""Whether mails command, by which words, and whose; the command delimiter and the bases of subjects are apart."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# One in the other is clash enough: `##` in the value of `#RequestID=##RE-12###` would end it. Both sides take the same
# lock first, so that of two who change them at once the second sees what the first wrote.
_APART = """
    CREATE FUNCTION command_delimiter_apart() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('command_delimiter_apart'));
        IF EXISTS (
            SELECT FROM email_command one JOIN delimiter base ON base.module = ''
            WHERE strpos(one.delimiter, base.text) > 0 OR strpos(base.text, one.delimiter) > 0
        ) THEN
            RAISE EXCEPTION 'the command delimiter cannot be told from a base delimiter: command_delimiter_apart'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'command_delimiter_apart';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER command_delimiter_apart AFTER INSERT OR UPDATE OF delimiter ON email_command
        FOR EACH ROW EXECUTE FUNCTION command_delimiter_apart();
    CREATE TRIGGER command_delimiter_apart AFTER INSERT OR UPDATE OF module, text ON delimiter
        FOR EACH ROW WHEN (NEW.module = '') EXECUTE FUNCTION command_delimiter_apart();
"""
_AS_BEFORE = """
    DROP TRIGGER command_delimiter_apart ON delimiter;
    DROP TRIGGER command_delimiter_apart ON email_command;
    DROP FUNCTION command_delimiter_apart();
"""
# `$`, unless subjects have it already; no base has `~`.
_ROW = """
    INSERT INTO email_command (id, enabled, subject_contains, delimiter, authenticity)
    SELECT 1, false, '', sign, 'require_pass' FROM (VALUES (1, '$'), (2, '@@'), (3, '~~')) AS one (place, sign)
    WHERE NOT EXISTS (
        SELECT FROM delimiter base WHERE base.module = '' AND (strpos(sign, base.text) > 0 OR strpos(base.text, sign) > 0)
    ) ORDER BY place LIMIT 1
"""

# A file of a change is of the mail that made it, which has no conversation; every other file of a mail is of one.
_FILES = """
    ALTER TABLE attachment DROP CONSTRAINT attachment_mail_and_account;
    ALTER TABLE attachment ADD COLUMN mail_of_conversation bigint
        GENERATED ALWAYS AS (CASE WHEN history_entry_id IS NULL THEN mail_id END) STORED;
    ALTER TABLE attachment ADD CONSTRAINT attachment_mail_and_account FOREIGN KEY (mail_of_conversation, account_id)
        REFERENCES conversation (mail_id, account_id) DEFERRABLE INITIALLY DEFERRED;
    CREATE FUNCTION attachment_of_the_mail_of_its_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM history_entry WHERE id = NEW.history_entry_id AND mail_id = NEW.mail_id) THEN
            RAISE EXCEPTION 'attachment % is of another mail than the change that it is a file of', NEW.id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'attachment_of_the_mail_of_its_change';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER attachment_of_the_mail_of_its_change AFTER INSERT OR UPDATE ON attachment FOR EACH ROW
        WHEN (NEW.history_entry_id IS NOT NULL AND NEW.mail_id IS NOT NULL)
        EXECUTE FUNCTION attachment_of_the_mail_of_its_change();
"""
_FILES_AS_BEFORE = """
    DROP TRIGGER attachment_of_the_mail_of_its_change ON attachment;
    DROP FUNCTION attachment_of_the_mail_of_its_change();
    ALTER TABLE attachment DROP CONSTRAINT attachment_mail_and_account;
    ALTER TABLE attachment DROP COLUMN mail_of_conversation;
    DELETE FROM attachment WHERE history_entry_id IS NOT NULL;
    ALTER TABLE attachment ADD CONSTRAINT attachment_mail_and_account FOREIGN KEY (mail_id, account_id)
        REFERENCES conversation (mail_id, account_id) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0016_request_fields'),
        ('inbound', '0029_mailbox_defaults'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='EmailCommand',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('enabled', models.BooleanField(default=False)),
                ('subject_contains', models.TextField(blank=True, default='')),
                ('delimiter', models.TextField(default='$')),
                ('authenticity', models.TextField(choices=[('require_pass', 'Require Pass'), ('refuse_fail', 'Refuse Fail'), ('ignore', 'Ignore')], default='require_pass')),
            ],
            options={
                'db_table': 'email_command',
            },
        ),
        migrations.CreateModel(
            name='EmailCommandSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.SmallIntegerField(default=1, serialize=False)),
                ('enabled', models.BooleanField(default=False)),
                ('subject_contains', models.TextField(blank=True, default='')),
                ('delimiter', models.TextField(default='$')),
                ('authenticity', models.TextField(choices=[('require_pass', 'Require Pass'), ('refuse_fail', 'Refuse Fail'), ('ignore', 'Ignore')], default='require_pass')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='emailcommand',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='email_command_one_row'),
        ),
        migrations.AddConstraint(
            model_name='emailcommand',
            constraint=models.CheckConstraint(condition=models.Q(('delimiter__regex', '^[!-/:-<>-@[-`{-~§€£¥¤°¬¦¶·«»¡¿×÷±]{1,10}$')), name='email_command_delimiter'),
        ),
        migrations.AddConstraint(
            model_name='emailcommand',
            constraint=models.CheckConstraint(condition=models.Q(('enabled', False), ('subject_contains__regex', '\\S'), _connector='OR'), name='email_command_identifier_when_on'),
        ),
        migrations.AddConstraint(
            model_name='emailcommand',
            constraint=models.CheckConstraint(condition=models.Q(('authenticity__in', ('require_pass', 'refuse_fail', 'ignore'))), name='email_command_authenticity_exists'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emailcommand',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_emailcommandsettingsevent" ("authenticity", "delimiter", "enabled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_contains") VALUES (NEW."authenticity", NEW."delimiter", NEW."enabled", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."subject_contains"); RETURN NULL;', hash='b432c6b29ac57644d80b998762cfb1dcd2d2ccc3', operation='INSERT', pgid='pgtrigger_insert_insert_3022a', table='email_command', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emailcommand',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_emailcommandsettingsevent" ("authenticity", "delimiter", "enabled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_contains") VALUES (NEW."authenticity", NEW."delimiter", NEW."enabled", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."subject_contains"); RETURN NULL;', hash='8878633a818e8d6e995ec8074ba43fe0c45f4d33', operation='UPDATE', pgid='pgtrigger_update_update_5b4df', table='email_command', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emailcommand',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_emailcommandsettingsevent" ("authenticity", "delimiter", "enabled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_contains") VALUES (OLD."authenticity", OLD."delimiter", OLD."enabled", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."subject_contains"); RETURN NULL;', hash='e3a95f86cac3f8f86a3ca9b21718ecbb3936ff3b', operation='DELETE', pgid='pgtrigger_delete_delete_33cee', table='email_command', when='AFTER')),
        ),
        migrations.AddField(
            model_name='emailcommandsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='emailcommandsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='inbound.emailcommand'),
        ),
        migrations.AddField(
            model_name='undecided',
            name='ordinary',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RemoveConstraint(model_name='mailact', name='mail_act_kind_exists'),
        migrations.AlterField(
            model_name='mailact',
            name='kind',
            field=models.TextField(choices=[('read', 'Read'), ('downloaded', 'Downloaded'), ('moved', 'Moved'), ('own', 'Own'), ('again', 'Again'), ('after_all', 'After All'), ('spam', 'Spam'), ('file', 'File'), ('details', 'Details'), ('refused', 'Refused'), ('ordinary', 'Ordinary')]),
        ),
        migrations.AddConstraint(
            model_name='mailact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('read', 'downloaded', 'moved', 'own', 'again', 'after_all', 'spam', 'file', 'details', 'refused', 'ordinary'))), name='mail_act_kind_exists'),
        ),
        migrations.RunSQL(_ROW, migrations.RunSQL.noop),
        migrations.RunSQL(_APART, _AS_BEFORE),
        migrations.RunSQL(_FILES, _FILES_AS_BEFORE),
    ]
