"""The header Received (RFC 5321 section 4.4): which server took a mail, from whom."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from deskpost.mime import comments

_READ = 4000  # characters
_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9_](?:[\w.-]{0,252})?")
_INTERNAL = tuple(
    ip_network(one)
    for one in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Received:
    """One hop. `by`: who took it; `client`: who gave it, by the name service where that is told, else as it said."""

    by: str  # lower case; empty where no name is told
    client: str
    helo: str
    address: Address | None

    @property
    def from_outside(self) -> bool:
        """Tell whether the mail came over a public network."""
        return self.address is not None and not any(self.address in network for network in _INTERNAL)


def read(value: str) -> Received:
    """Read one header, whatever it holds."""
    pieces = comments.parted(value[:_READ])
    words, told = _words_and_comments(pieces)
    helo = _name(words[1]) if len(words) > 1 and words[0].lower() == "from" else ""
    by = next((_name(words[n + 1]) for n, word in enumerate(words[:-1]) if word.lower() == "by"), "")
    address, client = None, ""
    for comment in told:
        if (found := _address(comment)) is not None:
            address = found
            first = comment.split(None, 1)[0]
            client = _name(first) if first != comment and "." in first else ""
    if address is None and len(words) > 1 and words[0].lower() == "from":
        address = _address(words[1])
    return Received(by, "" if client == "unknown" else client or helo, helo, address)


def _words_and_comments(pieces: list[tuple[str, bool]]) -> tuple[list[str], list[str]]:
    """Give the words, and the comments that stand before `by`."""
    words: list[str] = []
    told: list[str] = []
    for piece, comment in pieces:
        if not comment:
            words += piece.partition(";")[0].split()
        elif piece.strip() and "by" not in (word.lower() for word in words):
            told.append(piece.strip())
    return words, told


def _address(text: str) -> Address | None:
    found = _ADDRESS.findall(text)
    try:
        return ip_address(found[-1] if found else text.strip(" []").removeprefix("IPv6:"))
    except ValueError:
        return None


def _name(word: str) -> str:
    """Give a host name in lower case; an address or anything else is none."""
    word = word.rstrip(".,;").lower()
    if not _HOST.fullmatch(word) or word.replace(".", "").isdigit():
        return ""
    return word
