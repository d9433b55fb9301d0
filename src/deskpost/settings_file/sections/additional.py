"""`fields: additional`: the fields that an administrator adds to requests. The list is the whole list."""

from collections.abc import Sequence
from typing import Any

from deskpost.desk import additional_field_settings as fields
from deskpost.desk.additional_fields import AdditionalField
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.rows import Row, rows
from deskpost.settings_file.sections.value_rows import KEY
from deskpost.settings_file.values import choice, each, text

READ = rows(
    "additional",
    {"label": text, "kind": choice(*AdditionalField.Kind.values), "options": each(text)},
    required=("label", "kind"),
    name="label",
)
"""Reads the list."""


def apply(wanted: Sequence[Row], row: Row, applying: Applying) -> None:
    """Make the fields those of the file. One that is not in it is removed, and its values stay."""
    if len(wanted) > fields.MOST:
        words = f"The list has more than {fields.MOST} fields. To do: leave some out."
        raise row.mistake("additional", words)
    present = fields.in_order()
    labels = {written["label"].casefold() for written in wanted}
    for field in present:
        if field.label.casefold() not in labels:
            fields.remove(None, VIA, field)
    for place, written in enumerate(wanted):
        _save(written, place, applying)
    before, after = [field.label for field in present], [written["label"] for written in wanted]
    if before != after:
        applying.note(KEY, "", "additional", before, after)


def export() -> list[dict[str, Any]]:
    """Give the fields that are not removed, in their order."""
    return [
        {"label": field.label, "kind": field.kind}
        | ({"options": field.options} if field.kind == AdditionalField.Kind.CHOICE else {})
        for field in fields.in_order()
    ]


def _save(written: Row, place: int, applying: Applying) -> None:
    label, kind = written["label"], written["kind"]
    field = _found(label, kind)
    options = written.get("options", field.options if field and field.kind == kind else [])
    for column, words in fields.refusals(field, label, kind, options):
        raise written.mistake(column, words)
    old = field.label if field else label
    values = {"label": label, "kind": kind, "options": options, "position": place, "deleted_at": None}
    one = field or AdditionalField()
    applying.save(KEY, f"additional {label}", one, values, written.line)
    if field is None:
        fields.offer_to_technicians(None, VIA, label)
    if old != label:
        fields.rename_in_templates(None, VIA, old, label)


def _found(label: str, kind: str) -> AdditionalField | None:
    """Give the field with this label, else the newest removed one that can be brought back for it."""
    called = AdditionalField.objects.filter(label__iexact=label).select_for_update()
    removed = called.filter(deleted_at__isnull=False, kind=kind).order_by("-deleted_at")
    return called.filter(deleted_at=None).first() or removed.first()
