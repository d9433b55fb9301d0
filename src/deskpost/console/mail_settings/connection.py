"""What a form shows of the sign-in by OAuth: who is connected since when, or what is to be done.

`connect_context` goes into the context of the page of a mailbox or an outgoing server. `_connect_banner.html` then
stands above its form, and `_sign_in_row.html` among the rows.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from deskpost.access import consents
from deskpost.access.columns import MailServerSettings
from deskpost.access.secret_ends import days_left
from deskpost.console.page import host_asked
from deskpost.console.troubleshooting import sign_in_help
from deskpost.inbound.mailboxes import Mailbox
from deskpost.oauth import sentences
from deskpost.outbound.server_scopes import scope_of
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.host_names import is_this_machine

State = Literal["never", "connected", "lost", "alone"]
_BEGUN = "connect_begun_in_setup"  # in the session: of which row, by its table and id
_RESULT = "connect_result"  # in the session: shown once, by the page that is opened next


@dataclass(frozen=True, slots=True)
class Connection:
    """How a mailbox or server is connected. `alone`: the application signs in on its own, with nobody's consent.

    `picks`: the user to pick at the provider, empty where none is known. `reason`, `to_do`: why it was lost.
    `fetching`: of a mailbox that is on, and goes on by itself.
    """

    url: str
    state: State
    kind: Literal["mailbox", "server"]
    provider: str
    picks: str
    given_by: str
    given_at: datetime | None
    given_to: str
    reason: str
    to_do: str
    help_url: str
    secret_ends: date | None
    days_left: int | None
    fetching: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain: its name, how it is (fine, broken, unknown), and what is said of it."""

    name: str
    state: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What Connect came to, in words; `chain` tells at which link it breaks, empty where nothing was asked.

    `theirs`: who consents can mend it, at the provider; else it is for who sets up mail here.
    """

    ok: bool
    title: str
    text: str
    to_do: str = ""
    url: str = ""
    chain: tuple[Link, ...] = ()
    theirs: bool = False


def connect_context(request: HttpRequest, row: MailServerSettings) -> dict[str, Any]:
    """Give `connect`: a Connection, None where there is no sign-in by OAuth or nothing is saved; `connect_result`."""
    return {"connect": connection_of(row), "connect_result": told(request)}


def connection_of(row: MailServerSettings) -> Connection | None:
    """Give how a saved mailbox or server is connected, None where it does not sign in by OAuth."""
    if row.pk is None or row.authentication != row.Authentication.OAUTH:
        return None
    consent, unreadable = consents.consent_of(row), consents.tokens_unreadable(row)
    lost_reason = consent.lost_reason if consent is not None and consent.lost_at is not None else ""
    lost_reason = sentences.tokens_unreadable() if unreadable else lost_reason
    given = consent if consent is not None and (unreadable or consent.access_token) else None
    reason, _, to_do = lost_reason.partition(" To do: ")
    state: State = "never" if given is None else "connected"
    if lost_reason and (given is not None or not row.by_consent):
        state = "lost"
    elif not row.by_consent:
        state = "alone"
    person = given.given_to if given is not None else None
    return Connection(
        url=connect_url(row),
        state=state,
        kind="mailbox" if isinstance(row, Mailbox) else "server",
        provider=provider_name(row),
        picks=signs_in_as(row),
        given_by=given.given_by if given is not None else "",
        given_at=given.given_at if given is not None and row.by_consent else None,
        given_to=person.name if person is not None else "",
        reason=reason if state == "lost" else "",
        to_do=to_do if state == "lost" else "",
        help_url=sign_in_help(lost_reason) if state == "lost" else "",
        secret_ends=row.client_secret_ends,
        days_left=days_left(row.client_secret_ends),
        fetching=isinstance(row, Mailbox) and row.fetching,
    )


def connect_url(row: MailServerSettings) -> str:
    """Give where Connect is asked for, by POST."""
    if isinstance(row, OutgoingServer):
        return reverse("outgoing_connect", args=[scope_of(row).key])
    return reverse("incoming_connect", args=[row.pk])


def page_url(row: MailServerSettings) -> str:
    """Give the page of a mailbox or server."""
    if isinstance(row, OutgoingServer):
        return reverse("outgoing_server", args=[scope_of(row).key])
    return reverse("incoming_mailbox", args=[row.pk])


def signs_in_as(row: MailServerSettings) -> str:
    """Give the user who has to sign in at the provider, empty where the settings name none.

    An outgoing server without user name sends as its own address, unless it opens somebody else's mailbox.
    """
    if row.username or not isinstance(row, OutgoingServer) or row.mailbox_to_open:
        return row.username
    return row.reply_to


def provider_name(row: MailServerSettings) -> str:
    """Give the provider as people call it: Microsoft, Google, or the host of its sign-in."""
    found = consents.provider_at(row)
    if found == "other":
        try:
            return urlsplit(row.authorization_url or row.token_url).hostname or gettext("The provider")
        except ValueError:
            return gettext("The provider")
    return "Microsoft" if found == "microsoft" else "Google"


def host_trouble(request: HttpRequest) -> str:
    """Give the sentence why nobody can connect from here, "" where one can: for Connect, and for saving with OAuth.

    The provider sends the browser back to the public URL, which alone knows this session and is registered there.
    """
    trouble = address_trouble()
    if trouble:
        return trouble
    url = consents.redirect_url()
    asked, host = host_asked(request), _host_of(url)
    if asked.lower() != host.lower():
        words = gettext(
            "This page was opened under %(asked)s, and the provider sends the browser back to %(host)s, which does not "
            "know this sign-in. Nothing was sent. To do: open Deskpost at %(address)s and choose Connect there; or "
            "correct public_url, and the redirect URL at the provider."
        )
        return words % {"asked": asked, "host": host, "address": url.removesuffix(consents.BACK)}
    return ""


def address_trouble() -> str:
    """Give the sentence why no provider can send anybody back here, "" where one can, whatever host was asked."""
    url = consents.redirect_url()
    host = _host_of(url)
    if not host:
        return gettext(
            "The address of this desk is not set, so a provider cannot send anybody back here. Nothing was sent. "
            "To do: set public_url in a settings file, and apply it with: deskpost settings apply"
        )
    if not url.lower().startswith("https:") and not is_this_machine(host):
        return gettext(
            "The redirect URL %(url)s is not encrypted, and the code that comes back by it would be overheard. Nothing "
            "was sent. To do: let people reach Deskpost by https, and set public_url to that address."
        ) % {"url": url}
    return ""


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def begun_from(request: HttpRequest, row: MailServerSettings) -> None:
    """Keep whether Connect was chosen in the setup assistant, so that the browser comes back to it."""
    if request.POST.get("from") == "setup":
        request.session[_BEGUN] = [row._meta.db_table, row.pk]
    else:
        request.session.pop(_BEGUN, None)


def goes_back_to(request: HttpRequest, row: MailServerSettings) -> str:
    """Give the page to go back to after Connect: the setup assistant where it began there, else the row's own."""
    if request.session.get(_BEGUN) == [row._meta.db_table, row.pk]:
        return reverse("setup")
    return page_url(row)


def tell(request: HttpRequest, result: Result) -> None:
    """Keep what Connect came to for the page that is opened next."""
    request.session[_RESULT] = asdict(result)


def told(request: HttpRequest) -> Result | None:
    """Give what Connect came to, once."""
    kept = request.session.pop(_RESULT, None)
    if kept is None:
        return None
    return Result(**{**kept, "chain": tuple(Link(**one) for one in kept["chain"])})
