"""Counts of outgoing mail and its troubles by server and minute, kept 8 days, and of all time.

They are written in the transaction of what they count, a statement for each batch, so that no page has to count mails.
Minutes are PostgreSQL's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import Q

from deskpost.desk.sending_classes import SendingClass
from deskpost.minutes import KEPT_DAYS
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports import error_kinds
from deskpost.transports.error_kinds import Kind

SENT, FAILED = "sent", "failed"
_COUNT = """
    INSERT INTO server_minute AS known (server_id, minute, what, sending_class, count, seconds)
    SELECT server.id, moment.minute, one.what, one.class, one.count, one.seconds
    FROM unnest(%(servers)s::bigint[], %(whats)s::text[], %(classes)s::int[], %(counts)s::bigint[],
        %(seconds)s::float8[]) AS one (server_id, what, class, count, seconds)
    JOIN outgoing_server server ON server.id = one.server_id
    CROSS JOIN (VALUES (to_timestamp(0)), (date_trunc('minute', clock_timestamp()))) AS moment (minute)
    ORDER BY moment.minute, server.id, one.what, one.class
    ON CONFLICT (minute, server_id, what, sending_class) DO UPDATE SET
        count = known.count + EXCLUDED.count, seconds = known.seconds + EXCLUDED.seconds
"""
_FORGET = """
    DELETE FROM server_minute
    WHERE minute > to_timestamp(0) AND minute < clock_timestamp() - make_interval(days => %s)
"""


class ServerMinute(models.Model):
    """How often something happened at a server within a minute (or ever): mails sent, failed for good, troubles.

    What a server sent that was removed since stays, without a server.
    """

    server = models.ForeignKey(
        OutgoingServer, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    minute = models.DateTimeField()  # when it began; EVER: of all time
    what = models.TextField()  # SENT, FAILED or a kind of trouble
    sending_class = models.PositiveSmallIntegerField(default=0)  # 0: of no mail
    count = models.BigIntegerField()
    seconds = models.FloatField(default=0)  # that sending these took, each in its lane

    class Meta:
        db_table = "server_minute"
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "server", "what", "sending_class"], name="server_minute_once"
            ),
            models.CheckConstraint(
                condition=Q(what__in=(SENT, FAILED, *error_kinds.KINDS)), name="server_minute_of_what"
            ),
            models.CheckConstraint(
                condition=Q(sending_class=0) ^ Q(what__in=(SENT, FAILED)), name="server_minute_of_class"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="server_minute_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.what} at {self.server_id}"


@dataclass(frozen=True, slots=True)
class Ended:
    """A mail that was sent or failed for good: by which server, of which class, in how many seconds."""

    server_id: int
    what: str
    sending_class: SendingClass | int
    seconds: float = 0.0


def ended(mails: Iterable[Ended]) -> None:
    """Count mails, in the caller's transaction; the last statement of it, for others may wait for these rows."""
    sums: dict[tuple[int, str, int], tuple[int, float]] = {}
    for one in mails:
        key = (one.server_id, one.what, int(one.sending_class))
        count, seconds = sums.get(key, (0, 0.0))
        sums[key] = (count + 1, seconds + one.seconds)
    _count(sums)


def trouble(server_id: int, kind: Kind) -> None:
    """Count that a server could not be used, in the caller's transaction or in one of its own."""
    _count({(server_id, kind, 0): (1, 0.0)})


def forget_old() -> None:
    """Remove the minutes of more than 8 days ago. To be done now and then."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [KEPT_DAYS])


def _count(sums: dict[tuple[int, str, int], tuple[int, float]]) -> None:
    if not sums:
        return
    values: dict[str, Any] = {
        "servers": [server_id for server_id, _, _ in sums],
        "whats": [what for _, what, _ in sums],
        "classes": [sending_class for _, _, sending_class in sums],
        "counts": [count for count, _ in sums.values()],
        "seconds": [seconds for _, seconds in sums.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
