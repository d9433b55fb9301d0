"""One TCP connection to a mail server: looked up, secret where wanted, with a time limit on every step."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, Self

from deskpost.transports import words
from deskpost.transports.dial import dial
from deskpost.transports.errors import ProtocolViolated, ServerUnreachable, TlsRefused
from deskpost.transports.host_names import is_this_machine, place_of
from deskpost.transports.logins import Credentials
from deskpost.transports.proxy import Proxy, through
from deskpost.transports.tls import secured
from deskpost.transports.wire_log import Recorder, Wire, login_command, noted

Tls = Literal["none", "starttls", "implicit"]

LONGEST_LINE = 65_536
_RECEIVE_AT_ONCE = 262_144
_SEND_AT_ONCE = 65_536
LEAST_PROGRESS = 16_384  # bytes within one step's time; a server that trickles less counts as silent
_FAREWELL_TIME = 2.0
_MOST_AT_HAND = 4 * 1024 * 1024  # bytes: who says more at a time, unasked, never ends


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail server is and how to talk to it. Times are in seconds.

    `connect_timeout` bounds name look-up and connect together, and again the TLS handshake; `step_timeout`
    each answer. `ca_file` names the issuers to trust instead of those of this machine, or with `ca_beside` beside
    them. Without `allow_private` nothing is connected to that is on this machine or in a private network. `proxy` is
    what leads there, and `log` takes down what is said.
    """

    host: str
    port: int
    tls: Tls = "none"
    verify_certificate: bool = True
    ca_file: str | None = None
    ca_beside: bool = False
    connect_timeout: float = 20.0
    step_timeout: float = 60.0
    allow_private: bool = True
    proxy: Proxy | None = None
    log: Recorder | None = field(default=None, repr=False, compare=False)

    @property
    def place(self) -> str:
        """host:port, as people read it."""
        return place_of(self.host, self.port)

    @property
    def overheard(self) -> bool:
        """True when what is said to the server crosses a network in clear."""
        if self.proxy is not None and not is_this_machine(self.proxy.host):
            return self.tls == "none"
        return overheard(self.tls, self.host)


def overheard(tls: Tls, host: str) -> bool:
    """Tell whether what is said to a host crosses a network in clear: passwords are warned about, tokens kept back."""
    return tls == "none" and not is_this_machine(host)


def linked(server: Server) -> socket.socket:
    """Connect to the server, by its proxy where it has one. Raises AddressRefused, ServerUnreachable."""
    seconds, private = server.connect_timeout, server.allow_private
    if server.proxy is not None:
        return through(server.proxy, server.host, server.port, seconds, allow_private=private)
    return dial(server.host, server.port, server.place, seconds, allow_private=private)


def wire_to(server: Server, protocol: str) -> Wire | None:
    """Begin the log of one connection, where there is to be one."""
    if server.log is None:
        return None
    by = f", by the proxy {server.proxy.place}" if server.proxy else ""
    return server.log.begin(f"{protocol} to {server.place}, TLS {server.tls}{by}")


class Connection:
    """Lines and bytes to and from one server.

    Everything raises ServerUnreachable when the connection fails or a step takes too long. A step is what
    begins with `begin`; within each `step_timeout` it must end or bring 16 kB, so that neither a stalled
    server nor one that trickles single bytes holds the caller.
    """

    def __init__(self, server: Server, protocol: str) -> None:
        self.server = server
        self.protocol = protocol
        self.place = server.place
        self.closed = False
        self.doing = "while connecting"
        self._patience = server.step_timeout
        self._buffer = b""
        self._position = 0
        self._secrets: re.Pattern[bytes] | None = None
        self._wire = wire_to(server, protocol)
        with noted(self._wire):
            self._socket: socket.socket = linked(server)
        if server.tls == "implicit":
            self._secure()
        self.begin("before its greeting")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, doing: str, patience: float = 1.0) -> None:
        """Start a step: `doing` is what the sentences call it, `patience` multiplies its time limit."""
        self.doing = doing
        self._patience = self.server.step_timeout * patience
        self._window_ends = time.monotonic() + self._patience
        self._window_bytes = 0

    def hide(self, login: Credentials) -> None:
        """From now on no answer shown to people holds this password or token, in clear or in base64."""
        traces = b"|".join(login.traces())
        self._secrets = re.compile(traces) if traces else None
        if self._wire:
            self._wire.hide(login)

    def readable(self, answer: bytes) -> str:
        """A server's answer for people to read, without secrets."""
        return words.readable(self._secrets.sub(b"(hidden)", answer) if self._secrets else answer)

    def read_line(self, longest: int = LONGEST_LINE) -> bytes:
        """The next line without its CRLF. Raises ProtocolViolated when it is longer than `longest` bytes."""
        end = self._buffer.find(b"\n", self._position)
        if end >= 0:
            line = self._buffer[self._position : end]
            self._position = end + 1
            return line.removesuffix(b"\r")
        pieces = [self._take_buffer()]
        length = len(pieces[0])
        while True:
            if length > longest:
                self.close()
                raise ProtocolViolated(words.endless(self.place, self.doing))
            data = self._receive()
            end = data.find(b"\n")
            if end >= 0:
                pieces.append(data[:end])
                self._buffer, self._position = data, end + 1
                return b"".join(pieces).removesuffix(b"\r")
            pieces.append(data)
            length += len(data)

    def read_exactly(self, size: int) -> bytes:
        """The next `size` bytes; the caller has judged that so many fit into memory."""
        end = self._position + size
        if end <= len(self._buffer):
            data = self._buffer[self._position : end]
            self._position = end
            return data
        return b"".join(self.read_pieces(size))

    def read_pieces(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes piece by piece, as they come."""
        while size > 0:
            piece = self.read_some()
            if len(piece) > size:
                self.put_back(piece[size:])
                piece = piece[:size]
            size -= len(piece)
            yield piece

    def read_some(self) -> bytes:
        """Whatever has come, at least one byte."""
        return self._take_buffer() or self._receive()

    def fileno(self) -> int:
        """The socket's number, for a selector. What came with what was read before is in no selector: see `come`."""
        return self._socket.fileno()

    def come(self) -> list[bytes]:
        """The lines that have come whole, without waiting for more. Raises ServerUnreachable, ProtocolViolated.

        The server's last lines are given before its end is an error.
        """
        pieces, size = [self._take_buffer()], 0
        with self._failures_in_words():
            self._socket.settimeout(0)
            while (data := self._at_hand()) and size <= _MOST_AT_HAND:
                pieces.append(data)
                size += len(data)
                if self._wire:
                    self._wire.came(data)
        *lines, rest = b"".join(pieces).split(b"\n")
        if size > _MOST_AT_HAND or len(rest) > LONGEST_LINE:
            self.close()
            raise ProtocolViolated(words.endless(self.place, self.doing))
        if data == b"" and not lines:
            self.close()
            raise ServerUnreachable(words.broken(self.place, self.doing))
        self._buffer, self._position = rest, 0
        return [line.removesuffix(b"\r") for line in lines]

    def put_back(self, data: bytes) -> None:
        """Let `data` be what is read next."""
        self._buffer, self._position = data + self._take_buffer(), 0

    def write(self, data: bytes) -> None:
        """Send all of `data`; each 64 kB have the time of one step."""
        if self._wire:
            self._wire.sent(login_command(data) if self.doing == "while logging in" else data)
        for start in range(0, len(data), _SEND_AT_ONCE):
            with self._failures_in_words():
                self._allow(self._patience)
                self._socket.sendall(data[start : start + _SEND_AT_ONCE])

    def write_at_once(self, data: bytes) -> None:
        """Send a few bytes without waiting: a connection that does not take them is as good as broken."""
        with self._failures_in_words():
            self._socket.settimeout(0)
            if self._socket.send(data) != len(data):
                raise BlockingIOError
        if self._wire:
            self._wire.sent(data)

    def start_tls(self) -> None:
        """Make the connection secret after the server agreed to STARTTLS.

        What the server sent in clear after its agreement is refused: it could come from somebody between.
        """
        if self._position < len(self._buffer):
            self.close()
            raise TlsRefused(words.starttls_tampered(self.place))
        self._secure()

    def local_address(self) -> str:
        """The address of this end, as numbers."""
        return str(self._socket.getsockname()[0])

    def say_farewell(self, line: bytes) -> None:
        """Say goodbye and close, without waiting long or complaining: nothing depends on the answer."""
        if self.closed:
            return
        with suppress(OSError, ValueError):
            self._socket.settimeout(_FAREWELL_TIME)
            self._socket.sendall(line)
            answer = self._socket.recv(4096)
            if self._wire:
                self._wire.sent(line)
                self._wire.came(answer)
        self.close()

    def close(self) -> None:
        """Close at once; closing twice is no error."""
        self.closed = True
        self._buffer, self._position = b"", 0
        with suppress(OSError):
            self._socket.close()
        if self._wire:
            self._wire.end()

    def _secure(self) -> None:
        try:
            with noted(self._wire):
                self._socket = link = secured(
                    self._socket,
                    self.server.host,
                    self.place,
                    verify=self.server.verify_certificate,
                    ca_file=self.server.ca_file,
                    ca_beside=self.server.ca_beside,
                    seconds=self.server.connect_timeout,
                )
            if self._wire:
                self._wire.note(f"secured by {link.version()}")
        except BaseException:
            self.close()
            raise

    def _allow(self, seconds: float) -> None:
        """Limit the next step, unless the limit is about that already: setting it is a system call each time."""
        present = self._socket.gettimeout()
        if present is None or not seconds <= present <= seconds * 1.05 + 0.01:
            self._socket.settimeout(seconds)

    def _at_hand(self) -> bytes | None:
        """What has come; None when there is nothing yet, b"" when nothing will."""
        try:
            return self._socket.recv(_RECEIVE_AT_ONCE)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def _take_buffer(self) -> bytes:
        rest = self._buffer[self._position :]
        self._buffer, self._position = b"", 0
        return rest

    def _receive(self) -> bytes:
        while True:
            left = self._window_ends - time.monotonic()
            if left <= 0:
                left = self._next_window()
            with self._failures_in_words():
                self._allow(left)
                try:
                    data = self._socket.recv(_RECEIVE_AT_ONCE)
                except TimeoutError:
                    continue
            if not data:
                raise self._lost(words.broken(self.place, self.doing))
            self._window_bytes += len(data)
            if self._wire:
                self._wire.came(data)
            return data

    def _lost(self, sentence: str) -> ServerUnreachable:
        """Close, and give the error."""
        if self._wire:
            self._wire.note(sentence)
        self.close()
        return ServerUnreachable(sentence)

    def _next_window(self) -> float:
        """Grant another step's time when enough came within the last; gives that time in seconds."""
        if self._window_bytes < LEAST_PROGRESS:
            if self.doing == "before its greeting":
                raise self._lost(words.silent_greeting(self.place, self.protocol, self._patience))
            raise self._lost(words.silent(self.place, self._patience, self.doing))
        self._window_ends = time.monotonic() + self._patience
        self._window_bytes = 0
        return self._patience

    @contextmanager
    def _failures_in_words(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise self._lost(words.deaf(self.place, self._patience, self.doing)) from error
        except (ssl.SSLError, OSError, ValueError) as error:
            raise self._lost(words.broken(self.place, self.doing)) from error
