"""A requester's own requests: the open ones by their newest answer, then the last that are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.console.empty_list import reason_of
from deskpost.console.page import Counted, Viewer
from deskpost.console.portal.by_mail import way_of
from deskpost.console.portal.standing import Standing, Standings
from deskpost.console.request_filters import Address
from deskpost.console.request_rows import Row, rows_for
from deskpost.desk import search
from deskpost.desk.search import Listed, Listing, Wanted

DONE_SHOWN = 3  # on the first page; the others are behind a link


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One of one's own requests. `mine`: oneself wrote its last mail."""

    row: Row
    standing: Standing
    mine: bool
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """Requests in one card, and where the ones before and after are."""

    name: str
    rows: tuple[OwnRow, ...]
    newer_url: str | None = None
    older_url: str | None = None


def show(request: HttpRequest, viewer: Viewer, address: Address) -> HttpResponse:
    """Show the first page, or one list: what a search finds, those that are done, or a further part."""
    newest = search.newest_conversation()  # before the rows are read: nothing between the two is missed
    first = address.wanted == Wanted() and address.cursor is None
    at = request.GET.get("at", "")
    context: dict[str, Any] = {
        "first": first,
        "part": _part(viewer, address, at),
        "search": address.wanted.text,
        "by_mail": way_of(viewer.person),
        "live_url": f"{reverse('request_news')}?{address.query(after=newest)}",
    }
    if first:
        context |= _counts(viewer) | _done(viewer, at)
        if not viewer.desk.records.filter(module="RE").exists():
            context["empty"] = reason_of(viewer)
    return render(request, "console/portal/requests.html", context)


def _part(viewer: Viewer, address: Address, at: str) -> Part:
    page = Listing(viewer.desk, address.wanted).page(address.cursor)
    names = {"open": gettext("Open"), "done": gettext("Done"), "all": gettext("All requests")}
    wanted = address.wanted
    return Part(
        gettext("What “%(text)s” found") % {"text": wanted.text} if wanted.text else names[wanted.view],
        _rows(viewer, page.rows, address, at),
        address.url_at(page.previous),
        address.url_at(page.next),
    )


def _counts(viewer: Viewer) -> dict[str, object]:
    """Give how many are open, and how many of these wait for the person."""
    waiting = search.waiting_status()
    waits = Listing(viewer.desk, Wanted(status=waiting.pk)).count().number if waiting else 0
    return {"open": Counted(Listing(viewer.desk, Wanted()).count()), "waits": waits}


def _done(viewer: Viewer, at: str) -> dict[str, object]:
    """Give the last that are done, and where all of them are."""
    address = Address(Wanted(view="done"))
    listing = Listing(viewer.desk, address.wanted)
    rows = listing.page(None).rows[:DONE_SHOWN]
    return {
        "done": _rows(viewer, rows, address, at),
        "done_count": Counted(listing.count()),
        "done_url": address.url,
    }


def _rows(viewer: Viewer, listed: Sequence[Listed], address: Address, at: str) -> tuple[OwnRow, ...]:
    standings = Standings()
    return tuple(
        OwnRow(row, standings.of(one.record), one.last.mine, one.record.closed_at)
        for one, row in zip(listed, rows_for(viewer, listed, address, at), strict=True)
    )
