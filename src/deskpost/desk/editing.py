"""The one writer of requests' fields, and the reading of what a request has in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from deskpost.desk.assets import Asset
from deskpost.desk.events import Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.modules import REQUEST
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_details import AdditionalValue, Answer, RequestAsset, RequestDetails
from deskpost.desk.request_fields import FIELDS
from deskpost.desk.request_values import (
    NOTHING,
    Changes,
    Present,
    Value,
    addresses_in,
    after,
    joined,
    text_of,
    unfilled,
)
from deskpost.desk.templates import Question, Template

__all__ = [
    "By",
    "ClosingRefused",
    "Made",
    "closes",
    "insert_fields",
    "offered_by",
    "opening_changes",
    "present_of",
    "presents_of",
    "questions_of",
    "template_of",
    "unfilled",
    "write",
]

IN_DETAILS: tuple[str, ...] = tuple(
    name for name, field in FIELDS.items() if field.in_details and field.column
)
_OF_RECORD: tuple[str, ...] = tuple(name for name, field in FIELDS.items() if not field.in_details)
_ROWS = ("level", "mode", "urgency", "impact", "category", "subcategory", "item", "request_type", "site")
_T = TypeVar("_T")
ENDED = (Status.Kind.CLOSED, Status.Kind.RESOLVED)


@dataclass(frozen=True, slots=True)
class By:
    """Who changes a request, by what, when; and the mail that asked for it. `name`: who did it where no person did."""

    person: Person | None
    via: str
    at: datetime | None = None  # now
    mail_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A request that is being made, and what it begins with beyond its own row. `template`: None, the default one."""

    record_id: int
    account_id: int
    changes: Changes
    template: Template | None = None


class ClosingRefused(Exception):
    """Fields are empty that must be filled before the request is closed: `missing` has their labels."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def present_of(record: Record) -> Present:
    """Give what a request has in its fields, in five queries at most."""
    return presents_of([record])[record.pk]


def presents_of(records: Collection[Record]) -> dict[int, Present]:
    """Give what each of these requests has in its fields, by its id; no more queries than for one."""
    ids = [record.pk for record in records]
    details = RequestDetails.objects.select_related(*_ROWS).in_bulk(ids)
    assets: dict[int, list[Asset]] = {}
    for link in RequestAsset.objects.filter(record__in=ids).select_related("asset").order_by("asset__name"):
        assets.setdefault(link.record_id, []).append(link.asset)
    additional: dict[int, dict[int, str]] = {}
    for value in AdditionalValue.objects.filter(record__in=ids):
        additional.setdefault(value.record_id, {})[value.field_id] = value.value
    answers: dict[int, dict[int, tuple[str, ...]]] = {}
    for answer in Answer.objects.filter(record__in=ids):
        answers.setdefault(answer.record_id, {})[answer.question_id] = tuple(answer.values)
    return {
        record.pk: Present(
            fields=_fields(record, details.get(record.pk), tuple(assets.get(record.pk, ()))),
            additional=additional.get(record.pk, {}),
            answers=answers.get(record.pk, {}),
            template_id=details[record.pk].template_id if record.pk in details else None,
        )
        for record in records
    }


def template_of(record: Record | None) -> Template:
    """Give the template that a request was made by; the default one of a request that names none, or of none yet.

    Records of other modules have none: who works on them gets their status and technician.
    """
    if record is not None and record.module != REQUEST:
        return Template(technician_fields=["Status", "Technician"])
    chosen = None if record is None else Template.objects.filter(pk__in=_named_by(record)).first()
    return chosen or Template.objects.get(default=True)


def offered_by(template: Template, works: bool) -> tuple[str, ...]:
    """Give the fields of a template that a person gets: names, and labels of additional fields.

    `works`: whether the person works on requests there, and so gets what technicians do.
    """
    return tuple(template.technician_fields if works else template.requester_fields)


def questions_of(template: Template, works: bool) -> tuple[Question, ...]:
    """Give the questions of a template's resources that a person gets, in their order."""
    who = {"for_technician": True} if works else {"for_requester": True}
    rows = Question.objects.filter(
        resource__template=template, resource__deleted_at=None, deleted_at=None, **who
    )
    return tuple(
        rows.select_related("resource").order_by("resource__position", "resource_id", "position", "id")
    )


def closes(before: Status | None, then: Status) -> bool:
    """Tell whether a request is closed by getting another status."""
    closed = Status.Kind.CLOSED
    return then.kind == closed and (before is None or before.kind != closed)


@transaction.atomic
def write(record: Record, changes: Changes, by: By) -> list[Event]:
    """Set fields of a request, note it as one entry of its history, and give what is to be told of it.

    The request is locked first. Raises ClosingRefused where the closing rules are not met; nothing is set then.
    """
    record = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
    present = present_of(record)
    then = after(present, changes)
    noted = _differences(present, then, changes)
    if not noted:
        return []
    before, status = record.status, then.fields["Status"]
    assert isinstance(status, Status)
    closing = closes(before, status)
    if closing and (missing := unfilled(then, template_of(record))):
        raise ClosingRefused(missing)
    now = by.at or timezone.now()
    for name in _OF_RECORD:
        setattr(record, FIELDS[name].column, then.fields[name])
    if status != before:
        record.closed_at = (record.closed_at or now) if status.kind in ENDED else None
    record.updated_at = now
    record.save(update_fields=[*(FIELDS[name].column for name in _OF_RECORD), "closed_at", "updated_at"])
    _write_rest(record, present, then)
    note(record, by, noted, now)
    return _events(record, by, closing, {name for name, _, _ in noted})


def note(
    record: Record, by: By, noted: Sequence[tuple[str, str | None, str | None]], at: datetime
) -> HistoryEntry:
    """Write one entry of a record's history; no changes means that it was opened."""
    person = by.person
    return HistoryEntry.objects.create(
        record=record,
        account_id=record.account_id,
        at=at,
        person=person,
        by=by.name or ((person.sign_in_name or person.name) if person else ""),
        via=by.via,
        changes=[list(change) for change in noted],
        mail_id=by.mail_id,
    )


def opening_changes(
    changes: Changes, begins: Mapping[str, Value] = MappingProxyType({})
) -> list[tuple[str, str | None, str | None]]:
    """Give what is set while a request is opened, as its history names it. `begins`: what it has without that."""
    present = replace(NOTHING, fields={**NOTHING.fields, **begins})
    return _differences(present, after(present, changes), changes)


def insert_fields(made: Iterable[Made]) -> None:
    """Write what new requests begin with beyond their own rows, many requests at once."""
    details, assets, additional, answers = [], [], [], []
    for one in made:
        present = after(NOTHING, one.changes)
        keys = {"record_id": one.record_id, "account_id": one.account_id}
        named = one.template is not None and not one.template.default
        if named or _has_details(present):
            template = one.template if named else None
            details.append(RequestDetails(**keys, template=template, **_columns(present)))
        assets += _asset_rows(keys, present)
        additional += [
            AdditionalValue(**keys, field_id=id, value=value) for id, value in present.additional.items()
        ]
        answers += [
            Answer(**keys, question_id=id, values=list(values)) for id, values in present.answers.items()
        ]
    RequestDetails.objects.bulk_create(details)
    RequestAsset.objects.bulk_create(assets)
    AdditionalValue.objects.bulk_create(additional)
    Answer.objects.bulk_create(answers)


def _named_by(record: Record) -> QuerySet[RequestDetails, Any]:
    return RequestDetails.objects.filter(record=record).values("template")


def _fields(record: Record, details: RequestDetails | None, assets: Value) -> Mapping[str, Value]:
    own = {"Asset": assets, "EmailsToNotify": joined(details.notify if details else ())}
    return {
        name: own[name]
        if name in own
        else getattr(record if not field.in_details else details, field.column, None)
        for name, field in FIELDS.items()
    }


def _has_details(present: Present) -> bool:
    return any(present.fields[name] for name in IN_DETAILS)


def _columns(present: Present) -> dict[str, object]:
    columns: dict[str, object] = {FIELDS[name].column: present.fields[name] for name in IN_DETAILS}
    for name in ("ImpactDetails", "Resolution"):
        columns[FIELDS[name].column] = present.fields[name] or ""
    columns["notify"] = addresses_in(present.fields["EmailsToNotify"])
    return columns


def _asset_rows(keys: Mapping[str, int], present: Present) -> list[RequestAsset]:
    assets = present.fields["Asset"]
    assert isinstance(assets, tuple)
    return [RequestAsset(**keys, asset=asset) for asset in assets]


def _differences(
    present: Present, then: Present, changes: Changes
) -> list[tuple[str, str | None, str | None]]:
    """Give each thing that changes as the history names it, with what it was and what it becomes."""
    noted = [
        (name, text_of(present.fields[name]) or None, text_of(then.fields[name]) or None)
        for name in FIELDS
        if not same(present.fields[name], then.fields[name])
    ]
    for field in sorted(changes.additional, key=lambda one: (one.position, one.pk)):
        pair = present.additional.get(field.pk), then.additional.get(field.pk)
        if pair[0] != pair[1]:
            noted.append((field.label, *pair))
    for question in changes.answers:
        old, new = (one.answers.get(question.pk, ()) for one in (present, then))
        if old != new:
            noted.append((name_of(question), "; ".join(old) or None, "; ".join(new) or None))
    return noted


def name_of(question: Question) -> str:
    """Give what a question is called outside its template, such as "Laptop: Model"."""
    return f"{question.resource.name}: {question.text}"


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are one; assets in any order."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return {asset.pk for asset in one} == {asset.pk for asset in other}
    return (one or None) == (other or None)


def _write_rest(record: Record, present: Present, then: Present) -> None:
    """Write what is kept beside the record's own row, as far as it changes."""
    keys = {"record_id": record.pk, "account_id": record.account_id}
    if _columns(present) != _columns(then):
        changed = RequestDetails.objects.filter(record=record).update(**_columns(then))
        if not changed:
            RequestDetails.objects.create(**keys, **_columns(then))
    if not same(present.fields["Asset"], then.fields["Asset"]):
        RequestAsset.objects.filter(record=record).delete()
        RequestAsset.objects.bulk_create(_asset_rows(keys, then))
    values = _changed(present.additional, then.additional)
    AdditionalValue.objects.filter(record=record, field__in=values).delete()
    AdditionalValue.objects.bulk_create(
        AdditionalValue(**keys, field_id=id, value=value) for id, value in values.items() if value
    )
    given = _changed(present.answers, then.answers)
    Answer.objects.filter(record=record, question__in=given).delete()
    Answer.objects.bulk_create(
        Answer(**keys, question_id=id, values=list(values)) for id, values in given.items() if values
    )


def _changed(before: Mapping[int, _T], then: Mapping[int, _T]) -> dict[int, _T | None]:
    return {id: then.get(id) for id in {*before, *then} if before.get(id) != then.get(id)}


def _events(record: Record, by: By, closing: bool, changed: Collection[str]) -> list[Event]:
    about = record_facts([record.pk])[record.pk]
    actor = people_facts([by.person.pk]).get(by.person.pk) if by.person else None
    events = [Event("request_closed", about, actor)] if closing else []
    if {"Technician", "Group"} & set(changed) and (record.technician_id or record.group_id):
        events.append(Event("request_assigned", about, actor, record.preview))
    return events
