"""One record of a module beside requests: its conversation, what is written there, its fields and its history."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from deskpost.console.composer import Composer, composer_for
from deskpost.console.conversation import talk_of
from deskpost.console.page import Viewer, go_to, id_of, is_htmx, signed_in
from deskpost.console.properties import Sheet
from deskpost.console.properties_change import NotSaved
from deskpost.console.record_names import page_of
from deskpost.console.records import fields, link_of
from deskpost.console.records.listing import Wanted
from deskpost.console.replying import send
from deskpost.console.request import newer_url, record_of, status_to_set
from deskpost.console.request_facts import facts_of, history_of
from deskpost.desk import requests
from deskpost.desk.conversations import Conversation
from deskpost.desk.delimiters import name_of
from deskpost.desk.fields import Status
from deskpost.desk.modules import MODULES
from deskpost.desk.records import Record


@require_safe
@signed_in
def record(request: HttpRequest, viewer: Viewer, module: str, number: int) -> HttpResponse:
    """Show a record with its newest mails open, and note that this person has seen it."""
    found = record_of(viewer, number, module)
    response = _page(request, viewer, found)
    requests.mark_seen(found, viewer.person)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reply(request: HttpRequest, viewer: Viewer, module: str, number: int) -> HttpResponse:
    """Send what was written in the composer, once, however often the form arrives."""
    found = record_of(viewer, number, module)
    if request.method != "POST":
        return HttpResponseRedirect(page_of(found))

    def at(written: Conversation | None) -> str:
        return f"{page_of(found)}?sent={written.pk}#message-{written.pk}" if written else page_of(found)

    return send(
        request,
        viewer,
        found,
        "",
        at,
        lambda shown, composer: _page(request, viewer, shown, composer, status=422),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def properties(request: HttpRequest, viewer: Viewer, module: str, number: int) -> HttpResponse:
    """Change title, status or owner; refuse, in words, what somebody else has changed meanwhile."""
    found = record_of(viewer, number, module)
    if request.method != "POST":
        return HttpResponseRedirect(page_of(found))
    viewer.needs("request.view", found)
    error, typed = "", None
    try:
        fields.change(viewer, found, request.POST)
    except NotSaved as conflict:
        error, typed = conflict.words, request.POST.get("subject")
    found = record_of(viewer, number, module)
    if is_htmx(request):
        shown = fields.fields_of(viewer, found, error, typed)
        context = {"fields": shown, "record": facts_of(viewer, found), "saved": not error}
        return render(request, "console/records/_fields.html", context, status=422 if error else 200)
    if error:
        return _page(request, viewer, found, error=error, typed=typed, status=409)
    return go_to(request, page_of(found))


def _page(
    request: HttpRequest,
    viewer: Viewer,
    found: Record,
    composer: Composer | None = None,
    error: str = "",
    typed: str | None = None,
    status: int = 200,
) -> HttpResponse:
    before = request.GET.get("before", "")
    talk = talk_of(viewer, found, id_of(before))
    mode = request.GET.get("mode", "reply")
    of = found.belongs_to
    shows_request = of is not None and viewer.desk.records.filter(pk=of.pk).exists()
    sheet = Sheet(viewer, found)
    context: dict[str, Any] = {
        "record": facts_of(viewer, found),
        "name": name_of(found),
        "link": link_of(found.module),
        "back": {
            "name": gettext(MODULES[found.module].plural),
            "url": Wanted(found.module).url(at=found.number),
        },
        "close_status": status_to_set(sheet, Status.Kind.CLOSED),
        "reopen_status": status_to_set(sheet, Status.Kind.OPEN),
        "conversation": talk.conversation,
        "earlier": talk.earlier,
        "earlier_words": talk.earlier_words,
        "before_url": f"?before={talk.before}" if talk.before else None,
        "newer_url": None if before else newer_url(found, talk.newest),
        "newest_way": talk.newest_way,
        "composer": composer or composer_for(viewer, found, mode, talk.newest, ""),
        "fields": fields.fields_of(viewer, found, error, typed),
        "owner": found.technician,
        "belongs_to": of if shows_request else None,
        "belongs_to_url": page_of(of) if of is not None and shows_request else "",
        "history": history_of(viewer, found),
    }
    return render(request, "console/records/record.html", context, status=status)
