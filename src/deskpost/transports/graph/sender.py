"""Sending by Microsoft Graph: a mail as MIME in one request, or as JSON where it is too large or MIME cannot say it.

https://learn.microsoft.com/en-us/graph/api/user-sendmail, https://learn.microsoft.com/en-us/graph/outlook-send-mime-message
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from types import TracebackType
from typing import Self

from deskpost.transports import graph_words, words
from deskpost.transports.envelope import Answer, Delivery, Envelope
from deskpost.transports.errors import (
    ActRefused,
    AnsweredBetween,
    MessageRefused,
    ProtocolViolated,
    SendAsDenied,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.graph import copies as lookup
from deskpost.transports.graph.folders import prove_inbox, tell_inbox
from deskpost.transports.graph.message import files_of, message_of
from deskpost.transports.graph.orders import (
    Draft,
    Order,
    clear,
    draft_of,
    draft_of_mime,
    made_of,
    sent_as_mime,
)
from deskpost.transports.graph.refusals import is_own
from deskpost.transports.graph.session import SEND, Session
from deskpost.transports.http import Answer as HttpAnswer
from deskpost.transports.sender import Copy
from deskpost.transports.target import Target
from deskpost.transports.throttling import SENDING_LIMIT_WAIT, sending_limit_reached

LARGEST_MIME = 3 * 1024 * 1024  # bytes; in base64 they are the 4 MiB of a request
MOST_RECIPIENTS = 500  # of a mail, unless the mailbox has another limit
_UNWRITABLE = re.compile(r"[\x00-\x20\x7f<>,;\ud800-\udfff]")
_ALREADY_SENT = re.compile(r"duplicatedelivery", re.IGNORECASE)
_FATE_OPEN = (500, 502, 504)
_ACCEPTED, _TAKEN = 202, "Accepted"
_ACT = "take a mail"


def open_graph_sender(target: Target) -> "GraphSender":
    """A way to send from the target's mailbox. Raises AddressRefused, LoginRefused; dialled when entered."""
    return GraphSender(Session(target), known=target.known)


class GraphSender:
    """A Sender over Graph, which can also make a draft of a mail first (StepSender)."""

    keeps_copies = True

    def __init__(self, session: Session, *, known: bool = False) -> None:
        """Send from the mailbox of this session, which may be `known` to work."""
        self._session = session
        self._known = known

    def __enter__(self) -> Self:
        """Ask for the Inbox, which shows that token, mailbox and permission are right, unless that is known.

        And which mailbox it is: what follows waits for the lanes of that.
        """
        try:
            if self._known:
                tell_inbox(self._session)
            else:
                prove_inbox(self._session)
        except BaseException:
            self._session.http.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.http.close()

    def send(self, envelope: Envelope) -> Delivery:
        """Send one mail. One answer is for all recipients.

        `unknown` where the connection broke, or Graph failed, after it had the order to send. Raises MessageRefused,
        ConsentLost, Throttled, ServerUnreachable and their kin where the mail was surely not taken.
        """
        good, bad = self._reachable(envelope)
        if not good:
            return Delivery(bad, None, place=self._session.place)
        with self._of_this_mail():
            return self._delivery(self._handed_over(envelope, good), envelope, good, bad)

    def draft(self, envelope: Envelope, *, again: bool) -> str:
        """Make a draft of a mail, and give its immutable id; "" where nobody of its recipients can be written to.

        `again`: an earlier try may have left one, which is deleted. Raises what `send` raises.
        """
        good, _ = self._reachable(envelope)
        if not good:
            return ""
        with self._of_this_mail():
            return self._drafted(envelope, good, again).id

    def send_draft(self, id: str, envelope: Envelope) -> Delivery:
        """Send the draft of this mail. As `send`; `unknown` also where the draft is there no more.

        It stays where the mail was surely not sent and is tried again, and is deleted where it was refused for good.
        """
        good, bad = self._reachable(envelope)
        draft = Draft(self._session, id)
        answer: HttpAnswer | None = None
        try:
            answer = draft.send()
        except (ServerUnreachable, ProtocolViolated) as error:
            if error.met != "mail":
                raise
        if answer is not None and not answer.fine and answer.status not in _FATE_OPEN:
            found = self.drafted(id)
            if found is None or found.place != "drafts":
                answer = None
            else:
                draft.discard()
        with self._of_this_mail():
            return self._delivery(answer, envelope, good, bad)

    def drafted(self, id: str) -> Copy | None:
        """What became of a draft: in "drafts" it was not sent, elsewhere it was; None where it is gone."""
        return lookup.of_id(self._session, id)

    def discard(self, id: str) -> None:
        """Delete what is still a draft, if that is possible."""
        Draft(self._session, id).discard()

    def copies(self, message_id: str, subject: str, since: datetime) -> Sequence[Copy]:
        """The mails in Sent Items, Outbox and Drafts with this Message-ID, else of this subject since then."""
        return lookup.copies(self._session, message_id, subject, since)

    def body(self, copy: Copy) -> str | None:
        """The body of the mail, without its files; None where it is gone, or huge."""
        return lookup.body(self._session, copy)

    def content(self, copy: Copy) -> bytes:
        """The mail as Graph gives it back in MIME; b"" where it is gone."""
        return lookup.content(self._session, copy)

    @contextmanager
    def _of_this_mail(self) -> Iterator[None]:
        """Let a refusal be about the mail that is handed over; so may be what a filter between says to it."""
        try:
            yield
        except ActRefused as refusal:
            raise self._about_the_mail(refusal) from refusal
        except AnsweredBetween as error:
            error.met = "mail"
            raise

    def _handed_over(self, envelope: Envelope, recipients: tuple[str, ...]) -> HttpAnswer | None:
        """Give the answer to the order to send; None where none came, and the mail may be on its way."""
        content = self._as_mime(envelope, recipients)
        if content is not None:
            return self._ordered(sent_as_mime(self._session, content))
        message, mail = message_of(envelope.content, recipients)
        return self._ordered(made_of(self._session, message, files_of(envelope.content, mail)))

    def _drafted(self, envelope: Envelope, recipients: tuple[str, ...], again: bool) -> Draft:
        content = self._as_mime(envelope, recipients)
        if content is not None and not again:
            return draft_of_mime(self._session, content)
        message, mail = message_of(envelope.content, recipients)
        if again:
            clear(self._session, message)
        if content is not None:
            return draft_of_mime(self._session, content)
        return draft_of(self._session, message, files_of(envelope.content, mail))

    def _ordered(self, order: Order) -> HttpAnswer | None:
        try:
            answer = order.send()
        except TransportError as error:
            if isinstance(error, (ServerUnreachable, ProtocolViolated)) and error.met == "mail":
                return None
            order.discard()
            raise
        if not answer.fine and answer.status not in _FATE_OPEN:
            order.discard()
        return answer

    def _reachable(self, envelope: Envelope) -> tuple[tuple[str, ...], dict[str, Answer]]:
        """Give the recipients that can be written to, and the answers of the others. Raises MessageRefused."""
        bad = {one: Answer(553, f"5.1.3 {words.address_not_writable(one)}") for one in _unwritable(envelope)}
        good = tuple(one for one in envelope.recipients if one not in bad)
        if len(good) > MOST_RECIPIENTS:
            refused = graph_words.too_many_recipients(self._session.place, len(good), MOST_RECIPIENTS)
            raise MessageRefused(550, refused)
        return good, bad

    def _as_mime(self, envelope: Envelope, recipients: tuple[str, ...]) -> bytes | None:
        """Give the mail as MIME that reaches these recipients; None where only JSON can say it.

        Graph sends MIME to whom its header names, and ignores its From.
        """
        if envelope.by_fields or len(envelope.content) > LARGEST_MIME:
            return None
        header = BytesHeaderParser().parsebytes(envelope.content)
        named = _addresses(header.get_all("To", []), header.get_all("Cc", []), header.get_all("Bcc", []))
        wanted = {one.lower(): one for one in recipients}
        own = self._session.mailbox.lower()
        if not named or not named <= set(wanted) or _addresses(header.get_all("From", [])) != {own}:
            return None
        hidden = [address for lower, address in wanted.items() if lower not in named]
        if not all(address.isascii() for address in hidden):
            return None
        field = b"Bcc: " + ",\r\n ".join(hidden).encode() + b"\r\n" if hidden else b""
        content = field + envelope.content
        return content if len(content) <= LARGEST_MIME else None

    def _delivery(
        self, answer: HttpAnswer | None, envelope: Envelope, good: tuple[str, ...], bad: dict[str, Answer]
    ) -> Delivery:
        place = self._session.place
        what = self._session.told(answer) if answer is not None and answer.status != _ACCEPTED else ""
        if _ALREADY_SENT.search(what):
            answer = None
        elif answer is None or answer.status in _FATE_OPEN or (answer.fine and answer.status != _ACCEPTED):
            answers = {**bad, **dict.fromkeys(good, Answer(_ACCEPTED, _TAKEN))}
            return Delivery(answers, None, True, graph_words.fate_unknown(place), place)
        if answer is not None and not answer.fine:
            raise self._refusal(answer, envelope)
        taken = Answer(_ACCEPTED, what or _TAKEN)
        return Delivery({**bad, **dict.fromkeys(good, taken)}, taken, place=place)

    def _refusal(self, answer: HttpAnswer, envelope: Envelope) -> Exception:
        told = self._session.told(answer)
        if told.lower().startswith("errorsendasdenied"):
            place, mailbox = self._session.place, self._session.mailbox
            sender = words.readable(envelope.sender.encode("utf-8", "replace"))
            return SendAsDenied(550, graph_words.send_as_denied(place, sender, mailbox, told), answer=told)
        if is_own(answer) and sending_limit_reached(told):  # with whatever status
            return self._about_the_mail(ActRefused(told, answer=told))
        try:
            self._session.fine(answer, _ACT, SEND)
        except ActRefused as refusal:
            return self._about_the_mail(refusal)
        except TransportError as error:
            return error
        raise AssertionError("unreachable")

    def _about_the_mail(self, refusal: ActRefused) -> TransportError:
        """Give what a refusal of this mail means: the limits of the mailbox, or the mail itself."""
        answer, place = refusal.answer or "", self._session.place
        if sending_limit_reached(answer):
            sentence = words.sending_limit(place, answer)
            return Throttled(sentence, retry_after=SENDING_LIMIT_WAIT, answer=answer)
        refused = MessageRefused(550, graph_words.mail_refused(place, answer), answer=answer)
        refused.met = "mail"
        return refused


def _unwritable(envelope: Envelope) -> list[str]:
    return [one for one in envelope.recipients if _UNWRITABLE.search(one) or "@" not in one]


def _addresses(*fields: list[str]) -> set[str]:
    found = getaddresses([str(value) for values in fields for value in values])
    return {address.lower() for _, address in found if "@" in address}
