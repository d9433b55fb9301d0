"""Attachments are the files that stayed: what was dropped has a table of its own."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0011_one_spelling_of_domains'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='attachment', name='attachment_verdict_exists'),
        migrations.RemoveField(model_name='attachment', name='reason'),
        migrations.RemoveField(model_name='attachment', name='verdict'),
    ]
