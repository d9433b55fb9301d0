"""Lists of incoming mails, newest first: found by sender, recipient, subject, Message-ID, time, outcome, mailbox.

A page at a time by key, never by offset, and counted no further than lists say: with a million mails as with ten.
"""

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from deskpost.desk.roles import Visible
from deskpost.desk.search import Count
from deskpost.inbound import finding
from deskpost.inbound.messages import InboundMessage, Undecided
from deskpost.inbound.spam.rules import KIND
from deskpost.inbound.visible import visible_parts

PAGE = 50  # rows

OUTCOMES: dict[str, Q] = {
    "waiting": Q(pk__in=Undecided.objects.values("pk")),
    "request": Q(outcome__kind="request"),
    "conversation": Q(outcome__kind="conversation"),
    "command": Q(outcome__kind="command"),
    "stopped": Q(outcome__kind__in=("held", "refused", "dropped")),
    "dropped": Q(outcome__kind="dropped"),
    "held": Q(outcome__kind="held"),
    "refused": Q(outcome__kind="refused"),
    "bounce": Q(outcome__kind="bounce"),
    "automatic": Q(outcome__kind="automatic"),
    "duplicate": Q(outcome__kind="duplicate"),
    "error": Q(outcome__kind="error"),
}
"""What a list can be narrowed to: waiting for its outcome, an outcome, or a group of them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails a list shows. `since` and `until` are of the time of receipt, `until` not included."""

    outcome: str = ""  # a key of OUTCOMES
    mailbox: int | None = None
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    message_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    rule: int | None = None  # the spam rule that dropped it


def page(
    desk: Visible, wanted: Wanted, before: int | None, most: int | None = None
) -> tuple[list[InboundMessage], int | None]:
    """Give a part of a list, of mails older than one, and the id behind which the next part begins.

    Of `most` mails, as many as a page shows where it is not said.
    """
    most = most or PAGE
    parts = [
        part.select_related("mailbox", "outcome__record").defer("sha256").order_by("-pk")
        for part in _listed(desk, wanted)
    ]
    if before is not None:
        parts = [part.filter(pk__lt=before) for part in parts]
    newest = merge(*(part[: most + 1] for part in parts), key=lambda mail: -mail.pk)
    rows = list(islice(newest, most + 1))
    return (rows, None) if len(rows) <= most else (rows[:most], rows[most - 1].pk)


def count(desk: Visible, wanted: Wanted) -> Count:
    """Count the mails of a list, no further than lists do."""
    return Count.of(*_listed(desk, wanted))


def _listed(desk: Visible, wanted: Wanted) -> list[QuerySet[InboundMessage]]:
    conditions = list(_conditions(wanted))
    return [part.filter(*conditions) for part in visible_parts(desk)]


def _conditions(wanted: Wanted) -> list[Q | Func]:
    found: list[Q | Func] = []
    if wanted.outcome:
        found.append(OUTCOMES[wanted.outcome])
    if wanted.mailbox is not None:
        found.append(Q(mailbox=wanted.mailbox))
    if wanted.rule is not None:
        found.append(
            Q(outcome__kind="dropped", outcome__decided_by__contains={"kind": KIND, "id": wanted.rule})
        )
    if wanted.message_id:
        bare = wanted.message_id.strip().strip("<>")
        found.append(Q(outcome__message_id__in=(bare, f"<{bare}>")))
    if wanted.since is not None:
        found.append(Q(received_at__gte=wanted.since))
    if wanted.until is not None:
        found.append(Q(received_at__lt=wanted.until))
    for field, written in (("f", wanted.sender), ("t", wanted.recipient), ("s", wanted.subject)):
        if written:
            query = finding.query(field, written)
            found.append(_has_words(query) if query else Q(pk__in=[]))  # nothing but signs: no mail has that
    return found


def _has_words(query: str) -> Func:
    return Func(
        F("outcome__words"),
        Value(query),
        template="array_to_tsvector(%(expressions)s::tsquery",
        arg_joiner=") @@ ",
        output_field=BooleanField(),
    )
