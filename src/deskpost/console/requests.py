"""The list of requests."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from deskpost.console.empty_list import reason_of
from deskpost.console.page import Counted, Viewer, id_of, signed_in
from deskpost.console.portal import own_list
from deskpost.console.record_names import page_of
from deskpost.console.request_filters import Address, filters
from deskpost.console.request_rows import rows_for
from deskpost.desk import search
from deskpost.desk.delimiters import module_of
from deskpost.desk.modules import REQUEST
from deskpost.desk.records import Record

_NUMBER = re.compile(r"[^\w\s+-]*(?:([A-Za-z]{2,4})\s*-\s*)?([0-9]{1,18})[^\w\s]*")


@require_safe
@signed_in
def requests(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show a view of the requests, filtered, searched, sorted; a number in the search opens its request."""
    address = Address.of(request.GET, viewer.desk)
    named = record_named(viewer, address.wanted.text)
    if named is not None:
        return HttpResponseRedirect(page_of(named))
    if viewer.desk.only_asks:
        return own_list.show(request, viewer, address)
    newest = search.newest_conversation()  # before the rows are read: nothing between the two is missed
    listing = search.Listing(viewer.desk, address.wanted)
    page = listing.page(address.cursor)
    context: dict[str, Any] = {
        "views": _views(viewer, address),
        "search": address.wanted.text,
        "search_clear_url": address.with_(text="").url,
        "filters": filters(viewer.desk, address),
        "sort": {
            "name": "Last mail",
            "newest_first": address.wanted.newest_first,
            "url": address.with_(newest_first=not address.wanted.newest_first).url,
        },
        "rows": rows_for(viewer, page.rows, address, request.GET.get("at", "")),
        "page": {
            "first": 1 if page.rows and page.previous is None else None,
            "last": len(page.rows),
            "total": Counted(listing.count()),
            "previous_url": address.url_at(page.previous),
            "next_url": address.url_at(page.next),
        },
        "live_url": f"{reverse('request_news')}?{address.query(after=newest)}",
        "merge_url": reverse("requests_merge") if viewer.desk.may("request.edit") else "",
        "nothing": "" if page.rows else _nothing(viewer, address),
    }
    if context["nothing"] == "none_yet":
        context["empty"] = reason_of(viewer)
    return render(request, "console/requests.html", context)


@require_safe
@signed_in
def news(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Say how many mails came in since a list was made; nothing when none did."""
    address = Address.of(request.GET, viewer.desk)
    after = id_of(request.GET.get("after"))
    if after is None:
        return HttpResponse(status=204)
    count = search.Listing(viewer.desk, address.wanted).news(after)
    if not count:
        return HttpResponse(status=204)
    context = {
        "count": count,
        "show_url": address.with_(cursor=None).url,
        "live_url": f"{reverse('request_news')}?{address.query(after=after)}",
        "open_requests": Counted(search.Listing(viewer.desk, search.Wanted()).count()),
    }
    return render(request, "console/_request_news.html", context)


@require_safe
@signed_in
def by_name(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """Open a request, or a record of another module, by its name as mails write it: RE-12, TA-5."""
    named = record_named(viewer, name)
    if named is None:
        raise Http404
    return HttpResponseRedirect(page_of(named))


def record_named(viewer: Viewer, text: str) -> Record | None:
    """Give what a search names ("12", "#12", "RE-12", "##TA-5##") when the person sees it; without a code a request."""
    named = _NUMBER.fullmatch(text.strip())
    if named is None:
        return None
    code, number = named.groups()
    module = module_of(code.upper()) if code else REQUEST
    rows = viewer.desk.records.filter(module=module, number=int(number))
    return rows.select_related("requester", "account", "instance", "belongs_to").first() if module else None


def request_named(viewer: Viewer, text: str) -> Record | None:
    """Give the request that somebody typed the number of, when they see it."""
    named = record_named(viewer, text)
    return named if named is not None and named.module == REQUEST else None


def jump(viewer: Viewer, text: str) -> int | None:
    """Give the number of the request that a text names, when the person sees it."""
    named = request_named(viewer, text)
    return named.number if named is not None else None


def _views(viewer: Viewer, address: Address) -> list[dict[str, object]]:
    """Give the views with their counts; the other filters do not follow into another view."""
    waiting = search.waiting_status()
    return [
        {
            "name": waiting.name if view.key == "waiting" and waiting else view.name,
            "url": Address(search.Wanted(view=view.key)).url,
            "count": Counted(search.Listing(viewer.desk, search.Wanted(view=view.key)).count()),
            "current": view.key == address.wanted.view,
        }
        for view in search.views_of(viewer.desk)
    ]


def _nothing(viewer: Viewer, address: Address) -> str:
    """Say why a list is empty."""
    if not viewer.desk.records.exists():
        return "none_yet"
    return "filters" if address.filtered else "view"
