"""The token endpoint: what an application shows, and the tokens it gets for it. RFC 6749, RFC 7636, RFC 8628."""

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime

from deskpost.sandbox.cloud import scopes
from deskpost.sandbox.cloud.exchange import Request, Response, of_json
from deskpost.sandbox.cloud.scopes import OF_OPENID, Wanted
from deskpost.sandbox.cloud.sign_in import identity
from deskpost.sandbox.cloud.sign_in.errors import SignInRefused
from deskpost.sandbox.cloud.sign_in.state import Code, SignIn, tenant_of
from deskpost.sandbox.cloud.tokens import LASTS, Access, Application

NOT_TO_BE_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def token(sign_in: SignIn, request: Request) -> Response:
    """Answer a request for tokens. Raises SignInRefused."""
    grants = {
        "authorization_code": _by_code,
        "refresh_token": _by_refresh_token,
        "client_credentials": _by_secret,
        DEVICE: _by_device,
        "device_code": _by_device,
    }
    tenant = tenant_of(request)
    sign_in.known_tenant(tenant)
    form = request.form()
    kind = form.get("grant_type", "")
    if not kind:
        raise SignInRefused(900144, parameter="grant_type")
    if kind not in grants:
        raise SignInRefused(70003, grant_type=kind)
    name, secret = identity.basic(request)
    client = sign_in.application(form.get("client_id") or name, tenant)
    _check_secret(client, form.get("client_secret") or secret)
    return grants[kind](sign_in, request, client, form)


def wanted_of(request: Request, text: str, *, several: bool = False) -> Wanted:
    """Read the scopes that a request asks for, of `several` resources where that may be. Raises SignInRefused."""
    try:
        return scopes.read(text, request.host, several=several)
    except scopes.ScopesMixed:
        raise SignInRefused(28000, scope=text) from None
    except scopes.ResourceElsewhere as elsewhere:
        resource, tenant = f"https://{elsewhere}", tenant_of(request)
        raise SignInRefused(500011, resource=resource, tenant=tenant) from None
    except scopes.ScopesRefused as unknown:
        raise SignInRefused(70011, scope=str(unknown)) from None


def _by_code(sign_in: SignIn, request: Request, client: Application, form: dict[str, str]) -> Response:
    text = form.get("code", "")
    if not text:
        raise SignInRefused(900144, parameter="code")
    with sign_in.lock:
        code = sign_in.codes.get(text)
        if code is None:
            raise SignInRefused(9002313)
        if code.client_id != client.client_id:
            raise SignInRefused(700005)
        if code.redeemed:
            raise SignInRefused(54005)
        if code.expires_at < time.time():
            raise SignInRefused(70008)
        if form.get("redirect_uri", "") != code.redirect_uri:
            raise SignInRefused(500112, redirect_uri=form.get("redirect_uri", ""), was=code.redirect_uri)
        if not _proves(form.get("code_verifier", ""), code):
            raise SignInRefused(501481)
        wanted = _narrowed(request, form, code.wanted)
        _check_consent(sign_in, code.client_id, code.mailbox, wanted)
        code.redeemed = True
    access, renews = sign_in.cloud.tokens.grant(client.client_id, code.mailbox, wanted.all)
    return _told(sign_in, request, access, renews, wanted, code.nonce)


def _by_refresh_token(
    sign_in: SignIn, request: Request, client: Application, form: dict[str, str]
) -> Response:
    tokens, text = sign_in.cloud.tokens, form.get("refresh_token", "")
    if not text:
        raise SignInRefused(900144, parameter="refresh_token")
    old = tokens.refresh.get(text)
    if text in tokens.revoked:
        raise SignInRefused(50173, issued="an earlier time", revoked=_moment(tokens.revoked[text]))
    if old is None or old.client_id != client.client_id:
        raise SignInRefused(70000)
    wanted = _narrowed(request, form, Wanted(old.scopes - OF_OPENID, old.scopes & OF_OPENID, ()))
    _check_consent(sign_in, client.client_id, old.mailbox, wanted)
    renewed = tokens.renew(text, wanted.all | (old.scopes & {"offline_access"}))
    if renewed is None:  # somebody else was quicker
        raise SignInRefused(70000)
    return _told(sign_in, request, *renewed, wanted, "")


def _by_secret(sign_in: SignIn, request: Request, client: Application, form: dict[str, str]) -> Response:
    text = form.get("scope", "")
    wanted = wanted_of(request, text)
    if not client.secrets:
        raise SignInRefused(7000218)
    if len(wanted.permissions) != 1 or not text.endswith("/.default"):
        raise SignInRefused(1002012, scope=text)
    if not client.app_only:
        raise SignInRefused(7000112, client_id=client.client_id)
    access, renews = sign_in.cloud.tokens.grant(client.client_id, None, wanted.permissions)
    sign_in.cloud.tokens.refresh.pop(renews, None)  # who has a secret needs none. RFC 6749 section 4.4.3
    told = {
        "token_type": "Bearer",
        "expires_in": LASTS,
        "ext_expires_in": LASTS,
        "access_token": access.token,
    }
    return of_json(told, 200, **NOT_TO_BE_KEPT)


def _by_device(sign_in: SignIn, request: Request, client: Application, form: dict[str, str]) -> Response:
    text = form.get("device_code", "")
    device = sign_in.devices.get(text)
    if device is None or device.client_id != client.client_id:
        raise SignInRefused(9002313)
    if device.expires_at < time.time():
        raise SignInRefused(70020)
    if device.mailbox is None:
        raise SignInRefused(70016)
    if not device.mailbox:
        raise SignInRefused(65004)
    if sign_in.devices.pop(text, None) is None:
        raise SignInRefused(54005)
    access, renews = sign_in.cloud.tokens.grant(client.client_id, device.mailbox, device.wanted.all)
    return _told(sign_in, request, access, renews, device.wanted, "")


def _told(
    sign_in: SignIn, request: Request, access: Access, renews: str, wanted: Wanted, nonce: str
) -> Response:
    """Give the answer with tokens. Scopes are told as they were asked for, without offline_access."""
    told: dict[str, str | int] = {
        "token_type": "Bearer",
        "scope": " ".join(
            one for one in wanted.asked or sorted(wanted.all) if one.lower() != "offline_access"
        ),
        "expires_in": LASTS,
        "ext_expires_in": LASTS,
        "access_token": access.token,
    }
    if "offline_access" in access.scopes:
        told["refresh_token"] = renews
    else:
        sign_in.cloud.tokens.refresh.pop(renews, None)
    if "openid" in access.scopes:
        told["id_token"] = identity.id_token(sign_in, request, access, nonce)
    if request.form().get("client_info") == "1":
        told["client_info"] = identity.client_info(sign_in, access.mailbox or "")
    return of_json(told, 200, **NOT_TO_BE_KEPT)


def _check_secret(client: Application, secret: str) -> None:
    if client.secrets and not secret:
        raise SignInRefused(7000218)
    if not client.secrets and secret:
        raise SignInRefused(700025)
    if client.secrets and not any(
        hmac.compare_digest(one.encode(), secret.encode()) for one in client.secrets
    ):
        raise SignInRefused(7000215, client_id=client.client_id)


def _narrowed(request: Request, form: dict[str, str], consented: Wanted) -> Wanted:
    """Give what is asked for now, all that was consented to where nothing is said.

    A code or refresh token is not bound to a resource at Microsoft; what has no consent is refused elsewhere.
    """
    text = form.get("scope", "").strip()
    now = wanted_of(request, text or " ".join(consented.permissions))
    if not text:
        return consented
    return Wanted(now.permissions or consented.permissions, now.of_openid | consented.of_openid, now.asked)


def _check_consent(sign_in: SignIn, client_id: str, mailbox: str | None, wanted: Wanted) -> None:
    missing = wanted.permissions - sign_in.cloud.tokens.consented(client_id, mailbox)
    if any(not one.endswith("/.default") for one in missing):
        raise SignInRefused(65001, client_id=client_id)


def _proves(verifier: str, code: Code) -> bool:
    """Tell whether who redeems a code is who asked for it. RFC 7636 section 4.6."""
    if not code.challenge:
        return True
    shown = verifier
    if code.method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(shown.encode(), code.challenge.encode())


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S.0000000Z}"
