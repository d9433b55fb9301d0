"""Whose mailbox was authorised, and whether it is the one that was meant."""

import base64
import binascii
import json
from typing import Any

from deskpost.oauth import scopes, sentences
from deskpost.oauth.application import Application
from deskpost.oauth.clouds import CLOUDS, graph_base
from deskpost.oauth.grant import Tokens
from deskpost.transports.http import Http

GOOGLE_USERINFO = "https://openidconnect.googleapis.com/v1/userinfo"
_NAMES = ("preferred_username", "email", "upn", "unique_name", "mail", "userPrincipalName")


def claims(id_token: str) -> dict[str, Any]:
    """Give what an id token says, empty where it says nothing.

    Its signature is not checked: it came from the token endpoint itself, over TLS, and is shown and compared, no
    login to Deskpost. OpenID Connect Core section 3.1.3.7, item 6.
    """
    try:
        middle = id_token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError, binascii.Error, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def authorised(application: Application, tokens: Tokens, userinfo: str = "") -> tuple[str, ...]:
    """Give the names of who consented, the one to show first; none where the provider does not tell.

    The id token says so, else Graph or the provider's userinfo is asked. Raises what asking raises.
    """
    told = _names(claims(tokens.id_token)) if tokens.id_token else ()
    if told:
        return told
    where = userinfo or _where_to_ask(application, tokens)
    if not where:
        return ()
    with Http(where, application.server) as http:
        headers = {"Authorization": f"Bearer {tokens.access_token}", "Accept": "application/json"}
        answer = http.ask("GET", where, headers).usable()
    return _names(answer.json()) if answer.fine else ()


def another(configured: str, names: tuple[str, ...]) -> str | None:
    """Give the sentence that somebody else consented than the user name says, None where it is the same or unknown.

    One person may have several names: an address and a user principal name.
    """
    if not names or configured.strip().casefold() in (name.casefold() for name in names):
        return None
    return sentences.another_mailbox(configured, names[0])


def _where_to_ask(application: Application, tokens: Tokens) -> str:
    if application.provider == "google":
        return GOOGLE_USERINFO
    if application.provider != "microsoft":
        return ""
    hosts = scopes.resources(tokens.scopes or scopes.read(application.scopes))
    graph = next((cloud for cloud in CLOUDS if cloud.graph_host in hosts), None)
    return f"{graph_base(graph.graph_endpoint)}/me" if graph else ""


def _names(said: Any) -> tuple[str, ...]:
    if not isinstance(said, dict):
        return ()
    found = (said.get(name) for name in _NAMES)
    return tuple(dict.fromkeys(name for name in found if isinstance(name, str) and name.strip()))
