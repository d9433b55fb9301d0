"""What each lane is taken for and since when, and how often Microsoft said that requests were too many."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0005_names_of_a_graph_mailbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='graphlane',
            name='mail_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='graphlane',
            name='taken_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='GraphThrottle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.TextField()),
                ('client_id', models.TextField()),
                ('minute', models.DateTimeField()),
                ('answers', models.BigIntegerField()),
                ('longest', models.FloatField(default=0)),
            ],
            options={
                'db_table': 'graph_throttle',
                'constraints': [models.UniqueConstraint(fields=('minute', 'mailbox', 'client_id'), name='graph_throttle_once'), models.CheckConstraint(condition=models.Q(('answers__gte', 1)), name='graph_throttle_counts'), models.CheckConstraint(condition=models.Q(('longest__gte', 0)), name='graph_throttle_longest')],
            },
        ),
    ]
