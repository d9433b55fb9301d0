"""How many mails each mailbox fetched and what became of them, by minute and of all time, begun with what is there."""

import django.db.models.deletion
from django.db import migrations, models


UNTIL_NOW = """
    INSERT INTO mailbox_minute (mailbox_id, minute, what, count)
    SELECT mailbox_id, to_timestamp(0), 'in', count(*) FROM inbound_message GROUP BY 1
    UNION ALL
    SELECT m.mailbox_id, to_timestamp(0), o.kind, count(*)
    FROM mail_outcome o JOIN inbound_message m ON m.id = o.mail_id GROUP BY 1, 3
    UNION ALL
    SELECT mailbox_id, date_trunc('minute', received_at), 'in', count(*) FROM inbound_message
    WHERE received_at > now() - interval '8 days' GROUP BY 1, 2
    UNION ALL
    SELECT mailbox_id, date_trunc('minute', at), 'error', count(*) FROM error_mail
    WHERE at > now() - interval '8 days' GROUP BY 1, 2
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inbound', '0025_forwards_by_technicians'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailboxMinute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minute', models.DateTimeField()),
                ('what', models.TextField()),
                ('count', models.BigIntegerField()),
                ('mailbox', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inbound.mailbox')),
            ],
            options={
                'db_table': 'mailbox_minute',
                'constraints': [models.UniqueConstraint(fields=('minute', 'mailbox', 'what'), name='mailbox_minute_once'), models.CheckConstraint(condition=models.Q(('what__in', ('in', 'request', 'conversation', 'command', 'bounce', 'automatic', 'duplicate', 'dropped', 'refused', 'held', 'error', 'connection', 'sign_in', 'consent', 'service', 'throttled'))), name='mailbox_minute_of_what'), models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='mailbox_minute_counts')],
            },
        ),
        migrations.RunSQL(UNTIL_NOW, migrations.RunSQL.noop),
    ]
