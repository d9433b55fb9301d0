"""Downloading what Email Debug recorded of a mailbox or an outgoing server."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from deskpost.access import wire_logs
from deskpost.access.columns import MailServerSettings
from deskpost.console.attachments import safe_name
from deskpost.console.mail_settings.fetching import mailbox_of
from deskpost.console.mail_settings.outgoing import server_asked
from deskpost.console.page import Viewer, signed_in


@require_safe
@signed_in
def of_mailbox(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give what was recorded of a mailbox as a file, and note who took it."""
    viewer.needs_everywhere("settings.mail")
    mailbox = mailbox_of(id)
    return _download(request, viewer, mailbox, mailbox.name)


@require_safe
@signed_in
def of_server(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Give what was recorded of an outgoing server as a file, and note who took it."""
    viewer.needs_everywhere("settings.mail")
    _, server = server_asked(scope)
    return _download(request, viewer, server, server.name)


def _download(request: HttpRequest, viewer: Viewer, row: MailServerSettings, name: str) -> HttpResponse:
    if not wire_logs.recorded(row).count:
        raise Http404
    texts = wire_logs.read(row, name, viewer.person) if request.method == "GET" else iter(())
    response = StreamingHttpResponse(texts, content_type="text/plain; charset=utf-8")
    file = safe_name(f"email-debug-{name}.txt")
    response.headers["Content-Disposition"] = content_disposition_header(True, file) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return cast(HttpResponse, response)  # what a view gives is streamed or not; the stubs know one kind
