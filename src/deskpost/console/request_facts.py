"""What stands around a request's conversation: the facts in its head, who asks, where it came from, its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.attachments import PICTURES
from deskpost.console.conversation import place_of
from deskpost.console.held_replies import held_at
from deskpost.console.page import Counted, Viewer
from deskpost.console.request_filters import Address
from deskpost.desk import delimiters, search
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.additional_values import show_additional
from deskpost.desk.conversations import Conversation
from deskpost.desk.field_values import zone_of
from deskpost.desk.fields import Priority, Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.records import Record
from deskpost.desk.request_fields import FIELDS
from deskpost.desk.requests import is_of_desk
from deskpost.mime.delimiters import Delimiters

HISTORY = 100  # entries shown

VIA = {
    "page": "page",
    "mail": "mail",
    "api": "API",
    "rule": "rule",
    "import": "import",
    "cli": "command line",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The head of a request."""

    number: int
    token: str
    subject: str
    status: Status
    priority: Priority | None
    account: str
    opened_at: datetime
    opened_by: str  # mail, page, or desk: nobody asked for it
    mail_count: int
    note_count: int
    held_count: int  # unverified replies that wait; 0 to those who do not work on it


@dataclass(frozen=True, slots=True)
class ChangeFile:
    """A file of a mail that changed a request."""

    name: str
    size: int
    url: str
    picture: bool  # which a browser shows


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asked; the address only for those who work on the request, and for oneself."""

    id: int
    name: str
    address: str
    account: str
    site: str
    open_count: int | None


def facts_of(viewer: Viewer, record: Record) -> Facts:
    """Give what the head shows."""
    in_use = delimiters.current()
    counts = dict(
        viewer.desk.conversations.filter(record=place_of(viewer, record))
        .order_by()
        .values_list("direction")
        .annotate(Count("pk"))
    )
    notes = counts.pop(Conversation.Direction.NOTE, 0)
    its_own = Q(record=record, came_from=None) | Q(came_from=record)
    first = viewer.desk.conversations.filter(its_own).order_by("at", "pk").first()
    return Facts(
        number=record.number,
        token=Delimiters.write(in_use.get("", "##"), in_use.get(record.module, record.module), record.number),
        subject=record.subject,
        status=record.status,
        priority=record.priority,
        account=record.account.name,
        opened_at=record.created_at,
        opened_by=_opened_by(first),
        mail_count=sum(counts.values()),
        note_count=notes,
        held_count=held_at(record).count() if viewer.desk.works_on(record) else 0,
    )


def _opened_by(first: Conversation | None) -> str:
    if first is None or first.mail_id is not None:
        return "mail"
    return "desk" if is_of_desk(first) else "page"


def requester_of(viewer: Viewer, record: Record) -> Requester | None:
    """Give who asked, with the number of their open requests."""
    person = record.requester
    if person is None:
        return None
    address = person.addresses.order_by("-primary", "pk").first()
    works = viewer.desk.works_on(record)
    open_count = viewer.desk.records.filter(requester=person, closed_at=None).count() if works else None
    return Requester(
        id=person.pk,
        name=person.name,
        address=address.address if address and (works or person == viewer.person) else "",
        account=person.account.name,
        site=person.site.name if person.site else "",
        open_count=open_count,
    )


def history_of(viewer: Viewer, record: Record) -> list[dict[str, Any]]:
    """Give the changes of a request, newest first."""
    entries = viewer.desk.history.filter(record=record).select_related("person").order_by("-at", "-pk")
    shown = list(entries[:HISTORY])
    moments = _Moments(zone_of(viewer.person))
    files = _files_of(viewer, shown)
    return [
        {
            "at": entry.at,
            "by": entry.person.name if entry.person else entry.by,
            "via": gettext(VIA.get(entry.via, entry.via)),
            "changes": [
                {"field": _label(name), "old": moments.shown(name, old), "new": moments.shown(name, new)}
                for name, old, new in entry.changes
            ],
            "files": files.get(entry.pk, ()),
        }
        for entry in shown
    ]


@dataclass(frozen=True)
class _Moments:
    """Values of additional fields as a person reads them: moments in their time zone."""

    time_zone: str

    @cached_property
    def _fields(self) -> dict[str, AdditionalField]:
        dates = AdditionalField.objects.filter(kind=AdditionalField.Kind.DATE)
        return {row.label: row for row in dates.order_by("-deleted_at")}

    def shown(self, name: str, value: str | None) -> str | None:
        """Give a value of the history in words."""
        field = self._fields.get(name) if value and name not in FIELDS else None
        try:
            return show_additional(field, value, self.time_zone) if field and value else value
        except ValueError:
            return value  # the label was a text field's once


def _label(name: str) -> str:
    """Give what a field of the history is called on pages."""
    return gettext(str(FIELDS[name].label) if name in FIELDS else name)


def _files_of(viewer: Viewer, entries: Iterable[HistoryEntry]) -> dict[int, list[ChangeFile]]:
    """Give the files of the mails that made these changes, by the entry's id."""
    found: dict[int, list[ChangeFile]] = {}
    for row in viewer.desk.files_of_changes.filter(history_entry__in=entries).order_by("pk"):
        url = reverse("attachment", args=[row.pk])
        file = ChangeFile(row.name, row.size, url, row.content_type.lower() in PICTURES)
        found.setdefault(row.history_entry_id or 0, []).append(file)
    return found


def back_to(address: Address, record: Record, viewer: Viewer) -> dict[str, str]:
    """Give the list that the request was opened from."""
    views = {view.key: view.name for view in search.views_of(viewer.desk)}
    name = gettext("Search") if address.wanted.text else gettext(views[address.wanted.view])
    return {"name": name, "url": address.url_back(record.number)}


def pager_of(viewer: Viewer, address: Address, record: Record) -> dict[str, object] | None:
    """Give the requests beside this one in its list; None for a search, where that would cost too much."""
    if address.wanted.text:
        return None
    listing = search.Listing(viewer.desk, address.wanted)
    beside = listing.neighbours(record)
    return {
        "previous_url": address.url_of(beside.previous) if beside.previous is not None else None,
        "next_url": address.url_of(beside.next) if beside.next is not None else None,
        "position": beside.position,
        "total": Counted(listing.count()),
    }


def request_url(number: int) -> str:
    """Give a request's address."""
    return reverse("request", args=[number])
