"""Since when the server of a mailbox has been asking for patience: after long it is failing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbound", "0013_new_secret_ends_a_loss")]

    operations = [
        migrations.AddField(
            model_name="mailboxstate",
            name="patience_since",
            field=models.DateTimeField(null=True),
        ),
    ]
