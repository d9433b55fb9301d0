"""A clock that was set: what waits for a moment must not wait for hours that come once more, nor be told of as late.

Moments are PostgreSQL's (see outbound/queue.py), so its machine's clock counts alone. A beat of a process that lies
in the future proves that the clock went back, and by how much. Then every moment that something waits for follows it.

Where it went forward, all that waited for an hour in between is due at once: it is done first, and nobody is told for a
while that it is late. Each process finds that by its own count of seconds.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

LEAST = 30  # seconds; less is waited for
CALM = 60.0  # seconds after a leap forward for what is due to be done, before it is late
_LOCK = 0x636C6F636B  # of all who look: moments go back once
log = logging.getLogger(__name__)

_BY = """
    SELECT max(seen_at) - clock_timestamp() FROM process
    HAVING max(seen_at) > clock_timestamp() + make_interval(secs => %s)
"""
_FOLLOW = "UPDATE {table} SET {name} = {name} - make_interval(secs => %s) WHERE {name} > clock_timestamp()"
_WAITING = {
    "lease": ("until",),
    "graph_lane": ("until",),
    "graph_wish": ("until",),
    "graph_pause": ("not_before",),
    "mailbox_state": ("next_fetch_at", "last_fetch_at", "downloading_since", "paced_until"),
    "outgoing_server_state": ("not_before", "paced_until"),
    "outbox_mail": ("next_try_at", "lease_until"),
}
"""The moments that something waits for. Those of what was are left as they were noted."""


@dataclass(slots=True)
class Look:
    """When PostgreSQL's clock was last looked at by this process, by that clock and by this process's own seconds."""

    there: datetime | None = None
    here: float = 0.0
    leapt_at: float | None = None  # of the own seconds, when a leap forward was found


last = Look()


def calm() -> bool:
    """Tell whether the clock has just leapt forward, so that what seems late has to be done and not to be told of."""
    return last.leapt_at is not None and time.monotonic() - last.leapt_at < CALM


def _look() -> None:
    """Compare how far PostgreSQL's clock has gone with the seconds that have passed here."""
    before = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone() or (None,)
    here = time.monotonic()
    if last.there is not None and there is not None:
        by = there - last.there - timedelta(seconds=here - last.here)
        if by > timedelta(seconds=LEAST):
            last.leapt_at = here
            log.warning(
                "The clock of the database was set forward by %s. What is due by it is done at once.", by
            )
    last.there, last.here = there, before


def follow() -> timedelta:
    """See whether the clock was set back since the last beat; if so let all moments follow, and give by how much.

    To be called before a process gives its own beat.
    """
    _look()
    if _set_back_by() is None:
        return timedelta()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        by = _set_back_by()
        if by is None:
            return timedelta()  # another process was faster
        for table, columns in _WAITING.items():
            for name in columns:
                cursor.execute(_FOLLOW.format(table=table, name=name), [by.total_seconds()])
        cursor.execute("UPDATE process SET seen_at = clock_timestamp() WHERE seen_at > clock_timestamp()")
    log.warning("The clock of the database was set back by %s. Whatever waits for a moment follows it.", by)
    return by


def _set_back_by() -> timedelta | None:
    with connection.cursor() as cursor:
        cursor.execute(_BY, [LEAST])
        found = cursor.fetchone()
    return found[0] if found else None
