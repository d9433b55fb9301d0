"""The page that opens by a link to consent, for somebody without an account here: what is asked, and how it went.

The link itself leads on at once, so that its secret stands in no address that a page could pass on, and in no log of
ours. What was opened is kept in the session; of a wrong link, an old and a used one nothing is, and all look the same.
"""

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from deskpost.access import consent_links, consents, sign_ins
from deskpost.access.columns import MailServerSettings
from deskpost.access.consent_links import ConsentLink
from deskpost.console.mail_settings import connect, connection
from deskpost.console.mail_settings.connection import Result, signs_in_as
from deskpost.console.mail_settings.consent_words import (
    Said,
    another_browser,
    broken,
    called,
    connected,
    not_from_here,
    nothing_fits,
    over,
    refused,
)
from deskpost.console.page import as_read_by, client_address, desk_name, go_to
from deskpost.desk.people import Person
from deskpost.desk.sign_in_attempts import has_used_up, note_guess
from deskpost.oauth import scope_words
from deskpost.oauth.grant import Tokens
from deskpost.outbound import bell
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError

_OPENED = (
    "consent_link"  # in the session: {"id": of the link, "said": what the last attempt came to, or None}
)


@csrf_exempt  # it changes nothing, and a refusal would write the secret into the log
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Remember which link was opened, and lead to the page; of one that does not work nothing is remembered."""
    address = client_address(request)
    waits = has_used_up(address)
    link = None if waits else consent_links.found_by(token.strip("/"))
    if link is not None:
        request.session[_OPENED] = {"id": link.pk, "said": None}
    else:
        request.session.pop(_OPENED, None)
        if not waits:
            note_guess(token, address)
    return _guarded(go_to(request, reverse("consent") + ("?wait" if waits else "")))


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Say who asks for what; posted to, lead to the provider. Afterwards: how it went."""
    kept = _kept(request)
    if kept.get("said") and kept["said"]["done"]:
        return _page(request, {"said": kept["said"], "done": True})
    link = consent_links.working(kept.get("id", 0))
    row = connect.row_of(link) if link is not None else None
    if link is None or row is None:
        return _over(request)
    with as_read_by(link.person):
        if request.method == "POST":
            return _lead(request, link, row)
        return _asks(request, link, row, kept.get("said"))


@require_GET
def oauth_back(request: HttpRequest) -> HttpResponse:
    """Take in what the provider says: of a sign-in by a link here, else for who is signed in (connect.py)."""
    by_link = sign_ins.is_by_link(request.GET.get("state", ""))
    if by_link or (_kept(request) and not isinstance(request.user, Person)):
        return _came_back(request)
    return connect.came_back(request)


def _lead(request: HttpRequest, link: ConsentLink, row: MailServerSettings) -> HttpResponse:
    if connection.host_trouble(request):
        return _asks(request, link, row, not_from_here(link).kept())
    try:
        attempt = connect.attempt(row)
    except (TransportError, SecretUnreadable) as error:
        words = str(error) if isinstance(error, SecretUnreadable) else error.words
        return _asks(request, link, row, _failed(link, row, words).kept())
    address = sign_ins.begin(row, attempt, link.person, request.session.session_key or "", link)
    return _page(request, {**_facts(link, row), "address": address})


def _came_back(request: HttpRequest) -> HttpResponse:
    """Finish what was begun by a link, and go to its page, which says how it went."""
    try:
        begun = sign_ins.take(request.GET.get("state", ""), request.session.session_key)
    except sign_ins.OfAnotherSession:
        return _page(request, {"said": another_browser().kept()}, 400)
    except sign_ins.NoSuchSignIn:
        return _to_page(request, nothing_fits())
    except SecretUnreadable:
        return _to_page(request, nothing_fits())
    link = consent_links.working(begun.link_id or 0)
    row = connect.row_of(begun)
    if link is None or row is None:
        request.session.pop(_OPENED, None)
        return _guarded(go_to(request, reverse("consent")))
    request.session[_OPENED] = {"id": link.pk, "said": None}
    with as_read_by(link.person):
        return _to_page(request, _finished(request, link, row, begun))


def _finished(
    request: HttpRequest, link: ConsentLink, row: MailServerSettings, begun: sign_ins.Begun
) -> Said | None:
    """Go on as Connect does; None: the link ended meanwhile. Who made it is told."""
    if begun.late:
        return refused(link, row, late=True)

    def keep(tokens: Tokens, given_by: str) -> None:
        with transaction.atomic():
            consents.keep(row, tokens, given_by, link.person)
            consent_links.use(link, given_by)
        connect.go_on(row)

    try:
        result = connect.finished(row, request.GET.dict(), begun, keep)
    except consent_links.LinkEnded:
        return None
    link.refresh_from_db()
    if link.end == consent_links.End.USED:
        _tell(link, row, result)
        return connected(link, row, opened=result.ok)
    if result.theirs:
        consent_links.failed(link, _in_full(result))
        return refused(link, row, words=result.text)
    return _failed(link, row, _in_full(result))


def _in_full(result: Result) -> str:
    return f"{result.text} {gettext('To do:')} {result.to_do}" if result.to_do else result.text


def _failed(link: ConsentLink, row: MailServerSettings, words: str) -> Said:
    """Keep what is wrong with the settings, ring once for it, and say that it is for who asked to mend it."""
    if consent_links.failed(link, words):
        details = {"name": called(row), "reason": words}
        bell.ring([link.person_id], "consent_failed", details, connection.page_url(row))
    return broken(link)


def _tell(link: ConsentLink, row: MailServerSettings, result: Result) -> None:
    """Ring at who made the link: it is connected; and what the mail server says of it, if that is not well."""
    more = "" if result.ok else f"{gettext('But:')} {result.text}"
    details = {"name": called(row), "user": link.given_by, "more": more}
    bell.ring([link.person_id], "consent_came", details, connection.page_url(row))


def _to_page(request: HttpRequest, said: Said | None) -> HttpResponse:
    """Keep what is to be said, and lead to the page that says it: without state and code in its address."""
    if said is not None:
        request.session[_OPENED] = {**_kept(request), "said": said.kept()}
    return _guarded(go_to(request, reverse("consent")))


def _asks(
    request: HttpRequest, link: ConsentLink, row: MailServerSettings, said: dict[str, Any] | None
) -> HttpResponse:
    if said is None and connection.host_trouble(request):
        said = not_from_here(link).kept()
    return _page(request, {**_facts(link, row), "said": said})


def _facts(link: ConsentLink, row: MailServerSettings) -> dict[str, Any]:
    provider = consents.provider_at(row)
    return {
        "who": link.person.name,
        "kind": "mailbox" if link.mailbox_id is not None else "server",
        "opens": row.mailbox_opened,
        "picks": signs_in_as(row) if row.by_consent else "",
        "alone": not row.by_consent,
        "may": scope_words.spoken(provider, row.scope, on_its_own=not row.by_consent),
        "provider": connection.provider_name(row),
        "leads_to": urlsplit(row.authorization_url if row.by_consent else row.token_url).hostname,
        "ends_at": link.ends_at,
    }


def _over(request: HttpRequest) -> HttpResponse:
    waits = "wait" in request.GET and has_used_up(client_address(request))
    return _page(request, {"said": over(waits=waits).kept()}, 429 if waits else 410)


def _kept(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(_OPENED) or {})


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {"desk_name": desk_name(), **context}
    return _guarded(render(request, "console/mail_settings/consent.html", context, status=status))


def _guarded(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    # Not no-referrer: the form then has no Origin and is refused. Its own address holds no secret.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
