"""How a criterion compares: one entry each. A positive condition holds when any entry fits, a negative when none."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from deskpost.inbound.rules.expression import Expression
from deskpost.inbound.rules.fields import Field
from deskpost.inbound.rules.searching import sought
from deskpost.inbound.rules.values import Values, spelled

Test = Callable[[Values], bool]
Finder = Callable[[Values], str | None]


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison. `make` gives what finds an entry that fits the field; it raises OutOfTime, or notes what was."""

    label: str
    make: Callable[[str, Field, Sequence[str]], Finder]
    negative: bool = False
    number: bool = False


def _is(key: str, field: Field, entries: Sequence[str]) -> Finder:
    wanted = {spelled(field, entry): entry for entry in reversed(entries)}

    def find(values: Values) -> str | None:
        texts = values.texts[key]
        return (
            None if wanted.keys().isdisjoint(texts) else next(wanted[one] for one in texts if one in wanted)
        )

    return find


def _contains(key: str, field: Field, entries: Sequence[str]) -> Finder:
    wanted = {spelled(field, entry): entry for entry in reversed(entries)}
    search = sought(tuple(reversed(wanted)))

    def find(values: Values) -> str | None:
        found = search(values.joined[key], values.check_time)
        return None if found is None else wanted[found]

    return find


def _begins(key: str, field: Field, entries: Sequence[str]) -> Finder:
    return _at_an_end(str.startswith, key, field, entries)


def _ends(key: str, field: Field, entries: Sequence[str]) -> Finder:
    return _at_an_end(str.endswith, key, field, entries)


def _at_an_end(
    stands: Callable[[str, str | tuple[str, ...]], bool], key: str, field: Field, entries: Sequence[str]
) -> Finder:
    wanted = tuple(spelled(field, entry) for entry in entries)

    def find(values: Values) -> str | None:
        for text in values.texts[key]:
            if stands(text, wanted):
                return next(entry for entry, one in zip(entries, wanted, strict=True) if stands(text, one))
        return None

    return find


def _matches(key: str, field: Field, entries: Sequence[str]) -> Finder:
    wanted = tuple(Expression(entry) for entry in entries)

    def find(values: Values) -> str | None:
        return next((one.written for one in wanted if values.finds(key, one)), None)

    return find


def _greater(key: str, field: Field, entries: Sequence[str]) -> Finder:
    least = min(entries, key=lambda entry: number_of(key, entry))
    bound = number_of(key, least)
    return lambda values: least if any(number > bound for number in values.numbers[key]) else None


def _less(key: str, field: Field, entries: Sequence[str]) -> Finder:
    most = max(entries, key=lambda entry: number_of(key, entry))
    bound = number_of(key, most)
    return lambda values: most if any(number < bound for number in values.numbers[key]) else None


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "is": Condition("is", _is),
        "is not": Condition("is not", _is, negative=True),
        "contains": Condition("contains", _contains),
        "does not contain": Condition("does not contain", _contains, negative=True),
        "begins with": Condition("begins with", _begins),
        "ends with": Condition("ends with", _ends),
        "matches": Condition("matches", _matches),
        "greater than": Condition("greater than", _greater, number=True),
        "less than": Condition("less than", _less, number=True),
    }
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_UNITS = {"": 1000, "B": 1, "KB": 1000, "MB": 1_000_000}  # of a size


def number_of(key: str, written: str) -> float:
    """Give the number that an entry says; of a size in bytes, from kB where it names no unit. Raises ValueError."""
    if key != "size":
        if not _NUMBER.fullmatch(written.strip()):
            raise ValueError(written)
        return float(written)
    digits = written.rstrip("BbKkMm ")
    unit = written[len(digits) :].strip().upper()
    if unit not in _UNITS or not _NUMBER.fullmatch(digits) or digits[0] in "+-":
        raise ValueError(written)
    return float(digits) * _UNITS[unit]
