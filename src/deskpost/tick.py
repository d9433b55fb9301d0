"""The tick: every two seconds each worker wakes whatever is due, so that a lost wake-up costs seconds, never a mail.

What changes by the hour or by the day is looked at once a minute, by one of all workers.
"""

import logging
import threading

from django.db import DatabaseError, InterfaceError, connection, connections
from procrastinate.exceptions import ConnectorException

from deskpost import clock, wake
from deskpost.access import throttles, wire_logs
from deskpost.database_words import database_words
from deskpost.inbound import leases
from deskpost.inbound import minutes as inbound_minutes
from deskpost.inbound.connectivity import needs_consent, outages, patience, silence, watch
from deskpost.inbound.retention import dropped
from deskpost.outbound import (
    another_way,
    bell,
    failover,
    overflow,
    queue,
    secret_warnings,
    sent_copies,
    server_consent,
    steps,
    upkeep,
)
from deskpost.outbound import minutes as outbound_minutes

EVERY = 2.0  # seconds
SELDOM = 60.0  # seconds
MOST = 1000  # mailboxes woken by one tick
log = logging.getLogger(__name__)

# What is queued already, or held by somebody who is at work on it, needs no wake-up.
_DUE = """
SELECT m.id FROM mailbox m JOIN mailbox_state s ON s.mailbox_id = m.id
WHERE (m.fetching OR s.held_at_limit AND EXISTS
    (SELECT 1 FROM error_mail e WHERE e.mailbox_id = m.id AND e.place = 'to_move'))
AND s.next_fetch_at <= clock_timestamp()
AND NOT EXISTS (SELECT 1 FROM mailbox_consent c WHERE c.mailbox_id = m.id AND c.lost_at IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.thing = 'fetch:' || m.id AND l.until > clock_timestamp())
AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.queueing_lock = 'fetch ' || m.id AND j.status = 'todo')
ORDER BY s.next_fetch_at LIMIT %s
"""
_UNDECIDED = """
SELECT m.id FROM mailbox m
WHERE EXISTS (SELECT 1 FROM inbound_undecided u WHERE u.mailbox_id = m.id AND (u.exempt OR NOT EXISTS
    (SELECT 1 FROM mailbox_state s WHERE s.mailbox_id = m.id AND s.held_at_limit)))
AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.thing = 'process:' || m.id AND l.until > clock_timestamp())
AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.queueing_lock = 'process ' || m.id AND j.status = 'todo')
LIMIT %s
"""


def tick() -> None:
    """Wake every mailbox that is due or has undecided mails, and every server with due mails; tidy up in its turn."""
    queue.recover()
    upkeep.take_up_held()
    overflow.judge_all()
    needs_consent.tell()
    server_consent.tell()
    another_way.take()
    for mailbox_id in _ids(_DUE):
        wake.fetching(mailbox_id)
    for mailbox_id in _ids(_UNDECIDED):
        wake.processing(mailbox_id)
    for server_id in {*upkeep.due_servers(), *sent_copies.due_servers(), *steps.due_servers()}:
        wake.sending(server_id)
    if leases.turn("tidy up", SELDOM):
        tidy_up()


def tidy_up() -> None:
    """Forget what is old, a little at a time, and warn of the client secrets that end soon."""
    bell.forget_old()
    wire_logs.forget_old()
    throttles.forget_old()
    inbound_minutes.forget_old()
    outbound_minutes.forget_old()
    dropped.remove_old()
    needs_consent.warn_of_secrets()
    secret_warnings.of_servers()


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
        clock.follow()
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
                clock.follow()
                failover.beat(self._kind)
                find_late()
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


def find_late() -> None:
    """Find the mailboxes that nobody fetches, that ask for patience for long or get no mail, and tell of them.

    Not just after the clock leapt forward: then everything seems late, and is done first.
    """
    if clock.calm():
        return
    watch.find_silent()
    outages.tell_not_begun()
    patience.find_long()
    silence.tell()
