"""Merging on the pages: choose the other request, look at both, merge; take a merge back; link two that stay two."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from deskpost.console.held_replies import held_at
from deskpost.console.merged import may_merge, visible_end
from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.console.request import record_of
from deskpost.console.requests import jump
from deskpost.desk import linking, search
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.merging import NotMerged, merged_words
from deskpost.desk.records import Record
from deskpost.inbound import merging

OFFERED = 12  # requests on the page that asks for the other one
LONGEST_SEARCH = 200  # characters


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two requests, and what of it would go over."""

    number: int
    subject: str
    url: str
    status: Status
    requester: str
    technician: str
    opened_at: datetime
    mails: int
    notes: int
    files: int
    held: int
    stays: bool


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def merge(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Ask for the other request, show both, and merge one into the other."""
    record = _record(viewer, number)
    if record.merged_into_id is not None:
        messages.error(request, merged_words(record))
        return go_to(request, _url(record))
    other = _named(viewer, (request.POST or request.GET).get("with"))
    if request.method != "POST":
        wrong = _why_not(viewer, record, other) if other else ""
        return (
            _choosing(request, viewer, record, wrong)
            if other is None or wrong
            else _both(request, record, other)
        )
    if other is None or not may_merge(viewer, other):
        raise Http404
    stays = other if request.POST.get("stays") == str(other.number) else record
    goes = record if stays == other else other
    if request.POST.get("act") == "link":
        return _link(request, viewer, record, other)
    try:
        merging.merge(goes.pk, stays.pk, viewer.person)
    except NotMerged as trouble:
        messages.error(request, trouble.words)
        return go_to(request, _url(record))
    words = gettext("Request %(one)d is merged into this one. It can be taken back on its page.")
    messages.success(request, words % {"one": goes.number})
    return go_to(request, _url(stays))


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
    other = _named(viewer, request.POST.get("with"))
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


def _named(viewer: Viewer, written: object) -> Record | None:
    """Give the request with a number; None where the person sees none."""
    number = id_of(written)
    seen = number is not None and viewer.desk.records.filter(module="RE", number=number).exists()
    return record_of(viewer, number) if seen and number is not None else None


def _why_not(viewer: Viewer, record: Record, other: Record) -> str:
    """Say why two requests cannot be merged; empty where they can."""
    if not may_merge(viewer, other):
        return gettext("You may not edit that request.")
    if other == record:
        return gettext("That is this request. To do: name the other one.")
    if other.account_id != record.account_id:
        return gettext("That request is of another account, and accounts never mix.")
    if other.instance_id != record.instance_id:
        return gettext("That request is of another instance.")
    if other.merged_into_id is not None:
        return gettext("That request is merged itself. To do: name the one that it was merged into.")
    return ""


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
        error = _why_not(viewer, record, other)
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
        if one.pk not in found and not _why_not(viewer, record, one):
            found[one.pk] = one
        if len(found) == OFFERED:
            break
    return list(found.values())


def _both(request: HttpRequest, record: Record, other: Record) -> HttpResponse:
    older = min(record, other, key=lambda one: (one.created_at, one.pk))
    sides = [_side(one, stays=one == older) for one in (record, other)]
    context: dict[str, Any] = {
        "record": record,
        "url": _url(record),
        "other": other,
        "sides": sides,
        "merge_url": reverse("request_merge", args=[record.number]),
        "linked": record.linked_to_id == other.pk or other.linked_to_id == record.pk,
        "requesters": record.requester_id != other.requester_id,
    }
    return render(request, "console/merge.html", context)


def _side(record: Record, stays: bool) -> Side:
    talk = Conversation.objects.filter(record=record)
    notes = talk.filter(direction=Conversation.Direction.NOTE).count()
    return Side(
        number=record.number,
        subject=record.subject,
        url=_url(record),
        status=record.status,
        requester=record.requester.name if record.requester else "",
        technician=record.technician.name if record.technician else "",
        opened_at=record.created_at,
        mails=talk.count() - notes,
        notes=notes,
        files=Attachment.objects.filter(conversation__record=record, inline=False).count(),
        held=held_at(record).count(),
        stays=stays,
    )


def _url(record: Record) -> str:
    return reverse("request", args=[record.number])
