"""The watcher: one thread of a worker that listens to all its mailboxes at once, however many there are.

What has to wait for a server (connecting, signing in, subscribing) is done by a few threads that end with it.
"""

import logging
import os
import selectors
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from django.db import DatabaseError, InterfaceError, connections

from deskpost import wake
from deskpost.database_words import database_words
from deskpost.inbound import leases
from deskpost.inbound.push import opening, states, subscribing, wanted
from deskpost.inbound.push.errands import Errands
from deskpost.inbound.push.opening import Listening
from deskpost.inbound.push.wanted import Wanted
from deskpost.transports import words
from deskpost.transports.errors import TransportError

LOOK_EVERY = 2.0  # seconds between two looks at which mailboxes are to be listened to
GIVES_WAY = 3600.0  # seconds for which push leaves its connection to fetching, where there is only one
log = logging.getLogger(__name__)


class Watcher:
    """Listens from entering until leaving; mailboxes that others listen to are left to them."""

    def __init__(self) -> None:
        """Begin nothing yet."""
        self._listening: dict[int, Listening] = {}
        self._errands = Errands()
        self._opened: list[Listening] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._over = False
        self._selector = selectors.DefaultSelector()
        self._ear, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="push", daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._nudge()
        self._thread.join(LOOK_EVERY)

    def _run(self) -> None:
        look_at = 0.0
        while not self._ended.is_set():
            try:
                if time.monotonic() >= look_at:
                    look_at = time.monotonic() + LOOK_EVERY
                    self._look()
                self._listen(look_at)
            except (DatabaseError, InterfaceError) as trouble:
                log.info("%s", database_words(trouble))
                connections.close_all()
            except Exception:
                log.exception("Listening to mailboxes failed; it goes on")
                connections.close_all()
        self._errands.forget()
        self._leave(list(self._listening.values()))
        with self._lock:
            self._leave(self._opened)
            self._over = True
            self._selector.close()
            os.close(self._ear)
            os.close(self._mouth)
        connections.close_all()

    def _look(self) -> None:
        """Close what is wanted no longer or otherwise, and begin what is wanted and nobody has."""
        now_wanted = wanted.wanted()
        self._errands.forget()  # it may be wanted no longer, or otherwise
        over = [one for one in self._listening.values() if not _is_kept(one, now_wanted.get(one.mailbox_id))]
        self._leave(over)
        for one in over:
            self._say_why(one, now_wanted.get(one.mailbox_id))
        for mailbox_id, now in now_wanted.items():
            failed = now.failures > 0
            if now.to_open and mailbox_id not in self._listening:
                self._errands.run(mailbox_id, partial(self._open, now), failed_before=failed)
            elif now.to_subscribe:
                self._errands.run(mailbox_id, partial(subscribing.keep, now), failed_before=failed)
        for mailbox_id in subscribing.unwanted(now_wanted):
            self._errands.run(mailbox_id, partial(subscribing.end, mailbox_id), failed_before=True)

    def _say_why(self, over: Listening, now: Wanted | None) -> None:
        if now is None:
            states.ended(over.mailbox_id)
        elif now.throttled and now.version == over.version:
            place = over.folder.place
            states.failed(over.mailbox_id, now.version, words.no_connection_beside(place), GIVES_WAY)

    def _listen(self, until: float) -> None:
        """Wait for what servers say until it is time for something else, and wake the fetch of what has mail."""
        due = min((one.folder.due for one in self._listening.values()), default=until)
        for key, _ in self._selector.select(max(0.0, min(due, until) - time.monotonic())):
            if key.data is None:
                self._take_in()
            else:
                self._hear(key.data)
        now = time.monotonic()
        for one in list(self._listening.values()):
            if one.folder.due <= now:
                self._do(one, partial(one.folder.tend, now))

    def _hear(self, one: Listening) -> None:
        if self._do(one, one.folder.arrived):
            wake.fetching(one.mailbox_id)
            states.pushed(one.mailbox_id)

    def _do(self, one: Listening, act: Callable[[], bool | None]) -> bool:
        """Do something with a connection; one that fails is left, and made again in a while."""
        try:
            return bool(act())
        except TransportError as failure:
            self._leave([one])
            opening.note(one.mailbox_id, one.version, failure)
            return False

    def _open(self, one: Wanted) -> None:
        listening = opening.begin(one)
        if listening is None:
            return
        with self._lock:
            if not self._over:
                self._opened.append(listening)
                listening = None
        if listening is not None:
            self._leave([listening])
        self._nudge()

    def _take_in(self) -> None:
        """Listen to what threads have opened meanwhile; its first words may have come already."""
        with suppress(BlockingIOError):
            os.read(self._ear, 4096)
        with self._lock:
            opened, self._opened = self._opened, []
        for one in opened:
            self._listening[one.mailbox_id] = one
            self._selector.register(one.folder, selectors.EVENT_READ, one)
            self._hear(one)

    def _leave(self, some: Iterable[Listening]) -> None:
        """Close these connections and let others have the mailboxes."""
        some = list(some)
        for one in some:
            if self._listening.pop(one.mailbox_id, None) is not None:
                with suppress(KeyError, ValueError):
                    self._selector.unregister(one.folder)
            one.folder.close()
        if some:
            leases.give_back([one.lease for one in some])

    def _nudge(self) -> None:
        """Let the thread look up from its waiting."""
        with self._lock, suppress(BlockingIOError):
            if not self._over:
                os.write(self._mouth, b"x")


def _is_kept(one: Listening, now: Wanted | None) -> bool:
    """Tell whether a mailbox is still to be listened to, with these settings, and still by this process."""
    return (
        now is not None and now.version == one.version and now.owner == one.lease.owner and not now.throttled
    )
