"""Connect: the browser is led to the provider and comes back, and it is connected, or said why not.

The page between is there for the content security policy: a form of ours may not lead to another site by itself.
`attempt`, `finished` and `go_on` are the course itself, which somebody who came by a link goes too (consent_page.py).
"""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from deskpost.access import consent_links, consents, sign_in_rules, sign_ins, targets
from deskpost.access.columns import MailServerSettings
from deskpost.access.consent_links import ConsentLink
from deskpost.access.sign_ins import Begun
from deskpost.console.mail_settings import connect_words, connection
from deskpost.console.mail_settings.connection import Result, goes_back_to, signs_in_as
from deskpost.console.mail_settings.fetching import mailbox_of
from deskpost.console.mail_settings.outgoing import server_asked
from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.inbound.collecting import sources
from deskpost.inbound.connectivity import needs_consent
from deskpost.inbound.mailboxes import Mailbox
from deskpost.oauth import admin_consent, flow, sentences, whose
from deskpost.oauth.application import Application
from deskpost.oauth.flow import Attempt
from deskpost.oauth.grant import Tokens
from deskpost.outbound import endpoints, server_consent
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import LoginRefused, TransportError

STEP_TIME = 8.0  # seconds of each step, while somebody waits


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def incoming_connect(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Lead the browser to the provider for the consent to fetch a mailbox."""
    viewer.needs_everywhere("settings.mail")
    return _lead(request, viewer, mailbox_of(id))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def outgoing_connect(request: HttpRequest, viewer: Viewer, scope: str) -> HttpResponse:
    """Lead the browser to the provider for the consent to send by a server."""
    viewer.needs_everywhere("settings.mail")
    return _lead(request, viewer, server_asked(scope)[1])


@require_GET
@signed_in
def came_back(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Take in what the provider says: get the tokens, see whose they are, keep them, and go back to the form."""
    viewer.needs_everywhere("settings.mail")
    try:
        begun = sign_ins.take(request.GET.get("state", ""), request.session.session_key)
    except sign_ins.NoSuchSignIn as strange:
        messages.error(request, connect_words.strange(strange))
        return go_to(request, reverse("incoming"))
    except SecretUnreadable as unreadable:
        messages.error(request, str(unreadable))
        return go_to(request, reverse("incoming"))
    row = row_of(begun)
    if row is None:
        messages.error(request, gettext("What was to be connected was removed meanwhile. Nothing was kept."))
        return go_to(request, reverse("incoming"))
    keep = partial(_keep, viewer, row)
    result = connect_words.late() if begun.late else finished(row, request.GET.dict(), begun, keep)
    connection.tell(request, result)
    return go_to(request, goes_back_to(request, row))


def _lead(request: HttpRequest, viewer: Viewer, row: MailServerSettings) -> HttpResponse:
    if request.method != "POST":
        return _page(request, row, "")
    connection.begun_from(request, row)
    if row.authentication != row.Authentication.OAUTH:
        messages.info(request, gettext("It signs in without OAuth, so there is nothing to connect."))
        return go_to(request, goes_back_to(request, row))
    if not row.by_consent:
        connection.tell(request, _on_its_own(viewer, row))
        return go_to(request, goes_back_to(request, row))
    trouble = connection.host_trouble(request)
    if trouble:
        connection.tell(request, connect_words.refused(trouble))
        return go_to(request, goes_back_to(request, row))
    session_key = request.session.session_key or ""
    try:
        address = sign_ins.begin(row, attempt(row), viewer.person, session_key)
    except (TransportError, SecretUnreadable) as error:
        connection.tell(request, connect_words.failed(row, error))
        return go_to(request, goes_back_to(request, row))
    return _page(request, row, address)


def _page(request: HttpRequest, row: MailServerSettings, address: str) -> HttpResponse:
    """Show the page that leads to this address; without one, the page that asks whether to begin."""
    context = {
        "address": address,
        "alone": not row.by_consent,
        "provider": connection.provider_name(row),
        "picks": signs_in_as(row),
        "back_url": goes_back_to(request, row),
    }
    return render(request, "console/mail_settings/connect.html", context)


def attempt(row: MailServerSettings) -> Attempt:
    """Give the page of the provider to lead a browser to. Raises TransportError, SecretUnreadable: nothing was sent.

    Of an application that signs in on its own it is the page where an administrator lets it.
    """
    application = _application(row)
    if not row.by_consent:
        return admin_consent.begin(application)
    return flow.begin(application, signs_in_as(row))


def finished(
    row: MailServerSettings, came: dict[str, str], begun: Begun, keep: Callable[[Tokens, str], None]
) -> Result:
    """Get the tokens, and keep them if they are of the right user; say what came of it.

    `came`: with what the browser came back. `keep` takes the tokens and who gave them, empty where that is not known.
    """
    try:
        application = _application(row)
        tokens, names = _tokens(row, application, came, begun)
        configured = signs_in_as(row) if row.by_consent else ""
        wrong = whose.another(configured, names) if configured else None
        if wrong:
            return connect_words.wrong_user(row, wrong)
        keep(tokens, names[0] if names else "")
    except (TransportError, SecretUnreadable) as error:
        return connect_words.failed(row, error)
    except consents.SignsInAnew:
        return connect_words.changed()
    unknown = "" if names or not row.by_consent else sentences.whose_unknown(application.place)
    return _connected(row, names[0] if names else "", unknown)


def _tokens(
    row: MailServerSettings, application: Application, came: dict[str, str], begun: Begun
) -> tuple[Tokens, tuple[str, ...]]:
    """Give the tokens and the names of who consented, none where nobody tells."""
    state = came.get("state", "")
    if not row.by_consent:
        admin_consent.granted(application, state, came)
        return flow.client_credentials(application), ()
    tokens = flow.exchange(application, flow.code_of(application, state, came), begun.verifier)
    return tokens, whose.authorised(application, tokens)


def _on_its_own(viewer: Viewer, row: MailServerSettings) -> Result:
    """Get a token for the application itself, which needs no browser."""
    try:
        tokens = flow.client_credentials(_application(row))
        _keep(viewer, row, tokens, "")
    except (TransportError, SecretUnreadable) as error:
        return connect_words.failed(row, error)
    except consents.SignsInAnew:
        return connect_words.changed()
    return _connected(row, "", "")


def _keep(viewer: Viewer, row: MailServerSettings, tokens: Tokens, given_by: str) -> None:
    """Keep the tokens; what waited for them goes on at once."""
    consents.keep(row, tokens, given_by, viewer.person)
    if row.by_consent:
        consent_links.not_needed(row, viewer.person)
    go_on(row)


def go_on(row: MailServerSettings) -> None:
    """Let what waited for a consent go on at once."""
    if isinstance(row, Mailbox):
        needs_consent.regained(row)
    elif isinstance(row, OutgoingServer):
        server_consent.regained(row)


def _connected(row: MailServerSettings, user: str, unknown: str) -> Result:
    """Open it, and say how that went; opened, it may prove to be a mailbox that the application serves already."""
    trouble = _opened(row)
    shared = sign_in_rules.shared_client_words(row) if trouble is None else ""
    return connect_words.connected(row, user, unknown or shared, trouble)


def _opened(row: MailServerSettings) -> TransportError | None:
    """Try whether the mail server lets the new token in; give what it said instead.

    A mailbox that is being fetched is not tried: a POP server lets one in at a time, and its fetch tells.
    """
    try:
        if isinstance(row, Mailbox) and not row.fetching:
            with sources.open_source(row, read_only=True, step_time=STEP_TIME):
                pass
        elif isinstance(row, OutgoingServer):
            with endpoints.open_sender(row, step_time=STEP_TIME):
                pass
    except TransportError as error:
        return error
    return None


def _application(row: MailServerSettings) -> Application:
    """Give the application, reached in steps that somebody can wait for. Raises LoginRefused without a client id."""
    if not row.client_id:
        raise LoginRefused(gettext("Client ID is empty. Nothing was sent. To do: write it, and save."))
    return consents.application_of(row, targets.provider_reach(targets.server_of(row, STEP_TIME)))


def row_of(begun: Begun | ConsentLink) -> MailServerSettings | None:
    """Give the mailbox or server that an attempt or a link is for, None once it was removed."""
    if begun.mailbox_id is not None:
        return Mailbox.objects.filter(pk=begun.mailbox_id).first()
    return OutgoingServer.objects.filter(pk=begun.server_id or 0).first()
