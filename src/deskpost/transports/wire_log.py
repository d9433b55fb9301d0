"""E-mail debug: what is said on a connection, both ways, for people to read, without secrets and within bounds.

A secret is hidden by where it stands (wire_secrets.py), and by what it is: the recorder knows those of the settings,
and learns those that come up. All is kept as it came until the connection ends, and is only then made readable, so
that a secret in two pieces is found too.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from deskpost.transports.errors import TransportError
from deskpost.transports.logins import Credentials, Login
from deskpost.transports.wire_secrets import HIDDEN, Secrets

HEAD, TAIL = 8192, 2048  # bytes of one side's turn that are shown; what lies between is left out
LARGEST = 1024 * 1024  # bytes held of one connection
_SLACK = 8192  # read beyond both, so that a secret that is cut off is recognised
_LOGIN = re.compile(rb"(D[0-9]+ )?(?:(AUTH|AUTHENTICATE)( [A-Z0-9-]+)|(LOGIN|USER|PASS))\b", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SENT, _CAME, _NOTE = ">", "<", "-"


def login_command(data: bytes) -> bytes:
    """Give what a login says with all but the command and its mechanism hidden: whatever else it holds is secret."""
    found = _LOGIN.match(data)
    shown = found[0] + b" " if found else b""
    return shown + HIDDEN.encode() + b"\r\n" if len(data.strip()) > len(shown.strip()) else data


class Recorder:
    """Takes down the connections of one mailbox or server. Threads may share it.

    `keep` is given each connection's text once it has ended; `until` (time.time) is when it stops by itself.
    """

    def __init__(self, keep: Callable[[str], None], until: float, secrets: Iterable[str] = ()) -> None:
        self._keep = keep
        self.until = until
        self.secrets = Secrets(secrets)

    def begin(self, what: str) -> "Wire":
        """Begin the log of one connection; `what` is its first line."""
        return Wire(self, what)

    def ended(self, text: str) -> None:
        """Hand a text on."""
        self._keep(text)


class _Turn:
    """What one side said without being interrupted: its head and its end, and how much lay between."""

    def __init__(self, side: str) -> None:
        self.side = side
        self.at = datetime.now(UTC)
        self.size = 0
        self.head = bytearray()
        self.tail = bytearray()

    def add(self, data: bytes) -> int:
        """Add bytes, and give how many more are held."""
        before = len(self.head) + len(self.tail)
        self.size += len(data)
        room = max(HEAD + _SLACK - len(self.head), 0)
        self.head += data[:room]
        self.tail = (self.tail + data[room:])[-TAIL - _SLACK :]
        return len(self.head) + len(self.tail) - before


class Wire:
    """One connection as it is spoken. One thread at a time."""

    def __init__(self, recorder: Recorder, what: str) -> None:
        self._recorder = recorder
        self._what = what
        self._begun = datetime.now(UTC)
        self._turns: list[_Turn] = []
        self._held = 0
        self._full = self._ended = False

    def sent(self, data: bytes) -> None:
        """Note what was said to the server."""
        self._add(_SENT, data)

    def came(self, data: bytes) -> None:
        """Note what the server said."""
        self._add(_CAME, data)

    def note(self, words: str) -> None:
        """Note something that neither of them said."""
        self._add(_NOTE, words.encode("utf-8", "replace"))

    def hide(self, login: Credentials) -> None:
        """From now on show neither this password nor token."""
        self._recorder.secrets.learn([login.password if isinstance(login, Login) else login.token])

    def end(self) -> None:
        """Hand the text on; a second time is no error."""
        if self._ended:
            return
        self._ended = True
        if self._turns:
            self._recorder.ended(self.text())

    def text(self) -> str:
        """Give what was said until now, readable and without secrets."""
        secrets = self._recorder.secrets
        for turn in sorted(
            self._turns, key=lambda one: one.side != _SENT
        ):  # ours first, a mail may hold anything
            for part in (turn.head, turn.tail):
                secrets.learn_from(part.decode("utf-8", "replace"))
        lines = [f"{self._begun:%Y-%m-%d %H:%M:%S} UTC  {self._what}"]
        for turn in self._turns:
            stamp = f"{turn.at:%H:%M:%S}.{turn.at.microsecond // 1000:03d} {turn.side} "
            lines.extend(f"{stamp}{line}" for line in self._lines(turn))
        if self._full:
            lines.append(f"{_NOTE} What came after the first {LARGEST // 1024} kB was not taken down.")
        return "\n".join(lines) + "\n"

    def _lines(self, turn: _Turn) -> Iterator[str]:
        masked = self._recorder.secrets.masked
        head = masked(turn.head.decode("utf-8", "replace"))
        if not turn.tail and len(head) <= HEAD + TAIL:
            yield from _readable(head)
            return
        # Where the middle was not kept, a secret may be cut in two there: nothing near it is shown.
        tail = masked(turn.tail.decode("utf-8", "replace"))[_SLACK // 2 :] if turn.tail else head[HEAD:]
        yield from _readable(head[: min(HEAD, len(head) - _SLACK // 16)])
        yield f"({turn.size:,} bytes in all; the middle is left out)"
        yield from _readable(tail[-TAIL:])

    def _add(self, side: str, data: bytes) -> None:
        if not data or self._ended or time.time() >= self._recorder.until:
            return
        if self._held >= LARGEST:
            self._full = True
            return
        if not self._turns or self._turns[-1].side != side or side == _NOTE:
            self._turns.append(_Turn(side))
        self._held += self._turns[-1].add(data) + 64


def _readable(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"({len(line)} signs that are no text)" if _NO_TEXT.search(line) else line


@contextmanager
def noted(wire: Wire | None) -> Iterator[None]:
    """Let a step that fails end the log with what went wrong."""
    try:
        yield
    except TransportError as error:
        if wire:
            wire.note(error.words)
            wire.end()
        raise
