"""Lanes: at most four requests at a time to one mailbox by one application, over all processes and machines.

Microsoft Graph allows no more (MailboxConcurrency), incoming mail included. A mailbox is the id of its Inbox, or its
name while that is not known (`inboxes.py`). All SQL of lanes is here, and in `joined_lanes.py` what happens once it is
known; times are PostgreSQL's. How a request waits for its lane within a process: `places.py`.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from deskpost.access import throttles
from deskpost.transports.protocols import PROTOCOLS

LANES = PROTOCOLS["graph"].most_requests
LEASE = 15.0  # seconds; renewed every 5 while the request lasts
WISH = 2.0  # seconds for which a process that waits is remembered after it last asked
AFTER_DEATH = 5.0  # seconds that a lane stays held by a process that died: its request may still be at work
SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # seconds, where a server that is asked too much names none itself
_HEARD = 3.0  # seconds after PostgreSQL's start for owners to renew what lapsed while it was away
_LOCK = 0x6C616E  # of all who take a lane of one mailbox and application


class GraphLane(models.Model):
    """One of the four places, held by whoever is in the middle of a request; free once `until` has passed."""

    mailbox = models.TextField()  # the id of its Inbox, else its name in lower case
    client_id = models.TextField()
    number = models.PositiveSmallIntegerField()
    owner = models.TextField()
    until = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)  # for the present request
    mail_id = models.BigIntegerField(null=True)  # of the outbox, that it is about; None: of another thing

    class Meta:
        db_table = "graph_lane"
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "client_id", "number"], name="graph_lane_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=LANES), name="graph_lane_four"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.client_id} {self.number}"


class GraphWish(models.Model):
    """A process that waits for a lane, and since when: lanes are given in that order, the most urgent first."""

    mailbox = models.TextField()
    client_id = models.TextField()
    owner = models.TextField()
    urgency = models.PositiveSmallIntegerField()  # the smaller goes first
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "graph_wish"
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "client_id", "owner"], name="graph_wish_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.client_id} {self.owner}"


class GraphPause(models.Model):
    """A mailbox that an application is to leave alone for a while: Microsoft answered 429 or 503.

    `step` grows with each such answer and shrinks with each other one: the pause is our own where none was named.
    """

    mailbox = models.TextField()
    client_id = models.TextField()
    not_before = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "graph_pause"
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "client_id"], name="graph_pause_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.client_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking for a lane: its number, or None and for how many seconds the mailbox is left alone.

    `known`: none was given, for it is known by now which mailbox the name leads to.
    """

    number: int | None
    pause: float = 0.0
    step: int = 0
    known: bool = False


_KEY = "mailbox = %(mailbox)s AND client_id = %(client_id)s"
_PAUSE = f"""
    SELECT greatest(0, extract(epoch FROM not_before - clock_timestamp()))::float8, step
    FROM graph_pause WHERE {_KEY}
"""  # noqa: S608
# As many free lanes are left to others as wait longer, or for something more urgent.
_TAKE = f"""
    WITH before AS (
        SELECT count(*) AS many FROM graph_wish
        WHERE {_KEY} AND owner <> %(process)s AND until > clock_timestamp()
        AND (urgency, since) < (%(urgency)s, coalesce(
            (SELECT since FROM graph_wish WHERE {_KEY} AND owner = %(process)s AND until > clock_timestamp()),
            clock_timestamp()))
    ), free AS (
        SELECT number, row_number() OVER (ORDER BY number) AS place
        FROM generate_series(1, {LANES}) AS number
        WHERE number NOT IN (
            SELECT number FROM graph_lane WHERE {_KEY} AND owner <> '' AND (until > clock_timestamp()
                OR clock_timestamp() < pg_postmaster_start_time() + make_interval(secs => {_HEARD})))
    )
    INSERT INTO graph_lane AS lane (mailbox, client_id, number, owner, until, taken_at, mail_id)
    SELECT %(mailbox)s, %(client_id)s, number, %(owner)s, clock_timestamp() + make_interval(secs => {LEASE}),
        clock_timestamp(), %(mail)s
    FROM free, before WHERE free.place = before.many + 1
    ON CONFLICT (mailbox, client_id, number) DO UPDATE SET owner = EXCLUDED.owner, until = EXCLUDED.until,
        taken_at = EXCLUDED.taken_at, mail_id = EXCLUDED.mail_id
    RETURNING number
"""  # noqa: S608
_WISH = f"""
    INSERT INTO graph_wish AS wish (mailbox, client_id, owner, urgency, since, until)
    VALUES (%(mailbox)s, %(client_id)s, %(process)s, %(urgency)s, clock_timestamp(),
        clock_timestamp() + make_interval(secs => {WISH}))
    ON CONFLICT (mailbox, client_id, owner) DO UPDATE SET urgency = EXCLUDED.urgency, until = EXCLUDED.until,
        since = CASE WHEN wish.until > clock_timestamp() THEN wish.since ELSE EXCLUDED.since END
"""  # noqa: S608
_KNOWN = "SELECT 1 FROM graph_inbox WHERE endpoint = graph_place(%s) AND mailbox = %s"
_FULFILLED = f"DELETE FROM graph_wish WHERE {_KEY} AND owner = %(process)s"  # noqa: S608
_RENEW = f"""
    UPDATE graph_lane SET until = clock_timestamp() + make_interval(secs => {LEASE}) WHERE owner = ANY(%s)
"""  # noqa: S608
_GIVE_BACK = "UPDATE graph_lane SET owner = '', until = clock_timestamp() WHERE owner = ANY(%s)"
_RELEASE_DEAD = f"""
    UPDATE graph_lane SET until = least(until, clock_timestamp() + make_interval(secs => {AFTER_DEATH}))
    WHERE starts_with(owner, %s)
"""  # noqa: S608
# Several requests that were under way are told the same: they are one step, and the longest pause counts.
_THROTTLED = f"""
    INSERT INTO graph_pause AS pause (mailbox, client_id, not_before, step)
    VALUES (%(mailbox)s, %(client_id)s,
        clock_timestamp() + make_interval(secs => coalesce(%(asked)s, %(jitter)s * {SHORTEST_PAUSE})), 1)
    ON CONFLICT (mailbox, client_id) DO UPDATE SET
        step = least(20, pause.step + CASE WHEN pause.not_before > clock_timestamp() THEN 0 ELSE 1 END),
        not_before = greatest(pause.not_before, clock_timestamp() + make_interval(secs => coalesce(%(asked)s,
            CASE WHEN pause.not_before > clock_timestamp() THEN 0
            ELSE %(jitter)s * least({LONGEST_PAUSE}, {SHORTEST_PAUSE} * 2.0 ^ pause.step) END)))
    RETURNING greatest(0, extract(epoch FROM not_before - clock_timestamp()))::float8
"""  # noqa: S608
_WELL = f"UPDATE graph_pause SET step = step - 1 WHERE {_KEY} AND step > 0"  # noqa: S608


def take(
    mailbox: str,
    client_id: str,
    owner: str,
    process: str,
    urgency: int,
    endpoint: str | None = None,
    *,
    mail_id: int | None = None,
) -> Asked:
    """Take a lane for one request, unless all are held, others come first, or the mailbox is to be left alone.

    Who got none is remembered as waiting for 2 s. `owner` names this request among all, `process` who waits.
    `endpoint`: the mailbox is a name there, of which may be known meanwhile what it leads to. `mail_id`: of the outbox,
    which the request is about; for people who look.
    """
    values: dict[str, Any] = {"mailbox": mailbox, "client_id": client_id}
    asked = {**values, "owner": owner, "process": process, "urgency": urgency, "mail": mail_id}
    with own_cursor() as cursor:
        if endpoint is not None:
            cursor.execute("LOCK TABLE graph_lane IN ROW EXCLUSIVE MODE")  # against joined_lanes
            cursor.execute(_KNOWN, [endpoint, mailbox])
            if cursor.fetchone():
                return Asked(None, known=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, f"{mailbox} {client_id}"])
        cursor.execute(_PAUSE, values)
        pause, step = cursor.fetchone() or (0.0, 0)
        if pause:
            return Asked(None, pause, step)
        cursor.execute(_TAKE, asked)
        row = cursor.fetchone()
        cursor.execute(_FULFILLED if row else _WISH, asked)
        return Asked(row[0] if row else None, 0.0, step)


def renew(owners: Sequence[str]) -> None:
    """Hold these lanes for another 15 s."""
    with own_cursor() as cursor:
        cursor.execute(_RENEW, [list(owners)])


def give_back(owners: Sequence[str]) -> None:
    """Free these lanes."""
    with own_cursor() as cursor:
        cursor.execute(_GIVE_BACK, [list(owners)])


def release_dead(owner_prefix: str) -> None:
    """Free the lanes of a process that is known to be dead (see process.owner_prefix).

    Not at once: Microsoft may be at work on what the process asked last, and counts it until it is done.
    """
    with own_cursor() as cursor:
        cursor.execute(_RELEASE_DEAD, [owner_prefix])


def throttled(mailbox: str, client_id: str, asked: float | None) -> float:
    """Leave a mailbox alone: for the seconds that were asked for, else for longer each time. Give for how long."""
    values: dict[str, Any] = {
        "mailbox": mailbox,
        "client_id": client_id,
        "asked": asked or None,
        "jitter": random.uniform(0.8, 1.2),  # noqa: S311
    }
    with own_cursor() as cursor:
        cursor.execute(_THROTTLED, values)
        pause = float((cursor.fetchone() or (0.0,))[0])
        throttles.note(cursor, mailbox, client_id, asked)
        return pause


def went_well(mailbox: str, client_id: str) -> None:
    """Note that a request was answered after some had been too many: the next pause is shorter by a step."""
    with own_cursor() as cursor:
        cursor.execute(_WELL, {"mailbox": mailbox, "client_id": client_id})


@contextmanager
def own_cursor() -> Iterator[CursorWrapper]:
    """Give a cursor in a transaction of its own, whatever the caller is in the middle of."""
    if not connection.in_atomic_block:
        opened_here = connection.connection is None
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                yield cursor
        finally:
            if opened_here:  # a request may take seconds, and there are more threads than connections
                connection.close()
        return
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            yield cursor
            cursor.execute("COMMIT")
    finally:
        other.close()
