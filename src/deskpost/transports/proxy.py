"""Reaching a server through a proxy: HTTP CONNECT or SOCKS5, with or without user name and password.

Names are resolved at the proxy, so that a machine without a name service for the Internet reaches it too. Judged are
therefore the proxy's own address, and of a target one that is written in numbers: what a name means at the proxy
nobody here can tell.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from deskpost.transports import http_connect, proxy_words, socks5, words
from deskpost.transports.dial import dial, judge_numbers
from deskpost.transports.errors import AddressRefused, ProxyRefused, ServerUnreachable
from deskpost.transports.host_names import place_of
from deskpost.transports.proxy_talk import ProxyTalk

Kind = Literal["http", "socks5"]

_OPEN: dict[Kind, Callable[[ProxyTalk, str, int], None]] = {
    "http": http_connect.open_way,
    "socks5": socks5.open_way,
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """One proxy; without a user name nobody signs in. The password shows in no repr."""

    kind: Kind
    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """host:port, as people read it."""
        return place_of(self.host, self.port)


NOWHERE = Proxy("http", "", 0)
"""In place of a proxy that is asked for and not set up: what is to go by it goes nowhere."""


def through(
    proxy: Proxy, host: str, port: int, seconds: float, *, allow_private: bool = True
) -> socket.socket:
    """Give a connection to `host` that the proxy made, as if it were one's own; all of it within `seconds`.

    Raises AddressRefused, ProxyRefused.
    """
    if not proxy.host:
        raise ProxyRefused(proxy_words.not_set_up())
    bare, target = host.strip().removeprefix("[").removesuffix("]"), place_of(host.strip(), port)
    if not 0 < port < 65536:
        raise ServerUnreachable(words.port_impossible(target))
    judge_numbers(bare, target, allow_private=allow_private)
    ends = time.monotonic() + seconds
    link = _dialled(proxy, seconds, allow_private)
    try:
        talk = ProxyTalk(link, proxy.place, target, ends, seconds, (proxy.username, proxy.password))
        _OPEN[proxy.kind](talk, bare, port)
    except BaseException:
        link.close()
        raise
    return link


def _dialled(proxy: Proxy, seconds: float, allow_private: bool) -> socket.socket:
    try:
        return dial(proxy.host, proxy.port, proxy.place, seconds, allow_private=allow_private)
    except AddressRefused:
        raise
    except ServerUnreachable as error:
        told = error.words.partition(" To do: ")[0]
        raise ProxyRefused(proxy_words.unreached(proxy.place, told)) from error
