"""Leases: who holds what while it works. PostgreSQL's clock decides, so that machines need not agree on the time.

A lease lasts 15 s and is renewed every 5 s by one thread of the process. Every commit under a lease confirms it first.
"""

import itertools
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import DatabaseError, connection, models, transaction

from deskpost.process import owner

LASTS = 15  # seconds
RENEWED_EVERY = 5  # seconds
_STEP = 0.1  # seconds between two looks at a lease that is waited for
log = logging.getLogger(__name__)
_counter = itertools.count(1)

# One that ran out is taken over unless a commit under it is under way: that one's lock is passed by.
_TAKE = """
WITH taken_over AS (
    UPDATE lease SET owner = %(owner)s, until = clock_timestamp() + make_interval(secs => %(lasts)s)
    WHERE thing IN (SELECT thing FROM lease WHERE thing = %(thing)s AND until < clock_timestamp()
                    FOR UPDATE SKIP LOCKED) RETURNING 1
), made AS (
    INSERT INTO lease (thing, owner, until)
    VALUES (%(thing)s, %(owner)s, clock_timestamp() + make_interval(secs => %(lasts)s))
    ON CONFLICT (thing) DO NOTHING RETURNING 1
)
SELECT 1 FROM taken_over UNION ALL SELECT 1 FROM made
"""


class Lease(models.Model):
    """A thing that is held: until when, and by whom (host/pid/start/number)."""

    thing = models.TextField(primary_key=True)
    owner = models.TextField()
    until = models.DateTimeField()

    class Meta:
        db_table = "lease"

    def __str__(self) -> str:
        return self.thing


class LeaseLost(Exception):
    """The lease ran out and may be somebody else's: what was being done must not be committed."""


class Held:
    """A lease that this process holds."""

    def __init__(self, thing: str, owner_name: str) -> None:
        """Remember what is held, and as whom."""
        self.thing = thing
        self.owner = owner_name

    def confirm(self) -> None:
        """Check inside the caller's transaction that the lease is held, and keep it so until the commit.

        Raises LeaseLost. Nobody takes over a row that is locked so, and its renewal does not wait for the lock.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM lease WHERE thing = %s AND owner = %s AND until > clock_timestamp() FOR KEY SHARE",
                [self.thing, self.owner],
            )
            if cursor.fetchone() is None:
                raise LeaseLost(self.thing)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do what follows in one transaction, which is committed only while the lease is held. Raises LeaseLost."""
        with transaction.atomic():
            self.confirm()
            yield


@contextmanager
def take(thing: str) -> Iterator[Held | None]:
    """Take the lease of a thing, or give None when somebody else holds it. Given back at the end."""
    held = hold(thing)
    try:
        yield held
    finally:
        if held is not None:
            give_back([held])


def hold(thing: str) -> Held | None:
    """Take the lease of a thing until it is given back, or give None when somebody else holds it."""
    held = Held(thing, owner(str(next(_counter))))
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"thing": held.thing, "owner": held.owner, "lasts": LASTS})
        if cursor.fetchone() is None:
            return None
    _renewer.add(held)
    return held


def turn(thing: str, seconds: float) -> bool:
    """Tell whether a thing that all processes together do once in so many seconds is to be done now, by this one.

    True says so to nobody else until then, whether it is done or not; a process that ends gives its turn back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"thing": thing, "owner": owner(str(next(_counter))), "lasts": seconds})
        return cursor.fetchone() is not None


def give_back(all_held: Sequence[Held]) -> None:
    """Give leases back; what the database does not take runs out by itself."""
    for held in all_held:
        _renewer.discard(held)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM lease WHERE (thing, owner) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
                [[held.thing for held in all_held], [held.owner for held in all_held]],
            )
    except DatabaseError as trouble:
        log.warning("A lease could not be given back, it runs out by itself: %s", trouble)


@contextmanager
def wait_for(thing: str, patience: float) -> Iterator[Held | None]:
    """Take the lease of a thing, waiting some seconds for who holds it; None when it was not given back by then."""
    ends = time.monotonic() + patience
    while True:
        with take(thing) as held:
            if held is not None or time.monotonic() >= ends:
                yield held
                return
        time.sleep(_STEP)


def release_dead(owner_prefix: str) -> int:
    """Give back every lease of a process that has died. `owner_prefix` is process.owner_prefix(...)."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM lease WHERE starts_with(owner, %s)", [owner_prefix])
        return int(cursor.rowcount)


class _Renewer:
    """The thread that renews every lease of this process, on a connection of its own."""

    def __init__(self) -> None:
        self._held: set[Held] = set()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, held: Held) -> None:
        """Renew this lease from now on."""
        with self._change:
            self._held.add(held)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="lease renewal", daemon=True)
                self._thread.start()

    def discard(self, held: Held) -> None:
        """Renew this lease no longer."""
        with self._change:
            self._held.discard(held)
            self._change.notify()

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: not self._held, timeout=RENEWED_EVERY)
                owners = [held.owner for held in self._held]
                if not owners:
                    self._thread = None
                    break
            try:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE lease SET until = clock_timestamp() + make_interval(secs => %s) "
                        "WHERE owner = ANY(%s) AND until > clock_timestamp()",
                        [LASTS, owners],
                    )
            except DatabaseError as trouble:
                log.warning("Leases could not be renewed: %s", trouble)
                connection.close()
        connection.close()


_renewer = _Renewer()
