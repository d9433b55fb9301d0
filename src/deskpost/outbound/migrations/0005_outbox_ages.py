"""A notice that a person had tried again does not lapse."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbound', '0004_outbox_page'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxmail',
            name='asked_for',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
