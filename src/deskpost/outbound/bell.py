"""The bell: what people are told while they are signed in, kept for 30 days."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from deskpost.desk.people import Person
from deskpost.desk.roles import permitted_everywhere
from deskpost.desk.search import Count

KEPT = timedelta(days=30)


class BellNotice(models.Model):
    """One thing that one person is told by the bell."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.TextField()  # an event: what icon, tone and act it has follows from it
    details = models.JSONField(
        default=dict, db_default={}
    )  # what happened; bell_words says it to each reader
    title = models.TextField(
        default="", db_default=""
    )  # of notices from before there were details: the words
    text = models.TextField(default="", db_default="")
    url = models.TextField(default="", blank=True)  # where to act, from the root of the site
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bell_notice"
        indexes = [
            models.Index(fields=["person", "-id"], name="bell_notice_newest"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="bell_notice_unread"),
            models.Index(fields=["at"], name="bell_notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}"


def ring(people: Iterable[int], kind: str, details: Mapping[str, str | int], url: str = "") -> None:
    """Tell each of these people once, in the caller's transaction.

    `kind` is the event's name, `details` what bell_words says of it: moments in ISO format, durations in seconds.
    """
    BellNotice.objects.bulk_create(
        BellNotice(person_id=person, kind=kind, details=dict(details), url=url)
        for person in dict.fromkeys(people)
    )


def administrators() -> list[int]:
    """Give the ids of those who set up mail for every account: the SDAdmins."""
    return list(permitted_everywhere("settings.mail").order_by("pk").values_list("pk", flat=True))


def forget_old() -> None:
    """Remove the notices that are older than 30 days. To be done now and then."""
    BellNotice.objects.filter(at__lt=Now() - KEPT).delete()


def notices_of(person: Person) -> QuerySet[BellNotice]:
    """Give what a person was told, the newest first."""
    return BellNotice.objects.filter(person=person).order_by("-pk")


def mark_read(notices: QuerySet[BellNotice]) -> None:
    """Note that these were read; those that were read before keep their time."""
    notices.filter(read_at=None).update(read_at=Now())


def unread(person: Person) -> Count:
    """Count what a person was told and has not read, no further than lists do."""
    return Count.of(notices_of(person).filter(read_at=None))
