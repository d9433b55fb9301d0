"""Lanes, the proxy, sign-ins at providers, wire logs."""

import deskpost.secret_field
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ProxySettingsSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.PositiveSmallIntegerField(default=1, serialize=False)),
                ('kind', models.TextField(choices=[('http', 'Http'), ('socks5', 'Socks5')], default='http')),
                ('host', models.TextField()),
                ('port', models.PositiveIntegerField()),
                ('username', models.TextField(blank=True, default='')),
                ('password', deskpost.secret_field.SecretField(blank=True, default='')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('state_sha256', models.BinaryField(primary_key=True, serialize=False)),
                ('session_key', models.TextField()),
                ('mailbox_id', models.BigIntegerField(null=True)),
                ('server_id', models.BigIntegerField(null=True)),
                ('verifier', deskpost.secret_field.SecretField()),
                ('begun_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'provider_sign_in',
            },
        ),
        migrations.CreateModel(
            name='WireLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox_id', models.BigIntegerField(null=True)),
                ('server_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('text', models.TextField()),
            ],
            options={
                'db_table': 'wire_log',
            },
        ),
        migrations.CreateModel(
            name='GraphLane',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.TextField()),
                ('client_id', models.TextField()),
                ('number', models.PositiveSmallIntegerField()),
                ('owner', models.TextField()),
                ('until', models.DateTimeField()),
            ],
            options={
                'db_table': 'graph_lane',
                'constraints': [models.UniqueConstraint(fields=('mailbox', 'client_id', 'number'), name='graph_lane_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 4)), name='graph_lane_four')],
            },
        ),
        migrations.CreateModel(
            name='ProxySettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('http', 'Http'), ('socks5', 'Socks5')], default='http')),
                ('host', models.TextField()),
                ('port', models.PositiveIntegerField()),
                ('username', models.TextField(blank=True, default='')),
                ('password', deskpost.secret_field.SecretField(blank=True, default='')),
            ],
            options={
                'db_table': 'proxy_settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='proxy_settings_one_row'), models.CheckConstraint(condition=models.Q(('port__gte', 1), ('port__lte', 65535)), name='proxy_settings_port')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxysettings',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "access_proxysettingssettingsevent" ("host", "id", "kind", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "username") VALUES (NEW."host", NEW."id", NEW."kind", NEW."password", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."username"); RETURN NULL;', hash='91429e585bd87a3a0ae936dd21180b78e9cd693a', operation='INSERT', pgid='pgtrigger_insert_insert_f23bf', table='proxy_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxysettings',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "access_proxysettingssettingsevent" ("host", "id", "kind", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "username") VALUES (NEW."host", NEW."id", NEW."kind", NEW."password", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."username"); RETURN NULL;', hash='d7673274ca61ccc5b0039a41b4f59a036fa0cc99', operation='UPDATE', pgid='pgtrigger_update_update_d69f9', table='proxy_settings', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxysettings',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "access_proxysettingssettingsevent" ("host", "id", "kind", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "username") VALUES (OLD."host", OLD."id", OLD."kind", OLD."password", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."username"); RETURN NULL;', hash='2f6622f9e475f395ce49dfd7cd9d3957515ed38c', operation='DELETE', pgid='pgtrigger_delete_delete_03eb5', table='proxy_settings', when='AFTER')),
        ),
        migrations.AddField(
            model_name='proxysettingssettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='proxysettingssettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='access.proxysettings'),
        ),
        migrations.AddField(
            model_name='signin',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='wirelog',
            index=models.Index(fields=['mailbox_id', 'id'], name='wire_log_of_mailbox'),
        ),
        migrations.AddIndex(
            model_name='wirelog',
            index=models.Index(fields=['server_id', 'id'], name='wire_log_of_server'),
        ),
        migrations.AddIndex(
            model_name='wirelog',
            index=models.Index(fields=['at'], name='wire_log_ages'),
        ),
        migrations.AddConstraint(
            model_name='wirelog',
            constraint=models.CheckConstraint(condition=models.Q(('mailbox_id', None), ('server_id', None), _connector='XOR'), name='wire_log_of_one'),
        ),
        migrations.AddConstraint(
            model_name='signin',
            constraint=models.CheckConstraint(condition=models.Q(('mailbox_id', None), ('server_id', None), _connector='XOR'), name='provider_sign_in_of_one'),
        ),
    ]
