"""What a request's page says of others: the one it is merged into, those merged into it, those that are linked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from deskpost.console.page import Viewer
from deskpost.desk.fields import Status
from deskpost.desk.merges import Merge
from deskpost.desk.merging import end_of
from deskpost.desk.records import Record
from deskpost.inbound import merging

SHOWN = 20  # of those merged into a request, and of those linked to it


@dataclass(frozen=True, slots=True)
class Merged:
    """Into which request one was merged. Empty addresses: not for this person. `by` is for those who work on it."""

    name: str
    subject: str
    url: str
    by: str
    at: datetime | None
    mails: int  # that came from it and are there still
    back_url: str
    seen: str


@dataclass(frozen=True, slots=True)
class Other:
    """A request that belongs to this one."""

    number: int
    subject: str
    url: str
    unlink: bool = False


def merged_of(viewer: Viewer, record: Record) -> Merged | None:
    """Give into which request this one is merged in the end; None where it is not."""
    if record.merged_into_id is None:
        return None
    end = visible_end(viewer, record)
    works = viewer.desk.works_on(record)
    merge = Merge.objects.filter(record=record).select_related("person", "status_before").first()
    by = (merge.person.name if merge.person else merge.by) if merge and works else ""
    takes_back = (
        merge is not None
        and end is not None
        and may_merge(viewer, record, end)
        and (
            merge.status_before.kind == Status.Kind.CLOSED or viewer.desk.may("request.close", record)
        )  # it is opened again by that
    )
    return Merged(
        name=str(end or end_of(record)),
        subject=end.subject if end else "",
        url=reverse("request", args=[end.number]) if end else "",
        by=by,
        at=merge.at if merge else None,
        mails=merging.count_of(record, end) if end is not None and works else 0,
        back_url=reverse("request_merge_back", args=[record.number]) if takes_back else "",
        seen=merging.seen_of(record),
    )


@dataclass(frozen=True, slots=True)
class Others:
    """The first of the requests that belong to this one, and how many there are besides."""

    shown: list[Other]
    more: int


def merged_in(viewer: Viewer, record: Record) -> Others:
    """Give the requests that were merged into this one, to those who see them."""
    rows = viewer.desk.records.filter(merged_into=record, module="RE").order_by("number")
    return _first(rows, _other)


def linked(viewer: Viewer, record: Record) -> Others:
    """Give the requests that this one is linked to, and those that are linked to it."""
    beside = Q(linked_to=record) | Q(pk=record.linked_to_id)
    rows = viewer.desk.records.filter(beside, module="RE").order_by("number")
    edits = viewer.desk.may("request.edit", record)
    return _first(rows, lambda one: _other(one, unlink=edits and may_merge(viewer, one, record)))


def visible_end(viewer: Viewer, record: Record) -> Record | None:
    """Give the request that this one leads to, where the person may see that."""
    rows = viewer.desk.records.filter(pk=end_of(record).pk, module="RE")
    return rows.select_related("account", "status", "requester__site").first()


def may_merge(viewer: Viewer, *records: Record) -> bool:
    """Tell whether a person may edit all of these requests."""
    return all(viewer.desk.works_on(one) and viewer.desk.may("request.edit", one) for one in records)


def _first(rows: QuerySet[Record], shown: Callable[[Record], Other]) -> Others:
    first = [shown(one) for one in rows[:SHOWN]]
    return Others(first, rows.count() - SHOWN if len(first) == SHOWN else 0)


def _other(record: Record, unlink: bool = False) -> Other:
    return Other(record.number, record.subject, reverse("request", args=[record.number]), unlink)
