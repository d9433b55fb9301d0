"""Sending: what is due at a server is claimed, handed to its lanes, and noted as the answers come."""

import logging
import queue as queues
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from deskpost import process
from deskpost.database_words import database_words
from deskpost.desk.installation import Installation
from deskpost.outbound import failover, health, queue
from deskpost.outbound.lanes import Ended, Lane, News, NotTried, Tried, Trouble, WentOver
from deskpost.outbound.letter import prepare
from deskpost.outbound.route import Route
from deskpost.outbound.sample import Sample, sample
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tries import Attempt, Claimed
from deskpost.outbound.work import Group, Work

__all__ = ["Sample", "SendResult", "sample", "send_due"]

log = logging.getLogger(__name__)

MOST_CLAIMED = (
    200  # mails waiting in this process, so that a more urgent one elsewhere does not wait behind them
)
_AHEAD = 0.5  # seconds of sending that are claimed ahead
_GATHER = 0.05  # seconds over which answers are gathered into one commit
_WINDOW = 32  # mails that may be begun and not noted, at least: six for each lane
_RENEW_EVERY = 5.0
_MARGIN = 2.0  # seconds before the end of a lease from which on no lane begins a mail
_LOOK_EVERY = 0.5  # at settings and state of the server
_SHUTDOWN = 6.0  # seconds that mails in flight get when the process is to stop
_NO_LIMIT = 1 << 30
_TRY_AGAIN = 0.25  # seconds between looks whether the database is back
_PATIENCE = 20.0  # seconds for which a database that went away is waited for, at least


@dataclass(frozen=True, slots=True)
class SendResult:
    """How many mails were sent, failed for good, and are queued again; and what is wrong with the server."""

    sent: int = 0
    failed: int = 0
    queued_again: int = 0
    trouble: str = ""


def send_due(
    server_id: int,
    *,
    owner: str | None = None,
    connections: int | None = None,
    deadline: float | None = None,
    stopping: Callable[[], bool] | None = None,
) -> SendResult:
    """Send all that is due at a server, and give how it went. To be called outside of a transaction.

    `connections` overrides the server's own number. After `deadline` (of time.monotonic), or once `stopping()`
    is true, nothing more is begun: what was claimed is given back within seconds. While the database is away the
    answers of what was sent are kept, and noted once it is back, however long that takes; they are given up only
    when `stopping()` is true and it has been away for 20 s.
    """
    queue.recover()
    queue.lapse(server_id)
    server = OutgoingServer.objects.filter(pk=server_id).first()
    if server is None or server.paused:
        return SendResult()
    owner = owner or process.owner(f"send-{uuid.uuid4().hex[:8]}")
    return _Run(server, owner, connections, stopping or (lambda: False)).until_done(deadline)


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() >= deadline


class _Run:
    """One call of send_due: the only thread that speaks with the database, beside the lanes that send."""

    def __init__(
        self, server: OutgoingServer, owner: str, most_lanes: int | None, stopping: Callable[[], bool]
    ) -> None:
        self._server = server
        self._owner = owner
        self._most_lanes = most_lanes
        self._stopping = stopping
        self._crowded = _NO_LIMIT
        self._share = 1
        self._route = Route(server, failover.is_on_alternate(server))
        self._loop_id = str(Installation.objects.values_list("identity", flat=True)[0])
        self._news: queues.SimpleQueue[News] = queues.SimpleQueue()
        self._work = Work(max(_WINDOW, 6 * (most_lanes or server.connections)))
        self._lanes: list[Lane] = []
        self._running = self._ending = 0
        self._held: dict[int, Claimed] = {}
        self._trouble = ""
        self._counts = Counter[str]()
        self._began = self._claimed = time.monotonic()
        self._looked = self._renewed = self._well = 0.0
        self._more_is_due = True

    def until_done(self, deadline: float | None) -> SendResult:
        """Send until nothing is due, the server fails, or it is time to stop.

        After the deadline what is in flight is waited for; when the process is to stop, for some seconds only.
        """
        ends: float | None = None
        try:
            while True:
                if ends is None and self._stopping():
                    ends = time.monotonic() + _SHUTDOWN
                if self._trouble or ends is not None or _is_over(deadline):
                    self._give_back(self._work.take_back())
                else:
                    self._top_up()
                if not self._held:
                    break
                if ends is not None and time.monotonic() > ends:
                    self._take_in(self._arrived())
                    queue.release_dead(self._owner)  # nobody will hear of the others' fate any more
                    break
                self._gather()
        finally:
            self._work.take_back()
            self._work.end(len(self._lanes))
            self._work.noted(len(self._lanes))  # so that none waits for what nobody will note
        if self._trouble:
            queue.give_up(self._server.pk, self._trouble)
        return SendResult(self._counts["sent"], self._counts["failed"], self._counts["queued"], self._trouble)

    def _top_up(self) -> None:
        """Claim so much that the lanes have work for a moment, and start those that are missing."""
        now = time.monotonic()
        if now - self._looked > _LOOK_EVERY:
            self._look(now)
        wanted = self._ahead(now)
        due = self._more_is_due or now - self._claimed > _LOOK_EVERY
        if due and self._share and len(self._held) <= wanted // 2:
            size = wanted - len(self._held)
            mails = self._patiently(queue.claim, self._server.pk, self._owner, size)
            if not self._held:
                self._renewed, self._work.held_until = now, now + queue.LEASE - _MARGIN
            # One whose lease ran out while the database was away may be in a lane's hands still.
            fresh = [mail for mail in mails if mail.id not in self._held]
            self._held.update((mail.id, mail) for mail in fresh)
            self._work.put(prepare(fresh, self._loop_id))
            self._claimed, self._more_is_due = now, len(mails) == size
        for _ in range(min(self._share - self._running, len(self._work))):
            lane = Lane(self._route, self._work, self._news, self._loop_id)
            self._lanes.append(lane)
            self._running += 1
            lane.start()

    def _ahead(self, now: float) -> int:
        """Give how many mails to hold: what the lanes send in half a second, going by the run so far."""
        rate = self._counts.total() / max(now - self._began, 0.1)
        return min(MOST_CLAIMED, max(4 * self._share, int(rate * _AHEAD)))

    def _look(self, now: float) -> None:
        """Follow the settings, the alternate that another process went over to, and how many share the server."""
        server = self._patiently(OutgoingServer.objects.filter(pk=self._server.pk).first)
        if server is not None:
            self._server = server
            self._patiently(self._route.follow, server, self._patiently(failover.is_on_alternate, server))
        others = self._patiently(queue.others, self._server.pk, self._owner)
        lanes = min(self._most_lanes or self._server.connections, self._crowded)
        self._share = max(lanes // (others + 1), 1 if others < lanes else 0)
        too_many = max(0, self._running - self._ending - self._share)
        self._work.end(too_many)
        self._ending += too_many
        self._looked = now

    def _gather(self) -> None:
        """Wait for answers, and note all that come within a moment in one transaction."""
        news: list[News] = []
        with suppress(queues.Empty):
            news.append(self._news.get(timeout=_LOOK_EVERY))
            ends = time.monotonic() + _GATHER
            enough = min(len(self._held), self._work.window // 2)
            while 1 + self._news.qsize() < enough and time.monotonic() < ends:
                time.sleep(_GATHER / 4)
        self._take_in(news + self._arrived())
        if self._held and time.monotonic() - self._renewed > _RENEW_EVERY:
            self._renew()

    def _arrived(self) -> list[News]:
        news: list[News] = []
        with suppress(queues.Empty):
            while True:
                news.append(self._news.get_nowait())
        return news

    def _take_in(self, news: list[News]) -> None:
        for one in news:
            if isinstance(one, WentOver):  # first, so that what the alternate sent counts as sent since
                self._go_over(one.reason)
        tried = [one for one in news if isinstance(one, Tried)]
        outcomes = [one.outcome for one in tried]
        attempts = [
            one.attempt if isinstance(one, Tried) else one
            for one in news
            if isinstance(one, (Tried, Attempt))
        ]
        if attempts:
            self._patiently(queue.note, self._owner, outcomes, attempts)
        self._work.noted(len(outcomes))
        for one in tried:
            self._judge(one)
        for outcome in outcomes:
            self._held.pop(outcome.mail_id, None)
            self._counts[outcome.state] += 1
        self._more_is_due = self._more_is_due or bool(outcomes)
        for one in news:
            match one:
                case NotTried(mails):
                    self._give_back(mails)
                case Trouble():
                    self._meet(one)
                case Ended():
                    self._running -= 1
                    self._ending = max(0, self._ending - 1)

    def _judge(self, tried: Tried) -> None:
        """Note what a try says of the server. A mail tried before says nothing: its trouble may well be its own."""
        sent = tried.outcome.state == "sent"
        mail = self._held.get(tried.outcome.mail_id)
        if tried.broke_off and not (mail and mail.tries):
            self._broke_off(tried, sent)
        elif sent and not tried.broke_off and time.monotonic() - self._well > 1.0:
            self._patiently(health.note_well, self._server.pk)
            self._well = time.monotonic()

    def _broke_off(self, tried: Tried, sent: bool) -> None:
        """Count the mails in a row: at one nothing is said yet, at several the server is in trouble.

        When the alternate takes what the primary broke off at, two are enough to stay with the alternate.
        """
        in_a_row = self._patiently(health.note_broke_off, self._server.pk, tried.outcome.mail_id)
        self._well = 0.0  # the next that is taken ends the row
        if not sent and in_a_row >= health.SERVER_S_TROUBLE:
            self._meet(Trouble(tried.broke_off, None, False))
        elif sent and in_a_row > 1 and self._route.go_over():
            self._go_over(tried.broke_off)

    def _go_over(self, reason: str) -> None:
        if self._patiently(failover.use_alternate, self._server, reason):
            log.warning("%s now sends by its alternate server. %s", self._server.name, reason)

    def _meet(self, trouble: Trouble) -> None:
        """One connection too many is one lane less; anything else is the end of this run."""
        if trouble.crowded and self._running > 1:
            self._crowded = self._share = self._running - 1
        elif not self._trouble:
            self._trouble = trouble.words
            self._patiently(health.note_failing, self._server.pk, trouble.words, trouble.wait)

    def _give_back(self, letters: Group) -> None:
        if letters:
            ids = [letter.mail.id for letter in letters]
            self._patiently(queue.give_back, self._owner, ids)
            for mail_id in ids:
                self._held.pop(mail_id, None)

    def _renew(self) -> None:
        """Hold what is held for longer; what was lost meanwhile and not begun is another process's."""
        now = time.monotonic()
        kept = self._patiently(queue.renew, self._owner, list(self._held))
        self._renewed, self._work.held_until = now, now + queue.LEASE - _MARGIN
        if len(kept) < len(self._held):
            waiting = self._work.take_back()
            self._work.put(letter for letter in waiting if letter.mail.id in kept)
            for letter in waiting:
                if letter.mail.id not in kept:
                    self._held.pop(letter.mail.id, None)

    def _patiently(self, act: Callable[..., Any], *values: Any) -> Any:
        """Do something with the database, again and again while it is away: what was sent must be noted."""
        away = 0.0
        while True:
            try:
                return act(*values)
            except (OperationalError, InterfaceError) as trouble:
                now = time.monotonic()
                if not away:
                    away = now
                    kept = "What is sent by %s meanwhile is noted when the database is back. %s"
                    log.warning(kept, self._server.name, database_words(trouble))
                if now - away > _PATIENCE and (self._stopping() or not self._held):
                    raise
                connection.close()
                time.sleep(_TRY_AGAIN)
