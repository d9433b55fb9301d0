"""An administrator lets an application sign in on its own: the page that is led to, and what comes back."""

from urllib.parse import parse_qs, urlsplit

import pytest

from deskpost.oauth import admin_consent
from deskpost.transports.errors import ConsentLost, LoginRefused
from tests.oauth.world import CLIENT, REDIRECT, SECRET, World

DEFAULT = "https://outlook.office365.com/.default"


def test_the_page_is_the_tenants_own_and_no_secret_is_in_its_address(there: World) -> None:
    attempt = admin_consent.begin(there.changed(scopes=DEFAULT))
    parts = urlsplit(attempt.address)
    asked = {name: one[0] for name, one in parse_qs(parts.query).items()}
    assert parts.path == f"/{there.cloud.tenant}/v2.0/adminconsent"
    assert asked == {
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "scope": DEFAULT,
        "state": attempt.state,
    }
    assert len(attempt.state) >= 43 and SECRET not in attempt.address
    assert attempt.state not in repr(attempt)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"token_url": "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"},
            "every organisation",
        ),
        ({"token_url": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"}, "placeholder"),
        ({"scopes": f"{DEFAULT} https://graph.microsoft.com/.default"}, "one of them only"),
    ],
)
def test_what_cannot_work_leads_nowhere(there: World, changes: dict[str, str], says: str) -> None:
    with pytest.raises(LoginRefused, match=says):
        admin_consent.begin(there.changed(**{"scopes": DEFAULT, **changes}))


def test_only_a_yes_from_the_right_organisation_with_the_right_state_counts(there: World) -> None:
    application, yes = there.changed(scopes=DEFAULT), {"admin_consent": "True", "state": "S"}
    admin_consent.granted(application, "S", {**yes, "tenant": there.cloud.tenant.upper()})
    wrong: list[tuple[type[Exception], dict[str, str]]] = [
        (LoginRefused, {**yes, "tenant": there.cloud.tenant, "state": "T"}),
        (LoginRefused, {"state": "S", "tenant": there.cloud.tenant}),
        (LoginRefused, {**yes, "admin_consent": "False", "tenant": there.cloud.tenant}),
        (ConsentLost, yes),
        (ConsentLost, {**yes, "tenant": "9d0f2f1f-6b0a-4c58-9c1e-5a1d2f3e4b5c"}),
        (ConsentLost, {**yes, "tenant": there.cloud.tenant, "error": "permission_denied"}),
        (ConsentLost, {**yes, "error": "access_denied", "error_description": "AADSTS65004: User declined."}),
    ]
    for error, came in wrong:
        with pytest.raises(error):
            admin_consent.granted(application, "S", came)
