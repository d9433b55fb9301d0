"""Lists of MAPI properties, as winmail.dat holds them ([MS-OXTNEF] section 2.1.3.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from deskpost.mime import charset
from deskpost.mime.tnef.code_pages import label_of

Key = int | tuple[bytes, int | str]
"""The number of a property (PidTag...), or of a named one its namespace and its number or name (PidLid...)."""

NAMED = 0x8000
"""Properties from this number on bring their name."""

_STRING, _UNICODE, _OBJECT, _BINARY, _MULTIPLE = 0x1E, 0x1F, 0x0D, 0x102, 0x1000
_SERVER_ID = 0xFB
_VARIABLE = (_STRING, _UNICODE, _OBJECT, _BINARY, _SERVER_ID)
_NUMBERS = (0x02, 0x03, 0x0B, 0x14)
_TIME = 0x40
_SIZES = {
    0x01: 4,
    0x02: 4,
    0x03: 4,
    0x04: 4,
    0x05: 8,
    0x06: 8,
    0x07: 8,
    0x0A: 4,
    0x0B: 4,
    0x14: 8,
    0x40: 8,
    0x48: 16,
}
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_LONGEST_NAME = 512  # bytes


class Malformed(ValueError):
    """The bytes are not what they say."""


@dataclass(slots=True)
class Budget:
    """What is still read, over all of a winmail.dat of `size` bytes and the mails that lie in it."""

    size: int
    items: int = field(init=False)  # attributes and properties
    files: int = field(init=False)
    mails: int = field(init=False)
    expanded: int = field(init=False)  # bytes of RTF
    tokens: int = field(init=False)  # of RTF

    def __post_init__(self) -> None:
        self.items = 1_000 + self.size // 32
        self.files = min(20 + self.size // 150, 500)
        self.mails = min(3 + self.size // 6_000, 50)
        self.expanded = 100_000 + 3 * self.size
        self.tokens = 4_000 + self.size // 20

    def spend(self) -> None:
        """Count one. Raises Malformed when there are too many."""
        self.items -= 1
        if self.items < 0:
            raise Malformed("it has more properties than are read")


@dataclass(slots=True)
class Properties:
    """Properties by key; a value that has several is its first. `label` is the charset of those not in Unicode."""

    values: Mapping[Key, tuple[int, bytes]] = field(default_factory=dict)
    label: str = "windows-1252"

    def text(self, *keys: Key) -> str:
        """Give the first of these that is a text and not empty, or ""."""
        for key in keys:
            kind, data = self.values.get(key, (0, b""))
            if kind == _UNICODE:
                found = charset.decode(data, "utf-16-le")[0]
            elif kind == _STRING:
                found = charset.decode(data.rstrip(b"\0"), self.label)[0]
            else:
                continue
            if found:
                return found
        return ""

    def data(self, key: Key) -> bytes | None:
        """Give the bytes of a property of variable length, None where there is none."""
        kind, data = self.values.get(key, (0, b""))
        return data if kind in _VARIABLE else None

    def number(self, key: Key) -> int | None:
        """Give an integer or a truth value, None where there is none."""
        kind, data = self.values.get(key, (0, b""))
        if kind not in _NUMBERS:
            return None
        size = 2 if kind in (0x02, 0x0B) else len(data)
        return int.from_bytes(data[:size], "little", signed=True)

    def time(self, *keys: Key) -> datetime | None:
        """Give the first of these that is a time, in UTC."""
        for key in keys:
            kind, data = self.values.get(key, (0, b""))
            if kind == _TIME and (found := _moment(data)):
                return found
        return None

    def code_page(self, *keys: Key) -> str | None:
        """Give the charset label of the code page that the first of these names, None where none does."""
        for key in keys:
            if number := self.number(key):
                return label_of(number)
        return None


def read(data: bytes, position: int, budget: Budget, label: str) -> tuple[Properties, int]:
    """Give the list that begins at `position`, and where it ends. Raises Malformed."""
    count, position = number_at(data, position), position + 4
    values: dict[Key, tuple[int, bytes]] = {}
    for _ in range(count):
        budget.spend()
        kind, number = number_at(data, position, 2), number_at(data, position + 2, 2)
        position += 4
        key: Key = number
        if number >= NAMED:
            key, position = _name(data, position)
        value, position = _value(data, position, kind, budget)
        values.setdefault(key, (kind & ~_MULTIPLE, value))
    return Properties(values, label), position


def number_at(data: bytes, position: int, size: int = 4) -> int:
    """Give the unsigned number at a place. Raises Malformed behind the end."""
    end = position + size
    if end > len(data):
        raise Malformed("it is cut off")
    return int.from_bytes(data[position:end], "little")


def _name(data: bytes, position: int) -> tuple[Key, int]:
    space, kind = data[position : position + 16], number_at(data, position + 16)
    value, position = number_at(data, position + 20), position + 24
    if not kind:
        return (space, value), position
    end = position + value
    if value > _LONGEST_NAME or end > len(data):
        raise Malformed("the name of a property is longer than what is there")
    name = charset.decode(data[position:end], "utf-16-le")[0]
    return (space, name), end + -value % 4


def _value(data: bytes, position: int, kind: int, budget: Budget) -> tuple[bytes, int]:
    single = kind & ~_MULTIPLE
    count = 1
    if single in _VARIABLE or kind & _MULTIPLE:
        count, position = number_at(data, position), position + 4
    first = b""
    for place in range(count):
        if place:
            budget.spend()
        value, position = _one(data, position, single)
        first = first or value
    return first, position


def _one(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    if kind in _VARIABLE:
        size, position = number_at(data, position), position + 4
    elif kind in _SIZES:
        size = _SIZES[kind]
    else:
        raise Malformed(f"a property is of the unknown type {kind:#06x}")
    end = position + size
    if end > len(data):
        raise Malformed("a property is longer than what is there")
    return data[position:end], end + -size % 4


def _moment(data: bytes) -> datetime | None:
    """A FILETIME: tenths of microseconds since 1601."""
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(data, "little") // 10)
    except OverflowError:
        return None
