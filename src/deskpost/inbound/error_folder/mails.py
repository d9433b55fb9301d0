"""Error mails: one row for each mail that could not be processed, why, where it lies, and its details, encrypted."""

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, Undecided
from deskpost.secret_field import SecretField


class Place(models.TextChoices):
    """Where an error mail lies at its server."""

    KEPT = "kept"  # where it came from: its mailbox has no error folder, or the mail is at no server
    TO_MOVE = "to_move"  # to be moved into the error folder
    FOLDER = "folder"  # in the error folder
    TO_INBOX = "to_inbox"  # moved back; the next fetch meets it there


THERE = (Place.TO_MOVE, Place.FOLDER)
"""What counts as in the error folder: what waits to be moved there too."""


class ErrorMail(models.Model):
    """Why a mail is an error mail, and where it lies. Written by settle; its place by the acts on the server.

    `why` and `step` tell nothing of the mail itself: they are in clear, and mails are grouped by them.
    """

    mail = models.OneToOneField(
        InboundMessage, on_delete=models.CASCADE, primary_key=True, related_name="error"
    )
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=Now())
    step = models.TextField()
    why = models.TextField()
    details = SecretField(default="")  # header, exception, lines of the trace
    place = models.TextField(choices=Place.choices, default=Place.KEPT)
    folder = models.TextField(default="")  # as its server knows it, where it lies in one
    refusals = models.PositiveIntegerField(default=0)  # of the server, to move it
    words = models.TextField(default="")  # the sentence of the last refusal
    # The request that it opened, with its source; kept when it fails again, so that it opens no second one.
    request = models.ForeignKey(
        Record, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    copied = models.BooleanField(default=False)  # lies in the folder, not yet gone from where it was
    copying_since = models.TextField(default="")  # where the folder ended before a copy was asked for

    class Meta:
        db_table = "error_mail"
        indexes = [models.Index(fields=["mailbox", "place"], name="error_mail_place")]
        constraints = [
            models.CheckConstraint(condition=Q(place__in=Place.values), name="error_mail_place_exists"),
            models.CheckConstraint(
                condition=~Q(place=Place.FOLDER) | ~Q(folder=""), name="error_mail_in_a_folder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mail_id} {self.place}"


def unsolved() -> QuerySet[ErrorMail]:
    """Give the mails that are error mails still, without their details: not what was processed meanwhile."""
    rows = ErrorMail.objects.defer("details").filter(mail__outcome__kind="error")
    return rows.exclude(pk__in=Undecided.objects.values("pk"))


def waits(mailbox: Mailbox) -> bool:
    """Tell whether error mails of a mailbox are to be moved at its server."""
    return mailbox.error_folder and ErrorMail.objects.filter(mailbox=mailbox, place=Place.TO_MOVE).exists()
