"""What a provider says no with, and what people read of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deskpost.oauth import flow, refusals
from deskpost.transports.errors import (
    ConsentLost,
    LoginRefused,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from tests.oauth.world import SECRET, World

APP_ONLY = "https://graph.microsoft.com/.default"
SECRET_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
HTML = {"status": 200, "body": "<html><body>Welcome to the hotel's network</body></html>"}


def said(application: object, error: str, description: str = "") -> TransportError:
    return refusals.refused(application, {"error": error, "error_description": description})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (65001, ConsentLost, "nobody has consented yet"),
        (700082, ConsentLost, "not used for too long"),
        (53003, ConsentLost, "have an administrator at Microsoft 365 except this application"),
        (50126, ConsentLost, "password has changed"),
        (7000222, LoginRefused, "the client secret has expired"),
        (90002, LoginRefused, r"copy Directory \(tenant\) ID"),
        (50011, LoginRefused, "copy the redirect URL"),
        (999999, ConsentLost, "taken back or has ended"),  # unknown to us: what RFC 6749 says of its error
        (90033, ServerUnreachable, "does not serve at the moment"),
    ],
)
def test_a_number_of_microsofts_has_its_meaning_and_its_remedy(
    there: World, number: int, kind: type[TransportError], words: str
) -> None:
    there.fault("aadsts", number)

    with pytest.raises(kind, match=words) as refused:
        flow.refresh(there.application, "some-refresh-token")
    assert type(refused.value) is kind and " To do: " in refused.value.words
    assert "Trace ID" not in refused.value.words and refused.value.words.count("AADSTS") <= 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "someone-else"}, r"no application with the client id \(AADSTS700016\)"),
        ({"client_secret": "wrong"}, r"client secret is wrong \(AADSTS7000215\)"),
        ({"client_secret": SECRET_ID}, "is the id of a secret and not the secret"),
        ({"client_secret": ""}, r"none was sent \(AADSTS7000218\)"),
        ({"scopes": "https://graph.microsoft.com/Mail.Send"}, r"no other scope than \.default"),
    ],
)
def test_a_wrong_setting_says_which_one(there: World, changes: dict[str, str], words: str) -> None:
    with pytest.raises(LoginRefused, match=words) as refused:
        flow.client_credentials(there.changed(**{"scopes": APP_ONLY, **changes}))
    assert refused.value.mend == "administrator" and SECRET not in refused.value.words


@pytest.mark.parametrize(
    ("tenant", "words"),
    [
        ("{tenant}", "placeholder"),
        ("Contoso Ltd", "is no tenant"),
        ("common", "belongs to one"),
        ("11111111-2222-4333-8444-555555555555", "AADSTS90002"),
    ],
)
def test_a_tenant_that_is_none_is_told(there: World, tenant: str, words: str) -> None:
    url = there.application.token_url.replace(there.cloud.tenant, tenant.replace(" ", "%20"))

    with pytest.raises(LoginRefused, match=words):
        flow.client_credentials(there.changed(token_url=url, scopes=APP_ONLY))


@pytest.mark.parametrize(
    ("do", "value", "kind", "words"),
    [
        ("status", 503, ServerUnreachable, r"does not serve at the moment \(status 503\)"),
        ("status", {"status": 429, "headers": {"Retry-After": "17"}}, Throttled, "asked too often"),
        ("status", HTML, ProtocolViolated, "answered with a page"),
        ("status", {**HTML, "status": 403}, ProtocolViolated, r"answered with a page .*status 403"),
        (
            "status",
            {"status": 302, "headers": {"Location": "/"}},
            ProtocolViolated,
            "follows nobody elsewhere",
        ),
        ("half_answer", None, ServerUnreachable, "broke off the connection"),
        ("half_unframed", None, ServerUnreachable, "broke off the connection"),
        ("reset", None, ServerUnreachable, "broke off the connection"),
        ("latency", 4.0, ServerUnreachable, "no full answer within 1.5 s"),
    ],
)
def test_trouble_of_the_endpoint_is_no_loss_of_consent(
    there: World, do: str, value: object, kind: type[TransportError], words: str
) -> None:
    patient = there.changed(scopes=APP_ONLY)
    hasty = replace(patient, server=replace(patient.server, step_timeout=1.5))
    there.fault(do, value)

    with pytest.raises(kind, match=words) as trouble:
        flow.client_credentials(hasty if do == "latency" else patient)
    assert not isinstance(trouble.value, LoginRefused) and SECRET not in repr(trouble.value)
    assert getattr(trouble.value, "retry_after", 17.0) == 17.0
    assert flow.client_credentials(patient).access_token


def test_a_clock_an_hour_off_is_told_beside_a_refusal_and_moves_no_expiry(there: World) -> None:
    there.cloud.habits.clock_ahead = 3_600.0
    tokens = flow.client_credentials(there.changed(scopes=APP_ONLY))
    assert tokens.expires_at - datetime.now(UTC) < timedelta(hours=1)

    with pytest.raises(ConsentLost, match="The clock of this machine is 1 h behind that of"):
        flow.refresh(there.application, "some-refresh-token")


def test_googles_errors_name_testing_and_the_console(there: World) -> None:
    google = there.changed(provider="google")

    lost = said(google, "invalid_grant", "Token has been expired or revoked.")
    assert isinstance(lost, ConsentLost) and "after 7 days" in lost.words and "In production" in lost.words
    assert "Authorized redirect URIs" in said(google, "redirect_uri_mismatch").words
    assert isinstance(said(google, "rate_limit_exceeded"), ServerUnreachable)
    assert isinstance(said(google, "no such word of theirs"), LoginRefused)


def test_a_provider_that_quotes_the_secret_is_not_quoted(there: World) -> None:
    told = "x" * 285 + SECRET + " " + SECRET
    refused = said(there.changed(provider="other"), "invalid_client", told)

    assert SECRET[:12] not in f"{refused.words} {refused.answer}" and "(hidden)" in refused.words
