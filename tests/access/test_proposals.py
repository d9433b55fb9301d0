"""What is proposed for the columns of a sign-in, in and out."""

import pytest

from deskpost.access.proposals import choice_of, proposed
from deskpost.oauth import proposing
from deskpost.oauth.proposing import Choice

TENANT = "2f1f9c1e-6b0a-4c58-9d0f-5a1d2f3e4b5c"


def columns(protocol: str, **values: str) -> dict[str, str]:
    return {"protocol": protocol, "authentication": "oauth", "grant": "authorization_code", **values}


@pytest.mark.requirement("R59")
@pytest.mark.requirement("R74")
@pytest.mark.requirement("R84")
@pytest.mark.parametrize(
    ("values", "incoming", "scope"),
    [
        (
            columns("smtp", server="smtp.office365.com"),
            False,
            "https://outlook.office365.com/SMTP.Send, offline_access",
        ),
        (columns("smtps", server="SMTP.Gmail.com"), False, "https://mail.google.com/"),
        (
            columns("ews", connect_url="https://outlook.office365.com/EWS/Exchange.asmx"),
            False,
            "https://outlook.office365.com/EWS.AccessAsUser.All, offline_access",
        ),
        (columns("graph"), False, "Mail.ReadWrite,Mail.Send.Shared,offline_access"),
        (columns("graph"), True, "Mail.ReadWrite,offline_access"),
        (
            columns("graph", username="A@b.example", mailbox_to_open="a@B.example"),
            True,
            "Mail.ReadWrite,offline_access",
        ),
        (
            columns("pops", server="outlook.office365.us"),
            True,
            "https://outlook.office365.us/POP.AccessAsUser.All, offline_access",
        ),
        (columns("graph", grant="client_credentials"), True, "https://graph.microsoft.com/.default"),
    ],
)
def test_scopes_are_filled_with_exactly_these_texts(
    values: dict[str, str], incoming: bool, scope: str
) -> None:
    filled = proposed(values, incoming=incoming)
    assert filled["scope"] == scope and filled["token_url"].startswith("https://")


def test_nothing_is_proposed_without_oauth_or_for_an_unknown_provider() -> None:
    assert (
        proposed(
            {**columns("imaps", server="outlook.office365.com"), "authentication": "basic"}, incoming=True
        )
        == {}
    )
    unknown = columns("imaps", server="mail.brightwater.example", scope="mail")
    assert proposed(unknown, incoming=True, last="something else") == {}


def test_what_was_typed_stays_and_a_proposal_follows_the_choice() -> None:
    values = columns("imaps", server="outlook.office365.com")
    last = choice_of(values, incoming=True).key
    values |= proposed(values, incoming=True)
    assert proposed(values, incoming=True, last=last) == {}
    reduced = {**values, "scope": "https://outlook.office365.com/POP.AccessAsUser.All, offline_access"}
    assert proposed(reduced, incoming=True, last=last) == {}, (
        "while the choice is the same, nothing is replaced"
    )
    other = proposed({**values, "protocol": "pops"}, incoming=True, last=last)
    assert other == {"scope": "https://outlook.office365.com/POP.AccessAsUser.All, offline_access"}
    own = {
        **values,
        "scope": "openid",
        "token_url": "https://sign-in.example/token",
        "server": "imap.gmail.com",
    }
    moved = proposed(own, incoming=True, last=last)
    assert moved == {"authorization_url": "https://accounts.google.com/o/oauth2/v2/auth"}


def test_a_tenant_that_was_typed_goes_along_into_another_cloud_and_into_an_empty_url() -> None:
    values = columns(
        "graph", authorization_url=f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/authorize"
    )
    filled = proposed(values, incoming=True)
    assert filled["token_url"] == f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    china = {**values, **filled, "graph_endpoint": "https://microsoftgraph.chinacloudapi.cn"}
    moved = proposed(china, incoming=True, last="another")
    assert moved["token_url"] == f"https://login.partner.microsoftonline.cn/{TENANT}/oauth2/v2.0/token"


def test_the_cloud_of_the_address_counts_before_the_one_chosen_last() -> None:
    l4 = Choice("graph", True, "https://graph.microsoft.us/v1.0", cloud="global")
    assert proposing.cloud_of(l4).key == "us_l4"  # type: ignore[union-attr]
    shared = Choice("imaps", True, "outlook.office365.us", cloud="us_l5")
    assert proposing.cloud_of(shared).key == "us_l5"  # type: ignore[union-attr]
    assert proposing.cloud_of(Choice("ews", True, "https://mail.example/EWS/Exchange.asmx")) is None
    assert proposing.cloud_of(Choice("graph", True)).key == "global"  # type: ignore[union-attr]


def test_an_application_at_a_graph_of_one_s_own_is_proposed_all_that_was_granted_there() -> None:
    own = columns(
        "graph", grant="client_credentials", graph_endpoint="https://graph.brightwater.example/v1.0"
    )
    for incoming in (True, False):
        assert proposed(own, incoming=incoming) == {"scope": "https://graph.brightwater.example/.default"}
        assert proposed(own, incoming=incoming, cloud="global") == proposed(own, incoming=incoming)
    person = {**own, "grant": "authorization_code"}
    assert proposed(person, incoming=True) == {}
    held = {**own, "scope": "https://graph.brightwater.example/.default"}
    last = choice_of(held, incoming=True).key
    moved = {**held, "graph_endpoint": "https://graph.other.example:8443/"}
    assert proposed(moved, incoming=True, last=last) == {"scope": "https://graph.other.example:8443/.default"}
    typed = {**moved, "scope": "https://graph.typed.example/.default"}
    assert proposed(typed, incoming=True, last=last) == {}, "what was typed stays"
    tenant = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    at_microsoft = proposed({**own, "token_url": tenant}, incoming=True)
    assert at_microsoft["scope"] == "https://graph.microsoft.com/.default", "a gateway before Microsoft's"


def test_a_cloud_chosen_counts_for_no_server_of_one_s_own() -> None:
    own = columns("imaps", server="mail.brightwater.example")
    assert proposed(own, incoming=True, cloud="global") == {}
    ews = columns("ews", connect_url="https://mail.brightwater.example/EWS/Exchange.asmx")
    assert proposed(ews, incoming=True, cloud="global") == {}


@pytest.mark.parametrize(
    "text",
    ["http://[", "https://login.microsoftonline.com/", "é" * 3000, "x y", "https://a/b/oauth2/v2.0/token"],
)
def test_an_address_of_any_shape_has_no_tenant_and_breaks_nothing(text: str) -> None:
    assert proposing.tenant_of(text) == ""
    assert (
        proposed(columns("graph", graph_endpoint=text, token_url=text), incoming=True, last="x") is not None
    )
