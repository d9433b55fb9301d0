"""The sockets below HTTP: dialled, judged and made secret as those of IMAP and SMTP, with the same limits of time."""

import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpcore2

from deskpost.transports import http_words
from deskpost.transports.connection import LEAST_PROGRESS, Server, linked, wire_to
from deskpost.transports.errors import ServerUnreachable, TlsRefused, TransportError
from deskpost.transports.tls import secured
from deskpost.transports.wire_log import Wire, noted

Trouble = TypeVar("Trouble", bound=TransportError)


@dataclass(frozen=True, slots=True)
class Limit:
    """The `seconds` for all of a request together: looking up, connecting, TLS and the whole answer.

    `ends` is when they are over, by time.monotonic().
    """

    seconds: float
    ends: float

    @classmethod
    def of(cls, seconds: float) -> "Limit":
        """Give one that begins now."""
        return cls(seconds, time.monotonic() + seconds)

    def left(self, most: float) -> float:
        """Give the seconds that a step of `most` seconds may take; where none are left, next to none."""
        return max(min(most, self.ends - time.monotonic()), 0.001)


class Network(httpcore2.NetworkBackend):
    """Connects to one server, under the rules for addresses and with the TLS settings of that server."""

    def __init__(self, server: Server, limit: Limit | None = None) -> None:
        """Connect to this server only, and by `limit` no longer than that."""
        self.server = server
        self._limit = limit

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> "Stream":
        """Dial the server. Raises AddressRefused, ServerUnreachable."""
        wire = wire_to(self.server, "HTTP")
        with _remedies_of_the_web(), noted(wire):
            link = linked(_hurried(self.server, self._limit))
        return Stream(link, self.server, wire, self._limit)


class Stream(httpcore2.NetworkStream):
    """One connection. An answer must within each `step_timeout` end or bring 16 kB, as in `Connection`."""

    def __init__(
        self, link: socket.socket, server: Server, wire: Wire | None = None, limit: Limit | None = None
    ) -> None:
        """Speak over this socket; `wire` takes it down, and by `limit` all is over."""
        self._wire = wire
        self._socket = link
        self._server = server
        self._limit = limit
        self._begin()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Give what has come, nothing when the server has closed. Raises ServerUnreachable."""
        while True:
            left = self._ends - time.monotonic()
            if left <= 0:
                left = self._next_window()
            try:
                self._socket.settimeout(left)
                data = self._socket.recv(max_bytes)
            except TimeoutError:
                continue
            except (OSError, ValueError):
                raise handed_over(ServerUnreachable(http_words.broken(self._server.place))) from None
            self._came += len(data)
            if self._wire:
                self._wire.came(data)
            return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of this. Raises ServerUnreachable, and WriteError: the server may still have answered."""
        if self._wire:
            self._wire.sent(buffer)
        try:
            seconds = self._step()
            self._socket.settimeout(seconds)
            self._socket.sendall(buffer)
        except TimeoutError:
            raise ServerUnreachable(http_words.deaf(self._server.place, seconds)) from None
        except (OSError, ValueError):
            raise httpcore2.WriteError from None
        finally:
            self._begin()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        """Make the connection secret; the context is our own and not the one given. Raises TlsRefused and its kin."""
        server = _hurried(self._server, self._limit)
        try:
            with _remedies_of_the_web(), noted(self._wire):
                link = secured(
                    self._socket,
                    server_hostname or server.host,
                    server.place,
                    verify=server.verify_certificate,
                    ca_file=server.ca_file,
                    ca_beside=server.ca_beside,
                    seconds=server.connect_timeout,
                    end_is_told=True,  # a body may have no other sign of its end: RFC 9112 section 9.8
                )
        except BaseException:
            self.close()
            raise
        if self._wire:
            self._wire.note(f"secured by {link.version()}")
        return Stream(link, self._server, self._wire, self._limit)

    def close(self) -> None:
        """Close at once."""
        self._socket.close()
        if self._wire:
            self._wire.end()

    def get_extra_info(self, info: str) -> Any:
        """Tell of an idle connection whether the server has closed it, which makes it readable."""
        if info != "is_readable":
            return None
        if self._socket.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def _begin(self) -> None:
        self._ends = time.monotonic() + self._step()
        self._came = 0

    def _step(self) -> float:
        seconds = self._server.step_timeout
        return seconds if self._limit is None else self._limit.left(seconds)

    def _next_window(self) -> float:
        over = self._limit is not None and time.monotonic() >= self._limit.ends
        if over or self._came < LEAST_PROGRESS:
            seconds = self._limit.seconds if over and self._limit else self._server.step_timeout
            raise handed_over(ServerUnreachable(http_words.silent(self._server.place, seconds)))
        self._begin()
        return self._step()


def _hurried(server: Server, limit: Limit | None) -> Server:
    """Give the server with no more time for connecting and TLS than is left, in tenths, for it is told to people."""
    if limit is None:
        return server
    return replace(server, connect_timeout=max(round(limit.left(server.connect_timeout), 1), 0.1))


def handed_over(error: Trouble) -> Trouble:
    """Give an error of a request that the server may have, whole: what it asked for may be done."""
    error.met = "mail"
    return error


@contextmanager
def _remedies_of_the_web() -> Iterator[None]:
    """Let what is told of a mail server end with what helps here: no STARTTLS, no mail server's log."""
    try:
        yield
    except ServerUnreachable as error:
        kind = type(error)
        if kind not in (
            ServerUnreachable,
            TlsRefused,
        ):  # addresses and certificates have the same remedies here
            raise
        raise kind(http_words.unreached(error.words.partition(" To do: ")[0])) from None
