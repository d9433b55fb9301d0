"""IMAP's manner of speaking: tagged commands, answers with literals, what a refusal means. RFC 3501."""

import re
from collections.abc import Callable, Iterator
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

Answer = list[bytes]  # text, literal, text, literal, ... text: one untagged answer
ReadLiteral = Callable[[int], bytes]

_LITERAL = re.compile(rb"~?\{(\d{1,20})\+?\}$")
_CODE = re.compile(rb"\[([A-Z0-9-]+)")
_LONGEST_LINE = 64 * 1024 * 1024  # a SEARCH over millions of mails is one line
_LARGEST_LITERAL = 2 * 1024 * 1024
_MOST_BYTES = 64 * 1024 * 1024  # of answers to one command, whole mails not counted
_LONGEST_COMMAND = 8192  # RFC 7162 section 4; a longer first message goes into a line of its own
_NOT_NOW = {b"UNAVAILABLE", b"SERVERBUG", b"CONTACTADMIN"}


@dataclass(frozen=True, slots=True)
class Completion:
    """How a command ended: `status` is OK, NO or BAD, `code` the response code such as TRYCREATE or empty."""

    status: bytes
    code: bytes
    answer: str

    @property
    def fine(self) -> bool:
        return self.status == b"OK"


class ImapDialogue:
    """A logged-in conversation with an IMAP server, one command at a time."""

    def __init__(self, connection: Connection, login: Credentials) -> None:
        self.connection = connection
        self._login = login
        self.place = connection.place
        self.capabilities: frozenset[bytes] = frozenset()
        self.completion = Completion(b"OK", b"", "")
        self._number = 0
        self._spent = 0
        known = self._greet()
        if connection.server.tls == "starttls":
            self._start_tls(known)
        if not known:
            self._log_in(login)
        self._ask_capabilities()

    def ask(self, command: bytes, doing: str, longest_line: int = _LONGEST_LINE) -> list[Answer]:
        """Send a command and give its untagged answers; `completion` then tells how it ended."""
        return list(self.answers(command, doing, self._small_literal, longest_line))

    def answers(
        self, command: bytes, doing: str, read_literal: ReadLiteral, longest_line: int = _LONGEST_LINE
    ) -> Iterator[Answer]:
        """Send a command and yield its untagged answers as they come. Literals are read by `read_literal`."""
        tag = self.send(command, doing)
        self._spent = 0
        finished = False
        try:
            while True:
                answer = self._read_answer(read_literal, longest_line)
                start = answer[0]
                if start.startswith(tag):
                    self.completion = self.completed(start[len(tag) :])
                    finished = True
                    return
                self._spend(len(start) + 64)
                if start[:2] == b"* ":
                    self.watch_for_bye(start)
                    yield answer
                    self.connection.begin(doing)
                elif start[:1] != b"+":
                    raise self.rubbish(start)
        finally:
            if not finished:  # left in mid-answer: what comes next would be taken for another answer
                self.connection.close()

    def trouble(self, sentence: Callable[[str], TransportError]) -> TransportError:
        """The error for a command that ended in NO or BAD: the server's limits first, then `sentence`."""
        ended = self.completion
        if asks_for_patience(ended.answer):
            return self._throttled(ended.answer)
        kept_out = bearer.kept_out(self.place, self._login, ended.answer)
        if kept_out is not None:
            return kept_out
        if ended.status == b"BAD":
            return ProtocolViolated(
                words.rubbish(self.place, self.connection.doing, ended.answer), answer=ended.answer
            )
        if ended.code in _NOT_NOW:
            return ServerUnreachable(words.closing(self.place, ended.answer), answer=ended.answer)
        return sentence(ended.answer)

    def is_beyond_a_limit(self) -> bool:
        """True when the command asked for more than the server does, as for a mail too large for a folder.

        Nothing that passes by waiting: RFC 5530, LIMIT. Servers that ask for patience use it too, and say so in words.
        """
        code, answer = self.completion.code, self.completion.answer
        if self.completion.status != b"NO" or code != b"LIMIT":
            return False
        return not asks_for_patience(re.sub(r"\[limit\b[^\]]*\]", "", answer, flags=re.IGNORECASE))

    def rubbish(self, line: bytes) -> ProtocolViolated:
        """The error for an answer that IMAP does not allow; closes the connection."""
        self.connection.close()
        answer = self.connection.readable(line)
        return ProtocolViolated(words.rubbish(self.place, self.connection.doing, answer), answer=answer)

    def send(self, command: bytes, doing: str) -> bytes:
        """Send a command whose answers are read elsewhere; give the tag, with its blank, that ends them."""
        self._number += 1
        tag = b"D%d " % self._number
        self.connection.begin(doing)
        self.connection.write(tag + command + b"\r\n")
        return tag

    def _read_answer(self, read_literal: ReadLiteral, longest_line: int) -> Answer:
        connection = self.connection
        line = connection.read_line(longest_line)
        if line[-1:] != b"}" or line[:1] != b"*":
            return [line]
        answer: Answer = []
        while (found := _LITERAL.search(line)) and len(answer) < 1000:
            answer.append(line)
            answer.append(read_literal(int(found[1])))
            line = connection.read_line()
        answer.append(line)
        return answer

    def _small_literal(self, size: int) -> bytes:
        self._spend(size if size <= _LARGEST_LITERAL else _MOST_BYTES + 1)
        return self.connection.read_exactly(size)

    def _spend(self, size: int) -> None:
        self._spent += size
        if self._spent > _MOST_BYTES:
            self.connection.close()
            raise ProtocolViolated(words.endless(self.place, self.connection.doing))

    def completed(self, rest: bytes) -> Completion:
        """Read what follows the tag: how the command ended. Raises ProtocolViolated."""
        status, _, text = rest.partition(b" ")
        status = status.upper()
        if status not in (b"OK", b"NO", b"BAD"):
            raise self.rubbish(rest)
        code = _CODE.match(text.upper())
        return Completion(status, code[1] if code else b"", self.connection.readable(text))

    def watch_for_bye(self, line: bytes) -> None:
        """Raise what an untagged BYE means: Throttled, ServerUnreachable."""
        if line[2:5].upper() != b"BYE":
            return
        self.connection.close()
        answer = self.connection.readable(line[6:])
        if asks_for_patience(answer):
            raise self._throttled(answer)
        raise ServerUnreachable(words.closing(self.place, answer), answer=answer)

    def _throttled(self, answer: str) -> Throttled:
        return Throttled(
            words.throttled(self.place, answer), retry_after=wait_named_in(answer), answer=answer
        )

    def _greet(self) -> bool:
        """Read the greeting; True when the server already knows us (PREAUTH)."""
        line = self.connection.read_line(4096)
        greeting = line[:10].upper()
        self.watch_for_bye(line if line[:2] == b"* " else b"")
        if greeting.startswith(b"* OK"):
            return False
        if greeting.startswith(b"* PREAUTH"):
            return True
        self.connection.close()
        answer = self.connection.readable(line)
        raise ProtocolViolated(words.wrong_protocol(self.place, "IMAP", answer), answer=answer)

    def _ask_capabilities(self) -> None:
        for answer in self.ask(b"CAPABILITY", "when asked what it can do", 65_536):
            if answer[0][:13].upper() == b"* CAPABILITY ":
                self.capabilities = frozenset(answer[0][13:].upper().split())

    def _start_tls(self, known: bool) -> None:
        self._ask_capabilities()
        # After PREAUTH a server takes no STARTTLS any more (RFC 3501 section 6.2.1).
        if known or b"STARTTLS" not in self.capabilities:
            self.connection.close()
            raise TlsRefused(words.starttls_not_offered(self.place))
        self.ask(b"STARTTLS", "when asked for STARTTLS", 65_536)
        if not self.completion.fine:
            self.connection.close()
            raise TlsRefused(
                words.starttls_refused(self.place, self.completion.answer), answer=self.completion.answer
            )
        self.connection.start_tls()

    def _log_in(self, login: Credentials) -> None:
        self._ask_capabilities()
        self.connection.hide(login)
        if isinstance(login, BearerLogin):
            self._log_in_by_token(login)
        else:
            self._log_in_by_password(login)

    def _log_in_by_token(self, login: BearerLogin) -> None:
        exchange = bearer.exchange(self.connection.server, login, self._methods())
        self._authenticate(exchange)
        if not self.completion.fine:
            readable = self.connection.readable
            raise self.trouble(
                lambda said: bearer.refused(
                    self.place, login, bearer.explained(said, exchange.complaint, readable)
                )
            )

    def _log_in_by_password(self, login: Login) -> None:
        if not sasl.writable(login):
            raise LoginRefused(login_words.login_not_writable(self.place))
        if b"AUTH=PLAIN" in self.capabilities:
            self._authenticate(sasl.Exchange("PLAIN", sasl.plain(login)))
        elif b"LOGINDISABLED" in self.capabilities:
            raise self._login_not_possible()
        else:
            command = b"LOGIN " + quoted(login.username) + b" " + quoted(login.password)
            self.ask(command, "while logging in", 65_536)
        if self.completion.fine:
            return
        answer = self.completion.answer
        if sasl.wants_tls(answer):
            raise LoginRefused(login_words.login_needs_tls(self.place, answer), answer=answer)
        raise self.trouble(
            lambda said: LoginRefused(
                login_words.login_refused(self.place, login.username, said), answer=said
            )
        )

    def _authenticate(self, exchange: sasl.Exchange) -> None:
        """Go through a SASL exchange; `completion` then tells how it ended. RFC 3501 section 6.2.2, RFC 4959."""
        command = b"AUTHENTICATE " + exchange.mechanism.encode()
        if b"SASL-IR" in self.capabilities and len(exchange.first) < _LONGEST_COMMAND - 64:
            command += b" " + exchange.begin()
        tag = self.send(command, "while logging in")
        self._spent = 0
        while not (line := self.connection.read_line()).startswith(tag):
            self._spend(len(line) + _MOST_BYTES // 1000)  # so that a thousand lines are the most
            self.watch_for_bye(line)
            if line[:1] == b"+":
                self.connection.begin("while logging in")
                self.connection.write(exchange.reply(line[1:].strip()) + b"\r\n")
            elif line[:2] != b"* ":
                raise self.rubbish(line)
        self.completion = self.completed(line[len(tag) :])

    def _login_not_possible(self) -> LoginRefused:
        if self.connection.server.tls == "none":
            return LoginRefused(login_words.login_needs_tls(self.place, ""))
        return LoginRefused(login_words.login_not_offered(self.place, ", ".join(self._methods())))

    def _methods(self) -> list[str]:
        """The SASL mechanisms that the server offers, in capitals."""
        return sorted(
            word[5:].decode("ascii", "replace") for word in self.capabilities if word[:5] == b"AUTH="
        )


def quoted(text: str) -> bytes:
    """Text as a quoted string. RFC 3501 section 9; letters beyond ASCII as UTF-8, which servers take here."""
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
