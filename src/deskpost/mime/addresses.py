"""Address headers (RFC 5322 section 3.4): the usual form at a glance, every other form sign by sign."""

import re
from collections.abc import Iterator

from deskpost.mime import words
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Address

_ATOMS = r"[^<>\"(),;:\s@\\]"
_USUAL = re.compile(
    r"\s*+(?:(?:\"([^\"\\]*+)\"\s*+|([^\"<>(),;:@\\]*+))<\s*+(" + _ATOMS + r"++)@(" + _ATOMS + r"++)\s*+>"
    r"|(" + _ATOMS + r"++)@(" + _ATOMS + r"++))\s*+(?:[,;]|$)"
)
_SIGN = re.compile(
    r"\"[^\"\\]*+(?:\\.[^\"\\]*+)*+(?:\"|\\?$)|<\s*+\"[^\"\\]{0,320}+\"@[^<>\"]*+>|<[^<>]*+>"
    r"|<[^<>,;]*+|[^\"(),;:<>]++|[(),;:>]",
    re.DOTALL,
)
_UNUSUAL_COST = 4
_COMMENT = re.compile(r"\((?:[^()\\\"]|\\.){0,320}+\)")
_BLANKS_BEFORE_DOT = re.compile(r"\s++\.\s*+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read(value: str, bounds: Bounds) -> tuple[Address, ...]:
    """Give the addresses of a header value; one that cannot be read is left out alone, with a defect."""
    return tuple(_read(value, bounds))


def _read(value: str, bounds: Bounds, again: bool = True) -> Iterator[Address]:
    position, end = 0, len(value)
    while position < end:
        if bounds.addresses <= 0:
            bounds.cut("more addresses than are read; the rest was left out")
            return
        bounds.addresses -= 1
        usual = _USUAL.match(value, position)
        if usual is None:
            entry = _Entry()
            value, position = entry.read(value, position, bounds)
            yield from _finish(entry, bounds, again)
            continue
        quoted, phrase, local, domain, bare_local, bare_domain = usual.groups()
        if local is None:
            yield Address("", f"{bare_local}@{bare_domain.lower()}")
        else:
            yield Address(_name(quoted or phrase or "", bounds), f"{local}@{domain.lower()}")
        position = usual.end()


class _Entry:
    """One entry of the list, until its comma, read sign by sign."""

    __slots__ = ("angle", "comment", "phrase", "text")

    def __init__(self) -> None:
        self._empty()

    def _empty(self) -> None:
        self.phrase: list[str] = []
        self.comment: list[str] = []
        self.text: list[str] = []
        self.angle: str | None = None

    def read(self, value: str, position: int, bounds: Bounds) -> tuple[str, int]:
        """Read; give where the next entry begins, and the value, which may have lost its quotation marks."""
        depth = 0
        has_at = False
        bounds.work -= _UNUSUAL_COST
        while found := _SIGN.match(value, position):
            sign = found[0]
            bounds.work -= 1
            if bounds.work < 0:
                bounds.cut("more addresses than are read; the rest was left out")
                return value, len(value)
            if sign[0] == '"' and (len(sign) == 1 or sign[-1] != '"' or sign.endswith('\\"')):
                # A quote that never ends is a slip of the pen: read on as if it were not there.
                bounds.note("a quoted name has no end")
                value = value[:position] + value[position:].replace('"', " ")
                continue
            position = found.end()
            if depth or sign in "()":
                depth = max(0, depth + (sign == "(") - (sign == ")"))
                if sign not in "()":
                    self.comment.append(sign)
            elif sign in ",;":
                break
            elif sign == ":":
                if not has_at:
                    self._empty()  # the name of a group, or "mailto"
            elif sign[0] == "<" and self.angle is None:
                self.angle = sign.strip("<> \t")
            elif sign not in "<>":
                quoted = sign[1:-1] if sign[0] == '"' else sign
                self.phrase.append(
                    "".join(_ESCAPED.split(quoted)) if sign[0] == '"' and "\\" in sign else quoted
                )
                self.text.append(sign)
                has_at = has_at or "@" in sign
        return value, position


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
            yield from _read(words.decode(text, bounds), bounds, again=False)
            return
        yield from _from_text(text, comment, bounds)
        return
    if ":@" in address:  # a group of nobody, made into an address
        bounds.note("an entry without an address was left out")
        return
    address = words.printable(_without_comments(address) if "(" in address else address)
    if "=?" in address:
        address = words.decode(address, bounds)
    address = _with_plain_domain(address if address.startswith('"') else "".join(address.split()))
    if address and not address.startswith("@") and not address.endswith("@"):
        yield Address(_name(name, bounds), address)
    elif address or name:
        bounds.note("an entry without an address was left out")


def _from_text(text: str, comment: str, bounds: Bounds) -> Iterator[Address]:
    """Read an entry that has no angles: an address with or without a name beside it."""
    if not text:
        return
    if text.startswith('"') and '"@' in text:  # a quoted local part
        yield Address(_name(comment, bounds), _with_plain_domain(text))
        return
    pieces = (_BLANKS_BEFORE_DOT.sub(".", text) if " ." in text else text).split()
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


def _without_comments(address: str) -> str:
    """Take out what a comment says within an address; of one within another the inner goes first."""
    for _ in range(3):
        address = _COMMENT.sub("", address)
    return address


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
