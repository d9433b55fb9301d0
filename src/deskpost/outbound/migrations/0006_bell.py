"""The notices of the bell."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbound', '0005_outbox_ages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BellNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('title', models.TextField()),
                ('text', models.TextField()),
                ('url', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('read_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'bell_notice',
                'indexes': [models.Index(fields=['person', '-id'], name='bell_notice_newest'), models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='bell_notice_unread'), models.Index(fields=['at'], name='bell_notice_age')],
            },
        ),
    ]
