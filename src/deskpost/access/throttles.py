"""How often Microsoft said that requests to a mailbox were too many: by minute, kept 8 days, and of all time.

A mailbox is named as lanes name it (lanes.py): by the id of its Inbox, or its name while that is not known.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from deskpost.minutes import KEPT_DAYS

_COUNT = """
    INSERT INTO graph_throttle AS known (mailbox, client_id, minute, answers, longest)
    SELECT %(mailbox)s, %(client_id)s, moment.minute, 1, coalesce(%(asked)s, 0)
    FROM (VALUES (to_timestamp(0)), (date_trunc('minute', clock_timestamp()))) AS moment (minute)
    ORDER BY moment.minute
    ON CONFLICT (minute, mailbox, client_id) DO UPDATE SET
        answers = known.answers + 1, longest = greatest(known.longest, EXCLUDED.longest)
"""
_SINCE = """
    SELECT minute, mailbox, client_id, answers, longest FROM graph_throttle
    WHERE (minute = to_timestamp(0) OR minute >= %(since)s) AND mailbox = ANY(%(mailboxes)s) ORDER BY minute
"""
_FORGET = """
    DELETE FROM graph_throttle
    WHERE minute > to_timestamp(0) AND minute < clock_timestamp() - make_interval(days => %s)
"""


class GraphThrottle(models.Model):
    """Answers 429 and 503 of Microsoft Graph to one application at one mailbox, of a minute (or ever)."""

    mailbox = models.TextField()
    client_id = models.TextField()
    minute = models.DateTimeField()
    answers = models.BigIntegerField()
    longest = models.FloatField(default=0)  # seconds of the longest Retry-After; 0: none was named

    class Meta:
        db_table = "graph_throttle"
        constraints = [
            models.UniqueConstraint(fields=["minute", "mailbox", "client_id"], name="graph_throttle_once"),
            models.CheckConstraint(condition=Q(answers__gte=1), name="graph_throttle_counts"),
            models.CheckConstraint(condition=Q(longest__gte=0), name="graph_throttle_longest"),
        ]

    def __str__(self) -> str:
        return f"{self.answers} at {self.mailbox}"


@dataclass(frozen=True, slots=True)
class Seen:
    """The answers of one minute; `longest`: seconds of the longest Retry-After, 0 where none was named."""

    minute: datetime
    mailbox: str
    client_id: str
    answers: int
    longest: float


def note(cursor: CursorWrapper, mailbox: str, client_id: str, asked: float | None) -> None:
    """Count an answer, in the transaction of the cursor."""
    cursor.execute(_COUNT, {"mailbox": mailbox, "client_id": client_id, "asked": asked})


def seen(mailboxes: Collection[str], since: datetime) -> list[Seen]:
    """Give what was counted for these mailboxes since a moment, and of all time (minute EVER), the oldest first."""
    if not mailboxes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, {"since": since, "mailboxes": list(mailboxes)})
        return [Seen(*row) for row in cursor.fetchall()]


def forget_old() -> None:
    """Remove the minutes of more than 8 days ago. To be done now and then."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [KEPT_DAYS])
