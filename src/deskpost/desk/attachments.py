"""Attachments: rows that name a part of a raw mail, or hold what a person uploaded."""

from django.db import models
from django.db.models import Q

from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation


class Attachment(models.Model):
    """A file of a conversation. Of an incoming mail it names mail and part; an uploaded one has bytes."""

    # One composite foreign key of the migration guards both of these.
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_constraint=False, related_name="attachments"
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
        ]

    def __str__(self) -> str:
        return self.name
