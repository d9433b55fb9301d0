"""SMTP and SMTPS: mails one after another over one connection. RFC 5321, 2920, 6152, 6531, 1870."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Self

from deskpost.transports import login_words, words
from deskpost.transports.connection import Server
from deskpost.transports.envelope import Answer, Delivery, Envelope
from deskpost.transports.errors import (
    LoginRefused,
    MessageRefused,
    ProtocolViolated,
    SendAsDenied,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.logins import Credentials
from deskpost.transports.renewal import renewed_once
from deskpost.transports.sender import Copy
from deskpost.transports.smtp_dialogue import SmtpDialogue
from deskpost.transports.throttling import SENDING_LIMIT_WAIT, sending_limit_reached

__all__ = ["Answer", "Delivery", "Envelope", "SmtpConnection", "open_smtp"]

_UNWRITABLE = re.compile(r"[\x00-\x20\x7f<>\ud800-\udfff]")
_BARE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
# Exchange Online: "554 5.2.252 SendAsDenied; ... not allowed to send as", or "554 5.2.0 ... SendAsDeniedException";
# Exchange Server: "550 5.7.60 SMTP; Client does not have permissions to send as this sender"
_SEND_AS_DENIED = re.compile(r"\b5\.2\.252\b|\b5\.7\.60\b|SendAsDenied", re.IGNORECASE)
_FINAL_PATIENCE = 10.0  # RFC 5321 section 4.5.3.2.6: ten minutes for the answer to the final dot


def open_smtp(server: Server, login: Credentials | None = None) -> "SmtpConnection":
    """A connection to send by, made when the `with` block is entered. Without a login no AUTH is sent."""
    return SmtpConnection(server, login)


class SmtpConnection:
    """Sends mails; stays connected between them, and connects anew when the server closed meanwhile."""

    def __init__(self, server: Server, login: Credentials | None) -> None:
        self._server = server
        self._login = login
        self._dialogue: SmtpDialogue | None = None
        self._sent = 0  # over the present connection
        self._was_stale = False  # it had carried mails, and ended before it heard of the next

    def __enter__(self) -> Self:
        self._connected()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._dialogue is None:
            return
        if kind is None:
            self._dialogue.farewell()
        else:
            self._dialogue.connection.close()

    def send(self, envelope: Envelope) -> Delivery:
        """Send one mail; the answer to the final dot decides.

        Raises ServerUnreachable and its kin when the mail was surely not taken, LoginRefused when the server
        wants a login first, MessageRefused when this server cannot carry the mail at all. `met` tells whether
        the mail had been offered by then. After any of them the next `send` connects anew.
        """
        try:
            return self._send(envelope)
        except ServerUnreachable:
            if not self._was_stale:
                raise
        # A server may close an idle connection or one that carried its share: that is no outage.
        return self._send(envelope)

    @property
    def keeps_copies(self) -> bool:
        """False: SMTP tells nothing of mails of before."""
        return False

    def copies(self, message_id: str, subject: str, since: datetime) -> Sequence[Copy]:
        """None."""
        return ()

    def body(self, copy: Copy) -> str | None:
        """Nothing lies anywhere."""
        return None

    def content(self, copy: Copy) -> bytes:
        """Nothing."""
        return b""

    def _connected(self) -> SmtpDialogue:
        if self._dialogue is None or self._dialogue.connection.closed:
            self._sent = 0
            self._dialogue = self._logged_in()
        return self._dialogue

    def _logged_in(self) -> SmtpDialogue:
        if self._login is None:
            return SmtpDialogue(self._server, None)
        return renewed_once(lambda login: SmtpDialogue(self._server, login), self._login)

    def _send(self, envelope: Envelope) -> Delivery:
        self._was_stale = False
        dialogue = self._connected()
        username = self._login.username if self._login is not None else ""
        transaction = _Transaction(dialogue, envelope, username)
        try:
            delivery = transaction.run()
        except MessageRefused:
            raise
        except TransportError as error:
            dialogue.connection.close()
            self._was_stale = self._sent > 0 and not transaction.sender_answered
            if not isinstance(error, LoginRefused):
                error.met = "mail" if transaction.sender_answered or error.answer is None else "sender"
            raise
        except BaseException:
            dialogue.connection.close()
            raise
        self._sent += 1
        return delivery


class _Transaction:
    """One mail over one connection."""

    def __init__(self, dialogue: SmtpDialogue, envelope: Envelope, username: str) -> None:
        self.sender_answered = False
        self._dialogue = dialogue
        self._username = username
        self._envelope = envelope
        self._content = _dotted(envelope.content)
        self._good = [address for address in envelope.recipients if not _UNWRITABLE.search(address)]
        self._answers = {
            address: Answer(553, f"5.1.3 {words.address_not_writable(address)}")
            for address in envelope.recipients
            if address not in self._good
        }

    def run(self) -> Delivery:
        mail = self._mail_command()
        if not self._good:
            return self._delivery(None)
        recipients = [b"RCPT TO:<%b>" % address.encode() for address in self._good]
        mail_answer, answers, data = self._exchange([mail, *recipients, b"DATA"])
        if mail_answer.code == 530:
            said = f"{mail_answer.code} {mail_answer.text}"
            raise LoginRefused(login_words.login_demanded(self._dialogue.place, said), answer=said)
        for address, answer in zip(self._good, answers, strict=True):
            self._answers[address] = answer if mail_answer.accepted else mail_answer
        if data.code == 354:
            return self._send_content(any(answer.accepted for answer in self._answers.values()))
        self._start_over()
        refused = data if any(answer.accepted for answer in self._answers.values()) else None
        return self._delivery(refused)

    def _mail_command(self) -> bytes:
        envelope, extensions = self._envelope, self._dialogue.extensions
        if _UNWRITABLE.search(envelope.sender):
            raise MessageRefused(553, words.address_not_writable(envelope.sender))
        command = f"MAIL FROM:<{envelope.sender}>"
        if envelope.smtputf8 or not all(address.isascii() for address in (envelope.sender, *self._good)):
            if "SMTPUTF8" not in extensions:
                raise MessageRefused(550, words.smtputf8_missing(self._dialogue.place))
            command += " SMTPUTF8"
        if "8BITMIME" in extensions and not self._content.isascii():
            command += " BODY=8BITMIME"
        if "SIZE" in extensions:
            command += f" SIZE={len(envelope.content)}"
        return command.encode()

    def _exchange(self, commands: list[bytes]) -> tuple[Answer, list[Answer], Answer]:
        """The answers to MAIL, each RCPT, and DATA; in one go where PIPELINING is offered (RFC 2920)."""
        dialogue = self._dialogue
        if "PIPELINING" in dialogue.extensions:
            dialogue.connection.begin("when a mail was offered")
            dialogue.connection.write(b"\r\n".join(commands) + b"\r\n")
            mail = dialogue.read_answer()
            self.sender_answered = True
            answers = [dialogue.read_answer() for _ in commands[1:]]
            return mail, answers[:-1], answers[-1]
        mail = dialogue.ask(commands[0], "when a mail was offered")
        self.sender_answered = True
        if not mail.accepted:
            return mail, [mail] * (len(commands) - 2), mail
        answers = [dialogue.ask(command, "when a recipient was named") for command in commands[1:-1]]
        if not any(answer.accepted for answer in answers):
            return mail, answers, answers[-1]
        return mail, answers, dialogue.ask(b"DATA", "when the mail was to follow")

    def _send_content(self, wanted: bool) -> Delivery:
        connection = self._dialogue.connection
        if (
            not wanted
        ):  # pipelined DATA was taken though no recipient was: end it empty (RFC 2920 section 3.1)
            self._dialogue.ask(b".", "after a mail without recipients")
            return self._delivery(None)
        connection.begin("while it was sent a mail", _FINAL_PATIENCE)
        connection.write(self._content)
        # All is handed over, final dot included. From here on a broken connection leaves the fate open.
        connection.begin("after it was sent a mail", _FINAL_PATIENCE)
        try:
            data = self._dialogue.read_answer()
        except TransportError as error:
            if error.answer is not None and not isinstance(error, ProtocolViolated):
                raise  # 421 or 432 instead of 250: surely not taken
            place = self._dialogue.place
            return Delivery(self._answers, None, True, words.fate_unknown(place), place)
        return self._delivery(data)

    def _delivery(self, data: Answer | None) -> Delivery:
        """Give the answers. Raises Throttled and SendAsDenied where each of them says so of this mailbox."""
        delivery = Delivery(self._answers, data, place=self._dialogue.place)
        place = delivery.place
        refusals = [delivery.answer_for(address) for address in self._envelope.recipients]
        said = [f"{one.code} {one.text}" for one in refusals if one is not None and one.code >= 400]
        if not said or len(said) < len(refusals):
            return delivery
        if all(map(sending_limit_reached, said)):
            sentence = words.sending_limit(place, said[0])
            raise Throttled(sentence, retry_after=SENDING_LIMIT_WAIT, answer=said[0])
        if all(map(_SEND_AS_DENIED.search, said)):
            sender = self._envelope.sender
            sentence = words.send_as_denied(place, sender, self._username or sender, said[0])
            raise SendAsDenied(550, sentence, answer=said[0])
        return delivery

    def _start_over(self) -> None:
        with suppress(TransportError):  # whatever happens here, the mail has its answers
            self._dialogue.ask(b"RSET", "after a refused mail")


def _dotted(content: bytes) -> bytes:
    """Content as it goes over the wire: lines end in CRLF, leading dots are doubled, the final dot follows.

    A bare CR or LF never leaves: some servers take it for a line end and would see a mail within the mail.
    RFC 5321 section 4.5.2.
    """
    if not content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n"):
        content = _BARE_BREAK.sub(b"\r\n", content)
    if content.startswith(b"."):
        content = b"." + content
    content = content.replace(b"\r\n.", b"\r\n..")
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")
