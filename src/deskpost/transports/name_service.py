"""What domains publish in the name service, asked within a time and kept for as long as it holds."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import dns.exception
import dns.resolver

from deskpost.domain_names import in_ascii

_EACH = 5.0  # seconds for one question
_SOON = 0.5  # seconds in which nearly every question is answered
_KEPT = 5000  # answers
_MOST = 50  # values of an answer
Address = IPv4Address | IPv6Address


class NotTold(Exception):
    """The name service gave no answer in time, or a broken one."""


@dataclass(frozen=True, slots=True)
class NameService:
    """The name service of this machine, until a time of the monotonic clock. Each call may raise NotTold.

    `when_silent` is called when a question waits for longer than most do.
    """

    until: float
    when_silent: Callable[[], None] = lambda: None

    def within(self, seconds: float) -> "NameService":
        """Give the same with no more than this time."""
        return replace(self, until=min(self.until, time.monotonic() + seconds))

    def texts(self, name: str) -> tuple[str, ...]:
        """Give the TXT records of a name, each in one piece; empty where there is none."""
        return tuple(
            b"".join(one.strings).decode("utf-8", "replace")[:8000] for one in self._ask(name, "TXT")
        )

    def addresses(self, name: str, version: int) -> tuple[Address, ...]:
        """Give the addresses of a host of IP version 4 or 6."""
        return tuple(ip_address(one.address) for one in self._ask(name, "A" if version == 4 else "AAAA"))

    def exchangers(self, domain: str) -> tuple[str, ...]:
        """Give the hosts that take a domain's mail."""
        return tuple(str(one.exchange).rstrip(".") for one in self._ask(domain, "MX"))

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        left = min(_EACH, self.until - time.monotonic())
        if left <= 0:
            raise NotTold(name)
        resolver = dns.resolver.get_default_resolver()
        if resolver.cache is None:
            resolver.cache = dns.resolver.LRUCache(_KEPT)
        try:
            return _resolved(resolver, name, kind, min(left, _SOON))
        except dns.exception.Timeout as silent:
            if left <= _SOON:
                raise NotTold(name) from silent
        self.when_silent()
        try:
            return _resolved(resolver, name, kind, left - _SOON)
        except dns.exception.Timeout as silent:
            raise NotTold(name) from silent


def _resolved(resolver: dns.resolver.Resolver, name: str, kind: str, seconds: float) -> Sequence[Any]:
    """Ask once. Raises Timeout, NotTold."""
    try:
        found = resolver.resolve(
            in_ascii(name), kind, lifetime=seconds, search=False, raise_on_no_answer=False
        )
        return list(found)[:_MOST]
    except dns.resolver.NXDOMAIN:
        return ()
    except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, UnicodeError, ValueError):
        return ()  # no name at all
    except dns.exception.Timeout:
        raise
    except (dns.exception.DNSException, OSError) as broken:
        raise NotTold(name) from broken
