"""Attachments: rows that name a part of a raw mail, or hold what a person uploaded."""

from django.db import models
from django.db.models import Q

from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry


class Attachment(models.Model):
    """A file of a conversation, or of a change that a mail made.

    Of an incoming mail it names mail and part; an uploaded one has bytes.
    """

    # Composite foreign keys of the migrations guard these: of one account.
    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.CASCADE, db_constraint=False, related_name="attachments"
    )
    history_entry = models.ForeignKey(
        HistoryEntry,
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="attachments",
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    name = models.TextField()
    content_type = models.TextField()
    size = models.BigIntegerField()  # bytes, decoded
    sha256 = models.TextField()
    inline = models.BooleanField(default=False)
    content_id = models.TextField(null=True)
    mail_id = models.BigIntegerField(null=True)
    part = models.TextField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        db_table = "attachment"
        constraints = [
            models.CheckConstraint(
                condition=Q(mail_id__isnull=False, part__isnull=False, content=None)
                | Q(mail_id=None, part=None, content__isnull=False),
                name="attachment_has_one_source",
            ),
            models.CheckConstraint(
                condition=Q(conversation=None) ^ Q(history_entry=None), name="attachment_of_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["history_entry"],
                condition=Q(history_entry__isnull=False),
                name="attachment_of_history",
            )
        ]

    def __str__(self) -> str:
        return self.name
