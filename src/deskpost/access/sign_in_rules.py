"""What must fit together in how Deskpost signs in at a mail server. Forms and settings files ask here."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction

from deskpost.access.columns import MailServerSettings
from deskpost.oauth import clouds, flow, scopes
from deskpost.oauth.providers import provider_of
from deskpost.oauth.refusals import is_guid
from deskpost.transports import http_words, microsoft
from deskpost.transports.connection import Server, Tls, overheard
from deskpost.transports.errors import TransportError
from deskpost.transports.http import server_of
from deskpost.transports.protocols import PROTOCOLS

_OAUTH = MailServerSettings.Authentication.OAUTH
_APP_ONLY = MailServerSettings.Grant.CLIENT_CREDENTIALS
_URLS = ("authorization_url", "token_url")
GRAPH_CLIENT = "graph_client_of_one_direction"
GRAPH_CLIENT_WORDS = (
    "This client id is used for the same mailbox in the other direction too. Microsoft counts the requests of one "
    "application to a mailbox, incoming and outgoing together, so that the two would hold each other up. To do: "
    "register a second application at Microsoft, and use its client id here."
)
"""The database's constraint trigger, and what it means."""
SENDER_POOL = "outgoing_server_sender_pool"
SENDER_POOL_WORDS = (
    "A mailbox of this sender pool, or this mailbox itself, already sends for an outgoing server with the same client "
    "id. Microsoft counts the requests of one application to a mailbox, so that both would hold each other up. To do: "
    "name each mailbox once, at one server."
)
_WORDS = {GRAPH_CLIENT: GRAPH_CLIENT_WORDS, SENDER_POOL: SENDER_POOL_WORDS}
_SOON = 30  # days before the end of a client secret


def refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give (column, words) for what cannot be saved. `values` has every column of MailServerSettings."""
    protocol = PROTOCOLS[values["protocol"]]
    if values["authentication"] not in protocol.logins:
        yield "authentication", f"{protocol.label} takes OAuth only. To do: choose OAuth."
        return
    if protocol.address:
        yield from _address_refusals(values, protocol.address)
    if values["authentication"] == _OAUTH:
        yield from _oauth_refusals(values)


def warnings(values: Mapping[str, Any], today: date) -> Iterator[str]:
    """Give in words what can be saved and is better known."""
    protocol = PROTOCOLS[values["protocol"]]
    address = values[protocol.address or "server"]
    if protocol.address == "connect_url":
        yield from filter(None, [microsoft.ews_ending(clouds.host_of(address))])
    if values["authentication"] != _OAUTH:
        return
    if _looks_like_an_id(values) and not _at_microsoft(values):
        yield _LIKE_AN_ID
    named = [address, *(values[name] for name in _needed_urls(values)), *scopes.read(values["scope"])]
    yield from dict.fromkeys(filter(None, map(clouds.closed, named)))
    yield from filter(None, [clouds.mixture(named)])
    ends = values.get("client_secret_ends")
    if ends and (ends - today).days <= _SOON:
        ended = "has ended" if ends < today else "ends"
        yield (
            f"The client secret {ended} on {ends.isoformat()}: after that day nobody is let in by it. "
            "To do: make a new one at the provider, and type it here with its date."
        )


def graph_client_words(conflict: IntegrityError) -> str:
    """Give the sentence where the database refused a client id for both directions, or two servers of one mailbox.

    Empty for another conflict.
    """
    told = getattr(getattr(conflict.__cause__, "diag", None), "constraint_name", "")
    return _WORDS.get(told, "")


def refuse_shared_client(row: MailServerSettings) -> None:
    """Refuse what was just saved where its client id serves the same Graph mailbox in the other direction.

    That is known here by its Inbox; where the names are the same, the database has refused it already. Raises the same
    IntegrityError (see graph_client_words).
    """
    ids = (row.pk, None) if row._meta.db_table == "mailbox" else (None, row.pk)
    if row.protocol == "graph":
        with connection.cursor() as cursor:
            cursor.execute("SELECT refuse_shared_graph_client(%s, %s)", ids)


def shared_client_words(row: MailServerSettings) -> str:
    """Give the sentence where a saved row's client id serves the same Graph mailbox in the other direction, else ""."""
    try:
        with transaction.atomic():
            refuse_shared_client(row)
    except IntegrityError as shared:
        return graph_client_words(shared)
    return ""


def _address_refusals(values: Mapping[str, Any], column: str) -> Iterator[tuple[str, str]]:
    address = values[column]
    if not address:
        yield column, "This is empty. To do: write the address."
        return
    words = url_trouble(address, plain=values["tls"] == "none")
    by_password = column == "connect_url" and values["authentication"] != _OAUTH
    if words and by_password and url_trouble(address, plain=True) is None:
        words = http_words.password_in_clear(clouds.host_of(address))
    if words:
        yield column, words


def url_trouble(address: str, *, plain: bool = False) -> str | None:
    """Give why an address cannot be used, None where it can. `plain`: http was allowed, beyond this machine too."""
    try:
        server_of(address, Server("", 443), plain=plain)
    except TransportError as refused:
        return refused.words
    return None


def _oauth_refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    protocol, app_only = PROTOCOLS[values["protocol"]], values["grant"] == _APP_ONLY
    host = clouds.host_of(values[protocol.address]) if protocol.address else values["server"]
    if overheard(_tls(values["tls"]), host):
        yield (
            "tls",
            f"OAuth needs TLS: a token sent to {host} in clear can be used by whoever listens. To do: use TLS.",
        )
    needed = ["client_id", *_needed_urls(values), "scope"]
    if app_only:
        needed.append("client_secret")
    if not protocol.address:
        needed.append("username")
    elif app_only and not (values["username"] or values["mailbox_to_open"]):
        yield "mailbox_to_open", "An application opens any mailbox it may, so one is needed. To do: name it."
    elif not app_only:
        needed.append("username")
    for name in needed:
        if not values.get(name):
            yield name, _EMPTY
    for name in _needed_urls(values):
        if values[name]:
            yield from ((name, words) for words in [_url_words(values[name], app_only)] if words)
    if _looks_like_an_id(values) and _at_microsoft(values):
        yield "client_secret", _ID_OF_ONE
    if values["protocol"] == "graph" or provider_of(values["token_url"]) == "microsoft":
        yield from (("scope", words) for words in [scopes.mixture(scopes.read(values["scope"]))] if words)


def _looks_like_an_id(values: Mapping[str, Any]) -> bool:
    return is_guid(values.get("client_secret") or "")


def _at_microsoft(values: Mapping[str, Any]) -> bool:
    """Whether Microsoft gives the tokens: by the sign-in, or by the mail server where that is nobody's known."""
    address = values[PROTOCOLS[values["protocol"]].address or "server"]
    return "microsoft" in (provider_of(values["token_url"]), provider_of(address))


def _needed_urls(values: Mapping[str, Any]) -> tuple[str, ...]:
    return _URLS[1:] if values["grant"] == _APP_ONLY else _URLS


def _url_words(address: str, app_only: bool) -> str | None:
    trouble = url_trouble(address)
    if trouble is None and provider_of(address) == "microsoft":
        trouble = flow.tenant_trouble(address, app_only=app_only)
    return trouble


def _tls(text: str) -> Tls:
    return "none" if text == "none" else "starttls" if text == "starttls" else "implicit"


_EMPTY = "This is empty, and OAuth needs it. To do: fill it in."
_ID_OF_ONE = (
    "This is the id of a client secret and not the secret: Microsoft's never look like that, and nobody would be let "
    "in (AADSTS7000215). To do: copy the column Value of Certificates and secrets; it is shown once, so make a new "
    "secret if it is gone."
)
_LIKE_AN_ID = (
    "The client secret has the form of an id, and at many providers it is one that was copied in place of the secret. "
    "To do: nothing, if this provider's secrets look like that; else write the secret itself."
)
