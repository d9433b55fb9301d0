"""How much mail comes in for an outgoing server to answer: its peaks, against what Microsoft Graph can send.

Each request brings three notifications, and Graph takes four requests at a time: the seed page's scenarios 1 and 2 are
600 mails in an hour and 100 within a minute. What is beyond waits for minutes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import ExpressionWrapper, F, Max
from django.db.models.fields import DurationField

from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.server_scopes import Scope
from deskpost.outbound.servers import OutgoingServer

MOST_IN_A_MINUTE = 100
MOST_IN_AN_HOUR = 600  # ten a minute on average
LOOKED_BACK = timedelta(days=7)

# Over any 60 seconds and any hour, not those of the clock: a surge does not begin at the full minute.
_PEAKS = """
    SELECT m.received_at,
        count(*) OVER (ORDER BY m.received_at RANGE BETWEEN %(span)s PRECEDING AND CURRENT ROW) AS mails
    FROM inbound_message m JOIN mail_outcome o ON o.mail_id = m.id
    WHERE m.received_at > %(since)s AND (o.account_id = %(account)s
        OR %(account)s::bigint IS NULL AND (o.account_id IS NULL OR o.account_id <> ALL(%(apart)s)))
    ORDER BY mails DESC, m.received_at LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Peak:
    """The most mails that came within one span of time, and when the last of them did."""

    mails: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More than Graph can answer in time: the peak of a minute or of an hour, and the longest wait of that day."""

    minute: Peak | None
    hour: Peak | None
    longest_wait: timedelta | None


def too_much(scope: Scope, server: OutgoingServer, now: datetime) -> TooMuch | None:
    """Tell whether more mail came in for this server within a week than Graph can answer without much delay."""
    since = now - LOOKED_BACK
    minute = _peak(scope, timedelta(seconds=60), since)
    hour = _peak(scope, timedelta(hours=1), since)
    over_minute = minute if minute and minute.mails > MOST_IN_A_MINUTE else None
    over_hour = hour if hour and hour.mails > MOST_IN_AN_HOUR else None
    worst = over_minute or over_hour
    if worst is None:
        return None
    return TooMuch(over_minute, over_hour, _longest_wait(server, worst.at))


def _peak(scope: Scope, span: timedelta, since: datetime) -> Peak | None:
    """Give the peak of the accounts whose mail is answered by the server of a scope: its own, or all that have none."""
    apart = list(OutgoingServer.objects.exclude(account=None).values_list("account", flat=True))
    account = scope.id if scope.kind == "account" else None
    values: dict[str, Any] = {"span": span, "since": since, "account": account, "apart": apart}
    with connection.cursor() as cursor:
        cursor.execute(_PEAKS, values)
        row = cursor.fetchone()
    return Peak(row[1], row[0]) if row else None


def _longest_wait(server: OutgoingServer, at: datetime) -> timedelta | None:
    """Give how long the slowest mail of the day around a moment took from being written to being sent."""
    of_that_day = OutboxMail.objects.filter(
        server=server,
        state=OutboxMail.State.SENT,
        created_at__gte=at - timedelta(hours=1),
        created_at__lte=at + timedelta(hours=23),
    )
    took = ExpressionWrapper(F("done_at") - F("created_at"), output_field=DurationField())
    longest: timedelta | None = of_that_day.aggregate(longest=Max(took))["longest"]
    return longest
