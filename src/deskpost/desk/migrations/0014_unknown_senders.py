"""What becomes of mail of somebody whom nobody knows: a setting beside who may join."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0013_merged_requests'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='installation',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='installation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='installation',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='installation',
            name='unknown_senders',
            field=models.TextField(choices=[('create', 'Create'), ('refuse', 'Refuse'), ('hold', 'Hold')], db_default='create', default='create'),
        ),
        migrations.AddField(
            model_name='installationsettingsevent',
            name='unknown_senders',
            field=models.TextField(choices=[('create', 'Create'), ('refuse', 'Refuse'), ('hold', 'Hold')], db_default='create', default='create'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (NEW."allow_private_networks", NEW."automatic_answers_per_hour", NEW."give_up_after_hours", NEW."id", NEW."identity", NEW."language", NEW."notices_lapse_after_hours", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_url", NEW."reopen_within_days", NEW."reopenings_per_day", NEW."time_zone", NEW."trusted_proxies", NEW."unknown_senders", NEW."who_may_join"); RETURN NULL;', hash='4290d9776f88b585f4bae57f401b9cccd3ec94c4', operation='INSERT', pgid='pgtrigger_insert_insert_59a9b', table='installation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (NEW."allow_private_networks", NEW."automatic_answers_per_hour", NEW."give_up_after_hours", NEW."id", NEW."identity", NEW."language", NEW."notices_lapse_after_hours", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_url", NEW."reopen_within_days", NEW."reopenings_per_day", NEW."time_zone", NEW."trusted_proxies", NEW."unknown_senders", NEW."who_may_join"); RETURN NULL;', hash='2042d92860ba27b4ac27ebd76b9df8f237b88a16', operation='UPDATE', pgid='pgtrigger_update_update_de2d8', table='installation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (OLD."allow_private_networks", OLD."automatic_answers_per_hour", OLD."give_up_after_hours", OLD."id", OLD."identity", OLD."language", OLD."notices_lapse_after_hours", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."public_url", OLD."reopen_within_days", OLD."reopenings_per_day", OLD."time_zone", OLD."trusted_proxies", OLD."unknown_senders", OLD."who_may_join"); RETURN NULL;', hash='cab78260bca6ab640016b8398d227f421460afcd', operation='DELETE', pgid='pgtrigger_delete_delete_4eaca', table='installation', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.CheckConstraint(condition=models.Q(('unknown_senders__in', ('create', 'refuse', 'hold'))), name='installation_unknown_senders_exist'),
        ),
    ]
