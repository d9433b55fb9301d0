"""The runs of the mailboxes of a pool: each in a thread of its own, beside the run of the server's own mailbox."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connections

from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound import pool

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class PoolRuns(Generic[Result]):
    """Begins a run for each mailbox that can be sent from while notifications are due, and collects what they gave."""

    def __init__(self, run: Callable[[str, Callable[[], bool]], Result]) -> None:
        """`run` sends from a mailbox until nothing is due there, or until what it is given tells it to end."""
        self._run = run
        self._threads: dict[str, threading.Thread] = {}
        self._over = threading.Event()
        self.results: list[Result] = []

    def look(self, server_id: int) -> None:
        """Begin the runs that are missing. Raises what the database raises."""
        if self._over.is_set() or not pool.is_wanted(server_id, SendingClass.NOTIFICATION):
            return
        for mailbox in pool.ready(server_id):
            if not self._is_alive(mailbox):
                thread = threading.Thread(target=self._send, args=[mailbox], name="sender pool", daemon=True)
                self._threads[mailbox] = thread
                thread.start()

    @property
    def running(self) -> bool:
        """Whether one of them is at work."""
        return any(self._is_alive(mailbox) for mailbox in self._threads)

    def stop(self) -> None:
        """Let them begin nothing more."""
        self._over.set()

    def end(self) -> None:
        """Let them begin nothing more, and wait for what is in flight."""
        self.stop()
        for thread in self._threads.values():
            thread.join()

    def _is_alive(self, mailbox: str) -> bool:
        thread = self._threads.get(mailbox)
        return thread is not None and thread.is_alive()

    def _send(self, mailbox: str) -> None:
        try:
            self.results.append(self._run(mailbox, self._over.is_set))
        except Exception:
            log.exception("Sending from %s, of a sender pool, failed; its mails are tried again", mailbox)
        finally:
            connections.close_all()
