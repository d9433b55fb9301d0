"""A criterion: a field, a condition and entries."""

from dataclasses import dataclass
from typing import Any

from deskpost.inbound.rules.conditions import CONDITIONS, Test
from deskpost.inbound.rules.expression import Expression
from deskpost.inbound.rules.fields import field_of
from deskpost.inbound.rules.values import Values, folded


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

    def test(self) -> Test:
        """Make the test that tells of a mail whether this holds. Raises ExpressionRefused, ValueError, KeyError."""
        field, condition = field_of(self.field), CONDITIONS[self.condition]
        if field is None or not self.values or field.number != condition.number:
            raise ValueError(f"no criterion: {self.words}")
        any_fits = condition.make(self.field, field, self.values)
        return (lambda values: not any_fits(values)) if condition.negative else any_fits

    @property
    def words(self) -> str:
        """The criterion as a sentence without its full stop."""
        return f"{self.label} {self.condition} {', '.join(f'“{entry}”' for entry in self.values)}"

    def hit(self, values: Values) -> Hit | None:
        """Say why this holds for a mail, None where it does not."""
        if not self.test()(values):
            return None
        if CONDITIONS[self.condition].negative:
            return Hit(self.words, "")
        for entry in self.values:
            alone = Criterion(self.field, self.condition, (entry,))
            if alone.test()(values):
                return Hit(alone.words, entry)
        return Hit(self.words, "")

    def place(self, entry: str, text: str) -> tuple[int, int] | None:
        """Give where an entry that fits stands in a text, to be marked; None where it cannot be told."""
        if self.condition == "matches":
            return Expression(entry).span(text)
        start = text.lower().find(entry.lower())
        if not entry or start < 0 or len(text.lower()) != len(text) or folded(entry) not in folded(text):
            return None
        return start, start + len(entry)
