"""Who signed in: id token, client_info, userinfo and introspection."""

import base64
import binascii
import json
import time
from typing import Any
from urllib.parse import unquote

from deskpost.sandbox.cloud import scopes
from deskpost.sandbox.cloud.exchange import Request, Response, of_json
from deskpost.sandbox.cloud.sign_in.keys import encoded
from deskpost.sandbox.cloud.sign_in.state import SignIn, object_id
from deskpost.sandbox.cloud.tokens import LASTS, Access


def id_token(sign_in: SignIn, request: Request, access: Access, nonce: str) -> str:
    """Give the signed statement who the person is, for the application alone."""
    now = int(time.time() + sign_in.cloud.habits.clock_ahead)
    claims: dict[str, Any] = {
        "aud": access.client_id,
        "iss": f"{request.base}/{sign_in.cloud.tenant}/v2.0",
        "iat": now,
        "nbf": now,
        "exp": now + LASTS,
        "tid": sign_in.cloud.tenant,
        "ver": "2.0",
        **_person(sign_in, access.mailbox or ""),
    }
    if nonce:
        claims["nonce"] = nonce
    return sign_in.key.signed(claims)


def client_info(sign_in: SignIn, mailbox: str) -> str:
    """Give who the person is as msal keeps it: base64url of ids of person and tenant."""
    return encoded(json.dumps({"uid": object_id(mailbox), "utid": sign_in.cloud.tenant}).encode())


def userinfo(sign_in: SignIn, request: Request) -> Response:
    """Answer who a token's person is. OpenID Connect Core section 5.3."""
    access = sign_in.cloud.tokens.find(_bearer(request))
    if access is None or access.mailbox is None:
        error = {"code": "InvalidAuthenticationToken", "message": "Access token validation failure."}
        return of_json({"error": error}, 401, **{"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return of_json(_person(sign_in, access.mailbox))


def introspect(sign_in: SignIn, request: Request) -> Response:
    """Tell a server that was handed a token whose it is. RFC 7662, in the ways that Dovecot can ask.

    Microsoft has no such endpoint. It asks nobody who they are: the cloud is on the loopback only.
    """
    token = request.form().get("token") or request.values().get("token") or _bearer(request)
    access = sign_in.cloud.tokens.find(token)
    if access is None:
        return of_json({"active": False})
    told = {
        "active": True,
        "token_type": "Bearer",
        "client_id": access.client_id,
        "scope": " ".join(sorted(access.scopes)),
        "exp": int(access.expires_at),
        "aud": scopes.resource_of(access.scopes),
        "tid": sign_in.cloud.tenant,
    }
    if access.mailbox is not None:
        told |= {"username": access.mailbox, "email": access.mailbox, "sub": object_id(access.mailbox)}
    return of_json(told)


def basic(request: Request) -> tuple[str, str]:
    """Give name and password of basic authentication, as OAuth writes them; empty where there are none."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(name), unquote(password)


def _bearer(request: Request) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""


def _person(sign_in: SignIn, address: str) -> dict[str, str]:
    mailbox = sign_in.cloud.store.mailbox(address)
    return {
        "sub": encoded(object_id(address).encode()),
        "oid": object_id(address),
        "name": mailbox.name if mailbox else address,
        "preferred_username": address,
        "email": address,
    }
