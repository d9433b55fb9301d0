"""What the answers of a run say of its server, or of its pool's mailbox, and where that is noted."""

import logging
import time
from functools import partial

from deskpost.access.consent import Consent
from deskpost.outbound import failover, health, minutes, pool, server_consent, service_ended
from deskpost.outbound.lanes import Tried, Trouble
from deskpost.outbound.patiently import Patiently
from deskpost.outbound.route import Route
from deskpost.outbound.servers import OutgoingServer

log = logging.getLogger(__name__)

_WELL_EVERY = 1.0  # seconds


class Fitness:
    """Whether a run can go on. `trouble`: why it cannot; `waits_for_somebody`: no later try would go better."""

    def __init__(
        self, server: OutgoingServer, consent: Consent | None, route: Route, patiently: Patiently
    ) -> None:
        self.server = server
        self.trouble = ""
        self.waits_for_somebody = False
        self._consent = consent
        self._told_of_loss = consent is not None and consent.told_at is not None
        self._route = route
        self._patiently = patiently
        self._broken: set[int] = set()  # mails at which it broke off, of the pool's mailbox
        self._well = 0.0  # when it was last noted, by time.monotonic

    def judge(self, tried: Tried, *, before: bool) -> None:
        """Note what a try says. One of a mail tried `before` says nothing: its trouble may well be its own."""
        sent = tried.outcome.state == "sent"
        if tried.broke_off and not before:
            self._broke_off(tried, sent)
        elif sent and not tried.broke_off and time.monotonic() - self._well > _WELL_EVERY:
            self._note_well()
            self._well = time.monotonic()
            if self._told_of_loss:
                self._told_of_loss = False
                self._patiently(server_consent.sends_again, self.server)

    def go_over(self, reason: str) -> None:
        """Note that the server's mails leave by its alternate now."""
        if self._patiently(failover.use_alternate, self.server, reason):
            self._patiently(minutes.trouble, self.server.pk, "connection")
            log.warning("%s now sends by its alternate server. %s", self.server.name, reason)

    def meet(self, trouble: Trouble) -> None:
        """Note what ends the run. Only the first counts."""
        if self.trouble:
            return
        self.trouble = trouble.words
        wait = trouble.wait or None
        self._patiently(minutes.trouble, self.server.pk, trouble.kind)
        if self._route.mailbox:  # its own, and not the server's: others send what it was to send
            self._patiently(pool.note_failing, self.server.pk, self._route.mailbox, trouble.words, wait)
        elif trouble.consent_lost and self._patiently(
            server_consent.lost, self.server, trouble.words, self._consent
        ):
            self.waits_for_somebody = True
        elif trouble.ended:
            self.waits_for_somebody = True
            self._patiently(service_ended.note, self.server, trouble.words)
        else:
            self._patiently(service_ended.over, self.server)
            note = partial(health.note_failing, asked=trouble.asked)
            self._patiently(note, self.server.pk, trouble.words, wait)

    def _note_well(self) -> None:
        if self._route.mailbox:
            self._broken.clear()
            self._patiently(pool.note_well, self.server.pk, self._route.mailbox)
        else:
            self._patiently(partial(service_ended.over, sends=True), self.server)
            self._patiently(health.note_well, self.server.pk)

    def _broke_off(self, tried: Tried, sent: bool) -> None:
        """Count the mails in a row: at one nothing is said yet, at several the server is in trouble.

        When the alternate takes what the primary broke off at, two are enough to stay with the alternate.
        """
        if self._route.mailbox:
            self._broken.add(tried.outcome.mail_id)
            in_a_row = len(self._broken)
        else:
            in_a_row = self._patiently(health.note_broke_off, self.server.pk, tried.outcome.mail_id)
        self._well = 0.0  # the next that is taken ends the row
        if not sent and in_a_row >= health.SERVER_S_TROUBLE:
            self.meet(Trouble(tried.broke_off, None, False))
        elif sent and in_a_row > 1 and self._route.go_over():
            self.go_over(tried.broke_off)
