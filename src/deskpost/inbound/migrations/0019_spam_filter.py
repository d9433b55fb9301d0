"""Spam rules in their order, what the setting that decided a mail said then, and mails past the filter by hand."""

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# What inbound.rules takes: a field and a condition that exist, and entries that are texts. Whether both go together, and
# whether a regular expression is one, that module alone can tell; a rule of which it is not so fits nothing.
CRITERIA = r"""
    ALTER TABLE spam_rule ADD CONSTRAINT spam_rule_criteria CHECK (CASE WHEN jsonb_typeof(criteria) = 'array' THEN
        jsonb_array_length(criteria) BETWEEN 1 AND 20
        AND jsonb_array_length(jsonb_path_query_array(criteria, 'strict $[*] ? (
            @.field like_regex "^(sender_address|sender_domain|sender_name|to|cc|subject|body|attachment_name|size|spam_score|header:[!-9;-~]{1,100})$"
            && @.condition like_regex "^(is|is not|contains|does not contain|begins with|ends with|matches|greater than|less than)$"
            && @."values".type() == "array" && @."values".size() > 0
            && !exists(@."values"[*] ? (@.type() != "string" || @ == ""))
        )')) = jsonb_array_length(criteria)
    ELSE false END)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0012_files_that_stay'),
        ('inbound', '0018_attachment_settings'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SpamRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveIntegerField()),
                ('match', models.TextField(default='all')),
                ('criteria', models.JSONField(default=list)),
                ('enabled', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'spam_rule',
                'ordering': ('position', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='SpamRuleSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveIntegerField()),
                ('match', models.TextField(default='all')),
                ('criteria', models.JSONField(default=list)),
                ('enabled', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='mailact',
            name='mail_act_kind_exists',
        ),
        migrations.AddField(
            model_name='mailoutcome',
            name='decided_by',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='undecided',
            name='after_all',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='mailact',
            name='kind',
            field=models.TextField(choices=[('read', 'Read'), ('downloaded', 'Downloaded'), ('moved', 'Moved'), ('own', 'Own'), ('again', 'Again'), ('after_all', 'After All'), ('spam', 'Spam'), ('file', 'File')]),
        ),
        migrations.AddConstraint(
            model_name='mailact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('read', 'downloaded', 'moved', 'own', 'again', 'after_all', 'spam', 'file'))), name='mail_act_kind_exists'),
        ),
        migrations.AddField(
            model_name='spamrule',
            name='instance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.instance'),
        ),
        migrations.AddField(
            model_name='spamrulesettingsevent',
            name='instance',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.instance'),
        ),
        migrations.AddField(
            model_name='spamrulesettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='spamrulesettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='inbound.spamrule'),
        ),
        migrations.AddConstraint(
            model_name='spamrule',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='spam_rule_name_once'),
        ),
        migrations.AddConstraint(
            model_name='spamrule',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('instance', 'position'), name='spam_rule_position_once'),
        ),
        migrations.AddConstraint(
            model_name='spamrule',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='spam_rule_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='spamrule',
            constraint=models.CheckConstraint(condition=models.Q(('match__in', ('all', 'any'))), name='spam_rule_match_exists'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='spamrule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_spamrulesettingsevent" ("criteria", "enabled", "id", "instance_id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."criteria", NEW."enabled", NEW."id", NEW."instance_id", NEW."match", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='644efacae23ec3a32f441e5e8ada76f7c4729cb5', operation='INSERT', pgid='pgtrigger_insert_insert_5f2fc', table='spam_rule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='spamrule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_spamrulesettingsevent" ("criteria", "enabled", "id", "instance_id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."criteria", NEW."enabled", NEW."id", NEW."instance_id", NEW."match", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='c7b0f585c29a91ce1e40f2ebd9a973f9f052fbd1', operation='UPDATE', pgid='pgtrigger_update_update_3c75a', table='spam_rule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='spamrule',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_spamrulesettingsevent" ("criteria", "enabled", "id", "instance_id", "match", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."criteria", OLD."enabled", OLD."id", OLD."instance_id", OLD."match", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='abcff488d82955618e0e4411847d6905ce5d8773', operation='DELETE', pgid='pgtrigger_delete_delete_8f2a8', table='spam_rule', when='AFTER')),
        ),
        migrations.RunSQL(CRITERIA, "ALTER TABLE spam_rule DROP CONSTRAINT spam_rule_criteria"),
    ]
