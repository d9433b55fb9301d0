"""The form of a mailbox for OAuth, EWS and Graph: what it shows, fills, refuses and keeps."""

import html
import re
from typing import Any

import pytest
from django.utils import timezone

from deskpost.access.inboxes import GraphInbox
from deskpost.desk.installation import Installation
from deskpost.inbound.mailboxes import Mailbox, start_fetching, stop_fetching
from deskpost.oauth import providers
from deskpost.oauth.clouds import BY_KEY, CLOUDS
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_form import URL, send, typed

TENANT = "2f1f9c1e-6b0a-4c58-9d0f-5a1d2f3e4b5c"
OUTLOOK = "outlook.office365.com"
AUTHORIZE = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize"
TOKEN = "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


def by_oauth(**values: str) -> dict[str, str]:
    """Give what an administrator types for IMAPS at Microsoft 365, before anything is filled."""
    chosen = {
        "protocol": "imaps",
        "authentication": "oauth",
        "grant": "authorization_code",
        "server": OUTLOOK,
        "port": "993",
        "username": "it@vantagelegal.example",
        "password": "",
        "client_id": "c41b7e08-92f3-4b57-8d0e-6a1f35d2c9e7",
        "client_secret": "s~ecret value",
    }
    return typed(**{**chosen, **values})


def fields(page: str) -> dict[str, str]:
    """Give what stands in the fields of a page, by name."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes: dict[str, Any] = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if "name" in attributes:
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def switched(desk: Desk, values: dict[str, str], url: str = f"{URL}new/") -> tuple[dict[str, str], str]:
    """Give the fields, and the part of the page, after something was chosen."""
    client = builders.signed_in(desk.admin)
    response = client.post(url, {**values, "act": "switch"}, headers=builders.htmx())
    assert response.status_code == 200
    page = " ".join(response.content.decode().split())
    return fields(page), page


def saved(desk: Desk, values: dict[str, str], url: str = f"{URL}new/") -> Mailbox:
    status, page = send(builders.signed_in(desk.admin), url, values)
    assert status == 302, page
    return Mailbox.objects.get(name=values["name"])


def refused(desk: Desk, values: dict[str, str], url: str = f"{URL}new/") -> str:
    status, page = send(builders.signed_in(desk.admin), url, values)
    assert status == 422, page
    return page


@pytest.mark.requirement("R48")
@pytest.mark.requirement("R58")
@pytest.mark.requirement("R75")
def test_oauth_shows_its_fields_in_place_of_the_password_and_fills_them(desk: Desk) -> None:
    _, basic = switched(desk, by_oauth(authentication="basic"))
    assert 'name="client_id" value="c41b' in basic and ">Client ID</label>" not in basic
    assert "s~ecret value" not in basic and 'name="client_secret_typed"' in basic
    now, page = switched(desk, by_oauth(password="pass~word"))
    for label in ("Client ID", "Client secret", "Authorization URL", "Token URL", "Scope", "Redirect URL"):
        assert f">{label}</label>" in page
    assert ">Password</label>" not in page and "pass~word" not in page and "s~ecret value" not in page
    assert now["authorization_url"] == AUTHORIZE and now["token_url"] == TOKEN
    assert now["scope"] == "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access"
    assert "Know more about default values populated as scope" in page and "/help/scopes/" in page


@pytest.mark.requirement("R58")
def test_all_of_a_sign_in_is_saved_and_its_secret_is_never_shown(desk: Desk) -> None:
    made = saved(desk, by_oauth(client_secret_ends="2028-11-24", password="not this"))
    assert (made.authentication, made.client_id) == ("oauth", "c41b7e08-92f3-4b57-8d0e-6a1f35d2c9e7")
    assert (made.authorization_url, made.token_url) == (AUTHORIZE, TOKEN), "filled without JavaScript too"
    assert made.scope == "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access"
    assert made.client_secret == "s~ecret value" and made.password == ""
    assert str(made.client_secret_ends) == "2028-11-24"
    page = builders.signed_in(desk.admin).get(f"{URL}{made.pk}/").content.decode()
    assert "s~ecret value" not in page and 'value="2028-11-24"' in page


def by_graph(**values: str) -> dict[str, str]:
    """Give what an administrator types for Microsoft Graph."""
    chosen = {"connection": "graph", "server": "", "port": "", "username": "deskpost@brightwater.example"}
    return by_oauth(
        **{**chosen, "mailbox_to_open": "", "cloud": "global", "cloud_proposed": "global", **values}
    )


def by_ews(**values: str) -> dict[str, str]:
    """Give what an administrator types for EWS at a server of one's own."""
    chosen = {
        "connection": "ews",
        "authentication": "basic",
        "server": "",
        "port": "",
        "password": "pass~word",
    }
    url = "https://mail.brightwater.example/EWS/Exchange.asmx"
    return by_oauth(**{**chosen, "connect_url": url, **values})


@pytest.mark.requirement("R78")
@pytest.mark.requirement("R79")
@pytest.mark.requirement("R80")
@pytest.mark.requirement("R82")
def test_graph_offers_oauth_alone_and_fills_the_global_cloud(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = client.get(f"{URL}new/").content.decode()
    assert re.findall(r'name="connection" value="(\w+)"', page) == ["mail", "ews", "graph"]
    now, page = switched(desk, by_graph())
    assert now["graph_endpoint"] == "https://graph.microsoft.com" and now["cloud"] == "global"
    assert (now["authorization_url"], now["token_url"]) == (AUTHORIZE, TOKEN)
    assert now["scope"] == "Mail.ReadWrite,offline_access"
    assert "/help/scopes/#national-clouds" in page
    for label in ("Password", "Port", "Server name / IP address"):
        assert f">{label}</label>" not in page
    assert 'id="id_authentication_0"' not in page and "Authentication type</span>" not in page


@pytest.mark.requirement("R109")
@pytest.mark.requirement("R110")
@pytest.mark.requirement("R111")
@pytest.mark.parametrize(
    ("cloud", "graph", "sign_in", "scope"),
    [
        ("global", "graph.microsoft.com", "login.microsoftonline.com", ""),
        ("us_l4", "graph.microsoft.us", "login.microsoftonline.us", "https://graph.microsoft.us/"),
        ("us_l5", "dod-graph.microsoft.us", "login.microsoftonline.us", "https://dod-graph.microsoft.us/"),
        (
            *("china", "microsoftgraph.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
            "https://microsoftgraph.chinacloudapi.cn/",
        ),
    ],
)
def test_the_cloud_sets_endpoint_addresses_and_scope_together(
    desk: Desk, cloud: str, graph: str, sign_in: str, scope: str
) -> None:
    first, _ = switched(desk, by_graph())
    first["authorization_url"] = first["authorization_url"].replace("organizations", TENANT)
    now, page = switched(desk, {**first, "cloud": cloud, "port": ""})
    assert now["graph_endpoint"] == f"https://{graph}"
    assert f"Register at {BY_KEY[cloud].portal}." in page
    assert now["authorization_url"] == f"https://{sign_in}/{TENANT}/oauth2/v2.0/authorize", "the tenant stays"
    assert (
        now["token_url"].startswith(f"https://{sign_in}/")
        and now["scope"] == f"{scope}Mail.ReadWrite,offline_access"
    )
    back, _ = switched(desk, {**now, "cloud": "global"})
    assert back["graph_endpoint"] == "https://graph.microsoft.com"
    made = saved(desk, {**by_graph(), **now, "cloud": "global", "client_secret": "s~ecret value"})
    assert (made.graph_endpoint, made.server, made.port, made.tls) == (
        *("https://graph.microsoft.com", "", 443, "implicit"),
    ), "without JavaScript the cloud counts at save"


def test_a_shared_mailbox_needs_a_scope_more_and_what_was_typed_stays(desk: Desk) -> None:
    first, _ = switched(desk, by_graph())
    shared, _ = switched(desk, {**first, "mailbox_to_open": "servicedesk@brightwater.example"})
    assert shared["scope"] == "Mail.ReadWrite,Mail.ReadWrite.Shared,offline_access"
    typed_scope = {**shared, "scope": "Mail.Read offline_access", "mailbox_to_open": ""}
    assert switched(desk, typed_scope)[0]["scope"] == "Mail.Read offline_access"
    imap, page = switched(desk, {**shared, "connection": "mail", "server": OUTLOOK})
    assert imap["scope"] == "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access"
    assert imap["mailbox_to_open"] == "servicedesk@brightwater.example" and ">Mailbox to open<" in page
    assert ">The account that signs in.<" in page
    for other in ({"grant": "client_credentials"}, {"authentication": "basic"}):
        page = switched(desk, {**imap, **other})[1]
        assert ">Mailbox to open<" not in page and "The account that signs in" not in page, "it is the user"
    assert saved(desk, {**by_oauth(), **imap}).mailbox_to_open == "servicedesk@brightwater.example"
    google, _ = switched(desk, {**imap, "server": "imap.gmail.com"})
    assert google["scope"] == "https://mail.google.com/"
    assert google["token_url"] == "https://oauth2.googleapis.com/token"


@pytest.mark.requirement("R74")
def test_ews_fills_the_scope_of_exchange_online_and_warns_of_its_end(desk: Desk) -> None:
    url = f"https://{OUTLOOK}/EWS/Exchange.asmx"
    now, _ = switched(desk, by_ews(authentication="oauth", connect_url=url, password=""))
    assert now["scope"] == "https://outlook.office365.com/EWS.AccessAsUser.All, offline_access"
    client = builders.signed_in(desk.admin)
    status, _ = send(client, f"{URL}new/", by_ews(authentication="oauth", connect_url=url, password=""))
    assert status == 302
    page = client.get(f"{URL}{Mailbox.objects.get(name='Help').pk}/").content.decode()
    assert "2027-04-01" in page and "/help/microsoft-365/" in page


@pytest.mark.requirement("R2")
@pytest.mark.requirement("R3")
def test_a_password_for_ews_at_microsoft_365_is_refused_with_its_link(desk: Desk) -> None:
    page = refused(desk, by_ews(connect_url="https://Outlook.Office365.com./EWS/Exchange.asmx"))
    assert "Basic authentication is not possible at outlook.office365.com" in page
    assert 'href="/help/microsoft-365/"' in page and 'id="id_authentication_error"' in page
    assert 'name="to_oauth"' in page and "Change to OAuth now" in page


@pytest.mark.requirement("R2")
@pytest.mark.parametrize("script", [True, False], ids=["htmx", "plain"])
def test_where_no_password_works_a_button_changes_to_oauth_and_keeps_what_was_typed(
    desk: Desk, script: bool
) -> None:
    typed_so_far = by_oauth(
        authentication="basic", password="pass~word", client_id="", client_secret="", fetch_every_number="5"
    )
    page = refused(desk, typed_so_far)
    assert 'name="to_oauth"' in page and "pass~word" not in page
    client = builders.signed_in(desk.admin)
    headers = builders.htmx() if script else {}
    page = client.post(f"{URL}new/", {**typed_so_far, "to_oauth": "1"}, headers=headers).content.decode()
    now = fields(page)
    assert now["authentication"] == "oauth" and now["token_url"] == TOKEN and 'id="main"' in page
    assert 'value="it@vantagelegal.example"' in page and now["fetch_every_number"] == "5"
    assert "error-summary" not in page and 'name="to_oauth"' not in page
    assert Mailbox.objects.filter(server=OUTLOOK).count() == 0, "nothing was saved"
    again, _ = switched(desk, {**typed_so_far, **now, "authentication": "basic"})
    assert again["password_typed"], "nor is the password lost"
    own = refused(desk, by_ews(username=""))
    assert 'name="to_oauth"' not in own, "at a server of one's own a password may well work"


@pytest.mark.requirement("R14")
@pytest.mark.requirement("R15")
def test_ews_of_ones_own_takes_a_password_and_http_only_where_it_is_allowed(desk: Desk) -> None:
    _, page = switched(desk, by_ews())
    for label in ("Connect URL", "User name", "Password", "Fetch mails every", "Mailbox to open"):
        assert f">{label}</label>" in page
    assert ">Server name / IP address</label>" not in page and ">Port</label>" not in page
    plain = "http://mail.brightwater.example/EWS/Exchange.asmx"
    page = refused(desk, by_ews(connect_url=plain))
    assert "begin it with https://" in page and "tick Allow a connection without TLS" in page
    assert 'id="id_connect_url_error"' in page
    by_token = by_ews(authentication="oauth", connect_url=plain, allow_plain="on", password="")
    assert "OAuth needs TLS" in refused(desk, by_token)
    made = saved(desk, by_ews(connect_url=plain, allow_plain="on"))
    assert (made.connect_url, made.tls, made.port, made.server) == (plain, "none", 443, "")
    made = saved(desk, by_ews(name="Other"))
    assert (made.tls, made.password, made.client_secret, made.scope) == ("implicit", "pass~word", "", "")
    elsewhere = by_ews(name="Other", password="", connect_url="https://evil.example/EWS/Exchange.asmx")
    page = refused(desk, elsewhere, f"{URL}{made.pk}/")
    assert "was given for mail.brightwater.example and is not sent to another server" in page


def test_a_secret_like_an_id_is_warned_of_where_it_may_be_one(desk: Desk) -> None:
    guid = "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40"
    own = by_oauth(
        server="mail.brightwater.example",
        authorization_url="https://sign-in.brightwater.example/authorize",
        token_url="https://sign-in.brightwater.example/token",
        scope="mail",
        client_secret=guid,
    )
    made = saved(desk, own)
    page = builders.signed_in(desk.admin).get(f"{URL}{made.pk}/").content.decode()
    assert "The client secret has the form of an id" in page and guid not in page
    page = refused(desk, by_oauth(name="Other", client_secret=guid))
    assert "AADSTS7000215" in page and guid not in page, "nor carried on in clear"


MICROSOFTS = "https://outlook.office365.com/EWS/Exchange.asmx"


def test_what_was_proposed_goes_with_its_reason_and_what_was_typed_stays(desk: Desk) -> None:
    now, _ = switched(desk, by_ews(connect_url="", authentication="oauth", cloud="global"))
    assert now["connect_url"] == MICROSOFTS and "EWS.AccessAsUser.All" in now["scope"]
    basic, _ = switched(desk, by_ews(**{**now, "authentication": "basic"}))
    assert basic["connect_url"] == basic["token_url"] == basic["scope"] == ""
    again, _ = switched(desk, by_ews(**{**basic, "authentication": "oauth"}))
    assert again["connect_url"] == MICROSOFTS and again["token_url"] == TOKEN

    own = {**again, "connect_url": "https://mail.brightwater.example/EWS/Exchange.asmx"}
    own, _ = switched(desk, by_ews(**{**own, "authentication": "oauth", "scope": "typed"}))
    assert own["connect_url"] == "https://mail.brightwater.example/EWS/Exchange.asmx"
    assert own["token_url"] == own["authorization_url"] == "" and own["scope"] == "typed"

    typed_first, _ = switched(desk, by_ews(connect_url=MICROSOFTS, authentication="oauth"))
    assert typed_first["token_url"] == TOKEN
    kept, _ = switched(desk, by_ews(**{**typed_first, "authentication": "basic"}))
    assert kept["connect_url"] == MICROSOFTS and kept["token_url"] == ""


def test_addresses_of_a_provider_go_when_another_server_is_named(desk: Desk) -> None:
    now, _ = switched(desk, by_oauth())
    assert now["token_url"] == TOKEN
    typed_tenant = AUTHORIZE.replace("organizations", TENANT)
    moved = {**now, "server": "mail.brightwater.example", "authorization_url": typed_tenant}
    now, _ = switched(desk, by_oauth(**moved))
    assert (now["authorization_url"], now["token_url"], now["scope"]) == (typed_tenant, "", "")
    for hostile in ("[", "[1]", '{"scope": 5, "name": "x"}', "[" * 5000):
        switched(desk, by_oauth(filled_in=hostile))


def test_a_saved_proposal_goes_when_basic_is_chosen(desk: Desk) -> None:
    made = saved(desk, by_ews(connect_url="", authentication="oauth", cloud="global", password=""))
    assert made.connect_url == MICROSOFTS
    opened = fields(builders.signed_in(desk.admin).get(f"{URL}{made.pk}/").content.decode())
    now, _ = switched(desk, by_ews(**{**opened, "authentication": "basic"}), f"{URL}{made.pk}/")
    assert now["connect_url"] == ""


def test_an_application_at_a_graph_of_one_s_own_is_proposed_the_scope_of_that(desk: Desk) -> None:
    chosen = by_graph(grant="client_credentials", mailbox_to_open="help@brightwater.example")
    first, _ = switched(desk, chosen)
    assert first["scope"] == "https://graph.microsoft.com/.default"
    own = {**first, "graph_endpoint": "https://graph.brightwater.example"}
    now, _ = switched(desk, by_graph(**own))
    assert now["scope"] == "https://graph.brightwater.example/.default" and now["token_url"] == ""


def test_an_endpoint_of_one_s_own_is_called_another_address_and_no_cloud_of_microsoft_s(desk: Desk) -> None:
    own = {
        "graph_endpoint": "https://graph.brightwater.example",
        "mailbox_to_open": "help@brightwater.example",
    }
    sign_in = {"token_url": "https://sign-in.brightwater.example/token", "scope": "mail"}
    typed_in = by_graph(grant="client_credentials", **own, **sign_in)
    now, page = switched(desk, typed_in)
    assert now["cloud"] == "" and "Another address" in page
    made = saved(desk, typed_in)
    again = builders.signed_in(desk.admin).get(f"{URL}{made.pk}/").content.decode()
    assert fields(again)["cloud"] == "" and "Another address" in again
    kept = saved(desk, fields(again) | {"reason": "nothing else"}, f"{URL}{made.pk}/")
    assert (kept.graph_endpoint, kept.scope) == (own["graph_endpoint"], "mail")
    back, page = switched(desk, {**fields(again), "graph_endpoint": "https://graph.microsoft.us"})
    assert back["cloud"] == "us_l4" and "Another address" not in page


@pytest.mark.parametrize(
    ("protocol", "values"),
    [
        (
            "graph",
            {"graph_endpoint": "https://graph.brightwater.example", "scope": "Mail.ReadWrite,offline_access"},
        ),
        (
            "ews",
            {
                "connect_url": "https://mail.brightwater.example/EWS/Exchange.asmx",
                "scope": "https://outlook.office365.com/EWS.AccessAsUser.All, offline_access",
            },
        ),
    ],
)
def test_what_is_written_at_an_address_of_one_s_own_stays_though_it_is_proposed_elsewhere(
    desk: Desk, protocol: str, values: dict[str, str]
) -> None:
    sign_in = {
        f"{one}_url": f"https://sign-in.brightwater.example/{one}" for one in ("authorization", "token")
    }
    written = {**values, **sign_in, "authentication": "oauth", "password": ""}
    made = saved(
        desk,
        by_graph(**written)
        if protocol == "graph"
        else by_ews(**{**by_oauth(), **written, "protocol": "ews"}),
    )
    url = f"{URL}{made.pk}/"
    opened = fields(builders.signed_in(desk.admin).get(url).content.decode())
    kept = saved(desk, {**opened, "name": "Named anew"}, url)
    assert (kept.name, kept.scope) == ("Named anew", values["scope"])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"token_url": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"},
            "still holds a placeholder",
        ),
        ({"token_url": "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"}, "is no tenant"),
        ({"grant": "client_credentials"}, "stands for every organisation"),
        ({"scope": f"Mail.ReadWrite, https://{OUTLOOK}/IMAP.AccessAsUser.All"}, "serves one of them only"),
        ({"token_url": "http://sign-in.example/token"}, "begin the address with https"),
        ({"authorization_url": "https://[sign-in"}, "no web address"),
        ({"token_url": "javascript:alert(1)"}, "no web address"),
        ({"client_id": ""}, "OAuth needs it"),
        ({"client_secret_ends": "tomorrow"}, "This is no date"),
        ({"client_secret": "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40"}, "the id of a client secret and not the"),
    ],
)
def test_what_cannot_be_signed_in_with_is_refused_beside_its_field(
    desk: Desk, values: dict[str, str], said: str
) -> None:
    page = refused(desk, by_graph(**values))
    assert said in page and f'id="id_{next(iter(values))}_error"'.replace("grant", "token_url") in page


def test_clouds_that_are_mixed_or_closed_are_saved_with_a_warning(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    mixed = by_graph(
        graph_endpoint="https://graph.microsoft.us/v1.0", authorization_url=AUTHORIZE, token_url=TOKEN
    )
    closed = by_graph(
        name="Old", cloud="germany", cloud_proposed="germany", graph_endpoint="https://graph.microsoft.de"
    )
    for values, said in ((mixed, "belongs to the cloud"), (closed, "closed in 2021")):
        values["scope"] = "Mail.ReadWrite"
        status, _ = send(client, f"{URL}new/", values)
        assert status == 302
        assert said in client.get(f"{URL}{Mailbox.objects.get(name=values['name']).pk}/").content.decode()


def test_a_stored_client_secret_goes_to_no_other_sign_in(desk: Desk) -> None:
    made = saved(desk, by_oauth())
    url = f"{URL}{made.pk}/"
    kept = {**by_oauth(client_secret=""), "name": "Help"}
    saved(desk, {**kept, "client_id": "another"}, url)
    made.refresh_from_db()
    assert (made.client_id, made.client_secret) == ("another", "s~ecret value")
    page = refused(desk, {**kept, "token_url": "https://evil.example/token"}, url)
    assert "The stored client secret was given for login.microsoftonline.com" in page
    made.refresh_from_db()
    assert made.token_url == TOKEN


@pytest.mark.requirement("R83")
def test_one_client_id_for_both_directions_of_a_graph_mailbox_is_refused(desk: Desk) -> None:
    values = by_graph()
    desk.server.__class__.objects.filter(pk=desk.server.pk).update(
        protocol="graph",
        authentication="oauth",
        username=values["username"],
        client_id=values["client_id"].upper(),
    )
    page = refused(desk, values)
    assert "used for the same mailbox in the other direction" in page and 'id="id_client_id_error"' in page
    saved(desk, {**values, "client_id": "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40"})


@pytest.mark.requirement("R83")
def test_another_name_of_the_mailbox_that_is_sent_from_is_refused_once_it_is_known(desk: Desk) -> None:
    values = by_graph()
    desk.server.__class__.objects.filter(pk=desk.server.pk).update(
        **{"protocol": "graph", "authentication": "oauth", "graph_endpoint": "https://graph.microsoft.com"},
        **{"username": "alias@brightwater.example", "client_id": values["client_id"]},
    )
    made = saved(desk, values)
    for name in (values["username"], "alias@brightwater.example"):
        GraphInbox.objects.create(
            endpoint="https://graph.microsoft.com", mailbox=name, inbox_id="AAMk", told_at=timezone.now()
        )
    start_fetching(desk.admin, "page", made)
    stop_fetching(desk.admin, "page", made)
    page = refused(desk, {**values, "name": "Other name"}, f"{URL}{made.pk}/")
    assert "used for the same mailbox in the other direction" in page and 'id="id_client_id_error"' in page


@pytest.mark.requirement("R60")
@pytest.mark.requirement("R61")
def test_the_redirect_url_is_shown_and_another_host_is_told_of_at_save(desk: Desk) -> None:
    Installation.objects.update(public_url="https://desk.northgate-it.example")
    client = builders.signed_in(desk.admin)
    _, page = switched(desk, by_oauth())
    assert re.search(r'id="redirect-url" value="https://desk.northgate-it.example/oauth/back" readonly', page)
    assert 'data-copy="https://desk.northgate-it.example/oauth/back"' in page
    status, _ = send(client, f"{URL}new/", by_oauth())
    assert status == 302
    page = client.get(f"{URL}{Mailbox.objects.get(name='Help').pk}/").content.decode()
    assert "the provider sends the browser back to desk.northgate-it.example" in page


@pytest.mark.requirement("R62")
@pytest.mark.requirement("R63")
@pytest.mark.requirement("R64")
def test_proxy_debug_and_push_are_boxes_of_the_form(desk: Desk) -> None:
    _, page = switched(desk, by_oauth())
    for label in ("Enable proxy server", "Enable Email Debug", "Fetch as soon as mail arrives"):
        assert f"<span>{label}</span>" in page
    assert "nly if recommended by the support team" in page
    made = saved(desk, by_oauth(proxy="on", debug="on", debug_for="8", push="on"))
    assert made.proxy and made.push and made.debug_until is not None
    _, page = switched(desk, by_oauth(protocol="pops", push="on"))
    assert "<span>Fetch as soon as mail arrives</span>" not in page


@pytest.mark.requirement("R75")
@pytest.mark.requirement("R80")
@pytest.mark.requirement("R108")
def test_the_lists_that_the_form_leads_to_are_those_that_it_fills_in(desk: Desk) -> None:
    page = html.unescape(builders.signed_in(desk.admin).get("/help/scopes/").content.decode())
    assert 'id="national-clouds"' in page
    for cloud in CLOUDS:
        row = next(one for one in page.split("<tr>") if f"<code>{cloud.graph_endpoint}</code>" in one)
        assert cloud.outlook_host in row and cloud.portal in row
        assert all(f"https://{host}" in row for host in cloud.sign_in_hosts)
    for use in providers.USES:
        assert f"<code>{providers.microsoft(use).scopes}</code>" in page, use
        assert f"<code>{providers.microsoft(use, app_only=True).scopes}</code>" in page, use
    outlook = providers.microsoft("imap")
    for address in (
        outlook.authorization_url,
        outlook.token_url,
        providers.GOOGLE_AUTHORIZATION_URL,
        providers.GOOGLE_TOKEN_URL,
    ):
        assert f"<code>{address}</code>" in page


def test_the_history_words_a_sign_in_as_its_form_does_and_shows_no_secret(desk: Desk) -> None:
    made = saved(desk, by_oauth())
    saved(desk, {**by_graph(name="Help"), "client_secret": "another s~ecret"}, f"{URL}{made.pk}/")
    page = html.unescape(
        builders.signed_in(desk.admin).get(f"/admin/history/?kind=mailbox&row={made.pk}").content.decode()
    )
    for words in (
        "Client secret",
        "Graph endpoint",
        "Microsoft Graph",
        "Scope",
        "https://graph.microsoft.com",
    ):
        assert words in page
    assert "s~ecret" not in page and "graph_endpoint" not in page
