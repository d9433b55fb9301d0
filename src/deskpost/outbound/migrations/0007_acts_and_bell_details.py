"""Who did what to an outgoing mail is kept; the bell's notices keep what happened, in place of words."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbound', '0006_bell'),
    ]

    operations = [
        migrations.AddField(
            model_name='bellnotice',
            name='details',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name='bellnotice',
            name='text',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AlterField(
            model_name='bellnotice',
            name='title',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.CreateModel(
            name='OutboxAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('kind', models.TextField(choices=[('retried', 'Retried'), ('through', 'Through'), ('cancelled', 'Cancelled'), ('was_sent', 'Was Sent')])),
                ('who', models.TextField()),
                ('server', models.TextField(db_default='', default='')),
                ('mail', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='outbound.outboxmail')),
            ],
            options={
                'db_table': 'outbox_act',
                'indexes': [models.Index(fields=['mail', 'at'], name='outbox_act_of_mail')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('retried', 'through', 'cancelled', 'was_sent'))), name='outbox_act_kind_exists')],
            },
        ),
    ]
