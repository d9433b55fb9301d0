"""Conversations: the mails in and out of a record, and its notes."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

from deskpost.desk.accounts import Account
from deskpost.desk.deflated import DeflatedField
from deskpost.desk.people import Person
from deskpost.desk.records import Record


class Conversation(models.Model):
    """One mail or note of a record. Its account is the record's: a composite foreign key says so."""

    class Direction(models.TextChoices):
        """Where it came from: a mail in, a mail out, a note that stays inside."""

        IN = "in"
        OUT = "out"
        NOTE = "note"

    # One composite foreign key of the migration guards both of these.
    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="conversations"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    # The request that it was written in, where a merge brought it here: of the same account, a constraint says.
    came_from = models.ForeignKey(
        Record, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    direction = models.TextField(choices=Direction.choices)
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    from_name = models.TextField(default="")
    from_address = models.TextField(default="")
    to = models.JSONField(default=list)  # [[name, address], ...]
    cc = models.JSONField(default=list)
    subject = models.TextField(default="")
    message_id = models.TextField(null=True)  # with angle brackets, the In-Reply-To of later answers
    at = models.DateTimeField()
    text = models.TextField(default="")
    html = DeflatedField(null=True)  # already clean
    automatic = models.BooleanField(default=False)  # an auto-reply that joined quietly
    # The requester to whom a technician's mail to the desk was sent on: of the same account, a constraint says.
    relayed_to = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, db_constraint=False
    )
    mail_id = models.BigIntegerField(null=True)  # inbound_message it was read from
    search = models.GeneratedField(  # bounded, for a tsvector over 1 MB is an error
        expression=SearchVector(
            Left("subject", 1000),
            Left("from_name", 500),
            Left("from_address", 500),
            Left("text", 100_000),
            config="deskpost",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "conversation"
        constraints = [
            models.UniqueConstraint(fields=["id", "account"], name="conversation_and_account"),
            models.UniqueConstraint(fields=["mail_id", "account"], name="conversation_mail_and_account"),
            models.CheckConstraint(
                condition=Q(direction__in=("in", "out", "note")), name="conversation_direction_exists"
            ),
            models.CheckConstraint(
                condition=Q(relayed_to=None) | Q(direction="in"), name="conversation_relayed_is_in"
            ),
        ]
        indexes = [
            models.Index(fields=["record", "at"], name="conversation_of_record"),
            models.Index(
                fields=["came_from"], condition=Q(came_from__isnull=False), name="conversation_came_from"
            ),
            models.Index(fields=["message_id"], name="conversation_message_id"),
            GinIndex(fields=["search"], name="conversation_search"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.subject}"
