"""SMTP's manner of speaking: EHLO, STARTTLS, AUTH, and what its codes mean. RFC 5321, 3207, 4954."""

import base64
import re
import socket

from deskpost.transports import bearer, login_words, sasl, words
from deskpost.transports.connection import Connection, Server
from deskpost.transports.envelope import Answer
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

_REPLY = re.compile(rb"([2-5][0-9]{2})([ -]|$)(.*)", re.DOTALL)
_LONGEST_LINE = 8192
_MOST_LINES = 200
_PASSWORDS_ARE_GONE = re.compile(r"\b5\.7\.30\b")  # "550 5.7.30 Basic authentication is not supported"
_PASSWORDS_ARE_OVER = re.compile(r"basic authentication is", re.IGNORECASE)  # "535 5.7.139 ... is disabled"


class SmtpDialogue:
    """A greeted, secured and (with a login) logged-in conversation with one SMTP server."""

    def __init__(self, server: Server, login: Credentials | None) -> None:
        bearer.refuse_in_clear(server, login)
        self.connection = Connection(server, "SMTP")
        self.place = self.connection.place
        self.extensions: dict[str, str] = {}
        try:
            self._open(server, login)
        except BaseException:
            self.connection.close()
            raise

    def ask(self, command: bytes, doing: str) -> Answer:
        """Send one command and give its answer."""
        self.connection.begin(doing)
        self.connection.write(command + b"\r\n")
        return self.read_answer()

    def read_answer(self) -> Answer:
        """The next answer. Raises ServerUnreachable at 421, Throttled at 432, ProtocolViolated at rubbish."""
        return self._answer(*self._read_reply())

    def farewell(self) -> None:
        """QUIT and close."""
        self.connection.say_farewell(b"QUIT\r\n")

    def _answer(self, code: int, lines: list[bytes]) -> Answer:
        return self._judged(Answer(code, " ".join(filter(None, map(self.connection.readable, lines)))))

    def _read_reply(self) -> tuple[int, list[bytes]]:
        lines: list[bytes] = []
        while len(lines) < _MOST_LINES:
            reply = _REPLY.fullmatch(line := self.connection.read_line(_LONGEST_LINE))
            if not reply:
                raise self._rubbish(line)
            lines.append(reply[3])
            if reply[2] != b"-":
                return int(reply[1]), lines
        self.connection.close()
        raise ProtocolViolated(words.endless(self.place, self.connection.doing))

    def _judged(self, answer: Answer) -> Answer:
        said = f"{answer.code} {answer.text}".strip()
        if answer.code == 421:  # the server is about to close (RFC 5321 section 3.8)
            self.connection.close()
            raise ServerUnreachable(words.closing(self.place, said), answer=said)
        if answer.code == 432:  # Exchange Online: too many concurrent connections
            self.connection.close()
            raise self._throttled(said)
        return answer

    def _throttled(self, said: str) -> Throttled:
        return Throttled(words.throttled(self.place, said), retry_after=wait_named_in(said), answer=said)

    def _rubbish(self, line: bytes) -> ProtocolViolated:
        self.connection.close()
        answer = self.connection.readable(line)
        if self.connection.doing == "before its greeting":
            return ProtocolViolated(words.wrong_protocol(self.place, "SMTP", answer), answer=answer)
        return ProtocolViolated(words.rubbish(self.place, self.connection.doing, answer), answer=answer)

    def _open(self, server: Server, login: Credentials | None) -> None:
        greeting = self.read_answer()
        if greeting.code != 220:
            said = f"{greeting.code} {greeting.text}"
            if asks_for_patience(said):
                raise self._throttled(said)
            raise ServerUnreachable(words.closing(self.place, said), answer=said)
        self._say_hello()
        if server.tls == "starttls":
            self._start_tls()
        if login is not None:
            self._log_in(login)

    def _say_hello(self) -> None:
        name = _own_name(self.connection.local_address())
        answer, lines = self._ehlo(b"EHLO " + name)
        if not answer.accepted:
            answer, lines = self._ehlo(b"HELO " + name)
        if not answer.accepted:
            said = f"{answer.code} {answer.text}"
            raise ServerUnreachable(words.closing(self.place, said), answer=said)
        self.extensions = {}
        for line in lines:
            keyword, _, value = line.replace("AUTH=", "AUTH ", 1).partition(" ")
            self.extensions[keyword.upper()] = f"{self.extensions.get(keyword.upper(), '')} {value}".strip()

    def _ehlo(self, command: bytes) -> tuple[Answer, list[str]]:
        """EHLO's answer line by line: each but the first names an extension (RFC 5321 section 4.1.1.1)."""
        self.connection.begin("when greeted")
        self.connection.write(command + b"\r\n")
        code, lines = self._read_reply()
        return self._answer(code, lines), [self.connection.readable(line) for line in lines[1:]]

    def _start_tls(self) -> None:
        if "STARTTLS" not in self.extensions:
            raise TlsRefused(words.starttls_not_offered(self.place))
        answer = self.ask(b"STARTTLS", "when asked for STARTTLS")
        if answer.code != 220:
            said = f"{answer.code} {answer.text}"
            raise TlsRefused(words.starttls_refused(self.place, said), answer=said)
        self.connection.start_tls()
        self._say_hello()

    def _log_in(self, login: Credentials) -> None:
        self.connection.hide(login)
        methods = self.extensions.get("AUTH", "").upper().split()
        if isinstance(login, BearerLogin):
            self._log_in_by_token(login, methods)
        else:
            self._log_in_by_password(login, methods)

    def _log_in_by_token(self, login: BearerLogin, methods: list[str]) -> None:
        exchange = bearer.exchange(self.connection.server, login, methods)
        answer = self._authenticate(exchange)
        if answer.code != 235:
            said = f"{answer.code} {answer.text}"
            told = bearer.explained(said, exchange.complaint, self.connection.readable)
            raise self._not_now(answer) or bearer.refused(self.place, login, told)

    def _authenticate(self, exchange: sasl.Exchange) -> Answer:
        """Go through a SASL exchange, the first message in a line of its own.

        A token is too long for the line of the command (RFC 4954 section 4), which Google refuses with 555.
        """
        line = b"AUTH " + exchange.mechanism.encode()
        for _ in range(sasl.MOST_CHALLENGES):
            self.connection.begin("while logging in")
            self.connection.write(line + b"\r\n")
            code, lines = self._read_reply()
            if code != 334:
                return self._answer(code, lines)
            line = exchange.reply(b"".join(lines).strip())
        self.connection.close()
        raise ProtocolViolated(words.endless(self.place, self.connection.doing))

    def _log_in_by_password(self, login: Login, methods: list[str]) -> None:
        if not sasl.writable(login):
            raise LoginRefused(login_words.login_not_writable(self.place))
        if "PLAIN" in methods:
            answer = self.ask(b"AUTH PLAIN " + sasl.plain(login), "while logging in")
        elif "LOGIN" in methods:
            answer = self._auth_login(login)
        else:
            raise LoginRefused(login_words.login_not_offered(self.place, ", ".join(methods)))
        if answer.code != 235:
            raise self._login_trouble(login, answer)

    def _auth_login(self, login: Login) -> Answer:
        answer = self.ask(b"AUTH LOGIN", "while logging in")
        for secret in (login.username, login.password):
            if answer.code != 334:
                break
            answer = self.ask(base64.b64encode(secret.encode()), "while logging in")
        return answer

    def _not_now(self, answer: Answer) -> TransportError | None:
        """Only the "no" to the credentials is a refused login: RFC 4954 section 6 has 4xx for "not now"."""
        said = f"{answer.code} {answer.text}"
        if asks_for_patience(said):
            return self._throttled(said)
        if answer.code < 500:
            return ServerUnreachable(words.closing(self.place, said), answer=said)
        return None

    def _login_trouble(self, login: Login, answer: Answer) -> TransportError:
        not_now = self._not_now(answer)
        if not_now is not None:
            return not_now
        said = f"{answer.code} {answer.text}"
        if bearer.sending_is_off(said):
            return LoginRefused(login_words.sending_switched_off(self.place, said), answer=said)
        if _PASSWORDS_ARE_GONE.search(said):
            return LoginRefused(login_words.login_by_password_is_gone(self.place, said), answer=said)
        if _PASSWORDS_ARE_OVER.search(said):
            return LoginRefused(login_words.login_by_password_is_over(self.place, said), answer=said)
        if answer.code == 538:
            return LoginRefused(login_words.login_needs_tls(self.place, said), answer=said)
        return LoginRefused(login_words.login_refused(self.place, login.username, said), answer=said)


def _own_name(address: str) -> bytes:
    """How this machine calls itself: its full name, else an address literal (RFC 5321 section 4.1.3)."""
    name = socket.gethostname()
    if "." in name and re.fullmatch(r"[A-Za-z0-9.-]+", name):
        return name.encode()
    return f"[IPv6:{address}]".encode() if ":" in address else f"[{address}]".encode()
