"""A link to consent is made here, shown once, looked after and taken back; consent_page.py is what it opens."""

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from deskpost.access import consent_links, consents
from deskpost.access.columns import MailServerSettings
from deskpost.console.mail_settings import connect, connection, link_state
from deskpost.console.mail_settings.consent_words import called
from deskpost.console.mail_settings.fetching import mailbox_of
from deskpost.console.mail_settings.outgoing import server_asked
from deskpost.console.page import Viewer, desk_name, go_to, is_htmx, signed_in
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def incoming_link(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Make, show or take back the link by which somebody else connects a mailbox."""
    viewer.needs_everywhere(consent_links.NEEDS)
    return _respond(request, viewer, mailbox_of(id))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outgoing_link(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Make, show or take back the link by which somebody else connects an outgoing server."""
    viewer.needs_everywhere(consent_links.NEEDS)
    return _respond(request, viewer, server_asked(scope)[1])


def _respond(request: HttpRequest, viewer: Viewer, row: MailServerSettings) -> HttpResponse:
    """`act`: make or take_back. htmx asks how the link is, for a page that waits for it."""
    if is_htmx(request) and request.method != "POST":
        return _news(request, row)
    if not link_state.is_offered(row):
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "take_back":
        consent_links.take_back(row, viewer.person)
        return go_to(request, _own(request, row))
    return _make(request, viewer, row) if act == "make" else _page(request, row)


def _make(request: HttpRequest, viewer: Viewer, row: MailServerSettings) -> HttpResponse:
    """Make a link where the provider could be led to by it; it is in this answer, and nowhere else."""
    trouble = connection.address_trouble() or _trouble(row)
    if trouble:
        return _page(request, row, trouble=trouble, status=422)
    try:
        token = consent_links.make(row, viewer.person, called(row))
    except consents.SignsInAnew:
        words = gettext("The settings were changed meanwhile. To do: look at them, then make the link.")
        return _page(request, row, trouble=words, status=422)
    base = consents.redirect_url().removesuffix(consents.BACK)
    return _page(request, row, made=base + reverse("consent_link", args=[token]))


def _trouble(row: MailServerSettings) -> str:
    """Say why a browser could not be led to the provider with these settings; empty where it could."""
    try:
        connect.attempt(row)
    except SecretUnreadable as unreadable:
        return str(unreadable)
    except TransportError as error:
        return error.words
    return ""


def _news(request: HttpRequest, row: MailServerSettings) -> HttpResponse:
    """Give the part of a page that waits once something is new; `known`: what it shows already."""
    state = link_state.saved(row)
    if state.key == request.GET.get("known", ""):
        return HttpResponse(status=204)
    part = request.headers.get("HX-Target")
    if part == "setup-link":
        return go_to(request, reverse("setup"))
    if part == "link-state" and not state.open:
        return go_to(request, _own(request, row))  # the page anew: it may still show the link itself
    context = {
        "consent_link": state,
        "connect": connection.connection_of(row),
        "connect_result": state.result(),
        "locked": getattr(row, "fetching", False),
        "anew": True,
        "from_setup": _from_setup(request),
    }
    if part == "link-state":
        return render(request, "console/mail_settings/_link_state.html", context)
    return render(request, "console/mail_settings/_connect_banner.html", context)


def _page(
    request: HttpRequest, row: MailServerSettings, *, made: str = "", trouble: str = "", status: int = 200
) -> HttpResponse:
    text, _, to_do = trouble.partition(" To do: ")
    context: dict[str, Any] = {
        "consent_link": link_state.saved(row),
        "connect": connection.connection_of(row),
        "name": called(row),
        "opens": row.mailbox_opened,
        "alone": not row.by_consent,
        "made": made,
        "mail": _mail(row, made),
        "trouble": text,
        "to_do": to_do,
        "from_setup": _from_setup(request),
        "redirect_url": consents.redirect_url(),
        "own_url": _own(request, row),
        "back_url": reverse("setup") if _from_setup(request) else connection.page_url(row),
    }
    response = render(request, "console/mail_settings/consent_link.html", context, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _mail(row: MailServerSettings, made: str) -> str:
    """Give the address by which the mail program begins a mail with the link; empty without one."""
    if not made:
        return ""
    subject = gettext("Consent for the mailbox %(mailbox)s") % {"mailbox": row.mailbox_opened}
    words = gettext(
        "Please open this link, look at what is asked, and decide at %(provider)s:\n\n%(link)s\n\n"
        "It works once, within 7 days, for the mailbox %(mailbox)s at %(desk)s. Do not pass it on."
    )
    values = {"provider": connection.provider_name(row), "link": made, "mailbox": row.mailbox_opened}
    body = words % {**values, "desk": desk_name()}
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"


def _own(request: HttpRequest, row: MailServerSettings) -> str:
    return link_state.url(row) + ("?from=setup" if _from_setup(request) else "")


def _from_setup(request: HttpRequest) -> bool:
    return "setup" in (request.GET.get("from"), request.POST.get("from"))
