"""One request: its conversation, what is written there, its properties and its history."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from deskpost.console.composer import Composer, composer_for
from deskpost.console.conversation import messages_of, talk_of
from deskpost.console.merged import linked, may_merge, merged_in, merged_of
from deskpost.console.page import Viewer, go_to, id_of, is_htmx, signed_in
from deskpost.console.portal import own_request
from deskpost.console.properties import Sheet, properties_of, seen_of
from deskpost.console.properties_change import NotSaved, change
from deskpost.console.record_names import page_of
from deskpost.console.records.tasks import tasks_of
from deskpost.console.replying import send
from deskpost.console.request_answers import template_shown
from deskpost.console.request_facts import back_to, facts_of, history_of, pager_of, requester_of
from deskpost.console.request_filters import Address
from deskpost.console.requester_change import change_of
from deskpost.desk import requests
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.modules import REQUEST
from deskpost.desk.records import Record


@require_safe
@signed_in
def request(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Show a request with its newest mails open, and note that this person has seen it."""
    record = record_of(viewer, number)
    response = _page(request, viewer, record)
    requests.mark_seen(record, viewer.person)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reply(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Send what was written in the composer, once, however often the form arrives."""
    record = record_of(viewer, number)
    if request.method != "POST":
        return HttpResponseRedirect(_address(request, viewer, number))
    return send(
        request,
        viewer,
        record,
        _query(request, viewer),
        lambda written: _address(request, viewer, number, written),
        lambda shown, composer: _page(request, viewer, shown, composer, status=422),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def properties(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """Change fields of a request; refuse, in words, what somebody else has changed meanwhile."""
    record = record_of(viewer, number)
    if request.method != "POST":
        return HttpResponseRedirect(_address(request, viewer, number))
    viewer.needs("request.view", record)
    error = ""
    filled: tuple[str, ...] = ()
    try:
        filled = change(viewer, record, request.POST)
    except NotSaved as trouble:
        error = trouble.words
    record = record_of(viewer, number)
    typed = request.POST.dict() if error else None
    if is_htmx(request):
        shown = properties_of(viewer, record, _query(request, viewer), error, filled, typed)
        context = {"properties": shown, "record": facts_of(viewer, record), "saved": not error}
        return render(request, "console/_properties.html", context, status=422 if error else 200)
    if error:
        return _page(request, viewer, record, error=error, typed=typed, status=409)
    return go_to(request, _address(request, viewer, number))


@require_safe
@signed_in
def newer(request: HttpRequest, viewer: Viewer, number: int, module: str = REQUEST) -> HttpResponse:
    """Give the mails and notes that came to a record since the page was loaded; nothing when none did."""
    record = record_of(viewer, number, module)
    after = id_of(request.GET.get("after"))
    if after is None:
        return HttpResponse(status=204)
    rows = viewer.desk.conversations.filter(record=record, pk__gt=after).select_related("author")
    found = list(rows.order_by("pk")[:50])
    if not found:
        return HttpResponse(status=204)
    requests.mark_seen(record, viewer.person)
    if viewer.desk.only_asks:
        return own_request.show_newer(request, viewer, record, found)
    context = {
        "conversation": messages_of(viewer, record, found),
        "newer_url": newer_url(record, found[-1].pk),
        "record": facts_of(viewer, record),
    }
    return render(request, "console/_newer.html", context)


def record_of(viewer: Viewer, number: int, module: str = REQUEST) -> Record:
    """Give the request, or the record of another module, with this number; what may not be seen is not there."""
    seen = viewer.desk.records if module == REQUEST else viewer.desk.worked_records
    rows = seen.filter(module=module, number=number)
    parts = (
        "belongs_to",
        "account",
        "status",
        "priority",
        "group",
        "technician",
        "requester__site",
        "requester__account",
    )
    record = rows.select_related(*parts).first()
    if record is None:
        raise Http404
    return record


def _page(
    request: HttpRequest,
    viewer: Viewer,
    record: Record,
    composer: Composer | None = None,
    error: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    query, merged = _query(request, viewer), merged_of(viewer, record)
    before = request.GET.get("before", "")
    talk = talk_of(viewer, record, id_of(before))
    if composer is None and not merged:
        composer = composer_for(viewer, record, request.GET.get("mode", "reply"), talk.newest, query)
    if viewer.desk.only_asks:
        return own_request.show(request, viewer, record, talk, merged, composer, status)
    address = Address.of(request.GET, viewer.desk)
    works = viewer.desk.works_on(record)
    number, sheet = record.number, Sheet(viewer, record)
    context: dict[str, Any] = {
        "record": facts_of(viewer, record),
        "back": back_to(address, record, viewer),
        "pager": pager_of(viewer, address, record) if request.GET else None,
        "close_status": status_to_set(sheet, Status.Kind.CLOSED),
        "reopen_status": status_to_set(sheet, Status.Kind.OPEN),
        "seen": seen_of(record, sheet.present),
        "conversation": talk.conversation,
        "earlier": talk.earlier,
        "earlier_words": talk.earlier_words,
        "before_url": _with(request, before=talk.before) if talk.before else None,
        "newest_way": talk.newest_way,
        "newer_url": None if before else newer_url(record, talk.newest),
        "composer": composer,
        "merged": merged,
        "merged_in": merged_in(viewer, record),
        "linked": linked(viewer, record),
        "merge_url": ""
        if merged or not may_merge(viewer, record)
        else reverse("request_merge", args=[number]),
        "unlink_url": reverse("request_unlink", args=[number]),
        "properties": properties_of(viewer, record, query, error, typed=typed, sheet=sheet),
        "template": template_shown(viewer, record),
        "requester": requester_of(viewer, record),
        "requester_change": change_of(viewer, record),
        "history": history_of(viewer, record),
        "tasks": tasks_of(viewer, record),
        "works": works,
        "spam_url": _spam_url(viewer, record),
    }
    return render(request, "console/request.html", context, status=status)


def status_to_set(sheet: Sheet, kind: str) -> int | None:
    """Give the status that the button Close, or Reopen of an ended request, sets; None where there is no button."""
    record, judge = sheet.record, sheet.judge
    ended = record.status.kind in (Status.Kind.CLOSED, Status.Kind.RESOLVED)
    if record.merged_into_id is not None:
        return None
    if not sheet.scene.works or ended == (kind == Status.Kind.CLOSED):
        return None
    status = next((row for row in judge.rows("Status") if row.kind == kind), None)
    offered = kind == Status.Kind.CLOSED or judge.is_offered(
        "Status"
    )  # closing is an act, and needs no field
    return status.pk if status and offered and judge.may_set_to("Status", status) else None


def _spam_url(viewer: Viewer, record: Record) -> str:
    """Give the address that drops a request as spam; empty where it did not come by mail, or to who may not."""
    if record.merged_into_id is not None:
        return ""
    if not viewer.desk.works_on(record) or not viewer.desk.may("request.delete", record):
        return ""
    by_mail = (
        viewer.desk.conversations.filter(record=record).order_by("at", "pk").values_list("mail_id").first()
    )
    return reverse("request_spam", args=[record.number]) if by_mail and by_mail[0] else ""


def _query(request: HttpRequest, viewer: Viewer) -> str:
    """Give the list that the request was opened from, to be handed on."""
    address = Address.of(request.GET, viewer.desk)
    return address.query(view=address.wanted.view) if request.GET else ""


def _address(request: HttpRequest, viewer: Viewer, number: int, written: Conversation | None = None) -> str:
    """Give the request's page; after something was written, at that.

    `sent` makes it another address than the one the browser is at, which it would not load again.
    """
    query = _query(request, viewer)
    if written is not None:
        query = f"{query}&sent={written.pk}".lstrip("&")
        return f"{reverse('request', args=[number])}?{query}#message-{written.pk}"
    return reverse("request", args=[number]) + (f"?{query}" if query else "")


def _with(request: HttpRequest, **more: object) -> str:
    values = request.GET.copy()
    for name, value in more.items():
        values[name] = str(value)
    return f"?{values.urlencode()}"


def newer_url(record: Record, after: int) -> str:
    """Give the address that is asked for what came after this mail or note."""
    return f"{page_of(record, 'newer')}?after={after}"
