"""Errors as the standards name them (RFC 6749, OpenID Connect), and where Google means more by them."""

from collections.abc import Mapping

from deskpost.oauth.meanings import CONNECT, LATER, RECONNECT, Meaning

_SIGN_IN = Meaning("consent", "person", "the person has to sign in anew", RECONNECT)
_WAIT = Meaning("wait", "nobody", "it is disturbed for the moment", LATER)
_DISABLED = Meaning(
    "setting",
    "administrator",
    "the OAuth client was deleted or switched off",
    "make an OAuth client of the type Web application at Google's console and copy its id and secret",
)

STANDARD: Mapping[str, Meaning] = {
    "invalid_grant": Meaning("consent", "person", "the consent was taken back or has ended", RECONNECT),
    "interaction_required": _SIGN_IN,
    "login_required": _SIGN_IN,
    "consent_required": _SIGN_IN,
    "account_selection_required": _SIGN_IN,
    "access_denied": Meaning("consent", "person", "the consent was declined", CONNECT + ", and accept there"),
    "permission_denied": Meaning(  # of Microsoft's page for administrators
        "consent", "person", "the consent was declined", CONNECT + ", and accept there"
    ),
    "invalid_client": Meaning(
        "setting",
        "administrator",
        "client id or client secret is wrong",
        "copy both once more from the provider's page of the application",
    ),
    "unauthorized_client": Meaning(
        "setting",
        "provider",
        "the application may not get tokens in this way",
        "check at the provider which kind of sign-in the application is registered for",
    ),
    "redirect_uri_mismatch": Meaning(
        "setting",
        "administrator",
        "the redirect URL is not registered for this application",
        "copy the redirect URL shown in the form into the provider's page of the application",
    ),
    "invalid_scope": Meaning(
        "setting",
        "administrator",
        "what stands in Scope is unknown to the provider",
        "correct Scope; for Google it is https://mail.google.com/",
    ),
    "invalid_request": Meaning(
        "setting",
        "administrator",
        "the provider does not understand what it was asked",
        "check authorization URL, token URL, client id and Scope",
    ),
    "unsupported_grant_type": Meaning(
        "setting",
        "administrator",
        "the provider gives no tokens in this way",
        "check the token URL; where app-only is chosen, choose a person's sign-in",
    ),
    "unsupported_response_type": Meaning(
        "setting",
        "administrator",
        "the provider does not offer this kind of sign-in",
        "check the authorization URL and how the application is registered",
    ),
    "temporarily_unavailable": _WAIT,
    "server_error": _WAIT,
    "slow_down": _WAIT,
}

GOOGLE: Mapping[str, Meaning] = {
    "invalid_grant": Meaning(
        "consent",
        "person",
        "Google takes the consent no more: it was taken back, not used for six months, the password has changed, "
        "or the project's status is Testing, where each consent ends after 7 days",
        RECONNECT + "; where the status is Testing, choose Internal or In production first",
    ),
    "deleted_client": _DISABLED,
    "disabled_client": _DISABLED,
    "invalid_client": Meaning(
        "setting",
        "administrator",
        "client id or client secret is wrong",
        "copy both once more from Google's console, APIs and services, Credentials",
    ),
    "redirect_uri_mismatch": Meaning(
        "setting",
        "administrator",
        "the redirect URL is not registered for this OAuth client",
        "copy the redirect URL shown in the form into Authorized redirect URIs of the OAuth client",
    ),
    "access_denied": Meaning(
        "consent",
        "person",
        "the consent was declined, or the project's status is Testing and this person is no test user",
        CONNECT + ", and accept there; where the status is Testing, choose Internal or In production first",
    ),
    "admin_policy_enforced": Meaning(
        "consent",
        "provider",
        "the organisation's rules keep this application out",
        "have an administrator of Google Workspace trust its client id under API controls, then choose Connect",
    ),
    "org_internal": Meaning(
        "consent",
        "person",
        "the project is Internal, and the person is of another organisation",
        "choose Connect and sign in with an account of the organisation",
    ),
    "rate_limit_exceeded": Meaning("wait", "nobody", "it was asked too often", LATER),
}
