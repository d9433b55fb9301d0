"""The criteria of a rule in a form: a row each, with its field, condition and entries, and one row for a new one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from deskpost.inbound.rules import Criterion, joined, mistakes, split
from deskpost.inbound.rules.conditions import CONDITIONS
from deskpost.inbound.rules.fields import FIELDS, HEADER, header_of
from deskpost.inbound.rules.mistakes import MOST_CRITERIA

NEW = "new"
LONGEST_WRITTEN = 200_000  # characters of all entries of a row
_SHOWN = 20  # entries shown one by one


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as it is typed. `written`: the entries with commas between; `header`: a header's name."""

    field: str = "subject"
    condition: str = "contains"
    written: str = ""
    header: str = ""

    @classmethod
    def of(cls, criterion: Criterion) -> "Draft":
        """Give a criterion as it is typed."""
        name = header_of(criterion.field)
        field = HEADER if name is not None else criterion.field
        return cls(field, criterion.condition, joined(criterion.values), name or "")

    @classmethod
    def read(cls, data: Mapping[str, Any], place: str) -> "Draft | None":
        """Read a row of a form that was sent, None where it has none."""
        field = data.get(f"field-{place}")
        if field is None:
            return None
        written = data.get(f"values-{place}", "").replace("\0", "")[:LONGEST_WRITTEN]
        header = data.get(f"header-{place}", "").replace("\0", "").strip().removesuffix(":")[:200]
        return cls(field[:40], data.get(f"condition-{place}", "")[:40], written, header)

    @property
    def criterion(self) -> Criterion:
        """What the row says."""
        key = f"{HEADER}:{self.header}" if self.field == HEADER else self.field
        return Criterion(key, self.condition, split(self.written))

    def without(self, place: int) -> "Draft":
        """Give the row without one of its entries."""
        entries = split(self.written)
        kept = [entry for n, entry in enumerate(entries) if n != place]
        return Draft(self.field, self.condition, joined(kept), self.header)


class CriteriaWidget(forms.Widget):
    """Reads the rows of the page; the page's own template draws them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Draft]:
        """Give the rows that were sent, without the one for a new criterion."""
        rows = (Draft.read(data, str(place)) for place in range(MOST_CRITERIA + 1))
        return [row for row in rows if row is not None]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Tell whether there is none."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Give the id of the part of the page that holds them: where the summary of errors leads."""
        return id_


class CriteriaField(forms.Field):
    """Criteria, as a tuple."""

    widget = CriteriaWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, value: Iterable[Draft]) -> tuple[Criterion, ...]:
        """Give the criteria. Raises ValidationError."""
        criteria = tuple(row.criterion for row in value)
        wrong = dict(mistakes(criteria))
        if wrong:
            raise ValidationError([gettext(words) for words in wrong.values()])
        return criteria


def shown(place: str, draft: Draft, wrong: str) -> dict[str, Any]:
    """Give a row as the page draws it."""
    entries = split(draft.written)
    condition, field = CONDITIONS.get(draft.condition), FIELDS.get(draft.field)
    return {
        "place": place,
        "draft": draft,
        "fields": [(key, gettext(one.label), key == draft.field) for key, one in FIELDS.items()],
        "conditions": [(key, gettext(one.label), key == draft.condition) for key, one in CONDITIONS.items()],
        "field": gettext(field.label) if field else draft.field,
        "entries": list(enumerate(entries[:_SHOWN])),
        "more": max(0, len(entries) - _SHOWN),
        "count": len(entries),
        "negative": bool(condition and condition.negative),
        "wrong": wrong,
    }
