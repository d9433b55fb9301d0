"""Errors of the sign-in: AADSTS numbers with Microsoft's words, and the body that carries them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from deskpost.sandbox.cloud.exchange import Request, Response, of_json


class Known(NamedTuple):
    """An error that Microsoft documents."""

    error: str  # of RFC 6749
    words: str
    status: int = 400
    suberror: str = ""


KNOWN: Mapping[int, Known] = {
    28000: Known(
        "invalid_request",
        "Provided value for the input parameter scope is not valid because it contains more than one resource."
        " Scope {scope} is not valid.",
    ),
    50011: Known(
        "invalid_request",
        "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for"
        " the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your"
        " application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about"
        " how to troubleshoot this error.",
    ),
    50034: Known(
        "invalid_grant",
        "The user account {mailbox} does not exist in the {tenant} directory. To sign into this"
        " application, the account must be added to the directory.",
    ),
    50057: Known("invalid_grant", "The user account is disabled."),
    50058: Known("login_required", "A silent sign-in request was sent but no user is signed in."),
    50076: Known(
        "interaction_required",
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must"
        " use multi-factor authentication to access '{resource}'.",
        suberror="basic_action",
    ),
    50105: Known(
        "invalid_grant",
        "Your administrator has configured the application {client_id} to block users unless they are specifically"
        " granted ('assigned') access to the application.",
    ),
    50126: Known("invalid_grant", "Error validating credentials due to invalid username or password."),
    50173: Known(
        "invalid_grant",
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have"
        " changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before"
        " which tokens are not valid) for this user is '{revoked}'.",
        suberror="bad_token",
    ),
    53003: Known(
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        suberror="message_only",
    ),
    54005: Known(
        "invalid_grant",
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing"
        " refresh token.",
    ),
    65001: Known(
        "invalid_grant",
        "The user or administrator has not consented to use the application with ID '{client_id}' named"
        " '{client_id}'. Send an interactive authorization request for this user and resource.",
        suberror="consent_required",
    ),
    65004: Known("access_denied", "User declined to consent to access the app."),
    70000: Known("invalid_grant", "Provided grant is invalid or malformed."),
    70003: Known("unsupported_grant_type", "The app requested an unsupported grant type '{grant_type}'."),
    70008: Known(
        "invalid_grant",
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive"
        " authorization request for this user and resource.",
    ),
    70011: Known(
        "invalid_scope",
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter"
        " 'scope' is not valid. The scope {scope} is not valid.",
    ),
    70016: Known(
        "authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."
    ),
    70020: Known("expired_token", "The provided device code has expired."),
    90002: Known(
        "invalid_request",
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the"
        " correct cloud. Check with your subscription administrator, this may happen if there are no active"
        " subscriptions for the tenant.",
    ),
    90033: Known("temporarily_unavailable", "A transient error has occurred. Please try again.", 503),
    50049: Known("invalid_instance", "Unknown or invalid instance."),
    500011: Known(
        "invalid_resource",
        "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the"
        " application has not been installed by the administrator of the tenant or consented to by any user in the"
        " tenant. You might have sent your authentication request to the wrong tenant.",
    ),
    500112: Known(
        "invalid_client",
        "The reply address '{redirect_uri}' does not match the reply address '{was}' provided when requesting"
        " Authorization code.",
    ),
    501481: Known(
        "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    700016: Known(
        "unauthorized_client",
        "Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if the"
        " application has not been installed by the administrator of the tenant or consented to by any user in the"
        " tenant. You may have sent your authentication request to the wrong tenant.",
    ),
    700025: Known(
        "invalid_client",
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        401,
    ),
    700082: Known(
        "invalid_grant",
        "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for"
        " 90.00:00:00.",
        suberror="bad_token",
    ),
    700054: Known(
        "unsupported_response_type", "response_type '{response_type}' is not enabled for the application."
    ),
    900144: Known("invalid_request", "The request body must contain the following parameter: '{parameter}'."),
    700005: Known(
        "invalid_grant",
        "Provided Authorization Code is intended to use against other tenant or application, thus rejected.",
    ),
    1002012: Known(
        "invalid_scope",
        "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with"
        " /.default suffixed to the resource identifier (application ID URI).",
    ),
    7000112: Known("unauthorized_client", "Application '{client_id}' is disabled."),
    7000215: Known(
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not"
        " the client secret ID, for a secret added to app '{client_id}'.",
        401,
    ),
    7000218: Known(
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        401,
    ),
    7000222: Known(
        "invalid_client",
        "The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create new keys"
        " for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security:"
        " https://aka.ms/certCreds.",
        401,
    ),
    9002313: Known("invalid_grant", "Invalid request. Request is malformed or invalid."),
}
UNKNOWN = Known("invalid_grant", "The sandbox was asked for this error.")


@dataclass(slots=True)
class SignInRefused(Exception):
    """The sign-in says no: an AADSTS number, and what its sentence names."""

    number: int
    named: Mapping[str, str]

    def __init__(self, number: int, **named: str) -> None:
        self.number, self.named = number, named

    @property
    def known(self) -> Known:
        """What is known of this number."""
        return KNOWN.get(self.number, UNKNOWN)

    def words(self) -> str:
        """Give the sentence, without trace and time."""
        return f"AADSTS{self.number}: {self.known.words.format_map(_Named(self.named))}"


class _Named(dict[str, str]):
    """What a sentence names; what nobody said stays a blank."""

    def __missing__(self, name: str) -> str:
        return ""


def described(request: Request, refused: SignInRefused) -> dict[str, Any]:
    """Give the fields of an error, as body of the token endpoint or for a redirect."""
    trace, correlation = str(uuid.uuid4()), request.headers.get("client-request-id") or str(uuid.uuid4())
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
    suberror = {"suberror": refused.known.suberror} if refused.known.suberror else {}
    return {
        "error": refused.known.error,
        "error_description": f"{refused.words()} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}",
        "error_codes": [refused.number],
        "timestamp": at,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{request.base}/error?code={refused.number}",
        **suberror,
    }


def answer(request: Request, refused: SignInRefused) -> Response:
    """Give the error as the token endpoint answers it."""
    return of_json(described(request, refused), refused.known.status, **{"Cache-Control": "no-store"})
