"""What is done to an outgoing server beside its settings: pause, resume, back to the primary, remove."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from deskpost.console.mail_settings import TABS
from deskpost.console.mail_settings.outgoing import server_asked
from deskpost.console.mail_settings.server_words import mails
from deskpost.console.page import Counted, Viewer, go_to, signed_in
from deskpost.outbound import server_acts, server_look, server_scopes, server_settings, service_ended


@require_POST
@signed_in
def outgoing_pause(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Send nothing by a server until somebody resumes it."""
    return _set_paused(request, viewer, scope, True)


@require_POST
@signed_in
def outgoing_resume(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Send by a server again, beginning at once."""
    return _set_paused(request, viewer, scope, False)


@require_POST
@signed_in
def outgoing_primary(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Send by the primary again."""
    viewer.needs_everywhere("settings.mail")
    asked, server = server_asked(scope)
    if server_acts.back_to_primary(server):
        messages.success(
            request, gettext("Mail leaves by the primary server again: %(host)s.") % {"host": server.host}
        )
    else:
        messages.info(request, gettext("Mail leaves by the primary server already."))
    return go_to(request, reverse("outgoing_server", args=[asked.key]))


@require_POST
@signed_in
def outgoing_try(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Try at once whether a server sends again whose service was ended."""
    viewer.needs_everywhere("settings.mail")
    asked, server = server_asked(scope)
    service_ended.try_now(server)
    messages.success(request, gettext("%(name)s is tried now.") % {"name": asked.name})
    return go_to(request, reverse("outgoing_server", args=[asked.key]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outgoing_remove(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Ask whether a server is to be removed, say what becomes of its mail, and remove it."""
    viewer.needs_everywhere("settings.mail")
    asked, server = server_asked(scope)
    if request.method == "POST":
        server_acts.remove(viewer.person, "page", server)
        words = gettext("The server of %(name)s was removed. View history keeps what it was.")
        messages.success(request, words % {"name": asked.name})
        return go_to(request, reverse("outgoing"))
    context = {
        "tabs": TABS,
        "tab": "outgoing",
        "kind": server_settings.KIND,
        "scope": asked,
        "server": server,
        "waiting": mails(Counted(server_look.waiting(server))),
        "next": server_scopes.used_without(asked),
    }
    return render(request, "console/mail_settings/outgoing_remove.html", context)


def _set_paused(request: HttpRequest, viewer: Viewer, key: str, paused: bool) -> HttpResponse:
    viewer.needs_everywhere("settings.mail")
    asked, server = server_asked(key)
    server_acts.set_paused(viewer.person, "page", server, paused)
    words = (
        gettext("%(name)s is paused: its mail waits, and none is lost.")
        if paused
        else gettext("%(name)s sends again.")
    )
    messages.success(request, words % {"name": asked.name})
    return go_to(request, reverse("outgoing_server", args=[asked.key]))
