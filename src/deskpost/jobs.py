"""The jobs: each is a wake-up for one mailbox or one server, and looks for itself what there is to do.

A job never fails: what went wrong is logged, and the tick (`tick.py`) wakes again whatever is still due.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction
from procrastinate import Blueprint
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from deskpost.database_words import database_words, is_full
from deskpost.inbound import process
from deskpost.inbound.collecting import collect
from deskpost.inbound.connectivity import outages
from deskpost.inbound.leases import LeaseLost
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.outbound import send
from deskpost.secret_field import SecretUnreadable

QUEUES = ("fetch", "process", "send")
LOOK_AGAIN = 1  # seconds until a mailbox that another worker is fetching is woken again
SENDS_FOR = 60.0  # seconds after which a send job ends, and the tick begins another
_FAULT = (
    "Fetching failed inside Deskpost. No mail is lost; it is tried again. "
    "To do: tell whoever looks after Deskpost, the log names the fault."
)
_FULL = (
    "The disk that holds the database is full. Mail waits at its server, none is lost; fetching goes on by itself once "
    "there is room. To do: free some space where PostgreSQL keeps its files."
)
log = logging.getLogger(__name__)
tasks = Blueprint()
stopping = threading.Event()  # set when this worker is to end: no new round begins


class OneAtATime:
    """Does a work for each thing once at a time in this process; who comes meanwhile has it done once more."""

    def __init__(self) -> None:
        self._again: dict[int, bool] = {}
        self._lock = threading.Lock()

    def do(self, thing: int, work: Callable[[], object]) -> None:
        """Do the work, unless a thread of this process is doing it for this thing: then that one repeats it."""
        with self._lock:
            if thing in self._again:
                self._again[thing] = True
                return
            self._again[thing] = False
        try:
            while True:
                work()
                with self._lock:
                    if not self._again[thing] or stopping.is_set():
                        break
                    self._again[thing] = False
        finally:
            with self._lock:
                del self._again[thing]


_fetching, _processing, _sending = OneAtATime(), OneAtATime(), OneAtATime()
_places_of_failing = threading.Semaphore(12)


@tasks.task(name="deskpost.fetch", queue="fetch")
def fetch(mailbox_id: int) -> None:
    """Fetch what is new in a mailbox."""
    _run(_fetching, mailbox_id, lambda: _fetch(mailbox_id), lambda words: _note_fault(mailbox_id, words))


@tasks.task(name="deskpost.process", queue="process")
def process_mails(mailbox_id: int) -> None:
    """Decide and settle what has been fetched from a mailbox."""
    _run(_processing, mailbox_id, lambda: process.process(mailbox_id))


@tasks.task(name="deskpost.send", queue="send")
def send_mails(server_id: int) -> None:
    """Send what is due at an outgoing server."""
    _run(_sending, server_id, lambda: _send(server_id))


def let_failing_take(places: int) -> None:
    """Let mailboxes that failed last time take so many places at a time, so that others find one free at once."""
    global _places_of_failing
    _places_of_failing = threading.Semaphore(places)


def _fetch(mailbox_id: int) -> None:
    failing = MailboxState.objects.filter(mailbox=mailbox_id, consecutive_failures__gt=0).exists()
    places = _places_of_failing if failing else None
    if places and not places.acquire(blocking=False):
        _look_again(mailbox_id)
        return
    try:
        fetched = collect.fetch(mailbox_id)
    finally:
        if places:
            places.release()
    if fetched.held_elsewhere and not stopping.is_set():
        _look_again(mailbox_id)


def _send(server_id: int) -> None:
    send.send_due(server_id, deadline=monotonic() + SENDS_FOR, stopping=stopping.is_set)


def _look_again(mailbox_id: int) -> None:
    """Have a mailbox fetched a little later, when what stood in the way may have ended."""
    later = app.configure_task(
        "deskpost.fetch",
        queue="fetch",
        queueing_lock=f"fetch {mailbox_id}",
        schedule_in={"seconds": LOOK_AGAIN},
    )
    with suppress(AlreadyEnqueued):
        later.defer(mailbox_id=mailbox_id)


def _run(
    once: OneAtATime,
    thing: int,
    work: Callable[[], object],
    after_fault: Callable[[str], object] | None = None,
) -> None:
    """Do a job's work; log what goes wrong. Its connection is given back, for there are more threads than those."""
    try:
        once.do(thing, work)
    except (OperationalError, InterfaceError, ConnectorException) as trouble:
        log.warning("%s", database_words(trouble))
        if after_fault and is_full(
            trouble
        ):  # what is small may have room, and then people see it on the page
            after_fault(_FULL)
    except LeaseLost:
        log.info("Another worker took over")
    except SecretUnreadable as trouble:
        log.warning("%s", trouble)
        if after_fault:
            after_fault(str(trouble))
    except Exception:
        log.exception("A job failed; what it left undone is tried again")
        if after_fault:
            after_fault(_FAULT)
    finally:
        connections.close_all()


def _note_fault(mailbox_id: int, words: str) -> None:
    """Let a mailbox whose fetch failed inside Deskpost wait for its next turn, and say why."""
    try:
        with transaction.atomic():
            for mailbox in Mailbox.every.filter(pk=mailbox_id).defer("password"):  # which may not be readable
                outages.failed(mailbox, words)
    except DatabaseError as trouble:
        log.warning("%s", database_words(trouble))
