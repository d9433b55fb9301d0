"""The sign-in as a service: which endpoint a request is for, and whom it is about."""

import re
from collections.abc import Callable

from deskpost.sandbox.cloud import hosts
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.exchange import Request, Response, Served, Who, of_json
from deskpost.sandbox.cloud.sign_in import device, discovery, errors, identity
from deskpost.sandbox.cloud.sign_in.admin_consent import admin_consent
from deskpost.sandbox.cloud.sign_in.authorize import authorize
from deskpost.sandbox.cloud.sign_in.errors import SignInRefused
from deskpost.sandbox.cloud.sign_in.state import SignIn
from deskpost.sandbox.cloud.sign_in.token import token

Endpoint = Callable[[SignIn, Request], Response]

ENDPOINTS: tuple[tuple[str, tuple[str, ...], Endpoint], ...] = (
    (r"/[^/]+/oauth2/v2\.0/authorize", ("GET", "POST"), authorize),
    (r"/[^/]+/v2\.0/adminconsent", ("GET", "POST"), admin_consent),
    (r"/[^/]+/oauth2/v2\.0/token", ("POST",), token),
    (r"/[^/]+/oauth2/v2\.0/devicecode", ("POST",), device.begin),
    (r"/[^/]+/oauth2/v2\.0/introspect", ("GET", "POST"), identity.introspect),
    (r"/[^/]+(/v2\.0)?/\.well-known/openid-configuration", ("GET",), discovery.configuration),
    (r"/[^/]+/discovery/v2\.0/keys", ("GET",), discovery.keys),
    (r"/common/discovery/instance", ("GET",), lambda _, request: discovery.instance(request)),
    (r"/oidc/userinfo", ("GET", "POST"), identity.userinfo),
    (r"/devicelogin", ("GET", "POST"), device.login),
)


def served(cloud: Cloud) -> Served:
    """Give the sign-in of this cloud as a service."""
    sign_in = SignIn(cloud)
    return Served(
        "sign_in",
        lambda request: request.host in hosts.SIGN_IN or _endpoint(request) is not None,
        lambda request: _who(sign_in, request),
        lambda request: _answer(sign_in, request),
    )


def _endpoint(request: Request) -> tuple[tuple[str, ...], Endpoint] | None:
    return next(
        ((methods, one) for path, methods, one in ENDPOINTS if re.fullmatch(path, request.path)), None
    )


def _answer(sign_in: SignIn, request: Request) -> Response:
    found = _endpoint(request)
    if found is None:
        return of_json({"error": "not_found"}, 404)
    methods, endpoint = found
    if request.method not in methods:
        return of_json({"error": "method_not_allowed"}, 405, Allow=", ".join(methods))
    if endpoint is authorize:
        return authorize(sign_in, request)  # it has its own way to say no
    try:
        if endpoint in (token, device.begin):
            sign_in.meet_error(request, _who(sign_in, request).mailbox)
        return endpoint(sign_in, request)
    except SignInRefused as refused:
        return errors.answer(request, refused)


def _who(sign_in: SignIn, request: Request) -> Who:
    asked = request.values() | (request.form() if request.method == "POST" else {})
    client_id = asked.get("client_id") or identity.basic(request)[0] or None
    code = sign_in.codes.get(asked.get("code", ""))
    renewed = sign_in.cloud.tokens.refresh.get(asked.get("refresh_token", ""))
    mailbox = code.mailbox if code else renewed.mailbox if renewed else asked.get("mailbox") or None
    return Who(mailbox, client_id)
