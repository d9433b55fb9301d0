"""POP's manner of speaking: one-line and dotted answers, STLS, login. RFC 1939, 2449, 2595, 3206."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deskpost.transports import bearer, login_words, sasl, words
from deskpost.transports.connection import Connection
from deskpost.transports.errors import (
    LoginRefused,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TlsRefused,
    TransportError,
)
from deskpost.transports.logins import BearerLogin, Credentials, Login
from deskpost.transports.throttling import asks_for_patience, wait_named_in

_LONGEST_STATUS = 4096
_MOST_LISTED = 64 * 1024 * 1024  # bytes of UIDL or LIST
# Exchange: "Protocol error. Connection is closed. 10"
_CLOSES = re.compile(r"\bConnection is closed\b", re.IGNORECASE)
_CODE = re.compile(r"\[([A-Z/-]+)\]", re.IGNORECASE)  # RFC 2449 section 8


@dataclass(frozen=True, slots=True)
class Status:
    """The first line of an answer: +OK or -ERR, and its words."""

    fine: bool
    answer: str

    @property
    def code(self) -> str:
        """The response code such as IN-USE or AUTH, empty when there is none."""
        found = _CODE.search(self.answer)
        return found[1].upper() if found else ""


class Pop3Dialogue:
    """A logged-in conversation with a POP server."""

    def __init__(self, connection: Connection, login: Credentials) -> None:
        self.connection = connection
        self._login = login
        self.place = connection.place
        self.capabilities: frozenset[str] = frozenset()
        self._greet()
        self._ask_capabilities()
        if connection.server.tls == "starttls":
            self._start_tls()
        self._log_in(login)
        self._ask_capabilities()

    def ask(self, command: bytes, doing: str) -> Status:
        """Send one command and give the first line of its answer."""
        self.send(command, doing)
        return self.read_status()

    def send(self, commands: bytes, doing: str) -> None:
        """Send one command, or several when the server takes them in one go (PIPELINING)."""
        self.connection.begin(doing)
        self.connection.write(commands + b"\r\n")

    def read_status(self) -> Status:
        """The next first line."""
        return self._status(self.connection.read_line(_LONGEST_STATUS))

    def _status(self, line: bytes) -> Status:
        start = line[:4].upper()
        if start[:3] != b"+OK" and start != b"-ERR":
            raise self._rubbish(line)
        return Status(start[:1] == b"+", self.connection.readable(line[4:]))

    def read_lines(self) -> Iterator[bytes]:
        """The lines of a dotted answer, for lists."""
        spent = 0
        while (line := self.connection.read_line()) != b".":
            spent += len(line) + 64
            if spent > _MOST_LISTED:
                self.connection.close()
                raise ProtocolViolated(words.endless(self.place, self.connection.doing))
            yield line[1:] if line.startswith(b"..") else line

    def read_content(self) -> Iterator[bytes]:
        """A dotted answer piece by piece, undotted; lines may be of any length. RFC 1939 section 3."""
        held = b"\r\n"  # as if before the first line, so that every line begins alike
        skip = len(held)
        while True:
            data = held + self.connection.read_some()
            end = data.find(b"\r\n.\r\n")
            if end >= 0:
                self.connection.put_back(data[end + 5 :])
                yield data[: end + 2].replace(b"\r\n..", b"\r\n.")[skip:]
                return
            # What may be the start of the end, or of a doubled dot, waits for the next piece.
            cut = data.find(b"\r", max(len(data) - 4, 0))
            piece, held = (data, b"") if cut < 0 else (data[:cut], data[cut:])
            if piece:
                yield piece.replace(b"\r\n..", b"\r\n.")[skip:]
                skip = 0

    def trouble(self, status: Status, otherwise: TransportError) -> TransportError:
        """The error for -ERR: limits first, then what is temporary (RFC 3206), then `otherwise`."""
        if status.code in ("IN-USE", "LOGIN-DELAY") or asks_for_patience(status.answer):
            return Throttled(
                words.throttled(self.place, status.answer),
                retry_after=wait_named_in(status.answer),
                answer=status.answer,
            )
        if status.code == "SYS/TEMP" or _CLOSES.search(status.answer):
            return ServerUnreachable(words.closing(self.place, status.answer), answer=status.answer)
        kept_out = bearer.kept_out(self.place, self._login, status.answer)
        return kept_out or otherwise

    def _rubbish(self, line: bytes) -> ProtocolViolated:
        self.connection.close()
        answer = self.connection.readable(line)
        return ProtocolViolated(words.rubbish(self.place, self.connection.doing, answer), answer=answer)

    def _greet(self) -> None:
        line = self.connection.read_line(_LONGEST_STATUS)
        start, answer = line[:4].upper(), self.connection.readable(line)
        if start[:3] == b"+OK":
            return
        self.connection.close()
        if start == b"-ERR":
            status = Status(False, answer)
            closing = ServerUnreachable(words.closing(self.place, answer), answer=answer)
            raise self.trouble(status, closing)
        raise ProtocolViolated(words.wrong_protocol(self.place, "POP", answer), answer=answer)

    def _ask_capabilities(self) -> None:
        if self.ask(b"CAPA", "when asked what it can do").fine:
            lines = [line.decode("ascii", "replace").upper() for line in self.read_lines()]
            self.capabilities = frozenset(lines)

    def _start_tls(self) -> None:
        if "STLS" not in self.capabilities:
            self.connection.close()
            raise TlsRefused(words.starttls_not_offered(self.place))
        status = self.ask(b"STLS", "when asked for STARTTLS")
        if not status.fine:
            self.connection.close()
            raise TlsRefused(words.starttls_refused(self.place, status.answer), answer=status.answer)
        self.connection.start_tls()
        self.capabilities = frozenset()  # what was said in clear counts no more (RFC 2595 section 4)
        self._ask_capabilities()

    def _log_in(self, login: Credentials) -> None:
        self.connection.hide(login)
        if isinstance(login, BearerLogin):
            self._log_in_by_token(login)
        else:
            self._log_in_by_password(login)

    def _log_in_by_token(self, login: BearerLogin) -> None:
        exchange = bearer.exchange(self.connection.server, login, self._methods())
        status = self._authenticate(exchange)
        if not status.fine:
            said = bearer.explained(status.answer, exchange.complaint, self.connection.readable)
            raise self.trouble(status, bearer.refused(self.place, login, said))

    def _authenticate(self, exchange: sasl.Exchange) -> Status:
        """Go through a SASL exchange, the first message in a line of its own.

        A token is too long for the line of the command (RFC 5034 section 4), and Microsoft takes none there.
        """
        self.send(b"AUTH " + exchange.mechanism.encode(), "while logging in")
        for _ in range(sasl.MOST_CHALLENGES):
            line = self.connection.read_line()
            if line[:1] != b"+" or line[:3].upper() == b"+OK":
                return self._status(line)
            self.send(exchange.reply(line[1:].strip()), "while logging in")
        self.connection.close()
        raise ProtocolViolated(words.endless(self.place, self.connection.doing))

    def _log_in_by_password(self, login: Login) -> None:
        if not sasl.writable(login):
            raise LoginRefused(login_words.login_not_writable(self.place))
        status = self._give_password(login)
        if status.fine:
            return
        if sasl.wants_tls(status.answer):
            raise LoginRefused(login_words.login_needs_tls(self.place, status.answer), answer=status.answer)
        sentence = login_words.login_refused(self.place, login.username, status.answer)
        raise self.trouble(status, LoginRefused(sentence, answer=status.answer))

    def _give_password(self, login: Login) -> Status:
        if "USER" not in self.capabilities and "PLAIN" in self._methods():
            return self.ask(b"AUTH PLAIN " + sasl.plain(login), "while logging in")  # RFC 5034
        status = self.ask(b"USER " + login.username.encode(), "while logging in")
        return self.ask(b"PASS " + login.password.encode(), "while logging in") if status.fine else status

    def _methods(self) -> list[str]:
        """The SASL mechanisms that the server offers, in capitals. RFC 5034 section 3."""
        lines = [line.split() for line in self.capabilities if line.startswith("SASL ")]
        return sorted(method for line in lines for method in line[1:])
