"""The outbox as lists: by state, what needs a look first, counted no further than a list says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from deskpost.desk.roles import Visible
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.visible import visible_mails

State = OutboxMail.State
PAGE = 25  # rows
SHOWN = ("server__state", "server__instance", "server__account", "account", "record", "author")
"""What a page shows beside a mail."""

# Written as alternatives of single states, since each has an index of its own.
UNSENT = Q(state=State.QUEUED) | Q(state=State.SENDING) | Q(state=State.HELD)
TABS: dict[str, Q] = {
    "unsent": UNSENT,
    "waiting": Q(state=State.QUEUED, tries=0),
    "sending": Q(state=State.SENDING),
    "trying": Q(state=State.QUEUED, tries__gt=0),
    "held": Q(state=State.HELD) | Q(state=State.LAPSED),
    "failed": Q(state=State.FAILED),
    "cancelled": Q(state=State.CANCELLED),
    "sent": Q(state=State.SENT),
}
_NEWEST_FIRST = ("held", "failed", "cancelled", "sent")
_OF_ONE_RANK = ("failed", "cancelled", "sent")
_RANK = Case(
    When(Q(state=State.HELD) | Q(state=State.QUEUED, tries__gt=0), then=Value(0)),
    When(state=State.SENDING, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


_FAR = 1000  # mails ahead, from which on nobody counts
_AHEAD = """
    SELECT mail.id, (SELECT count(*) FROM (
        SELECT FROM outbox_mail ahead WHERE ahead.server_id = mail.server_id AND ahead.state = 'queued'
        AND ahead.sending_class = mail.sending_class AND ahead.id < mail.id LIMIT %(far)s) counted)
    FROM outbox_mail mail WHERE mail.id = ANY(%(mails)s) AND mail.state = 'queued'
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails a list shows."""

    tab: str = "unsent"
    server: int | None = None
    sending_class: int | None = None
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: how much its last mail needs a look, and its id."""

    rank: int
    mail_id: int

    def __str__(self) -> str:
        return f"{self.rank}.{self.mail_id}"

    @classmethod
    def read(cls, written: str) -> "Place | None":
        """Read a place as an address has it, None for what is none."""
        rank, _, mail_id = written.partition(".")
        if not (written.isascii() and rank.isdigit() and mail_id.isdigit() and len(written) < 21):
            return None
        return cls(int(rank), int(mail_id)) if int(rank) < 3 else None


def listed(desk: Visible, wanted: Wanted, today: datetime) -> QuerySet[OutboxMail]:
    """Give the mails of a list, in no order. `today`: when the person's day began, for what was sent today."""
    mails = visible_mails(desk).filter(TABS[wanted.tab])
    if wanted.tab == "sent":
        mails = mails.filter(done_at__gte=today)
    return _chosen(mails, wanted)


def page(mails: QuerySet[OutboxMail], tab: str, after: Place | None) -> tuple[list[OutboxMail], Place | None]:
    """Give a part of a list behind a place, what needs a look first, and the place of the next part.

    Within that, what is to be sent comes oldest first, what is done with newest first.
    """
    newest_first = tab in _NEWEST_FIRST
    ranked = mails.annotate(rank=_RANK).order_by("rank", "-pk" if newest_first else "pk")
    if tab in _OF_ONE_RANK:
        ranked = ranked.order_by("-pk")  # as the index has them
    if after is not None:
        behind = Q(pk__lt=after.mail_id) if newest_first else Q(pk__gt=after.mail_id)
        one_rank = tab in _OF_ONE_RANK
        ranked = ranked.filter(behind if one_rank else Q(rank__gt=after.rank) | Q(behind, rank=after.rank))
    rows: list[Any] = list(ranked.select_related(*SHOWN)[: PAGE + 1])
    if len(rows) <= PAGE:
        return rows, None
    last = rows[PAGE - 1]
    return rows[:PAGE], Place(last.rank, last.pk)


def in_state(desk: Visible, wanted: Wanted, state: str) -> QuerySet[OutboxMail]:
    """Give the mails of one state that a list shows under its filters, whatever its tab."""
    return _chosen(visible_mails(desk).filter(state=state), wanted)


def places(mails: Iterable[OutboxMail]) -> dict[int, int]:
    """Give where each of these that wait stands in the queue of its server and class, 1 being next; not far down."""
    waiting = [one.pk for one in mails if one.state == State.QUEUED]
    if not waiting:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, {"mails": waiting, "far": _FAR})
        return {mail_id: ahead + 1 for mail_id, ahead in cursor.fetchall() if ahead < _FAR}


def _chosen(mails: QuerySet[OutboxMail], wanted: Wanted) -> QuerySet[OutboxMail]:
    """Keep what the filters let through."""
    chosen = {
        "server": wanted.server,
        "sending_class": wanted.sending_class,
        "account": wanted.account,
    }
    return mails.filter(**{name: value for name, value in chosen.items() if value is not None})
