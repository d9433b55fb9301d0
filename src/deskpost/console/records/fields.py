"""What people change of a record: its title, status and owner."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from deskpost.console.page import NotPermitted, Viewer
from deskpost.console.properties import Choice
from deskpost.console.properties_change import NotSaved, gone_words
from deskpost.console.record_names import page_of
from deskpost.desk import permitted
from deskpost.desk.field_values import Judge, scene_of
from deskpost.desk.fields import Status
from deskpost.desk.module_records import FIELDS, Value, change_record
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.notify import notify

LONGEST_TITLE = 300
_NAMES = {"status": "Status", "technician": "Technician"}  # as the judge of fields knows them


class Wrong(NotSaved):
    """What was typed cannot be kept. `words` says why."""


@dataclass(frozen=True, slots=True)
class RecordFields:
    """What the template of the fields shows. `seen` is what the page showed, to notice who else changes it."""

    url: str
    title: str
    edits_title: bool
    statuses: tuple[Choice, ...]  # of one: it cannot be changed by this person
    owners: tuple[Choice, ...]
    pick_up: int | None
    seen: str
    error: str = ""

    @property
    def may_edit(self) -> bool:
        """Whether there is anything to change."""
        return self.edits_title or len(self.statuses) > 1 or len(self.owners) > 1


def fields_of(viewer: Viewer, record: Record, error: str = "", typed: str | None = None) -> RecordFields:
    """Give the fields of a record; `typed` is a title that was not kept."""
    desk = viewer.desk
    judge = Judge(scene_of(desk, record))
    owners = [
        one
        for one in (None, *_owners(record))
        if one == record.technician or judge.may_set_to("Technician", one)
    ]
    if record.technician is not None and record.technician not in owners:
        owners.append(record.technician)
    unowned = viewer.person.technician and record.technician is None
    picks_up = unowned and judge.may_set_to("Technician", viewer.person)
    return RecordFields(
        url=page_of(record, "properties"),
        title=record.subject if typed is None else typed,
        edits_title=desk.works_on(record) and desk.may("request.edit", record),
        statuses=tuple(
            Choice(one.pk, one.name, one == record.status)
            for one in judge.rows("Status")
            if one == record.status or judge.may_set_to("Status", one)
        ),
        owners=tuple(
            Choice(one.pk if one else None, one.name if one else gettext("nobody"), one == record.technician)
            for one in owners
        ),
        pick_up=viewer.person.pk if picks_up and viewer.person in owners else None,
        seen=seen_of(record),
        error=error,
    )


def seen_of(record: Record) -> str:
    """Give the present values as a page carries them."""
    return ".".join(_key(getattr(record, name)) for name in FIELDS)


@transaction.atomic
def change(viewer: Viewer, record: Record, posted: Mapping[str, Any]) -> None:
    """Set the posted fields that the person has changed, and tell who is to be told.

    Raises Wrong, NotSaved when somebody else set one to something else meanwhile, and NotPermitted.
    """
    record = viewer.desk.records.select_for_update(of=("self",)).get(pk=record.pk)
    seen = dict(zip(FIELDS, str(posted.get("seen", "")).split("."), strict=False))
    values: dict[str, Value] = {}
    for name in FIELDS:
        if name not in posted:
            continue
        value = _value(record, name, posted[name])
        if _key(value) == seen.get(name):
            continue
        if name in seen and _key(getattr(record, name)) not in (seen[name], _key(value)):
            raise NotSaved(_conflict(viewer, record, name))
        values[name] = value
    missing = _missing(viewer, record, values)
    if missing:
        raise NotPermitted(missing)
    notify(change_record(record, viewer.person, values), own_addresses=own_addresses())


def _missing(viewer: Viewer, record: Record, values: Mapping[str, Value]) -> str | None:
    """Give the permission that setting these needs and the person has not; None when all may be set."""
    judge = Judge(scene_of(viewer.desk, record))
    for name, value in values.items():
        if getattr(record, name) == value:
            continue
        if isinstance(value, str):
            needed: tuple[str, ...] = ("request.edit",)
        else:
            needed = judge.needs(_NAMES[name], value)
        if not any(viewer.desk.may(permission, record) for permission in needed):
            return needed[0]
    return None


def _value(record: Record, name: str, posted: str) -> Value:
    if name == "subject":
        title = " ".join(posted.replace("\0", "").split())
        if not 1 <= len(title) <= LONGEST_TITLE:
            words = gettext("A title has 1 to %(most)d characters. To do: write one.")
            raise Wrong(words % {"most": LONGEST_TITLE})
        return title
    if name == "technician" and posted == "":
        return None
    rows = Status.objects.all() if name == "status" else _owners(record)
    chosen = next((row for row in rows if str(row.pk) == posted), None)
    if chosen is None:
        raise Wrong(gone_words(gettext(FIELDS[name])))
    return chosen


def _owners(record: Record) -> list[Person]:
    site_id = record.requester.site_id if record.requester else None
    return list(permitted.technicians_for(record.account_id, site_id))


def _key(value: Value) -> str:
    """Give a value as `seen` carries it: a row by its number, a text by a digest."""
    if isinstance(value, str):
        return hashlib.sha256(value.encode()).hexdigest()[:16]
    return str(value.pk) if value is not None else ""


def _conflict(viewer: Viewer, record: Record, name: str) -> str:
    """Say who changed a field meanwhile, from the history."""
    entries = viewer.desk.history.filter(record=record, changes__contains=[[FIELDS[name]]])
    entry = entries.select_related("person").order_by("-at", "-pk").first()
    who = (entry.person.name if entry.person else entry.by) if entry else gettext("Somebody")
    words = gettext(
        "%(who)s set %(field)s to %(value)s at %(when)s, while this page was open. Yours was not saved. "
        "To do: look at the fields as they are now, and choose again if need be."
    )
    return words % {
        "who": who,
        "field": gettext(FIELDS[name]),
        "value": str(getattr(record, name) or gettext("nobody")),
        "when": date_format(timezone.localtime(entry.at if entry else record.updated_at), "H:i"),
    }
