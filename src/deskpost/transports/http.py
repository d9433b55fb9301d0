"""HTTPS requests, for EWS, Graph and the endpoints of a sign-in: one server, bounded answers, no redirects.

Raised is the family of errors.py only. Neither errors nor logs hold what was sent: headers and bodies carry secrets.
"""

import json
import logging
import math
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpcore2

from deskpost.transports import clocks, http_words, words
from deskpost.transports.connection import Server
from deskpost.transports.errors import (
    AddressRefused,
    AnswerTooLarge,
    LoginRefused,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
)
from deskpost.transports.http_network import Limit, Network, handed_over

LARGEST = 1024 * 1024  # bytes of an answer, unless the caller expects more
_LONGEST_WAIT = 86_400.0
_KEPT_OPEN = 30.0  # seconds that an idle connection waits for the next request
_TARGET = re.compile(r"[\x21-\x7e]+")
_PORTS = {"https": 443, "http": 80}
_REDIRECTS = (301, 302, 303, 307, 308)
_FRAMES = frozenset(("content-length", "transfer-encoding"))  # say where a body ends: RFC 9112 section 6.3

logging.getLogger("httpcore2").setLevel(logging.WARNING)  # its debug log holds headers of answers


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. Header names are in lower case; the body shows in no repr, it may hold tokens."""

    place: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    end_is_told: bool = (
        True  # else a connection without TLS was closed, and that alone says that this is all of it
    )

    @property
    def fine(self) -> bool:
        """True when the server did what it was asked."""
        return 200 <= self.status < 300

    @property
    def at(self) -> datetime | None:
        """When the server says that it answered, None where it does not. RFC 9110 section 6.6.1."""
        return _moment(self.headers.get("date", ""))

    @property
    def retry_after(self) -> float | None:
        """The seconds that the server asks to wait, at most a day. RFC 9110 section 10.2.3."""
        asked = self.headers.get("retry-after", "").strip()
        until = _moment(asked)
        if until is not None:
            seconds = (until - (self.at or datetime.now(UTC))).total_seconds()
        else:
            seconds = float(asked[:12]) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", asked) else math.nan
        return None if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_WAIT)

    def json(self) -> Any:
        """Give the body read as JSON. Raises ProtocolViolated, also for the page of whoever stands between."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ProtocolViolated(http_words.not_json(self.place, self.status)) from None

    def usable(self) -> Self:
        """Give this answer. Raises what it means where it is the same for all: redirects, patience, out of order."""
        if self.status in _REDIRECTS:
            raise ProtocolViolated(http_words.redirected(self.place))
        if self.status == 429:
            raise Throttled(http_words.busy(self.place), retry_after=self.retry_after)
        if self.status >= 500:
            raise ServerUnreachable(http_words.out_of_order(self.place, self.status))
        return self


class Http:
    """Requests to the server of one address, over connections that stay open between them; threads may share it.

    Of `server`, host, port and kind of TLS are those of the address: an http:// one is taken on this machine only,
    unless the settings say otherwise.
    """

    def __init__(
        self,
        address: str,
        server: Server,
        connections: int = 4,
        *,
        plain: bool = False,
        within: float | None = None,
    ) -> None:
        """Raises AddressRefused, LoginRefused; nothing is dialled yet. For `plain` see `server_of`.

        `within` are the seconds from now in which all must be done, however quick each step is.
        """
        self.server = server_of(address, server, plain=plain)
        self._plain = plain
        self._origin = (self.server.tls == "implicit", self.server.host, self.server.port)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # never used: `Stream` brings its own
            max_connections=connections,
            keepalive_expiry=_KEPT_OPEN,
            network_backend=Network(self.server, Limit.of(within) if within is not None else None),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        largest: int = LARGEST,
    ) -> Answer:
        """Give what the server answers, whatever its status. An address elsewhere is refused.

        Raises ServerUnreachable and its kin, ProtocolViolated (AnswerTooLarge beyond `largest` bytes), LoginRefused.
        `met` is "mail" where the server may have got the whole request, "server" where it surely has not.
        """
        there = server_of(address, self.server, plain=self._plain)
        if (there.tls == "implicit", there.host, there.port) != self._origin:
            raise AddressRefused(http_words.redirected(self.server.place))
        own = {"Host": _host_field(there), "Accept-Encoding": "identity", **_length(method, body)}
        pairs = self._written({**own, **(headers or {})})
        with (
            self._failures_in_words(),
            self._pool.stream(method, self._url(address), headers=pairs, content=body) as response,
        ):
            read = _read(response.headers)
            pieces = b"".join(self._bounded(response, largest))
            if pieces and read.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
                raise handed_over(ProtocolViolated(http_words.packed(self.server.place)))
            told = there.tls != "none" or not pieces or not _FRAMES.isdisjoint(read)
            answer = Answer(self.server.place, response.status, read, pieces, told)
            clocks.note(self.server.place, answer.at)
            return answer

    def _bounded(self, response: httpcore2.Response, largest: int) -> Iterator[bytes]:
        came = 0
        for piece in response.iter_stream():
            came += len(piece)
            if came > largest:
                raise handed_over(AnswerTooLarge(http_words.too_large(self.server.place, largest)))
            yield piece

    def _url(self, address: str) -> httpcore2.URL:
        split = urlsplit(address)
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        return httpcore2.URL(
            scheme=split.scheme.lower(), host=self.server.host, port=self.server.port, target=target
        )

    def _written(self, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        """Give headers as bytes, checked here: the library's own complaint would quote a token."""
        for value in headers.values():
            if not value.isascii() or not value.isprintable() or value != value.strip():
                raise LoginRefused(http_words.request_unwritable(self.server.place))
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]

    @contextmanager
    def _failures_in_words(self) -> Iterator[None]:
        place = self.server.place
        try:
            yield
        except httpcore2.RemoteProtocolError as error:
            told = str(error)  # h11 and httpcore2 tell a connection that ended by their words alone
            if "closed connection" in told or "disconnected" in told:
                raise handed_over(ServerUnreachable(http_words.broken(place))) from None
            raise handed_over(ProtocolViolated(http_words.not_http(place))) from None
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol):
            raise LoginRefused(http_words.request_unwritable(place)) from None
        except (httpcore2.NetworkError, httpcore2.TimeoutException):
            raise handed_over(ServerUnreachable(http_words.broken(place))) from None


def server_of(address: str, server: Server, *, plain: bool = False) -> Server:
    """Give the server of an address: https, or http on this machine. Raises AddressRefused, LoginRefused.

    With `plain` http is taken anywhere: for a password that the settings let go in clear, and never for a token.
    """
    try:
        split = urlsplit(address)
        scheme, port = split.scheme.lower(), split.port
        host = (split.hostname or "").encode("idna").decode("ascii") if split.hostname else ""
    except ValueError:  # UnicodeError too: a name that IDNA cannot encode
        scheme, port, host = "", None, ""
    strange = _has_login(address) or _TARGET.fullmatch(address) is None
    if scheme not in _PORTS or not host or port == 0 or strange:
        raise AddressRefused(http_words.address_unusable(words.readable(_shown(address))))
    found = replace(
        server, host=host, port=port or _PORTS[scheme], tls="implicit" if scheme == "https" else "none"
    )
    if found.overheard and not plain:
        raise LoginRefused(http_words.in_clear(found.place))
    return found


def _has_login(address: str) -> bool:
    """Tell whether an address has user name or password before its host, which would be shown with it."""
    return "@" in address.partition("://")[2].partition("/")[0]


def _shown(address: str) -> bytes:
    """Give an address without query and login, which may hold secrets."""
    bare = address.partition("?")[0].partition("#")[0]
    if _has_login(bare):
        scheme, _, rest = bare.partition("://")
        bare = f"{scheme}://...@{rest.partition('@')[2]}"
    return bare.encode("utf-8", "replace")


def _length(method: str, body: bytes) -> dict[str, str]:
    return {"Content-Length": str(len(body))} if body or method not in ("GET", "HEAD", "DELETE") else {}


def _host_field(server: Server) -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    usual = _PORTS["https" if server.tls == "implicit" else "http"]
    return host if server.port == usual else f"{host}:{server.port}"


def _read(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Give header fields; those of one name in one line, as RFC 9110 section 5.3 allows."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return {name: ", ".join(values) for name, values in found.items()}


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
