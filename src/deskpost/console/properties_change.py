"""Fields of a request as people change them on its page, one at a time or several, next to each other or at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from deskpost.console.page import NotPermitted, Viewer
from deskpost.console.properties import SHOWN, Sheet, input_of, mark_of
from deskpost.desk import merging
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.additional_values import show_additional
from deskpost.desk.editing import By, write
from deskpost.desk.field_values import Asked, Judge, Judged, Picked, found_in
from deskpost.desk.fields import Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_fields import FIELDS
from deskpost.desk.request_values import CHILDREN, text_of
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound.notify import notify

_TEXTS = ("ImpactDetails", "Resolution", "EmailsToNotify")


class NotSaved(Exception):
    """Nothing was saved; `words` says why, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class _Posted:
    """One input that a page posted. `name`: of the field, or the label of an additional one."""

    name: str
    label: str
    asked: Asked
    mark: str
    present: str  # the mark of what the request has


@transaction.atomic
def change(viewer: Viewer, record: Record, posted: QueryDict) -> tuple[str, ...]:
    """Set the posted fields that the person has changed, tell who is to be told, and give the inputs that were set.

    Fields that the page only carried along are left alone. Raises NotSaved when one was set to something else by
    somebody else since the page was made, cannot be so, or does not exist here any more; and NotPermitted.
    """
    record = viewer.desk.records.select_for_update(of=("self",)).get(pk=record.pk)
    if record.merged_into_id is not None:
        raise NotSaved(merging.merged_words(record))
    sheet, seen = Sheet(viewer, record), dict(parse_qsl(posted.get("seen", "")[:20_000]))
    asked: dict[str, Asked] = {}
    inputs = []
    for name, one in _posted(sheet, posted).items():
        before = seen.get(name, "") if seen else None
        if one.mark == before:
            continue
        if before is not None and one.present not in (before, one.mark):
            raise NotSaved(_conflict(viewer, record, sheet, one))
        if one.mark == one.present:
            continue
        if isinstance(one.asked, Picked) and one.name not in CHILDREN:
            _check_there(sheet.judge, one)
        asked[one.name] = one.asked
        inputs.append(name)
    if asked:
        apply(viewer, record, sheet.judge, asked)
    return tuple(inputs)


def apply(viewer: Viewer, record: Record, judge: Judge, asked: Mapping[str, Asked]) -> None:
    """Set fields of a request, all or none, and tell who is to be told. Raises NotSaved and NotPermitted.

    Closing and picking up are acts: a role allows them, whatever the template offers.
    """
    status = found_in(judge.rows("Status"), asked.get("Status", ""))
    closes = isinstance(status, Status) and status.kind == Status.Kind.CLOSED
    mine = Picked((viewer.person.pk,))
    takes = asked.get("Technician") == mine and judge.present.fields["Technician"] is None
    judged = judge.judge(asked, {}, close=closes, pick_up=takes)
    lacks = next((verdict.lacks for verdict in judged.refused if verdict.lacks), "")
    if lacks:
        raise NotPermitted(lacks)
    if judged.missing or judged.refused:
        raise NotSaved(closing_words(judged.missing) if judged.missing else _refusal(judged))
    if judged.lacking:
        words = gettext("There is no asset %(name)s here. Nothing was saved. To do: correct the name.")
        raise NotSaved(words % {"name": judged.lacking[0][:100]})
    notify(write(record, judged.changes, By(viewer.person, "page")), own_addresses=own_addresses())


def closing_words(missing: tuple[str, ...]) -> str:
    """Say that a request cannot be closed yet, what is missing and where to fill it in."""
    words = gettext(
        "It was not closed: its template asks for %(fields)s first. "
        "To do: fill in %(fields)s under Details of the request, then close it."
    )
    return words % {"fields": ", ".join(missing)}


def _check_there(judge: Judge, one: _Posted) -> None:
    """Raise NotSaved where what was chosen is not in the list any more."""
    assert isinstance(one.asked, Picked)
    rows = (*judge.choices(one.name), *(judge.unseen_assets if one.name == "Asset" else ()))
    if one.asked.ids and not {*one.asked.ids} <= {row.pk for row in rows}:
        raise NotSaved(gone_words(one.label))


def gone_words(label: str) -> str:
    """Say that a value which was chosen for a field is none, or none any more."""
    words = gettext(
        "%(field)s was not saved: what you chose is not in the list any more. To do: choose from the list as it is now."
    )
    return words % {"field": label}


def _posted(sheet: Sheet, posted: QueryDict) -> dict[str, _Posted]:
    found = {}
    for name in SHOWN:
        place = input_of(name)
        if place not in posted:
            continue
        asked, mark = _assets(sheet, posted) if name == "Asset" else _asked(sheet.judge, name, posted)
        label, present = gettext(str(FIELDS[name].label)), mark_of(sheet.present.fields[name])
        found[place] = _Posted(name, label, asked, mark, present)
    for row in AdditionalField.objects.filter(deleted_at=None):
        place, kept = input_of(row), sheet.present.additional.get(row.pk, "")
        if place in posted:
            text = _text(posted.get(place, ""))
            same = text == _text(show_additional(row, kept, sheet.scene.time_zone))
            mark = mark_of(kept if same else text)
            found[place] = _Posted(row.label, row.label, text, mark, mark_of(kept))
    return found


def _assets(sheet: Sheet, posted: QueryDict) -> tuple[Asked, str]:
    """Give the assets that are asked for, ticked or typed, and their mark. Those that one does not see stay."""
    present = mark_of(sheet.present.fields["Asset"])
    if sheet.types_assets:
        text = _text(posted.get("asset", ""))
        return text, present if text == _text(sheet.assets_shown) else mark_of(text)
    asked, _mark = _asked(sheet.judge, "Asset", posted)
    assert isinstance(asked, Picked)
    ids = {*asked.ids, *(one.pk for one in sheet.judge.unseen_assets)}
    return Picked(tuple(sorted(ids))), ".".join(sorted(map(str, ids)))


def _asked(judge: Judge, name: str, posted: QueryDict) -> tuple[Asked, str]:
    """Give what is asked for, and its mark."""
    place = input_of(name)
    if name in _TEXTS:
        text = _text(posted.get(place, ""))
        return text, mark_of(text)
    values = [value for value in posted.getlist(place) if value]
    if not all(value.isascii() and value.isdigit() and len(value) < 19 for value in values):
        raise NotSaved(gone_words(gettext(str(FIELDS[name].label))))
    return Picked(tuple(map(int, values))), ".".join(sorted(values))


def _text(typed: str) -> str:
    return typed.replace("\r\n", "\n").replace("\0", "").strip()


def _refusal(judged: Judged) -> str:
    verdict = judged.refused[0]
    label = gettext(str(FIELDS[verdict.name].label)) if verdict.name in FIELDS else verdict.name
    words = gettext("%(field)s was not saved: %(why)s. To do: choose or write another value.")
    return words % {"field": label, "why": verdict.reason}


def _conflict(viewer: Viewer, record: Record, sheet: Sheet, one: _Posted) -> str:
    """Say who changed a field meanwhile, from the history."""
    words = gettext(
        "%(who)s set %(field)s to %(value)s at %(when)s, while this page was open. Yours was not saved. "
        "To do: look at the fields as they are now, and choose again if need be."
    )
    entries = viewer.desk.history.filter(record=record).select_related("person").order_by("-at", "-pk")[:20]
    entry = next((row for row in entries if any(change[0] == one.name for change in row.changes)), None)
    who = entry.person.name if entry and isinstance(entry.person, Person) else gettext("Somebody")
    at = entry.at if entry else record.updated_at
    return words % {
        "who": who,
        "field": one.label,
        "value": _value_words(sheet, one)[:80] or gettext("none"),
        "when": date_format(timezone.localtime(at), "H:i"),
    }


def _value_words(sheet: Sheet, one: _Posted) -> str:
    if one.name in FIELDS:
        return text_of(sheet.present.fields[one.name])
    rows = {row.label: sheet.present.additional.get(row.pk, "") for row in sheet.judge.additional}
    return rows.get(one.name, "")
