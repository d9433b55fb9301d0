"""The history of people and their addresses; who signs in is listed by name quickly."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0007_removed_accounts'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonAddressSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('address', models.TextField()),
                ('primary', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PersonSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('sign_in_name', models.TextField(blank=True, null=True)),
                ('technician', models.BooleanField(default=False)),
                ('time_zone', models.TextField(blank=True, default='')),
                ('language', models.TextField(blank=True, default='')),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('deleted_at', None), ('technician', False), models.Q(('sign_in_name', None), _negated=True)), fields=['name', 'id'], name='person_requesters_by_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."technician" OR NEW."sign_in_name" IS NOT NULL)', func='INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (NEW."account_id", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sign_in_name", NEW."site_id", NEW."technician", NEW."time_zone"); RETURN NULL;', hash='9d2306bc8497d5586debcd73a756a797e071fd48', operation='INSERT', pgid='pgtrigger_insert_insert_2fa21', table='person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."sign_in_name" IS DISTINCT FROM (NEW."sign_in_name") OR OLD."site_id" IS DISTINCT FROM (NEW."site_id") OR OLD."technician" IS DISTINCT FROM (NEW."technician") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))', func='INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (NEW."account_id", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sign_in_name", NEW."site_id", NEW."technician", NEW."time_zone"); RETURN NULL;', hash='0fc7c5302f123289914e70c840286a2a839d529e', operation='UPDATE', pgid='pgtrigger_update_update_47254', table='person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."technician" OR OLD."sign_in_name" IS NOT NULL)', func='INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (OLD."account_id", OLD."deleted_at", OLD."id", OLD."language", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sign_in_name", OLD."site_id", OLD."technician", OLD."time_zone"); RETURN NULL;', hash='ef2ffe9fea83d9238464a2d19d39216b477beb82', operation='DELETE', pgid='pgtrigger_delete_delete_3214b', table='person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='password_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."password" IS DISTINCT FROM (NEW."password"))', func='INSERT INTO "desk_personsettingsevent" ("account_id", "deleted_at", "id", "language", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sign_in_name", "site_id", "technician", "time_zone") VALUES (NEW."account_id", NEW."deleted_at", NEW."id", NEW."language", NEW."name", _pgh_attach_context(), NOW(), \'password\', NEW."id", NEW."sign_in_name", NEW."site_id", NEW."technician", NEW."time_zone"); RETURN NULL;', hash='1a6dedc443273d59eed3029d8149efc501ec46a3', operation='UPDATE', pgid='pgtrigger_password_update_be6ed', table='person', when='AFTER')),
        ),
        migrations.AddField(
            model_name='personaddresssettingsevent',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='personaddresssettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='personaddresssettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.personaddress'),
        ),
        migrations.AddField(
            model_name='personsettingsevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='personsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='personsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='personsettingsevent',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.site'),
        ),
    ]
