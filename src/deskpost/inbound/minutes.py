"""Counts of incoming mail and its troubles by mailbox and minute, kept 8 days, and of all time.

They are written in the transaction of what they count, a statement for each batch, so that no page has to count mails.
Minutes are PostgreSQL's.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import connection, models
from django.db.models import Q

from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.outcome import KINDS as OUTCOMES
from deskpost.minutes import KEPT_DAYS
from deskpost.transports import error_kinds
from deskpost.transports.error_kinds import Kind

FETCHED, PROCESSING = "in", "error"
_OF_ALL_TIME_ALONE = tuple(kind for kind in OUTCOMES if kind != PROCESSING)
_COUNT = """
    INSERT INTO mailbox_minute AS known (mailbox_id, minute, what, count)
    SELECT %(mailbox)s, moment.minute, one.what, one.count
    FROM unnest(%(whats)s::text[], %(counts)s::bigint[]) AS one (what, count)
    CROSS JOIN (VALUES (to_timestamp(0)), (date_trunc('minute', clock_timestamp()))) AS moment (minute)
    WHERE moment.minute = to_timestamp(0) OR one.what <> ALL(%(of_all_time_alone)s)
    ORDER BY moment.minute, one.what
    ON CONFLICT (minute, mailbox_id, what) DO UPDATE SET count = known.count + EXCLUDED.count
"""
_FORGET = """
    DELETE FROM mailbox_minute
    WHERE minute > to_timestamp(0) AND minute < clock_timestamp() - make_interval(days => %s)
"""


class MailboxMinute(models.Model):
    """How often something happened at a mailbox within a minute (or ever): mails fetched, outcomes, troubles."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    minute = models.DateTimeField()  # when it began; EVER: of all time
    what = models.TextField()  # FETCHED, an outcome, or a kind of trouble
    count = models.BigIntegerField()

    class Meta:
        db_table = "mailbox_minute"
        constraints = [
            models.UniqueConstraint(fields=["minute", "mailbox", "what"], name="mailbox_minute_once"),
            models.CheckConstraint(
                condition=Q(what__in=(FETCHED, *OUTCOMES, *error_kinds.KINDS)), name="mailbox_minute_of_what"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="mailbox_minute_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.what} at {self.mailbox_id}"


def fetched(mailbox_id: int, mails: int) -> None:
    """Count mails that were stored, in the caller's transaction."""
    _count(mailbox_id, {FETCHED: mails})


def decided(outcomes: Mapping[int, Counter[str]]) -> None:
    """Count the outcomes of each mailbox's mails, in the caller's transaction."""
    for mailbox_id in sorted(outcomes):
        _count(mailbox_id, outcomes[mailbox_id])


def trouble(mailbox_id: int, kind: Kind) -> None:
    """Count a fetch that failed or was put off, in the caller's transaction."""
    _count(mailbox_id, {kind: 1})


def forget_old() -> None:
    """Remove the minutes of more than 8 days ago. To be done now and then."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [KEPT_DAYS])


def _count(mailbox_id: int, counts: Mapping[str, int]) -> None:
    some = {what: count for what, count in counts.items() if count}
    if not some:
        return
    values: dict[str, Any] = {
        "mailbox": mailbox_id,
        "whats": list(some),
        "counts": list(some.values()),
        "of_all_time_alone": list(_OF_ALL_TIME_ALONE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
