"""Lanes: the connections of one process to one server, each a thread that sends what it is handed.

A lane touches no database but to read the files of a mail. What happens goes as news to whoever runs the lanes.
"""

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from deskpost.access.places import NotWaited, waiting
from deskpost.outbound import elsewhere, fate, pool, sent_copies, steps, taken_lately, verdict
from deskpost.outbound.files import files_of
from deskpost.outbound.letter import Letter, envelope
from deskpost.outbound.overflow import left_to_its_own
from deskpost.outbound.route import Hop, Route
from deskpost.outbound.tries import Attempt, Claimed, Outcome
from deskpost.outbound.work import Group, Work
from deskpost.transports.envelope import Answer, Delivery, Envelope
from deskpost.transports.error_kinds import Kind, kind_of
from deskpost.transports.errors import (
    ApplicationRefused,
    ConsentLost,
    MessageDelayed,
    MessageRefused,
    SendAsDenied,
    ServiceEnded,
    Throttled,
    TransportError,
)
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.sender import Sender, StepSender

log = logging.getLogger(__name__)

_NOT_TRIED = (DatabaseError, InterfaceError, NotWaited, steps.NotHeld)
_OUR_FAULT = (
    "Deskpost itself failed at this mail; the log of the application says where. "
    "To do: report it. The mail is kept and tried again."
)


@dataclass(frozen=True, slots=True)
class Tried:
    """A mail got its answer; `broke_off`: how the present server broke off at it, empty when it did not."""

    outcome: Outcome
    attempt: Attempt
    broke_off: str


@dataclass(frozen=True, slots=True)
class NotTried:
    """These mails are to be queued again as they were."""

    mails: Group


@dataclass(frozen=True, slots=True)
class WentOver:
    """The primary could not be reached, and the alternate could."""

    reason: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """The server cannot be used now. `wait` is in seconds, where it named a time; `crowded`: by one more lane.

    `consent_lost`: until somebody consents at the provider. `asked`: it answers, and asked for patience.
    `ended`: until its provider lets Deskpost in again, or an application on its own in at all. `not_tried`: these
    mails are to be queued again as they were, which a run that holds no others ends with.
    """

    words: str
    wait: float | None
    crowded: bool
    consent_lost: bool = False
    asked: bool = False
    ended: bool = False
    kind: Kind = "connection"
    not_tried: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """A lane takes no more mails."""


News = Tried | NotTried | Attempt | WentOver | Trouble | Ended


class Lane(threading.Thread):
    """One connection, opened for the first mail and kept for those that follow."""

    def __init__(
        self, route: Route, work: Work, news: "queue.SimpleQueue[News]", loop_id: str, owner: str
    ) -> None:
        super().__init__(name="outgoing mail", daemon=True)
        self._route = route
        self._work = work
        self._news = news
        self._loop_id = loop_id
        self._owner = owner  # of the leases
        self._hop: Hop | None = None
        self._sender: Sender | None = None
        self._in_trouble = False  # at the present mail
        self._broke_off = ""
        self._draft = ""  # of the present mail, to be sent as it is
        self._looking = False  # for the present mail, which an earlier try may have sent
        self._begin()

    def run(self) -> None:
        fresh = True
        try:
            while (group := self._work.take(fresh=fresh)) and self._send_group(group):
                fresh = False
        finally:
            self._news.put(Ended())
            self._disconnect()
            connections.close_all()

    def _send_group(self, group: Group) -> bool:
        """Send mails in their order, up to the first that is not done with. False ends the lane.

        The others are queued again as they were: whoever claims next sees which of them must wait for it. A lane
        ends with the first trouble, so that it is known how the server fares before another takes its place. What is
        more urgent than the rest of a group goes first.
        """
        for place, letter in enumerate(group):
            mail = letter.mail
            if place and self._work.is_urgent_beside(mail.sending_class):
                self._work.put(group[place:])
                return True
            self._work.begin()
            if self._work.is_over:
                self._work.noted(1)
                self._news.put(NotTried(group[place:]))
                return True
            self._begin()
            self._in_trouble, self._broke_off = False, ""
            try:
                with waiting(mail.sending_class, lambda: self._work.is_over, mail.id):
                    outcome, words = self._send(letter)
            except TransportError as error:
                self._work.noted(1)
                taken_lately.note(self._hop, False)
                self._news.put(self._attempt(mail, error.words))
                self._news.put(self._trouble(error, group[place:]))
                return False
            except _NOT_TRIED:
                self._work.noted(1)
                self._news.put(NotTried(group[place:]))
                return False
            taken_lately.note(self._hop, outcome.state == "sent")
            if mail.overflows:
                outcome = left_to_its_own(outcome)
            self._news.put(Tried(outcome, self._attempt(mail, words), self._broke_off))
            if outcome.state in ("queued", "held") or self._in_trouble:
                self._news.put(NotTried(group[place + 1 :]))
                return not self._in_trouble
        return True

    def _send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send one mail. Raises what is about the server and not about this mail.

        A server that breaks off while a mail is offered may do so because of that mail: the mail waits for a next
        try of its own, and others go on. Whoever runs the lanes counts at how many in a row it does.
        """
        try:
            looked = self._look(letter)
            if looked is None and self._looking:  # it was not sent: that is known now
                letter = replace(letter, mail=replace(letter.mail, unknown_fate=False))
                self._looking = False
            return looked or self._handed_over(letter)
        except (MessageRefused, MessageDelayed) as error:
            if isinstance(error, SendAsDenied) and self._route.mailbox:
                error.words = pool.may_not_send_as(
                    error.words, self._route.mailbox, letter.mail.sender_address
                )
                raise  # another mailbox may
            permanent = isinstance(error, MessageRefused)
            return self._refused(letter, error.words, permanent)
        except TransportError as error:
            if error.met == "server" or isinstance(error, ServiceEnded):
                raise
            if isinstance(error, Throttled) and self._keeps_copies:
                raise
            self._meet(error)
            return self._refused(letter, error.words)
        except _NOT_TRIED:
            raise
        except Exception:
            log.exception("Mail %s of the outbox could not be sent", letter.mail.id)
            self._disconnect()
            return self._refused(letter, _OUR_FAULT)

    def _handed_over(self, letter: Letter) -> tuple[Outcome, str]:
        mail, addresses = letter.mail, letter.addresses
        mime = letter.envelope or self._compose(letter)
        try:
            delivery = self._deliver(mail, mime)
        except MessageRefused as error:
            if not fate.taken_already(error.answer):
                raise
            delivery = _taken(mime, error)
        now, may_look = timezone.now(), self._keeps_copies
        outcome, words = verdict.of_delivery(mail, addresses, delivery, now, may_look=may_look)
        return replace(outcome, copy_wanted=self._keeps_copies), words

    def _look(self, letter: Letter) -> tuple[Outcome, str] | None:
        """Look for a mail that an earlier try may have sent; None when it is to be sent now."""
        mail, self._draft = letter.mail, ""
        uncertain = mail.unknown_fate and mail.looks < fate.ENOUGH
        present = self._route.present  # read before `moved`: the mailbox may become another meanwhile
        self._looking = uncertain and PROTOCOLS[present.row.protocol].keeps_copies
        if not uncertain and not mail.draft_id:
            return None
        if sent_copies.moved(mail.id):
            raise steps.NotHeld
        if mail.sent_from != self._route.mailbox and present.row.protocol == "graph":
            return self._look_elsewhere(letter)
        sender = self._connected(present)
        if not sender.keeps_copies or self._hop is None:
            return None
        found = sent_copies.by_draft(sender, mail)
        self._draft = mail.draft_id if found and found.kind == "draft" else ""
        if not uncertain and (found is None or self._draft):
            return None
        found = found or sent_copies.look(sender, mail, self._hop.row.pk)
        place = self._hop.place
        outcome, words = verdict.of_look(mail, letter.addresses, found, place, timezone.now())
        if outcome is not None:
            return outcome, words
        self._news.put(self._attempt(mail, words))
        self._begin()
        return None

    def _look_elsewhere(self, letter: Letter) -> tuple[Outcome, str] | None:
        """Look for a mail in the mailbox of the pool that may have sent it; None when it is to be sent from here."""
        mail, row = letter.mail, self._route.present.row
        outcome, words = elsewhere.look(row, mail, letter.addresses)
        if outcome is not None:
            return outcome, words
        self._news.put(self._attempt(mail, words))
        steps.leave_from(mail, self._route.mailbox, self._owner)
        self._begin()
        return None

    @property
    def _keeps_copies(self) -> bool:
        return self._sender is not None and self._sender.keeps_copies

    def _refused(self, letter: Letter, words: str, permanent: bool = False) -> tuple[Outcome, str]:
        mail, now = letter.mail, timezone.now()
        outcome = verdict.of_refusal(mail, letter.addresses, words, permanent, now, looking=self._looking)
        return outcome, words

    def _meet(self, error: TransportError) -> None:
        """Note what was met while a mail was offered. Who asks for patience at one mail asks for all."""
        if isinstance(error, Throttled) and not self._in_trouble:
            self._news.put(self._trouble(error))
        elif not self._broke_off:
            self._broke_off = error.words
        self._in_trouble = True
        self._disconnect()

    def _compose(self, letter: Letter) -> Envelope:
        files = files_of(letter.mail.id) if letter.mail.has_files else ()
        to, marked = tuple(letter.addresses), self._route.marked
        return envelope(letter.mail, to, self._loop_id, files, marked=marked)

    def _deliver(self, mail: Claimed, mime: Envelope) -> Delivery:
        """Hand a mail to the present server, or at once to the alternate when that one cannot be reached."""
        hop = self._route.present
        try:
            return self._offered(hop, mail, mime)
        except TransportError as error:
            beside = self._route.beside(hop) if error.fails_over else None
            if beside is None:
                raise
            self._news.put(self._attempt(mail, error.words))
            if error.met != "server":
                self._meet(error)
            try:
                return self._by_alternate(beside, mime, error)
            except TransportError as other:
                if error.met != "server":
                    other.met = error.met  # the alternate may be away: this mail has met its trouble before
                raise

    def _offered(self, hop: Hop, mail: Claimed, mime: Envelope) -> Delivery:
        """Hand a mail to a server: at once, or where that is wanted and possible as a draft that is sent then."""
        sender = self._connected(hop)
        if self._draft and isinstance(sender, StepSender):
            return sender.send_draft(self._draft, mime)
        if hop.row.in_two_steps and isinstance(sender, StepSender):
            return steps.send(sender, mail, mime, self._owner)
        return sender.send(mime)

    def _by_alternate(self, hop: Hop, mime: Envelope, why: TransportError) -> Delivery:
        """Hand a mail to the alternate, which stays in use unless the trouble may be about this mail alone."""
        self._begin()
        sender = self._connected(hop)
        if why.met != "mail" and hop.alternate:
            self._broke_off = ""  # the primary did, and is left
            if self._route.go_over():
                self._news.put(WentOver(why.words))
        return sender.send(mime)

    def _connected(self, hop: Hop) -> Sender:
        if self._sender is None or self._hop != hop:
            self._disconnect()
            self._hop = hop
            known = taken_lately.by(hop)
            self._sender = hop.open(known=known).__enter__()
            if not known:  # it was asked, and works
                taken_lately.note(hop, True)
        return self._sender

    def _disconnect(self) -> None:
        if self._sender is not None:
            self._sender.__exit__(None, None, None)
            self._sender = None

    def _begin(self) -> None:
        """Start the clock of a try."""
        self._began, self._clock = timezone.now(), time.perf_counter()

    def _attempt(self, mail: Claimed, words: str) -> Attempt:
        place = self._hop.place if self._hop else ""
        return Attempt(mail.id, self._began, place, words, (time.perf_counter() - self._clock) * 1000)

    def _trouble(self, error: TransportError, not_tried: Sequence[Letter] = ()) -> Trouble:
        throttled = isinstance(error, Throttled)
        return Trouble(
            words=error.words,
            wait=error.retry_after if isinstance(error, Throttled) else None,
            crowded=throttled and self._sender is None,
            consent_lost=isinstance(error, ConsentLost),
            asked=throttled,
            ended=isinstance(error, (ServiceEnded, ApplicationRefused)),
            kind=kind_of(error),
            not_tried=not_tried,
        )


def _taken(mime: Envelope, error: MessageRefused) -> Delivery:
    """Give the delivery of a mail that is refused because the server has it."""
    said = Answer(250, error.answer or error.words)
    return Delivery(dict.fromkeys(mime.recipients, said), said)
