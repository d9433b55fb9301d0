"""Whether a server may send mail of a domain: Sender Policy Framework (RFC 7208).

`ptr` never fits: section 5.5 asks not to use it.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import TypeVar

from deskpost.transports.name_service import NameService, NotTold

Address = IPv4Address | IPv6Address
_Found = TypeVar("_Found")
_MOST_QUESTIONS, _MOST_EMPTY, _MOST_EXCHANGERS = 10, 2, 10  # section 4.6.4
_LONGEST_NAME, _LONGEST_POLICY = 253, 4000
_SAYS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_MECHANISM = re.compile(
    r"([+?~-]?)([a-zA-Z0-9]+)(?::([^/]+(?:/[^/0-9][^/]*)*))?(?:/(\d{1,3}))?(?://(\d{1,3}))?"
)
_MODIFIER = re.compile(r"([a-zA-Z][\w.-]*)=(.*)")
_MACRO = re.compile(r"%(?:\{([a-zA-Z])(\d{0,3})([rR]?)([-.+,/_=]*)\}|([%_-]))")


class _Broken(Exception):
    """The policy cannot be followed: permerror."""


def check(client: Address, sender: str, helo: str, names: NameService) -> str:
    """Judge a client by the policy of the sender's domain: an address, or of an empty one what it said in HELO.

    Gives pass, fail, softfail, neutral, none, temperror or permerror (section 2.6).
    """
    if isinstance(client, IPv6Address) and client.ipv4_mapped:
        client = client.ipv4_mapped
    sender = sender or f"postmaster@{helo}"
    local, _, domain = sender.rpartition("@")
    checking = _Checking(client, f"{local or 'postmaster'}@{domain}", helo, names)
    try:
        return checking.judge(domain)
    except _Broken:
        return "permerror"
    except NotTold:
        return "temperror"


@dataclass(slots=True)
class _Checking:
    client: Address
    sender: str
    helo: str
    names: NameService
    questions: int = 0
    empty: int = 0

    def judge(self, domain: str) -> str:
        """Judge by the policy of one domain. Raises _Broken, NotTold."""
        if "." not in domain or len(domain) > _LONGEST_NAME:
            return "none"
        policies = [text for text in self.names.texts(domain) if text.lower().split(" ", 1)[0] == "v=spf1"]
        if not policies:
            return "none"
        if len(policies) > 1 or len(policies[0]) > _LONGEST_POLICY:
            raise _Broken
        redirect = ""
        for term in policies[0].split()[1:]:
            modifier = _MODIFIER.fullmatch(term)
            if modifier:
                redirect = modifier[2] if modifier[1].lower() == "redirect" else redirect
                continue
            said = self._said(term, domain)
            if said:
                return said
        return self._redirected(redirect, domain) if redirect else "neutral"

    def _redirected(self, target: str, domain: str) -> str:
        self._count()
        said = self.judge(self._expanded(target, domain))
        if said == "none":
            raise _Broken
        return said

    def _said(self, term: str, domain: str) -> str:
        """Give what a mechanism says of the client, empty where it does not fit."""
        found = _MECHANISM.fullmatch(term)
        if found is None:
            raise _Broken
        sign, name, of, short, long = found.groups()
        fits = self._fits(name.lower(), of or "", short, long, domain)
        return _SAYS[sign or "+"] if fits else ""

    def _fits(self, name: str, of: str, short: str | None, long: str | None, domain: str) -> bool:
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            return self._in_network(f"{of}/{short}" if short else of, 4 if name == "ip4" else 6)
        if name not in ("include", "a", "mx", "exists", "ptr"):
            raise _Broken
        self._count()
        target = self._expanded(of, domain) if of else domain
        if name == "include":
            said = self.judge(target)
            if said == "none":
                raise _Broken
            return said == "pass"
        if name == "exists":
            return bool(self._told(self.names.addresses(target, 4)))
        return name != "ptr" and self._is_host_of(target, short, long, exchangers=name == "mx")

    def _is_host_of(self, target: str, short: str | None, long: str | None, *, exchangers: bool) -> bool:
        hosts = self._told(self.names.exchangers(target)) if exchangers else (target,)
        if len(hosts) > _MOST_EXCHANGERS:
            raise _Broken
        prefix = short if self.client.version == 4 else long
        for host in hosts:
            found = self.names.addresses(host, self.client.version)
            if not exchangers:
                self._told(found)
            for address in found:
                if self._in_network(f"{address}/{prefix}" if prefix else str(address), self.client.version):
                    return True
        return False

    def _in_network(self, text: str, version: int) -> bool:
        try:
            network = ip_network(text, strict=False)
        except ValueError as wrong:
            raise _Broken from wrong
        if network.version != version:
            raise _Broken
        return self.client in network

    def _count(self) -> None:
        self.questions += 1
        if self.questions > _MOST_QUESTIONS:
            raise _Broken

    def _told(self, found: tuple[_Found, ...]) -> tuple[_Found, ...]:
        self.empty += not found
        if self.empty > _MOST_EMPTY:
            raise _Broken
        return found

    def _expanded(self, text: str, domain: str) -> str:
        """Fill in the macros of section 7; a name that is too long loses labels from the left."""
        name = _MACRO.sub(lambda found: self._macro(found, domain), text)
        while len(name) > _LONGEST_NAME and "." in name:
            name = name.partition(".")[2]
        return name

    def _macro(self, found: re.Match[str], domain: str) -> str:
        letter, digits, reverse, delimiters, sign = found.groups()
        if sign:
            return {"%": "%", "_": " ", "-": "%20"}[sign]
        local, _, of_sender = self.sender.rpartition("@")
        six = self.client.version == 6
        values = {
            "s": self.sender,
            "l": local,
            "o": of_sender,
            "d": domain,
            "i": ".".join(self.client.exploded.replace(":", "")) if six else str(self.client),
            "p": "unknown",
            "v": "ip6" if six else "in-addr",
            "h": self.helo,
        }
        if letter.lower() not in values or digits == "0":
            raise _Broken
        parts = re.split(f"[{re.escape(delimiters or '.')}]", values[letter.lower()])
        if reverse:
            parts.reverse()
        return ".".join(parts[-int(digits) :] if digits else parts)
