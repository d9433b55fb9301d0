"""Since when the provider of an outgoing server ends its service: it rests, and its mail is not given up."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("outbound", "0016_sender_pool")]

    operations = [
        migrations.AddField(
            model_name="outgoingserverstate",
            name="ended_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="outgoingserverstate",
            constraint=models.CheckConstraint(
                condition=Q(ended_since=None) | Q(failing_since=None, patience_since=None),
                name="outgoing_server_ended_or_fails",
            ),
        ),
    ]
