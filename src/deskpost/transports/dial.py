"""From a server name to a connected socket, within a time limit that also holds for the name look-up.

Every address is judged after the look-up and is then the one connected to: a name that means another address
at the next look-up gains nothing by it.
"""

import os
import queue
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from deskpost.transports import words
from deskpost.transports.address_rules import Objection, objection
from deskpost.transports.errors import AddressRefused, ServerUnreachable

_Address = tuple[int, int, int, str, Any]


def dial(host: str, port: int, place: str, seconds: float, *, allow_private: bool = True) -> socket.socket:
    """Connect to the first address of `host` (IPv6 and IPv4) that may be used and answers.

    Raises AddressRefused when none may be used (see address_rules), else ServerUnreachable.
    """
    if not 0 < port < 65536:
        raise ServerUnreachable(words.port_impossible(place))
    ends = time.monotonic() + seconds
    found = _addresses(host.strip().removeprefix("[").removesuffix("]"), port, seconds)
    addresses = _allowed(found, place, allow_private)
    failure: OSError = TimeoutError()
    for tried, address in enumerate(addresses):
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            # Each address has its fair share, so that one that swallows packets leaves time for the others.
            return _connected(address, left / (len(addresses) - tried))
        except OSError as error:
            failure = error
    raise ServerUnreachable(_sentence(failure, place, seconds)) from failure


def judge_numbers(host: str, place: str, *, allow_private: bool) -> None:
    """Raise AddressRefused for a host that is written in numbers and may not be used; names pass unjudged."""
    found: Sequence[_Address] = ()
    with suppress(OSError, ValueError):
        found = _numeric(host, 0)
    _allowed(found, place, allow_private)


def _allowed(found: Sequence[_Address], place: str, allow_private: bool) -> Sequence[_Address]:
    """Give the addresses that may be connected to. Raises AddressRefused when there is none."""
    judged = [(address, objection(address[4][0], allow_private=allow_private)) for address in found]
    allowed = [address for address, against in judged if against is None]
    refused = [(address[4][0], against) for address, against in judged if against is not None]
    if refused and not allowed:
        # Where settings may help with one of several, that is the one to tell of.
        address, against = next((one for one in refused if one[1].private), refused[0])
        raise AddressRefused(_refusal(place, address, against))
    return allowed


def _refusal(place: str, address: str, against: Objection) -> str:
    say = words.address_private if against.private else words.address_impossible
    return say(place, address, against.reason)


def _connected(address: _Address, seconds: float) -> socket.socket:
    family, kind, protocol, _, where = address
    link = socket.socket(family, kind, protocol)
    try:
        link.settimeout(seconds)
        link.connect(where)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        link.close()
        raise
    return link


def _sentence(failure: OSError, place: str, seconds: float) -> str:
    if isinstance(failure, TimeoutError):
        return words.no_connection_in_time(place, seconds)
    if isinstance(failure, ConnectionRefusedError):
        return words.refused(place)
    if isinstance(failure, ConnectionError):
        return words.broken(place, "while connecting")
    return words.no_route(place, os.strerror(failure.errno) if failure.errno else "no connection")


def _addresses(host: str, port: int, seconds: float) -> Sequence[_Address]:
    """The addresses of a name. getaddrinfo has no time limit, so it runs in a thread that may be left."""
    with suppress(OSError, ValueError):
        return _numeric(host, port)
    found: queue.SimpleQueue[Sequence[_Address] | None] = queue.SimpleQueue()
    threading.Thread(target=lambda: found.put(_look_up(host, port)), name="name look-up", daemon=True).start()
    try:
        addresses = found.get(timeout=seconds)
    except queue.Empty:
        raise ServerUnreachable(words.name_service_silent(host, seconds)) from None
    if not addresses:
        raise ServerUnreachable(words.name_not_found(host))
    return addresses


def _numeric(host: str, port: int) -> Sequence[_Address]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


def _look_up(host: str, port: int) -> Sequence[_Address] | None:
    if not host:
        return None  # getaddrinfo would take an empty name for this machine
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):  # ValueError: a name that IDNA cannot encode, a null byte
        return None
