"""The sockets below HTTP: dialled, judged and made secret as those of IMAP and SMTP, with the same limits of time."""

import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2

from deskpost.transports import http_words
from deskpost.transports.connection import LEAST_PROGRESS, Server
from deskpost.transports.dial import dial
from deskpost.transports.errors import ServerUnreachable, TlsRefused
from deskpost.transports.tls import secured


class Network(httpcore2.NetworkBackend):
    """Connects to one server, under the rules for addresses and with the TLS settings of that server."""

    def __init__(self, server: Server) -> None:
        """Connect to this server only."""
        self.server = server

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> "Stream":
        """Dial the server. Raises AddressRefused, ServerUnreachable."""
        server = self.server
        seconds = server.connect_timeout
        with _remedies_of_the_web():
            link = dial(host, port, server.place, seconds, allow_private=server.allow_private)
        return Stream(link, server)


class Stream(httpcore2.NetworkStream):
    """One connection. An answer must within each `step_timeout` end or bring 16 kB, as in `Connection`."""

    def __init__(self, link: socket.socket, server: Server) -> None:
        """Speak over this socket."""
        self._socket = link
        self._server = server
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
                raise ServerUnreachable(http_words.broken(self._server.place)) from None
            self._came += len(data)
            return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of this. Raises ServerUnreachable, and WriteError: the server may still have answered."""
        try:
            self._socket.settimeout(self._server.step_timeout)
            self._socket.sendall(buffer)
        except TimeoutError:
            seconds = self._server.step_timeout
            raise ServerUnreachable(http_words.deaf(self._server.place, seconds)) from None
        except (OSError, ValueError):
            raise httpcore2.WriteError from None
        finally:
            self._begin()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        """Make the connection secret; the context is our own and not the one given. Raises TlsRefused and its kin."""
        server = self._server
        try:
            with _remedies_of_the_web():
                link = secured(
                    self._socket,
                    server_hostname or server.host,
                    server.place,
                    verify=server.verify_certificate,
                    ca_file=server.ca_file,
                    seconds=server.connect_timeout,
                )
        except BaseException:
            self.close()
            raise
        return Stream(link, server)

    def close(self) -> None:
        """Close at once."""
        self._socket.close()

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
        self._ends = time.monotonic() + self._server.step_timeout
        self._came = 0

    def _next_window(self) -> float:
        if self._came < LEAST_PROGRESS:
            raise ServerUnreachable(http_words.silent(self._server.place, self._server.step_timeout))
        self._begin()
        return self._server.step_timeout


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
