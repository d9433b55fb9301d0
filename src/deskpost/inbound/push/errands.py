"""Errands: what has to wait for a server, each in a thread that ends with it, few at a time and one a mailbox."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connections

from deskpost.database_words import database_words

AT_ONCE = 8
OF_FAILING = 4  # at most so many for mailboxes that failed last time, so that others find a place
log = logging.getLogger(__name__)


class Errands:
    """Those of one process."""

    def __init__(self) -> None:
        """Begin nothing yet."""
        self._waiting: dict[int, tuple[bool, Callable[[], None]]] = {}
        self._under_way: dict[int, bool] = {}  # mailboxes, and whether they failed last time
        self._lock = threading.Lock()

    def run(self, mailbox_id: int, work: Callable[[], None], *, failed_before: bool) -> None:
        """Have a thread do this as soon as there is a place for it, unless one is at work for this mailbox."""
        with self._lock:
            if mailbox_id not in self._under_way:
                self._waiting[mailbox_id] = (failed_before, work)
                self._fill()

    def forget(self) -> None:
        """Begin nothing of what still waits for a place."""
        with self._lock:
            self._waiting.clear()

    def _fill(self) -> None:
        """Begin what there is a place for. To be called under the lock."""
        for mailbox_id, (failed_before, work) in list(self._waiting.items()):
            if len(self._under_way) >= AT_ONCE:
                return
            if failed_before and sum(self._under_way.values()) >= OF_FAILING:
                continue
            del self._waiting[mailbox_id]
            self._under_way[mailbox_id] = failed_before
            begins = threading.Thread(
                target=self._run, args=(mailbox_id, work), name="push begins", daemon=True
            )
            begins.start()

    def _run(self, mailbox_id: int, work: Callable[[], None]) -> None:
        try:
            work()
        except (DatabaseError, InterfaceError) as trouble:
            log.info("%s", database_words(trouble))
        except Exception:
            log.exception("Mailbox %d could not be listened to", mailbox_id)
        finally:
            connections.close_all()
            with self._lock:
                del self._under_way[mailbox_id]
                self._fill()
