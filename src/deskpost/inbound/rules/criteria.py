"""A criterion: a field, a condition and entries."""

from dataclasses import dataclass
from typing import Any

from deskpost.inbound.rules.conditions import CONDITIONS, Finder, Test
from deskpost.inbound.rules.expression import Expression
from deskpost.inbound.rules.fields import field_of
from deskpost.inbound.rules.values import OutOfTime, Values, folded

_MANY = 30  # entries, from which on a criterion looks at the clock
_TOLD = 3  # entries


@dataclass(frozen=True, slots=True)
class Hit:
    """Why a criterion holds: itself in words with the entry that fits, and that entry; empty for a negative one."""

    words: str
    entry: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rule. `field`: a key of FIELDS, or `header:NAME`; `condition`: a key of CONDITIONS."""

    field: str
    condition: str
    values: tuple[str, ...]

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Criterion":
        """Read one as it is stored and written in files."""
        return cls(stored["field"], stored["condition"], tuple(stored["values"]))

    def as_stored(self) -> dict[str, Any]:
        """Give it as it is stored and written in files."""
        return {"field": self.field, "condition": self.condition, "values": list(self.values)}

    @property
    def label(self) -> str:
        """What its field is called."""
        field = field_of(self.field)
        return field.label if field else self.field

    def find(self) -> Finder:
        """Make what gives an entry that fits, None for none. Raises ExpressionRefused, ValueError, KeyError."""
        field, condition = field_of(self.field), CONDITIONS[self.condition]
        if field is None or not self.values or field.number != condition.number:
            raise ValueError(f"no criterion: {self.words}")
        return condition.make(self.field, field, self.values)

    def test(self) -> Test:
        """Make the test that tells of a mail whether this holds: not, where there is no time. Raises as `find`."""
        find, wanted = self.find(), not CONDITIONS[self.condition].negative
        has_many = len(self.values) > _MANY

        def test(values: Values) -> bool:
            try:
                if has_many:
                    values.check_time()
                return (find(values) is not None) is wanted
            except OutOfTime:
                values.out_of_time.add((self.field, self.condition, self.values))
                return False

        return test

    def late(self, values: Values) -> list[str]:
        """Say what of this had no time over a mail, in words: of several regular expressions each by itself."""
        if (self.field, self.condition, self.values) in values.out_of_time:
            return [self.short_words]
        if self.condition != "matches":
            return []
        alone = [Criterion(self.field, self.condition, (entry,)) for entry in self.values]
        return [one.words for one in alone if (one.field, one.condition, one.values) in values.out_of_time]

    @property
    def words(self) -> str:
        """The criterion as a sentence without its full stop."""
        return f"{self.label} {self.condition} {', '.join(f'“{entry}”' for entry in self.values)}"

    @property
    def short_words(self) -> str:
        """The same, with its first three entries at most."""
        more = len(self.values) - _TOLD
        told = Criterion(self.field, self.condition, self.values[:_TOLD]).words
        return f"{told} and {more} more" if more > 0 else told

    def hit(self, values: Values) -> Hit | None:
        """Say why this holds for a mail, None where it does not."""
        if not self.test()(values):
            return None
        if CONDITIONS[self.condition].negative:
            return Hit(self.words, "")
        try:
            entry = self.find()(values) or ""
        except OutOfTime:
            return Hit(self.words, "")
        return Hit(Criterion(self.field, self.condition, (entry,)).words, entry)

    def place(self, entry: str, text: str) -> tuple[int, int] | None:
        """Give where an entry that fits stands in a text, to be marked; None where it cannot be told."""
        if self.condition == "matches":
            return Expression(entry).span(text)
        start = text.lower().find(entry.lower())
        if not entry or start < 0 or len(text.lower()) != len(text) or folded(entry) not in folded(text):
            return None
        return start, start + len(entry)
