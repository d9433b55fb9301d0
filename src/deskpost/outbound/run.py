"""One run: what is due at a server is claimed, handed to its lanes, and noted as the answers come."""

import queue as queues
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from deskpost.access.consent import Consent
from deskpost.desk.installation import Installation
from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound import failover, overflow, queue
from deskpost.outbound.fitness import Fitness
from deskpost.outbound.lanes import Ended, Lane, News, NotTried, Tried, Trouble, WentOver
from deskpost.outbound.letter import Letter, prepare
from deskpost.outbound.patiently import Patiently
from deskpost.outbound.pool_runs import PoolRuns
from deskpost.outbound.route import Route
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.share import Share
from deskpost.outbound.tries import Attempt, Claimed
from deskpost.outbound.work import Work
from deskpost.transports.protocols import PROTOCOLS

_GATHER = 0.05  # seconds over which answers are gathered into one commit
_WINDOW = 32  # mails that may be begun and not noted, at least: six for each lane
_RENEW_EVERY = 5.0
_MARGIN = 2.0  # seconds before the end of a lease from which on no lane begins a mail
_LOOK_EVERY = 0.5  # at settings and state of the server
_SHUTDOWN = 6.0  # seconds that mails in flight get when the process is to stop


@dataclass(frozen=True, slots=True)
class SendResult:
    """How many mails were sent, failed for good, and are queued again; and what is wrong with the server."""

    sent: int = 0
    failed: int = 0
    queued_again: int = 0
    trouble: str = ""

    def beside(self, other: "SendResult") -> "SendResult":
        """Give this with what left from a mailbox of the pool, whose trouble is not the server's."""
        return replace(
            self,
            sent=self.sent + other.sent,
            failed=self.failed + other.failed,
            queued_again=self.queued_again + other.queued_again,
        )


class Run:
    """One call of send_due from one mailbox, the server's own or one of its pool.

    The only thread that speaks with the database, beside the lanes that send.
    """

    def __init__(
        self,
        server: OutgoingServer,
        consent: Consent | None,
        owner: str,
        most_lanes: int | None,
        stopping: Callable[[], bool],
        mailbox: str = "",
    ) -> None:
        self._server = server
        self._mailbox = mailbox  # of the pool; empty: the server's own
        self._owner = owner
        self._stopping = stopping
        self._route = Route(server, failover.is_on_alternate(server), mailbox)
        self._loop_id = str(Installation.objects.values_list("identity", flat=True)[0])
        self._news: queues.SimpleQueue[News] = queues.SimpleQueue()
        one_by_one = PROTOCOLS[server.protocol].one_by_one
        self._work = Work(max(_WINDOW, 6 * (most_lanes or server.connections)), one_by_one=one_by_one)
        self._lanes: list[Lane] = []
        self._held: dict[int, Claimed] = {}
        self._share = Share(server, most_lanes, self._work, self._held)
        self._patiently = Patiently(server.name, lambda: stopping() or not self._held)
        self._fitness = Fitness(server, consent, self._route, self._patiently)
        self._counts = Counter[str]()
        self._overflow = overflow.Watch()
        self._looked = self._renewed = 0.0

    def until_done(
        self, over: Callable[[], bool], pool_runs: PoolRuns[SendResult] | None = None
    ) -> SendResult:
        """Send until nothing is due, the server fails, or it is time to stop.

        Once it is `over()` what is in flight is waited for; when the process is to stop, for some seconds only.
        `pool_runs` go on beside it, so that there is always somebody for what people wait for.
        """
        pool_runs = pool_runs or PoolRuns(lambda mailbox, stopped: SendResult())
        begun = False
        ends: float | None = None
        try:
            while True:
                if ends is None and self._stopping():
                    ends = time.monotonic() + _SHUTDOWN
                if self._fitness.trouble or ends is not None or over():
                    pool_runs.stop()
                    self._work.over.set()
                    self._give_back(self._work.take_back())
                else:
                    if self._server.sender_pool and not self._mailbox and (self._held or not begun):
                        self._patiently(pool_runs.look, self._server.pk)
                        begun = True
                    self._top_up()
                if not self._held and not pool_runs.running:
                    break
                if ends is not None and time.monotonic() > ends:
                    self._take_in(self._arrived())
                    queue.release_dead(self._owner)  # nobody will hear of the others' fate any more
                    break
                self._gather()
        finally:
            pool_runs.end()
            self._work.take_back()
            self._work.end(len(self._lanes))
            self._work.noted(len(self._lanes))  # so that none waits for what nobody will note
        if self._fitness.trouble and not self._fitness.waits_for_somebody and not self._mailbox:
            queue.give_up(self._server, self._fitness.trouble)
        return SendResult(
            self._counts["sent"], self._counts["failed"], self._counts["queued"], self._fitness.trouble
        )

    def _top_up(self) -> None:
        """Claim so much that the lanes have work for a moment, and start those that are missing."""
        now = time.monotonic()
        if now - self._looked > _LOOK_EVERY:
            self._look(now)
        size, least_urgent = self._share.to_claim(now)
        if size and not (self._mailbox and least_urgent < SendingClass.NOTIFICATION):
            self._claim(now, size, least_urgent)
        for _ in range(min(self._share.missing(), len(self._work))):
            lane = Lane(self._route, self._work, self._news, self._loop_id, self._owner)
            self._lanes.append(lane)
            self._share.running += 1
            lane.start()

    def _claim(self, now: float, size: int, least_urgent: int) -> None:
        """Claim mails and hand them to the lanes."""
        one_by_one = self._share.one_by_one
        claim = partial(queue.claim, one_by_one=one_by_one, least_urgent=least_urgent, mailbox=self._mailbox)
        mails = self._patiently(claim, self._server.pk, self._owner, size)
        if not self._held:
            self._renewed, self._work.held_until = now, now + queue.LEASE - _MARGIN
        # One whose lease ran out while the database was away may be in a lane's hands still.
        fresh = [mail for mail in mails if mail.id not in self._held]
        self._held.update((mail.id, mail) for mail in fresh)
        self._work.put(prepare(fresh, self._loop_id, marked=self._route.marked))
        self._share.claimed(now, size, least_urgent, len(mails))

    def _look(self, now: float) -> None:
        """Follow the settings, the alternate that another process went over to, and how many share the server."""
        server = self._patiently(
            OutgoingServer.objects.select_related("state").filter(pk=self._server.pk).first
        )
        if server is not None:
            self._server = self._fitness.server = server
            self._patiently(self._route.follow, server, self._patiently(failover.is_on_alternate, server))
        others = self._patiently(queue.others, self._server.pk, self._owner, self._mailbox)
        self._work.end(self._share.follow(self._server, *others))
        self._patiently(self._overflow.look, self._server)
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
                self._fitness.go_over(one.reason)
        tried = [one for one in news if isinstance(one, Tried)]
        outcomes = [one.outcome for one in tried]
        self._overflow.took(one.attempt.ms / 1000 for one in tried)
        attempts = [
            one.attempt if isinstance(one, Tried) else one
            for one in news
            if isinstance(one, (Tried, Attempt))
        ]
        if attempts:
            self._patiently(queue.note, self._owner, outcomes, attempts)
        self._work.noted(len(outcomes))
        for one in tried:
            mail = self._held.get(one.outcome.mail_id)
            self._fitness.judge(one, before=bool(mail and mail.tries))
        for outcome in outcomes:
            self._held.pop(outcome.mail_id, None)
            self._counts[outcome.state] += 1
        self._share.answered(len(outcomes))
        for one in news:
            match one:
                case NotTried(mails):
                    self._give_back(mails)
                case Trouble(crowded=crowded, not_tried=mails):
                    self._give_back(mails)
                    if crowded and self._share.running > 1:
                        self._share.crowded()  # one connection too many is one lane less
                    else:
                        self._fitness.meet(one)
                case Ended():
                    self._share.ended()

    def _give_back(self, letters: Sequence[Letter]) -> None:
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
