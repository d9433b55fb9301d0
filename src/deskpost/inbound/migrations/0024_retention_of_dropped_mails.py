"""For how long dropped mails are kept, and when the bytes of one were removed."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0012_files_that_stay'),
        ('inbound', '0023_silence_alarm'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionSettings',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('dropped_days', models.PositiveIntegerField(blank=True, default=90, null=True)),
            ],
            options={
                'db_table': 'retention_settings',
            },
        ),
        migrations.CreateModel(
            name='RetentionSettingsSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.SmallIntegerField(default=1, serialize=False)),
                ('dropped_days', models.PositiveIntegerField(blank=True, default=90, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='mailoutcome',
            name='raw_erased_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='mailoutcome',
            index=models.Index(condition=models.Q(('kind', 'dropped'), ('raw_erased_at', None)), fields=['processed_at'], name='mail_outcome_dropped'),
        ),
        migrations.AddConstraint(
            model_name='retentionsettings',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='retention_settings_one_row'),
        ),
        migrations.AddConstraint(
            model_name='retentionsettings',
            constraint=models.CheckConstraint(condition=models.Q(('dropped_days', None), models.Q(('dropped_days__gte', 1), ('dropped_days__lte', 3650)), _connector='OR'), name='retention_settings_dropped_days'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionsettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_retentionsettingssettingsevent" ("dropped_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."dropped_days", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='6079a73a4cdf8a868669f4f85ff9339ade677357', operation='INSERT', pgid='pgtrigger_insert_insert_e911f', table='retention_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionsettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_retentionsettingssettingsevent" ("dropped_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."dropped_days", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='9838cb27d727aeecd5950c8aac28d22d7234662e', operation='UPDATE', pgid='pgtrigger_update_update_d199d', table='retention_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionsettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_retentionsettingssettingsevent" ("dropped_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."dropped_days", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='3079d104c34854f9f83026441db733627204d848', operation='DELETE', pgid='pgtrigger_delete_delete_1ce01', table='retention_settings', when='AFTER')),
        ),
        migrations.AddField(
            model_name='retentionsettingssettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='retentionsettingssettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='inbound.retentionsettings'),
        ),
        migrations.RunSQL(
            "INSERT INTO retention_settings (id, dropped_days) VALUES (1, 90)", migrations.RunSQL.noop
        ),
    ]
