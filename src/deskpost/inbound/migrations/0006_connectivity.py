"""When people are told of a mailbox that cannot be reached: a table that SQL may change, with its history."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbound', '0005_removed_mailboxes'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailConfig',
            fields=[
                ('pk', models.CompositePrimaryKey('category', 'parameter', blank=True, editable=False, primary_key=True, serialize=False)),
                ('category', models.TextField()),
                ('parameter', models.TextField()),
                ('paramvalue', models.TextField()),
            ],
            options={
                'db_table': 'mailconfig',
            },
        ),
        migrations.CreateModel(
            name='MailConfigEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('category', models.TextField()),
                ('parameter', models.TextField()),
                ('paramvalue', models.TextField()),
                ('id', models.GeneratedField(db_persist=True, expression=models.Func('category', 'parameter', arg_joiner=" || ' ' || ", template='hashtextextended(%(expressions)s, 0)'), output_field=models.BigIntegerField())),
            ],
            options={
                'db_table': 'mailconfig_version',
            },
        ),
        migrations.AddField(
            model_name='mailboxstate',
            name='outage_told_at',
            field=models.DateTimeField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailconfig',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "mailconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), \'insert\'); RETURN NULL;', hash='1900a8448864ba480a2dad2906caf3c84fb3bfb7', operation='INSERT', pgid='pgtrigger_insert_insert_51782', table='mailconfig', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailconfig',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."parameter" IS DISTINCT FROM (NEW."parameter") OR OLD."paramvalue" IS DISTINCT FROM (NEW."paramvalue"))', func='INSERT INTO "mailconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."category", NEW."parameter", NEW."paramvalue", _pgh_attach_context(), NOW(), \'update\'); RETURN NULL;', hash='abab6b141b7c2d8d812d42e4aff99237e880cd22', operation='UPDATE', pgid='pgtrigger_update_update_833ba', table='mailconfig', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailconfig',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "mailconfig_version" ("category", "parameter", "paramvalue", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."category", OLD."parameter", OLD."paramvalue", _pgh_attach_context(), NOW(), \'delete\'); RETURN NULL;', hash='9871b8bd7090f5594cc263a09f3897433d96ac4c', operation='DELETE', pgid='pgtrigger_delete_delete_169f8', table='mailconfig', when='AFTER')),
        ),
        migrations.AddField(
            model_name='mailconfigevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.RunSQL(
            "INSERT INTO mailconfig (category, parameter, paramvalue) VALUES "
            "('FETCHING_MAILBOX_CONNECTIVITY', 'CONSECUTIVE_RETRY_THRESHOLD', '5'), "
            "('FETCHING_MAILBOX_CONNECTIVITY', 'NOTIFICATION_ENABLED', 'true')",
            migrations.RunSQL.noop,
        ),
    ]
