"""An authorization server of any other kind, written by others: npm's oidc-provider, unchanged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from deskpost.oauth import flow, whose
from deskpost.oauth.grant import Tokens
from deskpost.transports.errors import ConsentLost, LoginRefused
from tests.servers.oidc_provider import SECRET, OidcProvider

pytestmark = pytest.mark.long

DESK, OTHER = "desk@contoso.example", "ute@contoso.example"


def connected(there: OidcProvider, mailbox: str = DESK) -> Tokens:
    attempt = flow.begin(there.application, DESK)
    code = flow.code_of(there.application, attempt.state, there.consent(attempt.address, mailbox))
    return flow.exchange(there.application, code, attempt.verifier)


def test_a_consent_with_pkce_gives_tokens_that_can_be_renewed_and_tells_whose(
    oidc_provider: OidcProvider,
) -> None:
    tokens = connected(oidc_provider)

    lasts = tokens.expires_at - datetime.now(UTC)
    assert timedelta(seconds=30) < lasts <= timedelta(seconds=60) and tokens.refresh_token
    assert whose.authorised(oidc_provider.application, tokens)[0] == DESK
    told = whose.another(DESK, whose.authorised(oidc_provider.application, connected(oidc_provider, OTHER)))
    assert told is not None and f'"{OTHER}" was authorised' in told


def test_a_refresh_token_is_rotated_and_one_used_twice_ends_the_consent(oidc_provider: OidcProvider) -> None:
    first = connected(oidc_provider)
    second = flow.refresh(oidc_provider.application, first.refresh_token or "")

    assert second.refresh_token not in (None, first.refresh_token)
    assert second.access_token != first.access_token
    with pytest.raises(ConsentLost, match=r"taken back or has ended \(invalid_grant\).*Reconnect"):
        flow.refresh(oidc_provider.application, first.refresh_token or "")
    with pytest.raises(ConsentLost, match="Reconnect"):
        flow.refresh(oidc_provider.application, second.refresh_token or "")


def test_a_revoked_consent_is_lost(oidc_provider: OidcProvider) -> None:
    tokens = connected(oidc_provider)
    oidc_provider.revoke(tokens.refresh_token or "")

    with pytest.raises(ConsentLost, match="taken back or has ended") as lost:
        flow.refresh(oidc_provider.application, tokens.refresh_token or "")
    assert (tokens.refresh_token or "-") not in lost.value.words


def test_an_application_gets_a_token_of_its_own(oidc_provider: OidcProvider) -> None:
    tokens = flow.client_credentials(replace(oidc_provider.application, scopes="mail"))

    assert tokens.access_token and tokens.refresh_token is None


def test_who_declines_is_told_so(oidc_provider: OidcProvider) -> None:
    attempt = flow.begin(oidc_provider.application, DESK)
    came = oidc_provider.consent(attempt.address, DESK, "cancel")

    with pytest.raises(ConsentLost, match="declined.*access_denied.*Connect"):
        flow.code_of(oidc_provider.application, attempt.state, came)


def test_a_code_is_good_once_and_for_its_own_sign_in(oidc_provider: OidcProvider) -> None:
    application = oidc_provider.application
    attempt, other = flow.begin(application), flow.begin(application)
    code = flow.code_of(application, attempt.state, oidc_provider.consent(attempt.address, DESK))
    with pytest.raises(ConsentLost, match="invalid_grant"):
        flow.exchange(application, code, other.verifier)

    attempt = flow.begin(application)
    code = flow.code_of(application, attempt.state, oidc_provider.consent(attempt.address, DESK))
    assert flow.exchange(application, code, attempt.verifier).access_token
    with pytest.raises(ConsentLost, match="invalid_grant"):
        flow.exchange(application, code, attempt.verifier)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_secret": "wrong"}, r"client id or client secret is wrong \(invalid_client\)"),
        ({"client_id": "nobody"}, r"client id or client secret is wrong \(invalid_client\)"),
        ({"scopes": "admin"}, r"what stands in Scope is unknown .*\(invalid_scope\)"),
    ],
)
def test_a_wrong_setting_says_which_one(
    oidc_provider: OidcProvider, changes: dict[str, str], words: str
) -> None:
    wrong = replace(oidc_provider.application, **{"scopes": "mail", **changes})

    with pytest.raises(LoginRefused, match=words) as refused:
        flow.client_credentials(wrong)
    assert " To do: " in refused.value.words and SECRET not in refused.value.words


def test_a_scope_that_is_not_registered_comes_back_from_the_browser_as_words(
    oidc_provider: OidcProvider,
) -> None:
    wrong = replace(oidc_provider.application, scopes="openid admin offline_access")
    attempt = flow.begin(wrong)

    with pytest.raises(LoginRefused, match="Scope"):
        flow.code_of(wrong, attempt.state, oidc_provider.consent(attempt.address, DESK))


def test_what_can_be_renewed_is_asked_for_with_a_consent(oidc_provider: OidcProvider) -> None:
    """OpenID Connect Core section 11: without prompt=consent, offline_access is left out."""
    asked = parse_qs(urlsplit(flow.begin(oidc_provider.application).address).query)
    assert asked["prompt"] == ["consent"]
    once = replace(oidc_provider.application, scopes="openid email mail")
    attempt = flow.begin(once)
    assert "prompt" not in parse_qs(urlsplit(attempt.address).query)
    code = flow.code_of(once, attempt.state, oidc_provider.consent(attempt.address, DESK))
    with pytest.raises(LoginRefused, match="add offline_access to Scope"):
        flow.exchange(once, code, attempt.verifier)
