"""Address headers (RFC 5322 section 3.4): the usual form at a glance, every other form sign by sign."""

import re
from collections.abc import Iterator

from deskpost.mime import words
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Address

_ATOMS = r"[^<>\"(),;:\s@\\]"
_USUAL = re.compile(
    r"\s*+(?:(?:\"([^\"\\]*+)\"\s*+|([^\"<>(),;:@\\]*+))<\s*+(" + _ATOMS + r"++)@(" + _ATOMS + r"++)\s*+>"
    r"|(" + _ATOMS + r"++)@(" + _ATOMS + r"++))\s*+(?:,|$)"
)
_SIGN = re.compile(
    r"\"[^\"\\]*+(?:\\.[^\"\\]*+)*+(?:\"|\\?$)|<\s*+\"[^\"\\]{0,320}+\"@[^<>\"]*+>|<[^<>]*+>?|[^\"(),;:<>]++|[(),;:>]",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read(value: str, bounds: Bounds) -> tuple[Address, ...]:
    """Give the addresses of a header value; one that cannot be read is left out alone, with a defect."""
    found: list[Address] = []
    position, end = 0, len(value)
    while position < end:
        if bounds.addresses <= 0:
            bounds.cut("more addresses than are read; the rest was left out")
            break
        bounds.addresses -= 1
        usual = _USUAL.match(value, position)
        if usual is None:
            found.extend(_unusual(value[position:], bounds))
            break
        quoted, phrase, local, domain, bare_local, bare_domain = usual.groups()
        if local is None:
            found.append(Address("", f"{bare_local}@{bare_domain.lower()}"))
        else:
            found.append(Address(_name(quoted or phrase or "", bounds), f"{local}@{domain.lower()}"))
        position = usual.end()
    return tuple(found)


class _Entry:
    """What has been read of one entry of the list, until its comma."""

    __slots__ = ("angle", "comment", "phrase", "text")

    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.comment: list[str] = []
        self.text: list[str] = []
        self.angle: str | None = None


def _unusual(value: str, bounds: Bounds, again: bool = True) -> Iterator[Address]:
    entry = _Entry()
    depth = 0
    for sign in _signs(value, bounds):
        if depth or sign in "()":
            depth = max(0, depth + (sign == "(") - (sign == ")"))
            if sign not in "()":
                entry.comment.append(sign)
        elif sign in ",;":
            yield from _finish(entry, bounds, again)
            entry = _Entry()
        elif sign == ":":
            if "@" not in "".join(entry.text):
                entry = _Entry()  # the name of a group, or "mailto"
        elif sign[0] == "<" and entry.angle is None:
            entry.angle = sign.strip("<> \t")
        elif sign[0] == '"':
            entry.phrase.append(_ESCAPED.sub(r"\1", sign[1:-1]) if "\\" in sign else sign[1:-1])
            entry.text.append(sign)
        elif sign not in "<>":
            entry.phrase.append(sign)
            entry.text.append(sign)
    yield from _finish(entry, bounds, again)


def _signs(value: str, bounds: Bounds) -> Iterator[str]:
    """Give the signs of a value: quoted strings, what is in angles, punctuation, and the text between."""
    signs = _SIGN.finditer(value)
    for sign in signs:
        text = sign[0]
        bounds.signs -= 1
        if bounds.signs < 0 or bounds.addresses <= 0:
            bounds.cut("more addresses than are read; the rest was left out")
            return
        if text in ",;":
            bounds.addresses -= 1
        if text[0] == '"' and (len(text) == 1 or text[-1] != '"' or text.endswith('\\"')):
            # A quote that never ends is a slip of the pen: read on as if it were not there.
            bounds.note("a quoted name has no end")
            yield from _signs(value[sign.start() :].replace('"', " "), bounds)
            return
        yield text


def _finish(entry: _Entry, bounds: Bounds, again: bool) -> Iterator[Address]:
    comment = " ".join(entry.comment)
    if entry.angle is not None:
        address = entry.angle
        if address.startswith("@") and ":" in address:
            address = address.rpartition(":")[2]  # a route, RFC 5322 section 4.4
        name = "".join(entry.phrase).strip() or comment
        if not address and "@" in name:
            yield from _from_text(name, "", bounds)
            return
    else:
        text = "".join(entry.text).strip()
        if "@" not in text and "=?" in text and again:
            yield from _unusual(words.decode(text, bounds), bounds, again=False)
            return
        yield from _from_text(text, comment, bounds)
        return
    address = words.printable(address)
    if "=?" in address:
        address = words.decode(address, bounds)
    address = _with_plain_domain(address if address.startswith('"') else "".join(address.split()))
    if address:
        yield Address(_name(name, bounds), address)
    elif name:
        bounds.note("an entry without an address was left out")


def _from_text(text: str, comment: str, bounds: Bounds) -> Iterator[Address]:
    """Read an entry that has no angles: an address with or without a name beside it."""
    if not text:
        return
    if text.startswith('"') and '"@' in text:  # a quoted local part
        yield Address(_name(comment, bounds), _with_plain_domain(text))
        return
    pieces = text.split()
    at = next((piece for piece in pieces if "@" in piece.strip("@")), None)
    if at is None:
        joined = "".join(pieces)
        if "@" in joined:  # blanks around the @
            yield Address(_name(comment, bounds), _with_plain_domain(words.printable(joined)))
        elif len(pieces) == 1 and '"' not in text:  # a name of the sender's own machine
            yield Address(_name(comment, bounds), words.printable(text))
        else:
            bounds.note("an entry without an address was left out")
        return
    name = " ".join(piece for piece in pieces if piece is not at).strip('"')
    yield Address(_name(name or comment, bounds), _with_plain_domain(words.printable(at)))


def _with_plain_domain(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}" if at else address


def _name(name: str, bounds: Bounds) -> str:
    if "=?" in name:
        name = words.decode(name, bounds)
    if not name.isprintable():
        name = words.printable(name)
    if name[:1] in ('" '):
        name = name.strip('"')
    return " ".join(name.split()) if "  " in name else name.strip()
