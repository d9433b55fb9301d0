"""How many mails each server sent, by minute and of all time, begun with what the outbox holds."""

import django.db.models.deletion
from django.db import migrations, models


UNTIL_NOW = """
    INSERT INTO server_minute (server_id, minute, what, sending_class, count, seconds)
    SELECT coalesce(overflow_by_id, server_id), to_timestamp(0), state, sending_class, count(*), 0 FROM outbox_mail
    WHERE state IN ('sent', 'failed') AND coalesce(overflow_by_id, server_id) IS NOT NULL GROUP BY 1, 3, 4
    UNION ALL
    SELECT coalesce(overflow_by_id, server_id), date_trunc('minute', done_at), state, sending_class, count(*), 0
    FROM outbox_mail
    WHERE state IN ('sent', 'failed') AND coalesce(overflow_by_id, server_id) IS NOT NULL
    AND done_at > now() - interval '8 days' GROUP BY 1, 2, 3, 4
"""


class Migration(migrations.Migration):

    dependencies = [
        ('outbound', '0021_bounced_mails'),
    ]

    operations = [
        migrations.CreateModel(
            name='ServerMinute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minute', models.DateTimeField()),
                ('what', models.TextField()),
                ('sending_class', models.PositiveSmallIntegerField(default=0)),
                ('count', models.BigIntegerField()),
                ('seconds', models.FloatField(default=0)),
                ('server', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outbound.outgoingserver')),
            ],
            options={
                'db_table': 'server_minute',
                'constraints': [models.UniqueConstraint(fields=('minute', 'server', 'what', 'sending_class'), name='server_minute_once'), models.CheckConstraint(condition=models.Q(('what__in', ('sent', 'failed', 'connection', 'sign_in', 'consent', 'service', 'throttled'))), name='server_minute_of_what'), models.CheckConstraint(condition=models.Q(('sending_class', 0), ('what__in', ('sent', 'failed')), _connector='XOR'), name='server_minute_of_class'), models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='server_minute_counts')],
            },
        ),
        migrations.RunSQL(UNTIL_NOW, migrations.RunSQL.noop),
    ]
