"""The tables of clouds and proposals, as the handbook has them."""

import base64
import json

import pytest

from deskpost.oauth import clouds, providers, scopes, whose
from deskpost.oauth.clouds import BY_KEY

GLOBAL = BY_KEY["global"]


@pytest.mark.parametrize(
    ("use", "cloud", "text"),
    [
        ("smtp", "global", "https://outlook.office365.com/SMTP.Send, offline_access"),
        ("ews", "global", "https://outlook.office365.com/EWS.AccessAsUser.All, offline_access"),
        ("imap", "us_l5", "https://outlook.office365.us/IMAP.AccessAsUser.All, offline_access"),
        ("pop", "china", "https://partner.outlook.cn/POP.AccessAsUser.All, offline_access"),
        ("graph_out", "global", "Mail.ReadWrite,Mail.Send.Shared,offline_access"),
        ("graph_in", "global", "Mail.ReadWrite,offline_access"),
        ("graph_in_shared", "global", "Mail.ReadWrite,Mail.ReadWrite.Shared,offline_access"),
        ("graph_in", "us_l5", "https://dod-graph.microsoft.us/Mail.ReadWrite,offline_access"),
    ],
)
def test_the_scopes_proposed_are_these_texts(use: providers.Use, cloud: str, text: str) -> None:
    assert providers.microsoft(use, BY_KEY[cloud]).scopes == text
    assert providers.is_proposed(text) and scopes.mixture(scopes.read(text)) is None


def test_a_scope_that_somebody_typed_is_no_proposal() -> None:
    assert providers.is_proposed("") and providers.is_proposed("offline_access  Mail.ReadWrite")
    assert not providers.is_proposed("Mail.Read offline_access")
    assert providers.google().scopes == "https://mail.google.com/"


def test_a_provider_is_known_by_its_hosts() -> None:
    for address, provider in (
        ("smtp.office365.com", "microsoft"),
        ("https://graph.microsoft.us/v1.0", "microsoft"),
        ("IMAP.gmail.com", "google"),
        ("imap.gmail.com.example.org", "other"),
        ("mail.example.org:993", "other"),
        ("http://[", "other"),
    ):
        assert providers.provider_of(address) == provider


def test_one_choice_of_cloud_sets_addresses_that_go_together() -> None:
    for cloud in clouds.CLOUDS:
        for use in providers.USES:
            for app_only in (False, True):
                found = providers.microsoft(use, cloud, "contoso.example", app_only=app_only)
                addresses = (found.authorization_url, found.token_url, found.endpoint)
                assert clouds.mixture((*addresses, *scopes.read(found.scopes))) is None, (cloud.key, use)
    china = providers.microsoft("graph_in", BY_KEY["china"], "contoso.example")
    assert china.token_url == "https://login.partner.microsoftonline.cn/contoso.example/oauth2/v2.0/token"


@pytest.mark.parametrize(
    ("addresses", "mixed"),
    [
        (("https://graph.microsoft.us/v1.0", "https://login.microsoftonline.com/common"), True),
        (
            ("https://dod-graph.microsoft.us", "https://login.microsoftonline.us/x", "outlook.office365.us"),
            False,
        ),
        (
            ("https://login.microsoftonline.us/x", "https://dod-graph.microsoft.us", "graph.microsoft.us"),
            True,
        ),
        (("https://microsoftgraph.chinacloudapi.cn/v1.0", "https://login.chinacloudapi.cn/x"), False),
        (("https://graph.microsoft.com", "https://sign-in.example.com/token", "Mail.Send"), False),
    ],
)
def test_a_mixture_of_clouds_is_told(addresses: tuple[str, ...], mixed: bool) -> None:
    told = clouds.mixture(addresses)
    assert (told is not None) is mixed
    assert told is None or "belongs to the cloud" in told


def test_endpoints_are_the_same_with_and_without_their_version() -> None:
    for written in (
        "https://graph.microsoft.us",
        "https://graph.microsoft.us/",
        "https://graph.microsoft.us/v1.0/",
    ):
        assert clouds.graph_base(written) == "https://graph.microsoft.us/v1.0"
    assert clouds.closed("https://graph.microsoft.de") and not clouds.closed(GLOBAL.graph_endpoint)


def test_an_id_token_of_any_shape_is_read_or_says_nothing() -> None:
    body = (
        base64.urlsafe_b64encode(json.dumps({"email": "desk@contoso.example"}).encode()).decode().rstrip("=")
    )
    assert whose.claims(f"e30.{body}.sig") == {"email": "desk@contoso.example"}
    for broken in ("", "a", "a.b.c", "a.W10.c", "a.\u00e9.c", f"a.{'W' * 40_000}.c"):
        assert whose.claims(broken) == {}
