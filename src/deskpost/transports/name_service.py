"""What domains publish in the name service, asked within a time and kept for as long as it holds."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import dns.exception
import dns.resolver

from deskpost.domain_names import in_ascii

_EACH = 5.0  # seconds for one question
_KEPT = 5000  # answers
_MOST = 50  # values of an answer
Address = IPv4Address | IPv6Address


class NotTold(Exception):
    """The name service gave no answer in time, or a broken one."""


@dataclass(frozen=True, slots=True)
class NameService:
    """The name service of this machine, until a time of the monotonic clock. Each call may raise NotTold."""

    until: float

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
            found = resolver.resolve(
                in_ascii(name), kind, lifetime=left, search=False, raise_on_no_answer=False
            )
            return list(found)[:_MOST]
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, UnicodeError, ValueError):
            return ()  # no name at all
        except (dns.exception.DNSException, OSError) as silent:
            raise NotTold(name) from silent
