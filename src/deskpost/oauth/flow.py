"""The ways to tokens: a person's consent in the browser, its renewal, and an application on its own.

RFC 6749, RFC 7636 (PKCE). Raised is the family of transports: ConsentLost (somebody has to sign in), LoginRefused
(a setting is wrong), Throttled, ServerUnreachable (it passes: no consent is lost by it), ProtocolViolated.
"""

import base64
import hashlib
import hmac
import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, unquote, urlencode

from deskpost.oauth import refusals, scopes, sentences
from deskpost.oauth.application import Application
from deskpost.oauth.grant import Tokens
from deskpost.oauth.refusals import is_guid
from deskpost.transports import http_words
from deskpost.transports.errors import LoginRefused, ProtocolViolated
from deskpost.transports.http import Answer, Http, server_of

# Seconds for one request for tokens, all in all. Who renews holds the lock of the token's row so long, which PostgreSQL
# takes away after 30 s of silence (settings.py): somebody else would then send the same refresh token.
WITHIN = 20.0
_USUAL = 3_600.0  # seconds that a token is good for where the server does not say
_LONGEST = 7 * 86_400.0
_TOKEN = re.compile(r"[\x21-\x7e]+")
_TENANT = re.compile(r"[0-9a-zA-Z](?:[0-9a-zA-Z.-]{0,251}[0-9a-zA-Z])?")
_OPEN_TENANTS = ("common", "organizations", "consumers")
# Who consents is told by an id token, which is given for these. Others may refuse scopes that they do not know.
_IDENTITY = {"microsoft": ("openid", "profile"), "google": ("openid", "email"), "other": ()}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was begun: the page to lead the browser to, and what must be kept until it comes back."""

    address: str = field(repr=False)
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def begin(application: Application, username: str = "") -> Attempt:
    """Give where to lead the browser; `username` is proposed there. Raises LoginRefused, AddressRefused."""
    server_of(application.authorization_url, application.server)  # a page that a browser may be led to
    asked = (*_checked(application), *_IDENTITY[application.provider])
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    values = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": application.redirect_url,
        "scope": " ".join(dict.fromkeys(asked)),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    if username:
        values["login_hint"] = username
    if application.provider == "google":
        values |= {"access_type": "offline", "prompt": "consent"}  # else it renews nothing the second time
    elif application.provider == "other" and "offline_access" in asked:
        values["prompt"] = "consent"  # else it may leave that out: OpenID Connect Core section 11
    mark = "&" if "?" in application.authorization_url else "?"
    return Attempt(f"{application.authorization_url}{mark}{urlencode(values)}", state, verifier)


def challenge(verifier: str) -> str:
    """Give what proves later that who redeems a code is who asked for it. RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def code_of(application: Application, state: str, came: Mapping[str, str]) -> str:
    """Give the code out of the values with which the browser came back. Raises ConsentLost, LoginRefused."""
    expected, found = state.encode(), came.get("state", "").encode("utf-8", "replace")
    if not hmac.compare_digest(expected, found):
        raise LoginRefused(sentences.state_strange(application.place))
    if "error" in came:
        raise refusals.refused(application, came)
    if not came.get("code"):
        raise LoginRefused(sentences.nothing_came_back(application.place))
    return came["code"]


def exchange(application: Application, code: str, verifier: str) -> Tokens:
    """Give the tokens for a code, which must be renewable."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": application.redirect_url,
        "code_verifier": verifier,
    }
    tokens = _ask(application, asked, (code, verifier))
    if tokens.refresh_token is None:
        raise LoginRefused(sentences.no_refresh_token(application.place))
    return tokens


def refresh(application: Application, refresh_token: str) -> Tokens:
    """Give fresh tokens. Their refresh token must be kept before they are used: the old one may be good no more."""
    asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    tokens = _ask(application, asked, (refresh_token,))
    if tokens.refresh_token is not None:
        return tokens
    return Tokens(tokens.access_token, tokens.expires_at, refresh_token, tokens.id_token, tokens.scopes)


def client_credentials(application: Application) -> Tokens:
    """Give a token of the application itself, for which no person is needed and nothing is renewed."""
    asked = {"grant_type": "client_credentials", "scope": " ".join(_checked(application, app_only=True))}
    return _ask(application, asked, ())


def tenant_trouble(address: str, *, app_only: bool = False) -> str | None:
    """Give the sentence why the tenant in an address of Microsoft's sign-in is none, None where it may be one."""
    host, path = (*address.partition("://")[2].partition("?")[0].split("/", 1), "")[:2]
    tenant = unquote(path.split("/")[0])
    if "{" in tenant or "<" in tenant:
        return sentences.tenant_missing(host)
    if tenant in _OPEN_TENANTS:
        return sentences.tenant_open(tenant) if app_only else None
    is_domain = _TENANT.fullmatch(tenant) and "." in tenant
    return None if is_domain or is_guid(tenant) else sentences.tenant_none(tenant[:80])


def _checked(application: Application, *, app_only: bool = False) -> tuple[str, ...]:
    """Give the scopes to send. Raises LoginRefused where it is clear that no token can come of it."""
    asked = scopes.read(application.scopes)
    trouble = None
    if application.provider == "microsoft":
        trouble = scopes.mixture(asked) or tenant_trouble(application.token_url, app_only=app_only)
    if trouble:
        raise LoginRefused(trouble)
    return asked


def _ask(application: Application, asked: Mapping[str, str], shown: tuple[str, ...]) -> Tokens:
    values, headers = dict(asked), {"Accept": "application/json"}
    if application.provider == "other" and application.client_secret:
        # The one way that every server must know: RFC 6749 section 2.3.1.
        pair = f"{quote_plus(application.client_id)}:{quote_plus(application.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        values["client_id"] = application.client_id
        if application.client_secret:
            values["client_secret"] = application.client_secret
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    with Http(application.token_url, application.server, within=WITHIN) as http:
        answer = http.ask("POST", application.token_url, headers, urlencode(values).encode())
    return _granted(application, answer, shown)


def _granted(application: Application, answer: Answer, shown: tuple[str, ...]) -> Tokens:
    said = _said(answer)
    if not answer.fine or "error" in said:
        raise refusals.refused(application, said, answer.at, shown)
    access, renews = said.get("access_token"), said.get("refresh_token")
    if not isinstance(access, str) or not _TOKEN.fullmatch(access):
        raise ProtocolViolated(sentences.answer_without_token(answer.place))
    identity, granted = said.get("id_token"), said.get("scope")
    return Tokens(
        access,
        datetime.now(UTC) + timedelta(seconds=_lasts(said.get("expires_in"))),
        renews if isinstance(renews, str) and renews else None,
        identity if isinstance(identity, str) else None,
        scopes.read(granted) if isinstance(granted, str) else (),
    )


def _said(answer: Answer) -> dict[str, Any]:
    """Give the JSON of an answer. Raises what it means where it is neither a yes nor a no."""
    answer.usable()
    said = answer.json()
    if not isinstance(said, dict) or (not answer.fine and "error" not in said):
        raise ProtocolViolated(http_words.not_json(answer.place, answer.status))
    return said


def _lasts(said: Any) -> float:
    """Give the seconds a token is good for; some servers write the number as text."""
    try:
        seconds = float(said)
    except (TypeError, ValueError, OverflowError):
        return _USUAL
    return min(seconds, _LONGEST) if math.isfinite(seconds) and seconds > 0 else _USUAL
