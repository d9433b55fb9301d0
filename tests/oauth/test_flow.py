"""From a person's consent to tokens, against the simulated sign-in over TLS."""

import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from deskpost.oauth import flow, whose
from deskpost.oauth.grant import Tokens
from deskpost.transports.errors import ConsentLost, LoginRefused
from tests.oauth.world import CLIENT, DESK, OTHER, SECRET, World


def connected(there: World, mailbox: str = DESK) -> Tokens:
    attempt = flow.begin(there.application, DESK)
    code = flow.code_of(there.application, attempt.state, there.consent(attempt, mailbox))
    return flow.exchange(there.application, code, attempt.verifier)


def test_a_consent_in_the_browser_gives_tokens_of_the_mailbox(there: World) -> None:
    tokens = connected(there)

    access = there.cloud.tokens.find(tokens.access_token)
    assert access is not None and access.mailbox == DESK and access.allows("SMTP.Send")
    lasts = tokens.expires_at - datetime.now(UTC)
    assert timedelta(minutes=59) < lasts < timedelta(minutes=60) and not tokens.is_due()
    assert tokens.is_due(tokens.expires_at - timedelta(minutes=4))
    assert whose.another(DESK.upper(), whose.authorised(there.application, tokens)) is None


def test_a_consent_for_another_mailbox_than_the_user_name_is_told(there: World) -> None:
    told = whose.another(DESK, whose.authorised(there.application, connected(there, OTHER)))

    assert told is not None and f'"{OTHER}" was authorised' in told and DESK in told


def test_the_page_to_sign_in_is_asked_with_blanks_a_challenge_and_a_hint(there: World) -> None:
    attempt = flow.begin(there.application, DESK)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(attempt.address).query).items()}
    assert asked["scope"] == "https://outlook.office365.com/SMTP.Send offline_access openid profile"
    assert asked["login_hint"] == DESK and asked["code_challenge_method"] == "S256"
    # The example of RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert flow.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    google = there.changed(provider="google", scopes="https://mail.google.com/")
    assert "access_type=offline&prompt=consent" in flow.begin(google).address
    # OpenID Connect Core section 11: without it, a server leaves offline_access out.
    assert "prompt=consent" in flow.begin(there.changed(provider="other", scopes="offline_access")).address
    assert (
        "prompt" not in flow.begin(there.changed(provider="other", scopes="email")).address + attempt.address
    )


def test_a_refresh_token_is_rotated_and_the_old_one_is_consent_lost(there: World) -> None:
    first = connected(there)
    second = flow.refresh(there.application, first.refresh_token or "")

    assert second.refresh_token not in (None, first.refresh_token)
    assert there.cloud.tokens.find(second.access_token) is not None
    with pytest.raises(ConsentLost, match="AADSTS70000.*Reconnect") as lost:
        flow.refresh(there.application, first.refresh_token or "")
    assert (first.refresh_token or "-") not in lost.value.words


def test_a_revoked_consent_is_lost(there: World) -> None:
    tokens = connected(there)
    there.cloud.tokens.revoke(DESK)

    with pytest.raises(ConsentLost, match="the consent was taken back or has ended .AADSTS50173."):
        flow.refresh(there.application, tokens.refresh_token or "")


def test_an_application_gets_a_token_of_its_own_without_a_person(there: World) -> None:
    tokens = flow.client_credentials(there.changed(scopes="https://graph.microsoft.com/.default"))

    access = there.cloud.tokens.find(tokens.access_token)
    assert access is not None and access.mailbox is None and tokens.refresh_token is None


def test_who_declines_and_who_comes_from_elsewhere_is_no_consent(there: World) -> None:
    attempt = flow.begin(there.application)
    came = there.consent(attempt, answer="cancel")

    with pytest.raises(ConsentLost, match="declined.*AADSTS65004.*Connect"):
        flow.code_of(there.application, attempt.state, came)
    with pytest.raises(LoginRefused, match="does not belong to the sign-in"):
        flow.code_of(there.application, "another state", {**came, "code": "stolen"})


def test_a_code_is_good_once_and_for_its_own_sign_in(there: World) -> None:
    attempt, other = flow.begin(there.application), flow.begin(there.application)
    code = flow.code_of(there.application, attempt.state, there.consent(attempt))

    with pytest.raises(ConsentLost, match="AADSTS501481"):
        flow.exchange(there.application, code, other.verifier)
    flow.exchange(there.application, code, attempt.verifier)
    with pytest.raises(ConsentLost, match="used already.*AADSTS54005"):
        flow.exchange(there.application, code, attempt.verifier)


def test_scopes_of_two_resources_are_refused_before_they_are_sent(there: World) -> None:
    asked = len(there.cloud.asked)
    mixed = there.changed(scopes="https://outlook.office365.com/SMTP.Send,Mail.Send,offline_access")

    with pytest.raises(
        LoginRefused, match=r"graph\.microsoft\.com and outlook\.office365\.com.*Nothing was sent"
    ):
        flow.begin(mixed)
    assert len(there.cloud.asked) == asked


def test_a_consent_that_cannot_be_renewed_says_what_to_ask_for(there: World) -> None:
    short = there.changed(scopes="https://outlook.office365.com/SMTP.Send")
    attempt = flow.begin(short)
    code = flow.code_of(short, attempt.state, there.consent(attempt))

    with pytest.raises(LoginRefused, match="add offline_access to Scope"):
        flow.exchange(short, code, attempt.verifier)


def test_another_provider_is_shown_the_secret_by_basic_authentication(there: World) -> None:
    other = there.changed(provider="other", scopes="https://graph.microsoft.com/.default")

    assert flow.client_credentials(other).access_token


def test_secrets_are_in_no_repr_and_in_no_log(there: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        attempt = flow.begin(there.application)
        code = flow.code_of(there.application, attempt.state, there.consent(attempt))
        tokens = flow.exchange(there.application, code, attempt.verifier)

    shown = f"{there.application!r} {attempt!r} {tokens!r} {caplog.text}"
    assert CLIENT in shown
    for secret in (SECRET, code, attempt.verifier, attempt.state, tokens.access_token, tokens.refresh_token):
        assert secret and secret not in shown


def test_without_an_id_token_the_provider_is_asked_whose_it_is(there: World) -> None:
    base = there.application.token_url.partition("/oauth2")[0].rpartition("/")[0]
    access, _ = there.cloud.tokens.grant(CLIENT, DESK, ("https://graph.microsoft.com/User.Read",))
    tokens = Tokens(access.token, datetime.now(UTC))

    for where in (f"{base}/oidc/userinfo", f"{base}/v1.0/me"):
        assert whose.authorised(there.application, tokens, where)[0] == DESK
    assert whose.authorised(there.application, tokens) == ()  # a token of Outlook's opens no such page
