"""Auto-replies that belong to a request join it quietly, or end: a setting beside who may join."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0014_unknown_senders'),
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
            name='auto_replies',
            field=models.TextField(choices=[('join', 'Join'), ('end', 'End')], db_default='join', default='join'),
        ),
        migrations.AddField(
            model_name='installationsettingsevent',
            name='auto_replies',
            field=models.TextField(choices=[('join', 'Join'), ('end', 'End')], db_default='join', default='join'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "auto_replies", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (NEW."allow_private_networks", NEW."auto_replies", NEW."automatic_answers_per_hour", NEW."give_up_after_hours", NEW."id", NEW."identity", NEW."language", NEW."notices_lapse_after_hours", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_url", NEW."reopen_within_days", NEW."reopenings_per_day", NEW."time_zone", NEW."trusted_proxies", NEW."unknown_senders", NEW."who_may_join"); RETURN NULL;', hash='7d4af9f153025e366d41fffe50382bc995f3ccf3', operation='INSERT', pgid='pgtrigger_insert_insert_59a9b', table='installation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "auto_replies", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (NEW."allow_private_networks", NEW."auto_replies", NEW."automatic_answers_per_hour", NEW."give_up_after_hours", NEW."id", NEW."identity", NEW."language", NEW."notices_lapse_after_hours", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_url", NEW."reopen_within_days", NEW."reopenings_per_day", NEW."time_zone", NEW."trusted_proxies", NEW."unknown_senders", NEW."who_may_join"); RETURN NULL;', hash='09879528d2ee49e515dd5eb03d99b7ab38bbad4e', operation='UPDATE', pgid='pgtrigger_update_update_de2d8', table='installation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installation',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_installationsettingsevent" ("allow_private_networks", "auto_replies", "automatic_answers_per_hour", "give_up_after_hours", "id", "identity", "language", "notices_lapse_after_hours", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_url", "reopen_within_days", "reopenings_per_day", "time_zone", "trusted_proxies", "unknown_senders", "who_may_join") VALUES (OLD."allow_private_networks", OLD."auto_replies", OLD."automatic_answers_per_hour", OLD."give_up_after_hours", OLD."id", OLD."identity", OLD."language", OLD."notices_lapse_after_hours", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."public_url", OLD."reopen_within_days", OLD."reopenings_per_day", OLD."time_zone", OLD."trusted_proxies", OLD."unknown_senders", OLD."who_may_join"); RETURN NULL;', hash='36fb71f3de40851574590c133940f6d6786297f6', operation='DELETE', pgid='pgtrigger_delete_delete_4eaca', table='installation', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.CheckConstraint(condition=models.Q(('auto_replies__in', ('join', 'end'))), name='installation_auto_replies_exist'),
        ),
    ]
