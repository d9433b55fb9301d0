"""The fields of a request as its page shows them: what each is, and what this person may set it to."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.page import Viewer
from deskpost.desk import permitted
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.additional_values import show_additional
from deskpost.desk.assets import Asset
from deskpost.desk.editing import present_of
from deskpost.desk.field_values import Judge, Scene, scene_of
from deskpost.desk.fields import Group
from deskpost.desk.records import Record
from deskpost.desk.request_fields import FIELDS
from deskpost.desk.request_values import Present, Value, text_of

SHOWN = tuple(name for name in FIELDS if name != "Requester")  # who asks stands above
_ALWAYS = ("Status", "Technician", "Group", "Priority")
MOST_TICKED = 200  # assets that are ticked; of more the names are typed
SELECT, TICKS, LINE, LINES = "select", "ticks", "line", "lines"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a field can have."""

    id: int | str | None
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field with its present value, and what this person may set it to.

    `name`: of its input. `kind`: how it is set: select, ticks, line or lines. `choices`: of the first two. `hint`: how
    it is written. `to_close`: it must be filled before the request is closed, and is not.
    """

    name: str
    label: str
    value: str
    kind: str = SELECT
    choices: tuple[Choice, ...] = ()
    may_edit: bool = False
    hint: str = ""
    to_close: bool = False

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """The choices that are set."""
        return tuple(choice for choice in self.choices if choice.current)


@dataclass(frozen=True, slots=True)
class Properties:
    """What the properties' template shows. `seen` is what the page showed, to notice who else changes it.

    `more`: fields that are empty and fold away; `more_open`: one of them was filled just now, and more may follow.
    """

    url: str
    may_edit: bool
    fields: tuple[Field, ...]
    more: tuple[Field, ...]
    more_open: bool
    pick_up: int | None
    technician_name: str
    seen: str
    error: str = ""


def properties_of(
    viewer: Viewer,
    record: Record,
    query: str,
    error: str = "",
    filled: Collection[str] = (),
    typed: Mapping[str, str] | None = None,
    sheet: "Sheet | None" = None,
) -> Properties:
    """Give the fields of a request; to those who see only their own requests without anything to choose.

    `filled`: inputs that were just filled; `typed`: texts that were typed and not saved, by their inputs.
    """
    sheet = sheet or Sheet(viewer, record)
    fields = [one if typed is None else _as_typed(one, typed) for one in sheet.fields()]
    shown = [one for one in fields if sheet.stands_out(one)]
    more = tuple(one for one in fields if not sheet.stands_out(one))
    action = reverse("request_properties", args=[record.number])
    return Properties(
        url=f"{action}?{query}" if query else action,
        may_edit=any(field.may_edit for field in fields),
        fields=tuple(shown),
        more=more,
        more_open=bool({*filled} & {one.name for one in fields if one.name not in _always_inputs()})
        or any(one.value for one in more),
        pick_up=sheet.picks_up(),
        technician_name=record.technician.name if record.technician else "",
        seen=seen_of(record, sheet.present),
        error=error,
    )


@dataclass(frozen=True)
class Sheet:
    """A request's fields as one person sees them."""

    viewer: Viewer
    record: Record

    @cached_property
    def scene(self) -> Scene:
        """Who sets what, and where."""
        return scene_of(self.viewer.desk, self.record)

    @cached_property
    def judge(self) -> Judge:
        """Who knows what may be set."""
        return Judge(self.scene)

    @property
    def present(self) -> Present:
        """What the request has."""
        assert self.scene.present is not None
        return self.scene.present

    @cached_property
    def _open(self) -> bool:
        return self.scene.works and self.record.merged_into_id is None

    def fields(self) -> Iterable[Field]:
        """Give the fields that are set, or that the person may set, in their order."""
        for name in SHOWN:
            field = self._field(name)
            if field.may_edit or ((field.value or name in _ALWAYS) and self.judge.sees(name)):
                yield field
        for row in self._additional:
            field = self._additional_field(row)
            if field.may_edit or (field.value and self.judge.sees(row.label)):
                yield field

    def stands_out(self, field: Field) -> bool:
        """Tell whether a field is shown at once; empty ones fold away but for a few."""
        return bool(field.value) or field.to_close or field.name in _always_inputs()

    def picks_up(self) -> int | None:
        """Give the id of the person who may pick the request up; None where that cannot be."""
        person = self.viewer.person
        unassigned = self._open and person.technician and self.record.technician_id is None
        return person.pk if unassigned and self.judge.may_set_to("Technician", person) else None

    @cached_property
    def _additional(self) -> tuple[AdditionalField, ...]:
        return tuple(AdditionalField.objects.filter(deleted_at=None)) + tuple(
            AdditionalField.objects.filter(pk__in=self.present.additional).exclude(deleted_at=None)
        )

    @cached_property
    def _closing(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in self.scene.template.closing_fields)

    def _sets(self, name: str) -> bool:
        return self._open and self.judge.is_offered(name) and self.judge.may_set(name)

    def _to_close(self, name: str, value: str) -> bool:
        return self._open and not value and name.casefold() in self._closing

    def _field(self, name: str) -> Field:
        present = self.present.fields[name]
        label, value = gettext(str(FIELDS[name].label)), text_of(present)
        field = Field(input_of(name), label, value, to_close=self._to_close(name, value))
        if not self._sets(name):
            return field
        if name in ("ImpactDetails", "Resolution"):
            return replace(field, kind=LINES, may_edit=True)
        if name == "EmailsToNotify":
            return replace(field, kind=LINE, may_edit=True, hint=gettext("Addresses, with commas between"))
        if name == "Asset":
            if self.types_assets:
                hint = gettext("Names, with commas between")
                return replace(field, value=self.assets_shown, kind=LINE, may_edit=True, hint=hint)
            choices = self._assets()
            return replace(field, kind=TICKS, choices=choices, may_edit=bool(choices))
        choices = tuple(self._choices(name, present))
        return replace(field, choices=choices, may_edit=len(choices) > 1)

    def _choices(self, name: str, present: Value) -> Iterable[Choice]:
        if name != "Status":
            empty = gettext("nobody") if name == "Technician" else gettext("none")
            if present is None or self.judge.may_set_to(name, None):
                yield Choice(None, empty, present is None)
        rows = [row for row in self._rows(name) if row == present or self.judge.may_set_to(name, row)]
        if isinstance(present, Model) and present not in rows:
            rows.append(present)
        for row in rows:
            yield Choice(row.pk, str(row), row == present)

    def _rows(self, name: str) -> Any:
        rows = self.judge.choices(name)
        group = self.present.fields["Group"]
        if name != "Technician" or not isinstance(group, Group):
            return rows
        return permitted.of_group(rows, group, self.viewer.person)

    @cached_property
    def types_assets(self) -> bool:
        """Whether there are so many assets that their names are typed."""
        return bool(self.judge.choices("Asset")[MOST_TICKED:].exists())

    @property
    def assets_shown(self) -> str:
        """The names of the request's assets that the person may change, as they are typed."""
        return text_of(self._seen_assets)

    @property
    def _seen_assets(self) -> tuple[Asset, ...]:
        present, unseen = self.present.fields["Asset"], self.judge.unseen_assets
        return tuple(one for one in present if one not in unseen) if isinstance(present, tuple) else ()

    def _assets(self) -> tuple[Choice, ...]:
        chosen = {asset.pk for asset in self._seen_assets}
        rows = sorted(self.judge.choices("Asset"), key=lambda one: one.name.casefold())
        return tuple(Choice(one.pk, one.name, one.pk in chosen) for one in rows)

    def _additional_field(self, row: AdditionalField) -> Field:
        kept = self.present.additional.get(row.pk, "")
        shown = show_additional(row, kept, self.scene.time_zone)
        field = Field(input_of(row), row.label, shown, to_close=self._to_close(row.label, kept))
        if row.deleted_at is not None or not self._sets(row.label):
            return field
        if row.kind != AdditionalField.Kind.CHOICE:
            hint = "2026-11-23 14:30" if row.kind == AdditionalField.Kind.DATE else ""
            kind = LINES if row.kind == AdditionalField.Kind.TEXT and "\n" in kept else LINE
            return replace(field, kind=kind, may_edit=True, hint=hint)
        options = [*row.options, *([kept] if kept and kept not in row.options else [])]
        choices = (Choice(option, option, option == kept) for option in options)
        return replace(field, choices=(Choice(None, gettext("none"), not kept), *choices), may_edit=True)


def input_of(name: str | AdditionalField) -> str:
    """Give the name of a field's input."""
    return f"additional-{name.pk}" if isinstance(name, AdditionalField) else name.lower()


def seen_of(record: Record, present: Present | None = None) -> str:
    """Give the present values as a page carries them: each input with a mark that changes with its value."""
    present = present or present_of(record)
    marks = {input_of(name): mark_of(present.fields[name]) for name in SHOWN}
    marks |= {f"additional-{id}": mark_of(value) for id, value in present.additional.items()}
    return urlencode({name: mark for name, mark in marks.items() if mark})


def mark_of(value: Value) -> str:
    """Give what tells a value from others: the id of a row, those of assets, a digest of a text, "" for nothing."""
    if not value:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, tuple):
        return ".".join(sorted(str(one.pk) for one in value))
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def _always_inputs() -> tuple[str, ...]:
    return tuple(input_of(name) for name in _ALWAYS)


def _as_typed(field: Field, typed: Mapping[str, str]) -> Field:
    if field.kind not in (LINE, LINES) or not field.may_edit or field.name not in typed:
        return field
    return replace(field, value=typed[field.name])
