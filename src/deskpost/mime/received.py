"""The header Received (RFC 5321 section 4.4): which server took a mail, from whom.

What a client says of itself (HELO) stands in these lines too, and may look like an address. So the address is taken
from where the server's own form has it, and from nowhere where the form is not known, or the line could be two.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from deskpost.mime import comments

_READ = 4000  # characters
_HOST = re.compile(r"[A-Za-z0-9_](?:[\w.-]{0,252})?", re.ASCII)
_NUMBERS = r"(?:IPv6:)?(?P<address>[0-9A-Fa-f:.]{2,45})"
_IN_BRACKETS = rf"\[{_NUMBERS}\](?::\d{{1,5}})?"
# Postfix, Sendmail, Gmail, Haraka, Courier, OpenSMTPD, Stalwart: `from HELO (name [address])`
_NAMED = re.compile(
    rf"(?:(?:IDENT:)?(?:[\w.+-]{{1,64}}@)?(?P<name><unknown>|[\w.-]{{1,255}}) )?{_IN_BRACKETS}"
    r"(?P<forged> may be forged)?"
)
# Exim: `from name ([address]:port helo=HELO ident=...)`
_EXIM = re.compile(
    rf"{_IN_BRACKETS} (?:helo=(?P<helo>[^\s()]{{1,255}})(?: ident=\S{{1,255}})?|ident=\S{{1,255}})"
)
# Exim, where the name service has no name: `from [address] (port=... helo=HELO ident=...)`
_EXIM_SAYS = re.compile(r"(?=.)(?:port=\d{1,5} ?)?(?:helo=(?P<helo>[^\s()]{1,255}) ?)?(?:ident=\S{1,255})?")
# Exchange: `from HELO (address)`; qmail: `from name (HELO ...) (who@address)`; IronPort: `([address])` in that place
_BARE = re.compile(rf"(?:[\w.+-]{{1,64}}@)?{_NUMBERS}(?: with login)?")
_QMAIL_HELO = re.compile(r"(?:HELO|EHLO|LHLO) (\S{1,255})", re.IGNORECASE)
_ANY_ADDRESS = re.compile(r"\[(?:IPv6:)?[0-9a-f:.]{2,45}\]", re.IGNORECASE)
_CONFIRMING = re.compile(r"Postfix\b|Exim \d|8\.\d+\.\d+[^ ]*/8\.\d")  # ask for a name's address too
_ON_THE_SPOT = re.compile(r"by [0-9a-f:.]{2,45} with SMTP id \S{1,100}", re.IGNORECASE)  # within Gmail
_QMAIL_QUEUE = re.compile(r"qmail \d{1,10} invoked from network")
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

    by: str = ""  # lower case; empty where no name is told
    client: str = ""
    helo: str = ""
    address: Address | None = None
    confirmed: bool = (
        False  # the name of the client is the name service's, and its sender cannot have chosen it
    )
    protocol: str = ""  # upper case, such as ESMTPS
    on_the_spot: bool = False  # no client at all: one part of a server gave it to another

    @property
    def from_outside(self) -> bool:
        """Tell whether the mail came over a public network."""
        return self.address is not None and not _is_internal(self.address)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line taken apart: what follows `from`, the comments there, and the words and comments from `by` on."""

    said: str
    told: list[str]
    by: list[str]
    marks: list[str]


def read(value: str) -> Received:
    """Read one header, whatever it holds."""
    pieces = comments.closed(value[:_READ])
    if pieces is None:
        return Received()
    if _is_on_the_spot(pieces):
        return Received(on_the_spot=True)
    line = _taken_apart(pieces)
    if line is None:
        return Received()
    by = _name(line.by[1])
    protocol = line.by[3].upper() if len(line.by) > 3 and line.by[2] == "with" else ""
    client, helo, address, named = _client(line)
    confirmed = named and bool(client) and (_is_internal(address) or any(map(_CONFIRMING.match, line.marks)))
    return Received(by, client or helo, helo, address, confirmed, protocol)


def _is_on_the_spot(pieces: list[tuple[str, bool]]) -> bool:
    text = " ".join("".join(piece for piece, comment in pieces if not comment).partition(";")[0].split())
    if text:
        return _ON_THE_SPOT.fullmatch(text) is not None
    first = pieces[0][0] if pieces and pieces[0][1] else next((one for one, comment in pieces if comment), "")
    return _QMAIL_QUEUE.fullmatch(first.strip()) is not None


def _taken_apart(pieces: list[tuple[str, bool]]) -> _Line | None:
    """Give the parts of `from X (...) by Y (...) with Z`; None where it is built otherwise, or twice."""
    said: list[str] = []
    by: list[str] = []
    told: list[str] = []
    marks: list[str] = []
    for piece, comment in pieces:
        if comment:
            (marks if by else told).append(" ".join(piece.split()))
            continue
        if '"' in piece or "\\" in piece:
            return None
        words = piece.lower().replace(";", " ; ").split()
        if by:
            by += words
        elif "by" in words:
            at = words.index("by")
            said, by = said + words[:at], words[at:]
        else:
            said += words
    one_client = len(said) == 2 and said[0] == "from"
    return _Line(said[1], told, by, marks) if one_client and len(by) > 1 and by.count("by") == 1 else None


def _client(line: _Line) -> tuple[str, str, Address | None, bool]:
    """Give the name of a client, what it called itself, its address, and whether a name service gave the name."""
    told = line.told
    by_itself = re.fullmatch(_IN_BRACKETS, line.said)
    if by_itself and (not told or _EXIM_SAYS.fullmatch(told[0])):
        known = told or any(mark.startswith("Exim ") for mark in line.marks)
        if not known or _hold_addresses(told[1:]):
            return "", "", None, False
        said = _EXIM_SAYS.fullmatch(told[0]) if told else None
        return "", _name(said["helo"] or "") if said else "", _address(by_itself["address"]), False
    if told and (exim := _EXIM.fullmatch(told[0])) and not _hold_addresses(told[1:]):
        name = _name(line.said)
        return name, _name(exim["helo"] or name), _address(exim["address"]), True
    return _client_in_comment(line.said, told)


def _client_in_comment(said: str, told: list[str]) -> tuple[str, str, Address | None, bool]:
    helo = _name(said)
    if told and (by_qmail := _QMAIL_HELO.fullmatch(told[0])):
        return _client_of_qmail(helo, _name(by_qmail[1]), told[1:])
    if not told or _hold_addresses(told[1:]):
        return "", helo, None, False
    if bare := _BARE.fullmatch(told[0]):
        return "", helo, _address(bare["address"]), False
    named = _NAMED.fullmatch(told[0])
    if named is None:
        return "", helo, None, False
    name = "" if named["forged"] else _name(named["name"] or "")
    return ("" if name == "unknown" else name), helo, _address(named["address"]), True


def _client_of_qmail(name: str, helo: str, told: list[str]) -> tuple[str, str, Address | None, bool]:
    known = bool(told) and not _hold_addresses(told[1:])
    bare = (_BARE.fullmatch(told[0]) or re.fullmatch(_IN_BRACKETS, told[0])) if known else None
    return (name, helo, _address(bare["address"]), False) if bare else ("", helo, None, False)


def _hold_addresses(told: list[str]) -> bool:
    return any(_ANY_ADDRESS.search(one) or _BARE.fullmatch(one) for one in told)


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


@lru_cache(maxsize=4096)
def _is_internal(address: Address | None) -> bool:
    return address is not None and any(address in network for network in _INTERNAL)


def _name(word: str) -> str:
    """Give a host name in lower case; an address or anything else is none."""
    word = word.rstrip(".,;").lower()
    if not _HOST.fullmatch(word) or word.replace(".", "").isdigit():
        return ""
    return word
