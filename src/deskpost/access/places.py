"""How a request waits for one of the four lanes: in order within its process, which asks for one at a time."""

import heapq
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache

from django.db import DatabaseError, InterfaceError, connections

from deskpost import process
from deskpost.access import lanes
from deskpost.access.inboxes import Named
from deskpost.desk.sending_classes import SendingClass
from deskpost.transports.errors import Throttled
from deskpost.transports.target import Gate

log = logging.getLogger(__name__)

_ASK_EVERY = 0.1  # seconds, while all lanes are held
_LONGEST_WAIT = 60.0  # seconds, for one who does not say how long it waits
_RENEW_EVERY = 5.0
_PAUSED = (
    "Microsoft asked for patience with {mailbox}, so Deskpost asks nothing there for {seconds:.0f} s more. "
    "Nothing needs to be done: it goes on by itself."
)
_NO_PLACE = (
    "Deskpost itself has as many requests to {mailbox} under way as Microsoft allows, and none ended within "
    "{seconds:.0f} s. Nothing needs to be done: it is tried again."
)
_tickets = itertools.count()
_present = threading.local()


class NotWaited(Exception):
    """Who waited for a lane does not need it any more; nothing was asked of the server."""


@dataclass(frozen=True, slots=True)
class _Waits:
    urgency: int = SendingClass.PEOPLE  # that of people's own replies; incoming mail has the same
    over: Callable[[], bool] | None = None
    mail_id: int | None = None


@contextmanager
def waiting(urgency: int, over: Callable[[], bool], mail_id: int | None = None) -> Iterator[None]:
    """Let this thread wait for lanes with this urgency, the smaller first, until `over()` is true.

    Then NotWaited is raised where it waits. `mail_id`: the mail of the outbox that it is at, for people who look.
    """
    before = getattr(_present, "waits", _Waits())
    _present.waits = _Waits(urgency, over, mail_id)
    try:
        yield
    finally:
        _present.waits = before


class _Known(Exception):
    """While a lane was waited for by a mailbox's name it became known which mailbox that is."""


def places(mailbox: Named, client_id: str) -> Gate:
    """Give what each request to a mailbox by an application holds while it lasts: one lane of four.

    Waiting for it raises Throttled while the mailbox is to be left alone, and after a minute. A request that raises
    Throttled makes all others wait as well, in every process.
    """
    client_id = client_id.strip().lower()
    return lambda: _place(mailbox, client_id)


@contextmanager
def _place(mailbox: Named, client_id: str) -> Iterator[None]:
    """Hold a lane for one request."""
    taken = None
    while taken is None:
        waits_at = _places(mailbox.id() or mailbox.name, client_id)
        with suppress(_Known):
            taken = waits_at.take(mailbox)
    owner, step = taken
    try:
        yield
    except Throttled as error:
        pause = error.retry_after
        _note(mailbox, lambda: lanes.throttled(mailbox.id() or mailbox.name, client_id, pause))
        raise
    else:
        if step:
            _note(mailbox, lambda: lanes.went_well(mailbox.id() or mailbox.name, client_id))
    finally:
        _keeper.give_back(owner)
        waits_at.given_back()


def _note(mailbox: Named, act: Callable[[], object]) -> None:
    """Write what a request met; it has its answer, whatever the database says."""
    try:
        act()
    except (DatabaseError, InterfaceError):
        log.warning("What Microsoft said of its limits for %s could not be noted", mailbox.name)


@cache
def _places(mailbox: str, client_id: str) -> "_Places":
    return _Places(mailbox, client_id)


class _Places:
    """Who waits in this process for a lane of one mailbox and application."""

    def __init__(self, mailbox: str, client_id: str) -> None:
        self._key = (mailbox, client_id)
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._ask_at = 0.0  # by time.monotonic

    def given_back(self) -> None:
        """Let who waits ask at once: a lane is free."""
        with self._changed:
            self._ask_at = 0.0
            self._changed.notify_all()

    def take(self, mailbox: Named) -> tuple[str, int]:
        """Wait for a lane; give its owner, and how many pauses it is after. Raises _Known, Throttled, NotWaited."""
        endpoint = mailbox.endpoint if self._key[0] == mailbox.name else None
        waits: _Waits = getattr(_present, "waits", _Waits())
        turn = (waits.urgency, next(_tickets))
        owner = process.owner(f"lane-{turn[1]}")
        ends = time.monotonic() + _LONGEST_WAIT
        with self._changed:
            heapq.heappush(self._waiting, turn)
        try:
            while True:
                self._await_turn(turn, waits, ends, mailbox.name)
                here, urgency, mail_id = process.owner("lanes"), waits.urgency, waits.mail_id
                asked = lanes.take(*self._key, owner, here, urgency, endpoint, mail_id=mail_id)
                if asked.number is not None:
                    _keeper.keep(owner)
                    return owner, asked.step
                if asked.known:
                    self._ask_at = 0.0  # all who wait here go on elsewhere
                    raise _Known
                if asked.pause:
                    words = _PAUSED.format(mailbox=mailbox.name, seconds=max(1.0, asked.pause))
                    raise Throttled(words, retry_after=asked.pause)
        finally:
            with self._changed:
                self._waiting.remove(turn)
                heapq.heapify(self._waiting)
                self._changed.notify_all()

    def _await_turn(self, turn: tuple[int, int], waits: _Waits, ends: float, name: str) -> None:
        """Wait until this one is the first here, and the database may be asked again."""
        with self._changed:
            while True:
                now = time.monotonic()
                if waits.over is not None and waits.over():
                    raise NotWaited
                if waits.over is None and now >= ends:
                    raise Throttled(_NO_PLACE.format(mailbox=name, seconds=_LONGEST_WAIT))
                if self._waiting[0] == turn and now >= self._ask_at:
                    self._ask_at = now + _ASK_EVERY * random.uniform(0.7, 1.3)  # noqa: S311
                    return
                self._changed.wait(self._ask_at - now if 0 < self._ask_at - now < _ASK_EVERY else _ASK_EVERY)


class _Keeper:
    """Renews the lanes that this process holds, from a thread of its own: a request may take long."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._held: set[str] = set()
        self._lost: set[str] = set()  # to be given back once the database is there
        self._thread: threading.Thread | None = None

    def keep(self, owner: str) -> None:
        """Hold a lane until it is given back."""
        with self._lock:
            self._held.add(owner)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="lanes", daemon=True)
                self._thread.start()

    def give_back(self, owner: str) -> None:
        """Free a lane, now or once the database is there; raises nothing."""
        with self._lock:
            self._held.discard(owner)
        try:
            lanes.give_back([owner])
        except (DatabaseError, InterfaceError):
            with self._lock:
                self._lost.add(owner)

    def _run(self) -> None:
        while True:
            time.sleep(_RENEW_EVERY)
            with self._lock:
                held, lost = list(self._held), list(self._lost)
                if not held and not lost:
                    self._thread = None
                    return
            try:
                if held:
                    lanes.renew(held)
                if lost:
                    lanes.give_back(lost)
                    with self._lock:
                        self._lost.difference_update(lost)
            except (DatabaseError, InterfaceError):
                log.warning("The lanes that are held could not be renewed, for the database is away")
            finally:
                connections.close_all()


_keeper = _Keeper()
