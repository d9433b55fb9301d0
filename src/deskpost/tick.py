"""The tick: every two seconds each worker wakes whatever is due, so that a lost wake-up costs seconds, never a mail."""

import logging
import threading

from django.db import DatabaseError, InterfaceError, connection, connections
from procrastinate.exceptions import ConnectorException

from deskpost import wake
from deskpost.database_words import database_words
from deskpost.inbound import outages, watch
from deskpost.outbound import bell, failover, queue, upkeep

EVERY = 2.0  # seconds
MOST = 1000  # mailboxes woken by one tick
log = logging.getLogger(__name__)

# What is queued already, or held by somebody who is at work on it, needs no wake-up.
_DUE = """
SELECT m.id FROM mailbox m JOIN mailbox_state s ON s.mailbox_id = m.id
WHERE m.fetching AND s.next_fetch_at <= clock_timestamp()
AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.thing = 'fetch:' || m.id AND l.until > clock_timestamp())
AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.queueing_lock = 'fetch ' || m.id AND j.status = 'todo')
ORDER BY s.next_fetch_at LIMIT %s
"""
_UNDECIDED = """
SELECT m.id FROM mailbox m
WHERE EXISTS (SELECT 1 FROM inbound_undecided u WHERE u.mailbox_id = m.id)
AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.thing = 'process:' || m.id AND l.until > clock_timestamp())
AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.queueing_lock = 'process ' || m.id AND j.status = 'todo')
LIMIT %s
"""


def tick() -> None:
    """Wake every mailbox that is due or has undecided mails, and every server with due mails; forget what is old."""
    queue.recover()
    upkeep.take_up_held()
    bell.forget_old()
    for mailbox_id in _ids(_DUE):
        wake.fetching(mailbox_id)
    for mailbox_id in _ids(_UNDECIDED):
        wake.processing(mailbox_id)
    for server_id in upkeep.due_servers():
        wake.sending(server_id)


def _ids(query: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [MOST])
        return [row[0] for row in cursor.fetchall()]


class Pulse:
    """A thread that says every two seconds that this process lives, and looks after what needs no worker's hands.

    In every process it finds mailboxes that silently stopped being fetched; in a worker it ticks as well.
    """

    def __init__(self, kind: str, *, ticks: bool = False) -> None:
        self._kind = kind
        self._ticks = ticks
        self._missed = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __enter__(self) -> "Pulse":
        failover.join(self._kind)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(EVERY)
        connections.close_all()  # one of before an outage would only fail
        try:
            failover.leave()
        except (DatabaseError, InterfaceError) as trouble:
            log.warning("%s", database_words(trouble))

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                failover.beat(self._kind)
                watch.find_silent()
                outages.tell_not_begun()
                if self._ticks:
                    tick()
                self._missed = False
            except (DatabaseError, InterfaceError, ConnectorException) as trouble:
                if not self._missed:  # once, not every two seconds
                    log.warning("%s", database_words(trouble))
                self._missed = True
                connections.close_all()
            except Exception:
                log.exception("The tick failed; the next one follows")
                connections.close_all()
            self._ended.wait(EVERY)
        connections.close_all()
