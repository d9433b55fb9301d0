"""Lanes are given in the order in which they were asked for, and a mailbox that asked for patience is left alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="GraphWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("mailbox", models.TextField()),
                ("client_id", models.TextField()),
                ("owner", models.TextField()),
                ("urgency", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "db_table": "graph_wish",
                "constraints": [
                    models.UniqueConstraint(fields=("mailbox", "client_id", "owner"), name="graph_wish_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GraphPause",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("mailbox", models.TextField()),
                ("client_id", models.TextField()),
                ("not_before", models.DateTimeField()),
                ("step", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "db_table": "graph_pause",
                "constraints": [
                    models.UniqueConstraint(fields=("mailbox", "client_id"), name="graph_pause_once")
                ],
            },
        ),
    ]
