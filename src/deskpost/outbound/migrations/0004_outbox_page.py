"""Indexes for the lists of the outbox page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbound", "0003_server_promises")]

    operations = [
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(
                condition=models.Q(("state__in", ("failed", "lapsed", "cancelled"))),
                fields=["state", "id"],
                name="outbox_mail_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(
                condition=models.Q(("state", "sent")), fields=["done_at"], name="outbox_mail_sent"
            ),
        ),
    ]
