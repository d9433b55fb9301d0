"""Lanes: the connections of one process to one server, each a thread that sends what it is handed.

A lane touches no database but to read the files of a mail. What happens goes as news to whoever runs the lanes.
"""

import logging
import queue
import threading
import time
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from deskpost.outbound import verdict
from deskpost.outbound.files import files_of
from deskpost.outbound.letter import Letter, envelope
from deskpost.outbound.route import Hop, Route
from deskpost.outbound.tries import Attempt, Claimed, Outcome
from deskpost.outbound.work import Group, Work
from deskpost.transports.envelope import Delivery, Envelope
from deskpost.transports.errors import MessageDelayed, MessageRefused, Throttled, TransportError
from deskpost.transports.smtp import SmtpConnection, open_smtp

log = logging.getLogger(__name__)

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
    """The server cannot be used now. `wait` is in seconds, where it named a time; `crowded`: by one more lane."""

    words: str
    wait: float | None
    crowded: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A lane takes no more mails."""


News = Tried | NotTried | Attempt | WentOver | Trouble | Ended


class Lane(threading.Thread):
    """One connection, opened for the first mail and kept for those that follow."""

    def __init__(self, route: Route, work: Work, news: "queue.SimpleQueue[News]", loop_id: str) -> None:
        super().__init__(name="outgoing mail", daemon=True)
        self._route = route
        self._work = work
        self._news = news
        self._loop_id = loop_id
        self._hop: Hop | None = None
        self._smtp: SmtpConnection | None = None
        self._in_trouble = False  # at the present mail
        self._broke_off = ""
        self._begin()

    def run(self) -> None:
        try:
            while (group := self._work.take()) and self._send_group(group):
                pass
        finally:
            self._news.put(Ended())
            self._disconnect()
            connections.close_all()

    def _send_group(self, group: Group) -> bool:
        """Send mails in their order, up to the first that is not done with. False ends the lane.

        The others are queued again as they were: whoever claims next sees which of them must wait for it. A lane
        ends with the first trouble, so that it is known how the server fares before another takes its place.
        """
        for place, letter in enumerate(group):
            mail = letter.mail
            self._work.begin()
            if time.monotonic() >= self._work.held_until:
                self._work.noted(1)
                self._news.put(NotTried(group[place:]))
                return True
            self._begin()
            self._in_trouble, self._broke_off = False, ""
            try:
                outcome, words = self._send(letter)
            except TransportError as error:
                self._work.noted(1)
                self._news.put(self._attempt(mail, error.words))
                self._news.put(NotTried(group[place:]))
                self._news.put(self._trouble(error))
                return False
            except (DatabaseError, InterfaceError):
                self._work.noted(1)
                self._news.put(NotTried(group[place:]))
                return False
            self._news.put(Tried(outcome, self._attempt(mail, words), self._broke_off))
            if outcome.state == "queued" or self._in_trouble:
                self._news.put(NotTried(group[place + 1 :]))
                return not self._in_trouble
        return True

    def _send(self, letter: Letter) -> tuple[Outcome, str]:
        """Send one mail. Raises what is about the server and not about this mail.

        A server that breaks off while a mail is offered may do so because of that mail: the mail waits for a next
        try of its own, and others go on. Whoever runs the lanes counts at how many in a row it does.
        """
        mail, addresses = letter.mail, letter.addresses
        try:
            mime = letter.envelope or self._compose(letter)
            return verdict.of_delivery(mail, addresses, self._deliver(mail, mime), timezone.now())
        except (MessageRefused, MessageDelayed) as error:
            permanent = isinstance(error, MessageRefused)
            return self._refused(letter, error.words, permanent)
        except TransportError as error:
            if error.met == "server":
                raise
            self._meet(error)
            return self._refused(letter, error.words)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            log.exception("Mail %s of the outbox could not be sent", mail.id)
            self._disconnect()
            return self._refused(letter, _OUR_FAULT)

    def _refused(self, letter: Letter, words: str, permanent: bool = False) -> tuple[Outcome, str]:
        outcome = verdict.of_refusal(letter.mail, letter.addresses, words, permanent, timezone.now())
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
        return envelope(letter.mail, tuple(letter.addresses), self._loop_id, files)

    def _deliver(self, mail: Claimed, mime: Envelope) -> Delivery:
        """Hand a mail to the present server, or at once to the alternate when that one cannot be reached."""
        hop = self._route.present
        try:
            return self._connected(hop).send(mime)
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

    def _by_alternate(self, hop: Hop, mime: Envelope, why: TransportError) -> Delivery:
        """Hand a mail to the alternate, which stays in use unless the trouble may be about this mail alone."""
        self._begin()
        smtp = self._connected(hop)
        if why.met != "mail" and hop.alternate:
            self._broke_off = ""  # the primary did, and is left
            if self._route.go_over():
                self._news.put(WentOver(why.words))
        return smtp.send(mime)

    def _connected(self, hop: Hop) -> SmtpConnection:
        if self._smtp is None or self._hop != hop:
            self._disconnect()
            self._hop = hop
            self._smtp = open_smtp(hop.server, hop.login).__enter__()
        return self._smtp

    def _disconnect(self) -> None:
        if self._smtp is not None:
            self._smtp.__exit__(None, None, None)
            self._smtp = None

    def _begin(self) -> None:
        """Start the clock of a try."""
        self._began, self._clock = timezone.now(), time.perf_counter()

    def _attempt(self, mail: Claimed, words: str) -> Attempt:
        place = self._hop.server.place if self._hop else ""
        return Attempt(mail.id, self._began, place, words, (time.perf_counter() - self._clock) * 1000)

    def _trouble(self, error: TransportError) -> Trouble:
        throttled = isinstance(error, Throttled)
        return Trouble(
            words=error.words,
            wait=error.retry_after if isinstance(error, Throttled) else None,
            crowded=throttled and self._smtp is None,
        )
