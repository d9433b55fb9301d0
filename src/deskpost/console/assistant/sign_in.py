"""Question 3: sign in to the mailbox, and the tests of it as they pass."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from deskpost.console.assistant import checks, mailbox_part, proposals
from deskpost.console.assistant.progress import mailbox_of, move_on, progress_of
from deskpost.console.assistant.shown import fetched, page
from deskpost.console.mail_settings import connection, link_state
from deskpost.console.page import Viewer, go_to, is_htmx, signed_in
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import DONE, SetupAssistant

_GRANTS = ("authorization_code", "client_credentials")


def asked(request: HttpRequest, viewer: Viewer, progress: SetupAssistant) -> HttpResponse:
    """Ask it: save what was typed, and go on to question 4 once every test has passed."""
    row = mailbox_of(progress)
    if request.method != "POST":
        grant = request.GET.get("grant", "")
        return _page(request, progress, row, grant=grant if grant in _GRANTS else "")
    if request.POST.get("act") == "next":
        if not proposals.is_ready(progress, row) or not checks.checks_of(progress, row).passed:
            return go_to(request, reverse("setup_question", args=[3]))
        move_on(viewer.person, 4)
        return go_to(request, reverse("setup_question", args=[4]))
    form = mailbox_part.sign_in_form(progress, row, request.POST)
    at_hand, more = proposals.INCOMING[progress.runner]
    fits = form.is_valid()
    mailbox_part.told_elsewhere(form, (*at_hand, *more))
    if fits and mailbox_part.save(viewer, form, 3):
        return go_to(request, reverse("setup_question", args=[3]))
    return _page(request, progress, row, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tests(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Give the list as it is; posted to, make the next test. Without htmx all that can be made, then the page again."""
    viewer.needs_everywhere("settings.mail")
    progress = progress_of(viewer.person)
    row = mailbox_of(progress)
    if row is None or not proposals.is_ready(progress, row) or progress.question == DONE:
        return go_to(request, reverse("setup"))
    if request.method == "POST":
        if "again" in request.POST:
            progress = checks.forget_failed(viewer.person, progress)
        while checks.make_next(viewer.person, progress, row):
            progress = progress_of(viewer.person)
            if is_htmx(request):
                break
    if not is_htmx(request):
        return go_to(request, reverse("setup_question", args=[3]))
    context = {
        "checks": checks.checks_of(progress_of(viewer.person), row),
        "mailbox": row,
        "ready": True,
        "connect": connection.connection_of(row),
    }
    return render(request, "console/assistant/_tests.html", context)


@require_http_methods(["GET", "HEAD"])
@signed_in
def news(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Give how the first fetch fares, for the page that waits for it."""
    viewer.needs_everywhere("settings.mail")
    progress = progress_of(viewer.person)
    if progress.question != DONE or mailbox_of(progress) is None:
        raise Http404
    return render(request, "console/assistant/_fetched.html", fetched(progress))


def _trouble(request: HttpRequest, progress: SetupAssistant, form: Any) -> str:
    """Say why nobody can consent from here, before somebody types; empty where one can."""
    by_consent = progress.runner in ("microsoft", "google") and form["grant"].value() != "client_credentials"
    return connection.host_trouble(request) if by_consent else ""


def _page(
    request: HttpRequest,
    progress: SetupAssistant,
    row: Mailbox | None,
    form: Any = None,
    *,
    grant: str = "",
    status: int = 200,
) -> HttpResponse:
    ready = proposals.is_ready(progress, row)
    form = form or mailbox_part.sign_in_form(progress, row, grant=grant)
    at_hand, more = proposals.INCOMING[progress.runner]
    shown = [name for name in more if form.shown(name)]
    context = {
        "form": form,
        "at_hand": [form[name] for name in at_hand if form.shown(name) and name != "client_secret_ends"],
        "more": [form[name] for name in shown],
        "more_open": form.has_errors_in(more),
        "carried": [form[name] for name in proposals.CARRIED if name in form.fields],
        "ready": ready,
        "typing": not ready
        or form.has_errors_in((*at_hand, *more))
        or bool(form.non_field_errors())
        or bool(grant),
        "tenant": mailbox_part.tenant_typed(form) if progress.runner == "microsoft" else None,
        "by_consent": progress.runner in ("microsoft", "google"),
        "alone": form["grant"].value() == "client_credentials",
        "trouble": _trouble(request, progress, form),
        "provider": "Microsoft" if progress.runner == "microsoft" else "Google",
        "checks": checks.checks_of(progress, row if ready else None),
        "connect": connection.connection_of(row) if row is not None and ready else None,
        "connect_result": connection.told(request),
        "consent_link": link_state.of(row) if ready else None,
    }
    return page(request, progress, 3, context, status=status)
