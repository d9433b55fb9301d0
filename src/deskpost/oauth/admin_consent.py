"""An organisation's administrator lets an application sign in on its own: Microsoft's page for that, and the way back.

There is no code to redeem, so no PKCE: what comes back says yes or no, and the application's own token follows. The
permissions are those that are registered for the application. Entra ID, "Admin consent on the Microsoft identity
platform".
"""

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode, urlsplit

from deskpost.oauth import refusals, scopes, sentences
from deskpost.oauth.application import Application
from deskpost.oauth.flow import Attempt, tenant_trouble
from deskpost.oauth.refusals import is_guid
from deskpost.transports.errors import ConsentLost, LoginRefused
from deskpost.transports.http import server_of


def begin(application: Application) -> Attempt:
    """Give the page to lead an administrator's browser to. Raises LoginRefused, AddressRefused: nothing was sent."""
    server_of(application.token_url, application.server)
    trouble = scopes.mixture(scopes.read(application.scopes))
    trouble = trouble or tenant_trouble(application.token_url, app_only=True)
    if trouble:
        raise LoginRefused(trouble)
    parts, state = urlsplit(application.token_url), secrets.token_urlsafe(32)
    values = {
        "client_id": application.client_id,
        "redirect_uri": application.redirect_url,
        "scope": " ".join(scopes.read(application.scopes)),
        "state": state,
    }
    page = f"{parts.scheme}://{parts.netloc}/{quote(_tenant(application))}/v2.0/adminconsent"
    return Attempt(f"{page}?{urlencode(values)}", state, verifier="")


def granted(application: Application, state: str, came: Mapping[str, str]) -> None:
    """Return where an administrator of the right organisation said yes. Raises ConsentLost, LoginRefused."""
    if not hmac.compare_digest(state.encode(), came.get("state", "").encode("utf-8", "replace")):
        raise LoginRefused(sentences.state_strange(application.place))
    if "error" in came:
        raise refusals.refused(application, came)
    if came.get("admin_consent", "").lower() != "true":
        raise LoginRefused(sentences.nothing_came_back(application.place))
    wanted, tenant = _tenant(application), came.get("tenant", "")
    if is_guid(wanted) and tenant.lower() != wanted.lower():
        raise ConsentLost(sentences.another_organisation(application.place, tenant))


def _tenant(application: Application) -> str:
    return unquote(urlsplit(application.token_url).path.strip("/").split("/")[0])
