"""What a mailbox at Gmail has downloaded of a day, and until when its first fetch waits for the next one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbound", "0014_long_patience")]

    operations = [
        migrations.AddField(
            model_name="mailboxstate",
            name="downloaded",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="mailboxstate",
            name="downloading_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="mailboxstate",
            name="paced_until",
            field=models.DateTimeField(null=True),
        ),
    ]
