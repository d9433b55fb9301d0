"""Merging on the pages: choose the other request, look at both, merge; take a merge back; link two that stay two."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from deskpost.console.merge_sides import named, shown, why_not
from deskpost.console.merged import may_merge, visible_end
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.request import record_of
from deskpost.console.requests import jump
from deskpost.desk import linking, search
from deskpost.desk.merging import NotMerged, merged_words
from deskpost.desk.records import Record
from deskpost.inbound import merging

MOST_CHOSEN = search.PAGE  # requests merged at once: all that a page of the list has
OFFERED = 12  # requests on the page that asks for the other one
LONGEST_SEARCH = 200  # characters
LONGEST_NUMBER = 20  # characters of one that is told to be gone


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def merge(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Ask for the other request, show both, and merge one into the other."""
    record = _record(viewer, number)
    if record.merged_into_id is not None:
        messages.error(request, merged_words(record))
        return go_to(request, _url(record))
    other = named(viewer, (request.POST or request.GET).get("with"))
    if request.method != "POST":
        wrong = why_not(viewer, record, other) if other else ""
        if other is None or wrong:
            return _choosing(request, viewer, record, wrong)
        return _both(request, record, other)
    if other is None or not may_merge(viewer, other):
        raise Http404
    stays = other if request.POST.get("stays") == str(other.number) else record
    goes = record if stays == other else other
    if request.POST.get("act") == "link":
        return _link(request, viewer, record, other)
    return _merge(request, viewer, [goes], stays, _url(record))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def merge_chosen(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the requests that were chosen in the list, and merge all into one of them."""
    viewer.needs("request.edit")
    sent = request.POST or request.GET
    numbers = list(dict.fromkeys(sent.getlist("number")))
    found = {one: named(viewer, one) for one in numbers[:MOST_CHOSEN]}
    records = [one for one in found.values() if one is not None and viewer.desk.works_on(one)]
    gone = [number for number, one in found.items() if one is None or one not in records]
    wrong = _left_out(numbers, gone) or _none_of(viewer, records)
    if wrong:
        messages.error(request, wrong)
        return go_to(request, reverse("requests"))
    if request.method != "POST":
        return shown(request, records, reverse("requests"), reverse("requests_merge"))
    stays = next((one for one in records if str(one.number) == sent.get("stays")), None)
    if stays is None:
        raise Http404
    return _merge(request, viewer, [one for one in records if one != stays], stays, reverse("requests"))


@require_POST
@signed_in
def take_back(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Undo a merge; who was too late is told."""
    record = _record(viewer, number)
    end = visible_end(viewer, record)
    if end is None:
        raise Http404
    viewer.needs("request.edit", end)
    try:
        merging.take_back(record.pk, viewer.person, request.POST.get("seen", ""))
    except NotMerged as trouble:
        messages.error(request, trouble.words)
    else:
        words = gettext("The merge is taken back: what came from this request is here again.")
        messages.success(request, words)
    return go_to(request, _url(record))


@require_POST
@signed_in
def unlink(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Take the link to another request away."""
    record = _record(viewer, number)
    other = named(viewer, request.POST.get("with"))
    if other is None:
        raise Http404
    viewer.needs("request.edit", other)
    if linking.unlink(record.pk, other.pk, viewer.person):
        messages.success(request, gettext("The requests are not linked any more."))
    return go_to(request, _url(record))


def _record(viewer: Viewer, number: int) -> Record:
    record = record_of(viewer, number)
    viewer.needs("request.view", record)
    viewer.needs("request.edit", record)
    return record


def _merge(
    request: HttpRequest, viewer: Viewer, goes: Sequence[Record], stays: Record, back_url: str
) -> HttpResponse:
    """Merge requests into one, all or none, and lead to it; say why it was not done."""
    try:
        merging.merge_all([one.pk for one in goes], stays.pk, viewer.person)
    except NotMerged as trouble:
        messages.error(request, trouble.words)
        return go_to(request, back_url)
    words = ngettext(
        "Request %(one)s is merged into this one. It can be taken back on its page.",
        "Requests %(one)s are merged into this one. Each can be taken back on its page.",
        len(goes),
    )
    messages.success(request, words % {"one": ", ".join(str(one.number) for one in goes)})
    return go_to(request, _url(stays))


def _left_out(numbers: Sequence[str], gone: Sequence[str]) -> str:
    """Say that not all of the chosen requests could be merged: too many, or not there any more; empty where all can."""
    if len(numbers) > MOST_CHOSEN:
        return gettext(
            "%(n)d requests are chosen, and at most %(most)d are merged at once. Nothing was done. "
            "To do: merge some of them first, then the others into the one that stays."
        ) % {"n": len(numbers), "most": MOST_CHOSEN}
    if gone:
        return gettext(
            "There is no request %(number)s that you work on. Nothing was done. To do: tick those that are there now."
        ) % {"number": gone[0][:LONGEST_NUMBER]}
    return ""


def _none_of(viewer: Viewer, records: Sequence[Record]) -> str:
    """Say why the chosen requests cannot be merged; empty where they can."""
    if len(records) < 2:
        return gettext("Fewer than two requests are chosen. To do: tick those that are about one matter.")
    first, second = records[:2]
    for one in records:
        words = why_not(viewer, second if one == first else first, one)
        if words:
            return f"{gettext('Request %(number)d:') % {'number': one.number}} {words}"
    return ""


def _both(request: HttpRequest, record: Record, other: Record) -> HttpResponse:
    linked = record.linked_to_id == other.pk or other.linked_to_id == record.pk
    url = reverse("request_merge", args=[record.number])
    return shown(request, [record, other], _url(record), url, may_link=not linked)


def _link(request: HttpRequest, viewer: Viewer, record: Record, other: Record) -> HttpResponse:
    if linking.link(record.pk, other.pk, viewer.person):
        words = gettext("Request %(number)d is linked: each names the other.")
        messages.success(request, words % {"number": other.number})
    else:
        messages.info(request, gettext("They are linked already."))
    return go_to(request, _url(record))


def _choosing(request: HttpRequest, viewer: Viewer, record: Record, error: str = "") -> HttpResponse:
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]
    found: list[Record] = []
    number = jump(viewer, text) if text else None
    if number is not None:
        other = record_of(viewer, number)
        error = why_not(viewer, record, other)
        if not error:
            return _both(request, record, other)
    elif text:
        found = _fitting(viewer, record, _with_words(viewer, record, text))
    else:
        found = _fitting(viewer, record, _proposed(viewer, record))
    context = {
        "record": record,
        "url": _url(record),
        "q": text,
        "error": error,
        "rows": [
            {"other": one, "url": f"{reverse('request_merge', args=[record.number])}?with={one.number}"}
            for one in found
        ],
    }
    return render(request, "console/merge_choose.html", context, status=422 if error else 200)


def _with_words(viewer: Viewer, record: Record, text: str) -> Iterable[Record]:
    wanted = search.Wanted(view="all", account=record.account_id, text=text)
    return (row.record for row in search.Listing(viewer.desk, wanted).page(None).rows)


def _proposed(viewer: Viewer, record: Record) -> Iterable[Record]:
    """Give the requester's own requests, then what is open in the account; of each the newest first."""
    rows = viewer.desk.worked_records.filter(account=record.account_id, module="RE")
    rows = rows.select_related("status", "requester", "technician").order_by("-last_mail_at", "-pk")
    if record.requester_id is not None:
        yield from rows.filter(requester=record.requester_id)[: OFFERED * 2]
    yield from rows.filter(closed_at=None)[: OFFERED * 2]


def _fitting(viewer: Viewer, record: Record, rows: Iterable[Record]) -> list[Record]:
    found: dict[int, Record] = {}
    for one in rows:
        if one.pk not in found and not why_not(viewer, record, one):
            found[one.pk] = one
        if len(found) == OFFERED:
            break
    return list(found.values())


def _url(record: Record) -> str:
    return reverse("request", args=[record.number])
