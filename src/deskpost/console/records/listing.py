"""The list of a module's records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from deskpost.console.page import Counted, Viewer, id_of, signed_in
from deskpost.console.record_names import page_of
from deskpost.console.records import link_of
from deskpost.console.records.tasks import may_make
from deskpost.desk.delimiters import name_of
from deskpost.desk.fields import Status
from deskpost.desk.modules import MODULES, OTHERS
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.search import PAGE, Count, Cursor

MOST_ACCOUNTS = 200  # of the filter's menu
VIEWS = ("open", "mine", "all")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of a module are listed."""

    module: str
    view: str = "open"
    account: int | None = None

    def url(self, **more: object) -> str:
        """Give the address of this list."""
        asked = {"view": self.view if self.view != "open" else None, "account": self.account, **more}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return reverse("records", args=[self.module]) + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the list."""

    name: str
    url: str
    subject: str
    preview: str
    account: str
    belongs_to: str
    status: Status
    owner: Person | None
    at: datetime
    current: bool


@require_safe
@signed_in
def records(request: HttpRequest, viewer: Viewer, module: str) -> HttpResponse:
    """Show the records of a module that the person sees, the one with the newest mail first."""
    viewer.needs("request.view")
    view = request.GET.get("view", "")
    wanted = Wanted(module, view if view in VIEWS else "open", id_of(request.GET.get("account")))
    cursor = Cursor.read(request.GET.get("place", ""))
    found = list(_after(_rows(viewer, wanted), cursor)[: PAGE + 1])
    shown = found[:PAGE]
    last = Cursor(shown[-1].last_mail_at, shown[-1].pk) if len(found) > PAGE else None
    context: dict[str, Any] = {
        "module": MODULES[module],
        "link": link_of(module),
        "views": _views(viewer, wanted),
        "filters": [_kinds(wanted), *_accounts(viewer, wanted)],
        "rows": _shown(viewer, shown, request.GET.get("at", "")),
        "total": Counted(Count.of(_rows(viewer, wanted).values("pk"))),
        "newest_url": wanted.url() if cursor else "",
        "older_url": wanted.url(place=last) if last else "",
        "new_url": new_url(viewer, module),
        "filtered": wanted.account is not None,
        "all_url": Wanted(module, wanted.view).url(),
    }
    return render(request, "console/records/records.html", context)


def new_url(viewer: Viewer, module: str) -> str:
    """Give where a record of a module is made; empty: not by this person."""
    accounts = viewer.desk.accounts_with("request.create").values_list("pk", flat=True)
    makes = viewer.desk.everywhere("request.create") or any(may_make(viewer.desk, one) for one in accounts)
    return reverse("record_new", args=[module]) if makes else ""


def _rows(viewer: Viewer, wanted: Wanted) -> QuerySet[Record]:
    rows = viewer.desk.worked_records.filter(module=wanted.module)
    if wanted.account is not None:
        rows = rows.filter(account=wanted.account)
    if wanted.view == "mine":
        return rows.filter(closed_at=None, technician=viewer.person)
    return rows if wanted.view == "all" else rows.filter(closed_at=None)


def _after(rows: QuerySet[Record], cursor: Cursor | None) -> QuerySet[Record]:
    if cursor is not None:
        at, id = cursor.at, cursor.id
        rows = rows.filter(last_mail_at__lte=at).filter(Q(last_mail_at__lt=at) | Q(pk__lt=id))
    rows = rows.select_related("account", "status", "technician", "belongs_to")
    return rows.order_by("-last_mail_at", "-pk")


def _views(viewer: Viewer, wanted: Wanted) -> list[dict[str, object]]:
    names = {"open": gettext("All open"), "mine": gettext("My open"), "all": gettext("All")}
    shown = [Wanted(wanted.module, view) for view in VIEWS]
    return [
        {
            "name": names[one.view],
            "url": one.url(),
            "count": Counted(Count.of(_rows(viewer, one).values("pk"))),
            "current": one.view == wanted.view,
        }
        for one in shown
    ]


def _kinds(wanted: Wanted) -> dict[str, object]:
    """Give the menu that leads to the other modules' lists."""
    options = [
        {
            "name": gettext(MODULES[one].plural),
            "url": Wanted(one, wanted.view, wanted.account).url(),
            "current": one == wanted.module,
        }
        for one in OTHERS
    ]
    return {
        "name": gettext("Kind"),
        "value": gettext(MODULES[wanted.module].plural),
        "clear_url": "",
        "options": options,
    }


def _accounts(viewer: Viewer, wanted: Wanted) -> list[dict[str, object]]:
    accounts = list(viewer.desk.accounts.order_by("name")[:MOST_ACCOUNTS])
    if len(accounts) < 2:
        return []
    any_url = Wanted(wanted.module, wanted.view).url()
    options: list[dict[str, object]] = [
        {"name": gettext("any"), "url": any_url, "current": wanted.account is None}
    ]
    options += [
        {
            "name": one.name,
            "url": Wanted(wanted.module, wanted.view, one.pk).url(),
            "current": one.pk == wanted.account,
        }
        for one in accounts
    ]
    named = next((one.name for one in accounts if one.pk == wanted.account), "")
    value = named or (gettext("unknown") if wanted.account is not None else "")
    shown = {"name": gettext("Account"), "value": value, "clear_url": any_url if value else ""}
    return [{**shown, "options": options}]


def _shown(viewer: Viewer, rows: list[Record], at: str) -> list[Row]:
    requests = {one.belongs_to_id for one in rows if one.belongs_to_id is not None}
    seen = set(viewer.desk.records.filter(pk__in=requests).values_list("pk", flat=True))
    return [
        Row(
            name=name_of(one),
            url=page_of(one),
            subject=one.subject,
            preview=one.preview,
            account=one.account.name,
            belongs_to=name_of(one.belongs_to) if one.belongs_to and one.belongs_to_id in seen else "",
            status=one.status,
            owner=one.technician,
            at=one.last_mail_at,
            current=str(one.number) == at,
        )
        for one in rows
    ]
