"""The tasks that belong to a request, as its page shows them."""

from dataclasses import dataclass

from django.urls import reverse

from deskpost.console.page import Viewer
from deskpost.console.record_names import page_of
from deskpost.desk.delimiters import name_of
from deskpost.desk.fields import Status
from deskpost.desk.merging import merged_here
from deskpost.desk.modules import REQUEST, TASK
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Visible

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a request."""

    name: str
    subject: str
    url: str
    status: Status
    owner: Person | None


@dataclass(frozen=True, slots=True)
class Tasks:
    """A request's tasks. `new_url`: where one is made for it; empty: not by this person."""

    rows: tuple[Task, ...]
    new_url: str


def tasks_of(viewer: Viewer, record: Record) -> Tasks | None:
    """Give the tasks of a request and of those merged into it, to those who work on it; None: there is nothing."""
    if record.module != REQUEST or not viewer.desk.works_on(record):
        return None
    rows = viewer.desk.records.filter(belongs_to__in=merged_here([record.pk]))
    rows = rows.select_related("status", "technician").order_by("number")
    found = tuple(
        Task(name_of(one), one.subject, page_of(one), one.status, one.technician) for one in rows[:SHOWN]
    )
    makes = record.merged_into_id is None and may_make(viewer.desk, record.account_id)
    new_url = f"{reverse('record_new', args=[TASK])}?request={record.number}" if makes else ""
    return Tasks(found, new_url) if found or new_url else None


def may_make(desk: Visible, account_id: int) -> bool:
    """Tell whether a person may make a record of an account. It has no requester, so it belongs to no site."""
    return all(desk.may_at(one, account_id, None) for one in ("request.view", "request.create"))
