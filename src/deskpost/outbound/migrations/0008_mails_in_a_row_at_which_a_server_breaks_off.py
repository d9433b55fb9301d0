"""At which mails in a row a server broke off is kept: one may be that mail's trouble, several are the server's."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbound", "0007_acts_and_bell_details"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingserverstate",
            name="broke_off",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
    ]
