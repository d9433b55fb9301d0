"""Files of incoming mails that did not stay. The raw mail has them still."""

from django.db import models
from django.db.models import Q

from deskpost.desk.people import Person
from deskpost.inbound.messages import InboundMessage
from deskpost.mime.file_checks import WHYS


class DroppedFile(models.Model):
    """A part of a mail that became no attachment, or did later because a person took it in."""

    mail = models.ForeignKey(
        InboundMessage, on_delete=models.CASCADE, related_name="dropped_files", db_index=False
    )
    part = models.TextField()  # as attachment.part
    name = models.TextField()
    size = models.BigIntegerField()  # bytes, decoded
    why = models.TextField()  # file_checks.WHYS
    detail = models.TextField()  # what was found, with the value of the setting at that time
    taken_in_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    taken_in_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dropped_file"
        constraints = [
            models.UniqueConstraint(fields=["mail", "part"], name="dropped_file_once"),
            models.CheckConstraint(condition=Q(why__in=WHYS), name="dropped_file_why_exists"),
            models.CheckConstraint(
                condition=Q(taken_in_by=None) | Q(taken_in_at__isnull=False), name="dropped_file_taken_in"
            ),
        ]

    def __str__(self) -> str:
        return self.name
