"""Links by which somebody without an account consents at the provider: for one mailbox or server, once, for 7 days.

Only the hash of a link's token is kept. A change of what the mailbox or server signs in as ends its link: a trigger
of this package's migration.
"""

import hashlib
import secrets
from datetime import timedelta

import pghistory
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from deskpost.access import consents
from deskpost.access.columns import SIGN_IN, MailServerSettings
from deskpost.desk import settings
from deskpost.desk.people import Person
from deskpost.desk.roles import permitted_everywhere

LASTS = timedelta(days=7)
NEEDS = "settings.mail"  # everywhere: who makes a link has it, and a link works while they do
VIA = "link"  # in the history: somebody came by one
_COLUMNS = {"mailbox": "mailbox_id", "outgoing_server": "server_id"}


class End(models.TextChoices):
    """Why a link works no more before its 7 days are over."""

    USED = "used"  # a consent came by it
    TAKEN_BACK = "taken_back"
    REPLACED = "replaced"  # by another link for the same thing
    CONNECTED = "connected"  # by somebody else, without it
    CHANGED = "changed"  # what it was made for signs in as another now, or was removed


@pghistory.track(exclude=["token_sha256", "mailbox_id", "server_id", "trouble"])
class ConsentLink(models.Model):
    """One link, kept for the history after its end. One at a time is open for a mailbox or server."""

    token_sha256 = models.BinaryField(unique=True)
    mailbox_id = models.BigIntegerField(null=True)  # mailbox, by a foreign key of the migration
    server_id = models.BigIntegerField(null=True)  # outgoing_server, likewise
    name = models.TextField()  # what the mailbox or server was called
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")  # who made it, and asks
    made_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # before its time
    end = models.TextField(choices=End.choices, default="", blank=True)
    given_by = models.TextField(default="", blank=True)  # who consented by it, where the provider tells
    trouble = models.TextField(default="", blank=True)  # what the last attempt broke at, in words

    class Meta:
        db_table = "consent_link"
        constraints = [
            models.CheckConstraint(
                condition=Q(mailbox_id=None) ^ Q(server_id=None), name="consent_link_of_one"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("made_at")) & Q(ends_at__lte=F("made_at") + LASTS),
                name="consent_link_lasts_7_days",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False, end__in=End.values),
                name="consent_link_ends_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(given_by="") | Q(end=End.USED), name="consent_link_given_by_use"
            ),
            models.UniqueConstraint(
                fields=["mailbox_id"], condition=Q(ended_at=None), name="consent_link_open_of_mailbox"
            ),
            models.UniqueConstraint(
                fields=["server_id"], condition=Q(ended_at=None), name="consent_link_open_of_server"
            ),
        ]

    def __str__(self) -> str:
        return f"consent link for {self.name} of {self.made_at}"


class LinkEnded(Exception):
    """The link works no more: it was used, taken back, or its time is over. Nothing was kept."""


@transaction.atomic
def make(row: MailServerSettings, person: Person, called: str) -> str:
    """Make the one link that works for this mailbox or server, and give its token, which nobody can read again.

    `called`: its name. Raises SignsInAnew where the settings were changed since `row` was read.
    """
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    present = rows.filter(pk=row.pk).first()
    if present is None or consents.is_another(present, {name: getattr(row, name) for name in SIGN_IN}):
        raise consents.SignsInAnew
    token = secrets.token_urlsafe(32)
    with settings.context(person, "page"):
        _end(_open(row), End.REPLACED)
        ConsentLink.objects.create(
            token_sha256=_digest(token),
            name=called,
            person=person,
            ends_at=Now() + LASTS,
            **{_COLUMNS[row._meta.db_table]: row.pk},
        )
    return token


def found_by(token: str) -> ConsentLink | None:
    """Give the link of a token, None where there is none, or it works no more: who asks cannot tell which."""
    return _working().filter(token_sha256=_digest(token)).first()


def working(id: int) -> ConsentLink | None:
    """Give a link by its id while it works."""
    return _working().filter(pk=id).first()


def newest_of(row: MailServerSettings) -> ConsentLink | None:
    """Give the last link made for a mailbox or server; `is_open` tells whether it works by its own times."""
    links = ConsentLink.objects.filter(**{_COLUMNS[row._meta.db_table]: row.pk})
    return links.select_related("person").order_by("-pk").first()


def is_open(link: ConsentLink) -> bool:
    """Tell whether a link still works, by the database's clock."""
    return _working().filter(pk=link.pk).exists()


def take_back(row: MailServerSettings, person: Person) -> bool:
    """End the open link of a mailbox or server; False: there was none."""
    with settings.context(person, "page"):
        return _end(_open(row), End.TAKEN_BACK) > 0


def not_needed(row: MailServerSettings, person: Person) -> None:
    """End the open link of a mailbox or server that somebody has just connected without it."""
    with settings.context(person, "page"):
        _end(_open(row), End.CONNECTED)


def use(link: ConsentLink, given_by: str) -> None:
    """End a link by the consent that came by it, in the caller's transaction. Raises LinkEnded.

    Of two that finish at the same moment the second one waits here, and finds it used.
    """
    with pghistory.context(actor=None, name=given_by, via=VIA):
        if not _end(_working().filter(pk=link.pk), End.USED, given_by):
            raise LinkEnded


def failed(link: ConsentLink, words: str) -> bool:
    """Keep what an attempt by a link broke at; True: it is the first time that one did."""
    kept = ConsentLink.objects.filter(pk=link.pk, ended_at=None)
    if kept.filter(trouble="").update(trouble=words):
        return True
    kept.update(trouble=words)
    return False


def _end(links: "QuerySet[ConsentLink]", why: End, given_by: str = "") -> int:
    return links.update(ended_at=Now(), end=why, given_by=given_by)


def _open(row: MailServerSettings) -> "QuerySet[ConsentLink]":
    return ConsentLink.objects.filter(ended_at=None, **{_COLUMNS[row._meta.db_table]: row.pk})


def _working() -> "QuerySet[ConsentLink]":
    makers = permitted_everywhere(NEEDS).values("pk")
    return ConsentLink.objects.filter(ended_at=None, ends_at__gt=Now(), person__in=makers)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
