"""How far each person has come in the setup assistant."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0011_one_spelling_of_domains"),
        ("inbound", "0011_consents_of_what_is_signed_in_as"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetupAssistant",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("question", models.PositiveSmallIntegerField(default=1)),
                ("address", models.TextField(default="")),
                ("runner", models.TextField(default="")),
                ("found", models.JSONField(default=dict)),
                ("tests", models.JSONField(default=dict)),
                ("outgoing", models.TextField(default="")),
                (
                    "mailbox",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="inbound.mailbox",
                    ),
                ),
            ],
            options={
                "db_table": "setup_assistant",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("question__gte", 1), ("question__lte", 6)),
                        name="setup_assistant_question",
                    )
                ],
            },
        ),
    ]
