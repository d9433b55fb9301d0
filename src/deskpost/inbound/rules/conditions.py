"""How a criterion compares: one entry each. A positive condition holds when any entry fits, a negative when none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from deskpost.inbound.rules.expression import Expression
from deskpost.inbound.rules.fields import Field
from deskpost.inbound.rules.values import Values, spelled

Test = Callable[[Values], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison. `make` gives a test that tells whether any of these entries fits the field."""

    label: str
    make: Callable[[str, Field, Sequence[str]], Test]
    negative: bool = False
    number: bool = False


def _is(key: str, field: Field, entries: Sequence[str]) -> Test:
    wanted = frozenset(spelled(field, entry) for entry in entries)
    return lambda values: not wanted.isdisjoint(values.texts[key])


def _contains(key: str, field: Field, entries: Sequence[str]) -> Test:
    wanted = tuple(spelled(field, entry) for entry in entries)
    if len(wanted) == 1:
        (only,) = wanted
        return lambda values: only in values.joined[key]

    def test(values: Values) -> bool:
        text = values.joined[key]
        for entry in wanted:  # noqa: SIM110 - half the time of any()
            if entry in text:
                return True
        return False

    return test


def _begins(key: str, field: Field, entries: Sequence[str]) -> Test:
    wanted = tuple(spelled(field, entry) for entry in entries)

    def test(values: Values) -> bool:
        for text in values.texts[key]:  # noqa: SIM110 - half the time of any()
            if text.startswith(wanted):
                return True
        return False

    return test


def _ends(key: str, field: Field, entries: Sequence[str]) -> Test:
    wanted = tuple(spelled(field, entry) for entry in entries)

    def test(values: Values) -> bool:
        for text in values.texts[key]:  # noqa: SIM110 - half the time of any()
            if text.endswith(wanted):
                return True
        return False

    return test


def _matches(key: str, field: Field, entries: Sequence[str]) -> Test:
    wanted = tuple(Expression(entry) for entry in entries)
    return lambda values: any(one.fits(text, values) for text in values.raw[key] for one in wanted)


def _greater(key: str, field: Field, entries: Sequence[str]) -> Test:
    least = min(number_of(key, entry) for entry in entries)
    return lambda values: any(number > least for number in values.numbers[key])


def _less(key: str, field: Field, entries: Sequence[str]) -> Test:
    most = max(number_of(key, entry) for entry in entries)
    return lambda values: any(number < most for number in values.numbers[key])


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
_UNITS = {"": 1000, "B": 1, "KB": 1000, "MB": 1_000_000}  # of a size


def number_of(key: str, written: str) -> float:
    """Give the number that an entry says; of a size in bytes, from kB where it names no unit. Raises ValueError."""
    if key != "size":
        return float(written)
    digits = written.rstrip("BbKkMm ")
    unit = written[len(digits) :].strip().upper()
    if unit not in _UNITS or not digits.replace(".", "", 1).isdigit():
        raise ValueError(written)
    return float(digits) * _UNITS[unit]
