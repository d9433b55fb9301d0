"""Email debug: what was said to a mail server and what it said, secrets masked, kept apart and for some days only."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from deskpost.access import consents
from deskpost.access.columns import SECRETS, MailServerSettings
from deskpost.database_words import database_words
from deskpost.desk.people import Person
from deskpost.secret_field import readable
from deskpost.transports.wire_log import Recorder

KEPT = timedelta(days=7)
MOST = 200  # connections of one mailbox or server; older ones go
USUAL = timedelta(days=1)  # for which debug stays on where nobody chose a time
_SEPARATOR = "\n"
log = logging.getLogger(__name__)


class WireLog(models.Model):
    """One connection of a mailbox or a server, as it was spoken."""

    mailbox_id = models.BigIntegerField(null=True)  # mailbox, by a foreign key of a migration of inbound
    server_id = models.BigIntegerField(null=True)  # outgoing_server, by one of outbound
    at = models.DateTimeField(db_default=Now())
    text = models.TextField()

    class Meta:
        db_table = "wire_log"
        constraints = [
            models.CheckConstraint(condition=Q(mailbox_id=None) ^ Q(server_id=None), name="wire_log_of_one")
        ]
        indexes = [
            models.Index(fields=["mailbox_id", "id"], name="wire_log_of_mailbox"),
            models.Index(fields=["server_id", "id"], name="wire_log_of_server"),
            models.Index(fields=["at"], name="wire_log_ages"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id or self.server_id} at {self.at}"


class WireLogReading(models.Model):
    """Somebody took what was recorded: it holds mail, so it is known who read it. Never forgotten."""

    mailbox_id = models.BigIntegerField(null=True)  # as in WireLog; null too once it is removed for good
    server_id = models.BigIntegerField(null=True)
    thing = models.TextField()  # the name that the mailbox or server had
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    name = models.TextField()  # the person's
    connections = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "wire_log_reading"
        indexes = [
            models.Index(fields=["mailbox_id", "id"], name="wire_log_reading_mailbox"),
            models.Index(fields=["server_id", "id"], name="wire_log_reading_server"),
        ]

    def __str__(self) -> str:
        return f"{self.name} read {self.thing}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of a mailbox or server, and who took it last. `until`: when debug ends, None while it is off."""

    count: int
    newest: datetime | None
    until: datetime | None
    reading: WireLogReading | None


def is_on(row: MailServerSettings) -> bool:
    """Tell whether connections are recorded now: switched on, and its time not over."""
    return row.debug_until is not None and row.debug_until > datetime.now(UTC)


def until(wanted: bool, row: MailServerSettings, lasts: timedelta | None = None) -> datetime | None:
    """Give the column for debug on, for so long, or off. Without a time what is on keeps its end."""
    if not wanted:
        return None if is_on(row) else row.debug_until
    if lasts is None and is_on(row):
        return row.debug_until
    return datetime.now(UTC) + (lasts or USUAL)


def recorder(row: MailServerSettings, saved: MailServerSettings | None = None) -> Recorder | None:
    """Give what takes down the connections of a row, None where debug is off.

    Of a row that is not saved it is that of the one `saved`; without one there is nobody to keep it for.
    """
    keeper = row if row.pk is not None else saved
    if keeper is None or keeper.debug_until is None or not is_on(keeper):
        return None
    of = _of(keeper)
    return Recorder(lambda text: keep(of, text), keeper.debug_until.timestamp(), _secrets(row, keeper))


def keep(of: dict[str, Any], text: str) -> None:
    """Store the text of one connection, also where the transaction under way is rolled back. Raises nothing."""
    if connection.in_atomic_block:  # what a failed renewal said is wanted most, and would go with it
        threading.Thread(target=_keep_apart, args=(of, text), name="wire log").start()
    else:
        _keep(of, text)


def recorded(row: MailServerSettings) -> Recorded:
    """Tell what is recorded of a row."""
    found = WireLog.objects.filter(**_of(row))
    count, newest = found.aggregate(count=models.Count("pk"), newest=models.Max("at")).values()
    reading = WireLogReading.objects.filter(**_of(row)).order_by("-pk").first()
    return Recorded(count, newest, row.debug_until if is_on(row) else None, reading)


def read(row: MailServerSettings, thing: str, person: Person) -> Iterator[str]:
    """Give what is recorded of a row, connection by connection, and note who took it. `thing` is the row's name."""
    found = WireLog.objects.filter(**_of(row)).order_by("pk")
    ids = list(found.values_list("pk", flat=True))
    WireLogReading.objects.create(
        **_of(row), thing=thing, person=person, name=person.name, connections=len(ids)
    )
    return _texts(ids)


def forget_old() -> None:
    """Remove what is older than some days. To be done now and then."""
    WireLog.objects.filter(at__lt=Now() - KEPT).delete()


def _texts(ids: list[int]) -> Iterator[str]:
    """Read one at a time: all of them together may be large."""
    for id in ids:
        text = WireLog.objects.filter(pk=id).values_list("text", flat=True).first()
        if text:
            yield text + _SEPARATOR


def _of(row: MailServerSettings) -> dict[str, Any]:
    """Give the column that names a row: of a mailbox or of an outgoing server."""
    return {"mailbox_id" if row._meta.db_table == "mailbox" else "server_id": row.pk}


def _secrets(row: MailServerSettings, keeper: MailServerSettings) -> list[str]:
    """Give the secrets that are known before anything is said; the others are learnt as they come up."""
    consent = consents.consent_of(keeper)
    found = [readable(one, name) for one in (row, keeper) for name in SECRETS]
    if consent is not None:
        found += [readable(consent, name) for name in ("access_token", "refresh_token")]
    return [one for one in found if one]


def _keep_apart(of: dict[str, Any], text: str) -> None:
    try:
        _keep(of, text)
    finally:
        connection.close()


def _keep(of: dict[str, Any], text: str) -> None:
    try:
        with transaction.atomic():
            WireLog.objects.create(**of, text=text)
            newest = WireLog.objects.filter(**of).order_by("-pk").values("pk")
            WireLog.objects.filter(**of, pk__lte=newest[MOST : MOST + 1]).delete()
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("What was recorded of a connection could not be stored: %s", database_words(trouble))
