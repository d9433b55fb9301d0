"""The fields of a request as people change them, one at a time or several, next to each other or at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from deskpost.console.page import NotPermitted, Viewer
from deskpost.desk import merging, permitted
from deskpost.desk.fields import Priority
from deskpost.desk.people import Person
from deskpost.desk.permitted import Value
from deskpost.desk.records import Record
from deskpost.desk.requests import change_fields
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.notify import notify

FIELDS = {"status": "Status", "priority": "Priority", "group": "Group", "technician": "Technician"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a field can have."""

    id: int | None
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field with its present value, and what this person may set it to."""

    name: str
    label: str
    value: str
    choices: tuple[Choice, ...]

    @property
    def may_edit(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.choices) > 1


@dataclass(frozen=True, slots=True)
class Properties:
    """What the properties' template shows. `seen` is what the page showed, to notice who else changes it."""

    url: str
    may_edit: bool
    fields: tuple[Field, ...]
    pick_up: int | None
    technician_name: str
    seen: str
    error: str = ""


class Conflict(Exception):
    """Somebody else changed the same field while the page was open. `words` says who, what and when."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def properties_of(viewer: Viewer, record: Record, query: str, error: str = "") -> Properties:
    """Give the fields of a request; to those who see only their own requests without anything to choose."""
    works = viewer.desk.works_on(record)
    free = record.merged_into_id is None
    fields = tuple(
        _field(viewer, record, name, works and free) for name in FIELDS if works or name != "group"
    )
    action = reverse("request_properties", args=[record.number])
    mine = {"technician": viewer.person}
    unassigned = free and works and viewer.person.technician and record.technician is None
    picks_up = unassigned and permitted.missing(viewer.desk, record, mine) is None
    return Properties(
        url=f"{action}?{query}" if query else action,
        may_edit=any(field.may_edit for field in fields),
        fields=fields,
        pick_up=viewer.person.pk if picks_up else None,
        technician_name=record.technician.name if record.technician else "",
        seen=seen_of(record),
        error=error,
    )


def seen_of(record: Record) -> str:
    """Give the present values as a page carries them: status.priority.group.technician."""
    return ".".join(str(getattr(record, f"{name}_id") or "") for name in FIELDS)


@transaction.atomic
def change(viewer: Viewer, record: Record, posted: Mapping[str, Any]) -> None:
    """Set the posted fields that the person has changed, and tell who is to be told.

    Fields that the page only carried along are left alone. Raises Conflict when one was set to something else by
    somebody else since the page was made, NotPermitted, and Http404 for values that do not exist here.
    """
    record = viewer.desk.records.select_for_update(of=("self",)).get(pk=record.pk)
    if record.merged_into_id is not None:
        raise Conflict(merging.merged_words(record))
    seen = _seen(posted)
    values: dict[str, Value] = {}
    for name in FIELDS:
        if name not in posted or posted[name] == seen.get(name):
            continue
        value = _value(record, name, posted[name])
        before = seen.get(name)
        present = str(getattr(record, f"{name}_id") or "")
        if before is not None and present not in (before, posted[name]):
            raise Conflict(_conflict(viewer, record, name))
        values[name] = value
    missing = permitted.missing(viewer.desk, record, values)
    if missing:
        raise NotPermitted(missing)
    notify(change_fields(record, viewer.person, "page", values), own_addresses=own_addresses())


def _seen(posted: Mapping[str, Any]) -> dict[str, str]:
    parts = str(posted.get("seen", "")).split(".")
    return dict(zip(FIELDS, parts, strict=True)) if len(parts) == len(FIELDS) else {}


def _value(record: Record, name: str, posted: str) -> Value:
    """Give the posted value among those that this record can have."""
    if posted == "" and name != "status":
        return None
    chosen: Value = next((row for row in _choices(record, name) if str(row.pk) == posted), None)
    if chosen is None:
        raise Http404
    return chosen


def _choices(record: Record, name: str) -> Iterable[Any]:
    match name:
        case "status":
            return type(record.status).objects.all()
        case "priority":
            return Priority.objects.order_by("level")
        case "group":
            return permitted.groups_for(record.account_id)
    site_id = record.requester.site_id if record.requester else None
    return permitted.technicians_for(record.account_id, site_id)


def _field(viewer: Viewer, record: Record, name: str, works: bool) -> Field:
    present = getattr(record, name)
    allowed: list[Choice] = []
    if works:
        empty = [None] if name != "status" else []
        for row in [*empty, *_choices(record, name)]:
            if row == present or permitted.missing(viewer.desk, record, {name: row}) is None:
                title = str(row) if row else gettext("nobody") if name == "technician" else gettext("none")
                allowed.append(Choice(row.pk if row else None, title, row == present))
        if present is not None and not any(choice.current for choice in allowed):
            allowed.append(Choice(present.pk, str(present), True))
    value = "" if present is None else present.name
    return Field(name, gettext(FIELDS[name]), value, tuple(allowed))


def _conflict(viewer: Viewer, record: Record, name: str) -> str:
    """Say who changed a field meanwhile, from the history."""
    label, present = FIELDS[name], getattr(record, name)
    words = gettext(
        "%(who)s set %(field)s to %(value)s at %(when)s, while this page was open. Yours was not saved. "
        "To do: look at the fields as they are now, and choose again if need be."
    )
    entries = viewer.desk.history.filter(record=record).select_related("person").order_by("-at", "-pk")[:20]
    entry = next((one for one in entries if any(change[0] == label for change in one.changes)), None)
    who = entry.person.name if entry and isinstance(entry.person, Person) else gettext("Somebody")
    at = entry.at if entry else record.updated_at
    when = date_format(timezone.localtime(at), "H:i")
    return words % {
        "who": who,
        "field": gettext(label),
        "value": str(present or gettext("none")),
        "when": when,
    }
