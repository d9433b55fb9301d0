"""A process's share of a server that others send by as well: how many lanes it runs, how much it claims for them.

Decisions alone; whoever sends does what they come to (run.py). Moments are those of time.monotonic.
"""

import time
from collections.abc import Mapping

from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tries import Claimed
from deskpost.outbound.work import Work
from deskpost.transports.protocols import PROTOCOLS

# mails waiting in this process, so that a more urgent one elsewhere does not wait behind them
MOST_CLAIMED = 200
_RAMP = 1.0  # seconds after which a run knows how fast its server is
_AHEAD = 0.5  # seconds of sending that are claimed ahead
_CLAIM_EVERY = 0.5  # seconds, when nothing was due or a more urgent mail may be
_NO_LIMIT = 1 << 30


class Share:
    """What one run may have of its server, in lanes and mails, going by what it holds and how fast it goes.

    `running` counts its lanes, those that end after their present mail included.
    """

    def __init__(
        self, server: OutgoingServer, most_lanes: int | None, work: Work, held: Mapping[int, Claimed]
    ) -> None:
        self._server = server
        self._most_lanes = most_lanes
        self._work = work
        self._held = held
        self._crowded = _NO_LIMIT
        self._lanes = 1
        self.running = self._ending = 0
        self._answered = 0
        self._began = self._claimed = time.monotonic()
        self._more_is_due = True
        self.one_by_one = PROTOCOLS[server.protocol].one_by_one

    def to_claim(self, now: float) -> tuple[int, int]:
        """Give how many mails to claim now, and up to which class: so that the lanes have work for a moment."""
        wanted, held = self._ahead(now), len(self._held)
        waited = now - self._claimed > _CLAIM_EVERY
        if self._lanes and (self._more_is_due or waited) and held <= max(wanted // 2, self._lanes) < wanted:
            return wanted - held, max(SendingClass)
        if waited and all(mail.sending_class > SendingClass.PEOPLE for mail in self._held.values()):
            return self._lanes, SendingClass.PEOPLE  # what people wait for waits for a lane alone
        return 0, max(SendingClass)

    def claimed(self, now: float, wanted: int, least_urgent: int, got: int) -> None:
        """Note how many mails a claim brought."""
        self._claimed = now
        if least_urgent == max(SendingClass):
            self._more_is_due = got == wanted

    def answered(self, mails: int) -> None:
        """Note that so many mails were answered for."""
        self._answered += mails
        self._more_is_due = self._more_is_due or bool(mails)

    def missing(self) -> int:
        """Give how many lanes to start. Where places are shared, one more for what people wait for.

        It gets the next place of all processes, and not only this process's own; another lane ends for it.
        """
        shared = PROTOCOLS[self._server.protocol].most_requests
        if shared and self._lanes and self._work.people_wait:
            return self._lanes + 1 - (self.running - self._ending)
        return self._lanes - self.running

    def follow(self, server: OutgoingServer, others: int, before: int, mails: int) -> int:
        """Follow the settings, and how many share the server: `before` of them before this one, with so many mails.

        Where lanes share places, what others have no mails for is this one's: they end, or nothing is left to claim.
        Give how many lanes are too many now.
        """
        self._server = server
        shared = PROTOCOLS[server.protocol].most_requests
        lanes = min(self._most_lanes or server.connections, self._crowded)
        lanes = min(lanes, shared or lanes)
        self._lanes = lanes // (others + 1) + (before < lanes % (others + 1))
        if shared:
            self._lanes = max(self._lanes, lanes - mails)
        too_many = max(0, self.running - self._ending - self._lanes)
        self._ending += too_many
        return too_many

    def crowded(self) -> None:
        """Note that a lane was one connection too many: there is one less from now on."""
        self._crowded = self._lanes = self.running - 1

    def ended(self) -> None:
        """Note that a lane ended."""
        self.running -= 1
        self._ending = max(0, self._ending - 1)

    def _ahead(self, now: float) -> int:
        """Give how many mails to hold: what the lanes send in half a second, going by the run so far.

        Of a server that is slow no more than one for each lane and one beside, for claims by class: what is claimed
        later and more urgent would wait.
        """
        ran = now - self._began
        least = self._lanes + 1 if self.one_by_one or ran > _RAMP else 4 * self._lanes
        return min(MOST_CLAIMED, max(least, int(self._answered / max(ran, 0.1) * _AHEAD)))
