"""Who took what was recorded of a connection."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

PROMISES = """
    ALTER TABLE wire_log_reading ADD CONSTRAINT wire_log_reading_mailbox_there FOREIGN KEY (mailbox_id)
        REFERENCES mailbox (id) ON DELETE SET NULL;
    ALTER TABLE wire_log_reading ADD CONSTRAINT wire_log_reading_server_there FOREIGN KEY (server_id)
        REFERENCES outgoing_server (id) ON DELETE SET NULL;
"""
NO_PROMISES = """
    ALTER TABLE wire_log_reading DROP CONSTRAINT wire_log_reading_mailbox_there;
    ALTER TABLE wire_log_reading DROP CONSTRAINT wire_log_reading_server_there;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("access", "0002_lanes_in_order"),
        ("inbound", "0009_every_sign_in"),
        ("outbound", "0009_every_sign_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WireLogReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mailbox_id", models.BigIntegerField(null=True)),
                ("server_id", models.BigIntegerField(null=True)),
                ("thing", models.TextField()),
                ("name", models.TextField()),
                ("connections", models.PositiveIntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "wire_log_reading",
                "indexes": [
                    models.Index(fields=["mailbox_id", "id"], name="wire_log_reading_mailbox"),
                    models.Index(fields=["server_id", "id"], name="wire_log_reading_server"),
                ],
            },
        ),
        migrations.RunSQL(PROMISES, NO_PROMISES),
    ]
