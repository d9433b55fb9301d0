"""What a request has in its fields, and what is to become of them: values that pages, mail and command line share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Model

from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.request_fields import FIELDS
from deskpost.desk.templates import Question, Template

Value = Model | str | tuple[Asset, ...] | None
"""What a field holds: a row of its list, a text (of addresses: `joined`), the assets, or nothing."""

CHILDREN: Mapping[str, str] = {"SubCategory": "Category", "Item": "SubCategory"}
"""Fields whose value belongs to the value of another one."""


@dataclass(frozen=True, slots=True)
class Present:
    """Everything that a request has in its fields.

    `fields`: by the names of `request_fields.FIELDS`, each of them there. `additional` by the field's id, `answers` by
    the question's; only what is set. `template_id`: None for the default template.
    """

    fields: Mapping[str, Value]
    additional: Mapping[int, str] = field(default_factory=dict)
    answers: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    template_id: int | None = None


NOTHING = Present({name: () if name == "Asset" else None for name in FIELDS})
"""What a request has before it is made."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be set. A field set to None or "", an additional value "" and an answer () are emptied."""

    fields: Mapping[str, Value] = field(default_factory=dict)
    additional: Mapping[AdditionalField, str] = field(default_factory=dict)
    answers: Mapping[Question, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.fields or self.additional or self.answers)


def text_of(value: Value) -> str:
    """Give a value in words, several joined by ", "; "" where there is none."""
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def joined(addresses: Iterable[str]) -> str | None:
    """Give addresses as the text that a field of them holds; None where there are none."""
    return ", ".join(addresses) or None


def addresses_in(value: Value) -> list[str]:
    """Give the addresses that a field of them holds."""
    return value.split(", ") if isinstance(value, str) and value else []


def after(present: Present, changes: Changes) -> Present:
    """Give what a request has once it is changed. What does not fit its new parent goes."""
    fields = {**present.fields, **changes.fields}
    for child, parent in CHILDREN.items():
        if not fits(child, fields[child], fields[parent]):
            fields[child] = None
    additional = {**present.additional, **{row.pk: value for row, value in changes.additional.items()}}
    answers = {**present.answers, **{row.pk: values for row, values in changes.answers.items()}}
    return replace(
        present,
        fields=fields,
        additional={id: value for id, value in additional.items() if value},
        answers={id: values for id, values in answers.items() if values},
    )


def fits(child: str, value: Value, parent: Value) -> bool:
    """Tell whether a subcategory or item is one of its parent's."""
    if value is None:
        return True
    column = f"{CHILDREN[child].lower()}_id"
    return isinstance(parent, Model) and getattr(value, column) == parent.pk


def unfilled(present: Present, template: Template) -> tuple[str, ...]:
    """Give the labels of what must be filled before a request of this template is closed, and is not."""
    asked = {*template.closing_fields}
    missing = [
        str(field.label) for name, field in FIELDS.items() if name in asked and not present.fields[name]
    ]
    labels = {name.casefold() for name in template.closing_fields if name not in FIELDS}
    if not labels:
        return tuple(missing)
    rows = AdditionalField.objects.filter(deleted_at=None)
    missing += [
        row.label for row in rows if row.label.casefold() in labels and row.pk not in present.additional
    ]
    return tuple(missing)
