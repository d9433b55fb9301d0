"""A rule: criteria joined by all or any; and many of them in their order, compiled once for a whole run."""

from collections.abc import Iterable
from dataclasses import dataclass

from deskpost.inbound.rules.conditions import Test
from deskpost.inbound.rules.criteria import Criterion, Hit
from deskpost.inbound.rules.fields import Facts
from deskpost.inbound.rules.values import Values
from deskpost.mime.message import Message

ALL, ANY = "all", "any"
_AT_ONCE = 8  # rules between two looks at the clock; what may take long looks by itself


@dataclass(frozen=True, slots=True)
class Rule:
    """What it is called, where it stands in the order, and which mails fit. `id`: its row; 0 where it has none."""

    name: str
    match: str  # ALL or ANY
    criteria: tuple[Criterion, ...]
    position: int = 0
    enabled: bool = True
    id: int = 0

    def fits(self, message: Message, facts: Facts) -> bool:
        """Tell whether a mail fits, enabled or not. Raises as `test`."""
        return self.test()(Values(message, facts))

    def test(self) -> Test:
        """Make the test of the whole rule. Raises ExpressionRefused, ValueError, KeyError."""
        tests = tuple(criterion.test() for criterion in self.criteria)
        if not tests:
            return lambda values: False
        if len(tests) == 1:
            return tests[0]
        return _all_of(tests) if self.match == ALL else _any_of(tests)

    def why(self, values: Values) -> tuple[Hit, ...]:
        """Give why a mail fits: of ANY the first criterion that holds, of ALL each. Empty where it does not fit."""
        hits = (criterion.hit(values) for criterion in self.criteria)
        if self.match == ANY:
            first = next((hit for hit in hits if hit), None)
            return (first,) if first else ()
        found = list(hits)
        return tuple(hit for hit in found if hit) if all(found) else ()

    @property
    def words(self) -> str:
        """The rule as a sentence without its full stop."""
        return (" and " if self.match == ALL else " or ").join(one.words for one in self.criteria)


class Ruleset:
    """Rules that are on, in their order, ready to be tried on many mails. One that cannot be used never fits."""

    __slots__ = ("_tests", "summary", "unusable")

    def __init__(self, rules: Iterable[Rule]) -> None:
        found: list[tuple[Test, Rule]] = []
        unusable: list[Rule] = []
        for rule in sorted((one for one in rules if one.enabled), key=lambda one: (one.position, one.id)):
            try:
                found.append((rule.test(), rule))
            except (ValueError, KeyError, TypeError):  # written by SQL: the page and the file refuse it
                unusable.append(rule)
        self._tests = tuple(found)
        self.unusable = tuple(unusable)
        criteria = sum(len(rule.criteria) for _, rule in found)
        self.summary = f"{_count(len(found), 'rule', 'rules')}, {_count(criteria, 'criterion', 'criteria')}"

    def __len__(self) -> int:
        return len(self._tests)

    def first(self, values: Values) -> Rule | None:
        """Give the first rule that a mail fits, None where it fits none or the time is up: see `out_of_time`."""
        left = 0.0
        for place, (test, rule) in enumerate(self._tests):
            if not place % _AT_ONCE:
                left = values.seconds_left()
            if left <= 0:
                values.out_of_time.update((one.field, one.condition, one.values) for one in rule.criteria)
            elif test(values):
                return rule
        return None

    def out_of_time(self, values: Values) -> list[tuple[str, str]]:
        """Name what had no time over this mail, and so counted as not fitting: the rule, and its criterion in words."""
        if not values.out_of_time:
            return []
        return [
            (rule.name, words)
            for _, rule in self._tests
            for criterion in rule.criteria
            for words in criterion.late(values)
        ]


def _all_of(tests: tuple[Test, ...]) -> Test:
    def test(values: Values) -> bool:
        for one in tests:  # noqa: SIM110 - half the time of all()
            if not one(values):
                return False
        return True

    return test


def _any_of(tests: tuple[Test, ...]) -> Test:
    def test(values: Values) -> bool:
        for one in tests:  # noqa: SIM110 - half the time of any()
            if one(values):
                return True
        return False

    return test


def _count(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}"
