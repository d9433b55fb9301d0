"""Mails of unknown fate are looked for, and the Message-IDs that they got elsewhere are kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbound", "0010_consents_of_what_is_signed_in_as"),
    ]

    operations = [
        migrations.CreateModel(
            name="SentCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.TextField(null=True)),
                ("look_at", models.DateTimeField(null=True)),
                ("looks", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "db_table": "sent_copy",
            },
        ),
        migrations.RemoveConstraint(
            model_name="outboxact",
            name="outbox_act_kind_exists",
        ),
        migrations.AddField(
            model_name="outboxmail",
            name="looks",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="outgoingserverstate",
            name="keeps_headers",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="outgoingserverstate",
            name="keeps_message_id",
            field=models.BooleanField(null=True),
        ),
        migrations.AlterField(
            model_name="outboxact",
            name="kind",
            field=models.TextField(
                choices=[
                    ("retried", "Retried"),
                    ("looked", "Looked"),
                    ("through", "Through"),
                    ("cancelled", "Cancelled"),
                    ("was_sent", "Was Sent"),
                ]
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxact",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("retried", "through", "cancelled", "was_sent", "looked"))),
                name="outbox_act_kind_exists",
            ),
        ),
        migrations.AddField(
            model_name="sentcopy",
            name="mail",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="copies", to="outbound.outboxmail"
            ),
        ),
        migrations.AddIndex(
            model_name="sentcopy",
            index=models.Index(
                condition=models.Q(("look_at", None)), fields=["message_id"], name="sent_copy_message_id"
            ),
        ),
        migrations.AddIndex(
            model_name="sentcopy",
            index=models.Index(
                condition=models.Q(("message_id", None)), fields=["look_at"], name="sent_copy_look_at"
            ),
        ),
        migrations.AddConstraint(
            model_name="sentcopy",
            constraint=models.UniqueConstraint(fields=("mail", "message_id"), name="sent_copy_once"),
        ),
        migrations.AddConstraint(
            model_name="sentcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("message_id", None), ("look_at", None), _connector="XOR"),
                name="sent_copy_known_or_looked_for",
            ),
        ),
    ]
