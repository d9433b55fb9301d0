"""Question 5: save by what answers go out, try it with a sample mail, and start fetching."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.access import consents
from deskpost.console.assistant import answers_part, proposals
from deskpost.console.assistant.mailbox_part import told_elsewhere
from deskpost.console.assistant.progress import mailbox_of, move_on
from deskpost.console.assistant.shown import page
from deskpost.console.mail_settings import connection, link_state
from deskpost.console.mail_settings.outgoing import own_address
from deskpost.console.mail_settings.server_sample import wrong_address
from deskpost.console.mail_settings.server_words import told
from deskpost.console.page import Viewer, go_to
from deskpost.inbound.mailboxes import Mailbox, start_fetching
from deskpost.inbound.setup_assistant import DONE, SetupAssistant
from deskpost.outbound import server_scopes
from deskpost.outbound.sample import sample
from deskpost.outbound.servers import OutgoingServer

_WAYS = ("same", "other")


def answers(request: HttpRequest, viewer: Viewer, progress: SetupAssistant) -> HttpResponse:
    """Ask it, and take its answer. `act`: save, sample, finish, or later."""
    row = mailbox_of(progress)
    assert row is not None, "nobody comes so far without one"
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "later":
        move_on(viewer.person, 5, outgoing="later")
        return _finish(request, viewer, row)
    server = answers_part.server_saved()
    if act == "finish" and server is not None and _may_send(server):
        return _finish(request, viewer, row)
    if act == "sample" and server is not None:
        return _sampled(request, viewer, progress, row, server)
    if act == "save":
        return _save(request, viewer, progress, row)
    return _page(request, viewer, progress, row)


def _save(request: HttpRequest, viewer: Viewer, progress: SetupAssistant, row: Mailbox) -> HttpResponse:
    way, scope = _way(request.POST.get("way", ""), progress), server_scopes.help_desk()
    assert scope is not None, "every installation has its help desk"
    form = answers_part.answers_form(progress, row, scope, way, request.POST)
    at_hand, more = proposals.OUTGOING[answers_part.runner_for(progress, way)]
    fits = form.is_valid()
    told_elsewhere(form, (*at_hand, *more))
    if not fits or not answers_part.save(viewer, form):
        return _page(request, viewer, progress, row, form=form, way=way, status=422)
    move_on(viewer.person, 5, outgoing=way)
    return go_to(request, reverse("setup_question", args=[5]))


def _sampled(
    request: HttpRequest, viewer: Viewer, progress: SetupAssistant, row: Mailbox, server: OutgoingServer
) -> HttpResponse:
    to = request.POST.get("to", "").strip()
    wrong = wrong_address(to)
    result = None
    if not wrong:
        good, bad = gettext("Taken by the server in %(seconds)s s"), gettext("Not taken, after %(seconds)s s")
        result = told(sample(server, to), good, bad)
    more = {"sample": result, "wrong_to": wrong, "to": to}
    return _page(request, viewer, progress, row, status=422 if wrong else 200, more=more)


def _finish(request: HttpRequest, viewer: Viewer, row: Mailbox) -> HttpResponse:
    if not row.fetching:
        start_fetching(viewer.person, "page", row)
    move_on(viewer.person, DONE)
    return go_to(request, reverse("setup"))


def _may_send(server: OutgoingServer) -> bool:
    """Tell whether a saved server has the consent it needs."""
    if not server.by_consent:
        return True
    consent = consents.consent_of(server)
    return consent is not None and consent.lost_at is None


def _way(asked: str, progress: SetupAssistant) -> str:
    """Give the way that is asked for, else the one chosen before."""
    if asked in _WAYS:
        return asked
    return progress.outgoing if progress.outgoing in _WAYS else "same"


def _page(
    request: HttpRequest,
    viewer: Viewer,
    progress: SetupAssistant,
    row: Mailbox,
    *,
    form: Any = None,
    way: str = "",
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    asked = request.GET.get("way", "")
    way, scope = way or _way(asked, progress), server_scopes.help_desk()
    assert scope is not None, "every installation has its help desk"
    server = answers_part.server_saved()
    at_hand, rare = proposals.OUTGOING[answers_part.runner_for(progress, way)]
    typing = form is not None or server is None or asked in _WAYS
    form = form or answers_part.answers_form(progress, row, scope, way)
    context = {
        "form": form,
        "way": way,
        "at_hand": [form[name] for name in at_hand if form.shown[name] and name != "client_secret_ends"],
        "more": [form[name] for name in rare if form.shown[name]],
        "more_open": form.has_errors_in(rare),
        "carried": [form[name] for name in proposals.CARRIED if name in form.fields],
        "server": server,
        "typing": typing,
        "may_send": server is not None and _may_send(server),
        "connect": connection.connection_of(server) if server is not None else None,
        "connect_result": connection.told(request),
        "consent_link": link_state.of(server),
        "to": own_address(viewer),
        **(more or {}),
    }
    return page(request, progress, 5, context, status=status)
