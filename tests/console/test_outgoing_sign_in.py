"""The form of an outgoing server for OAuth, EWS and Graph: what it shows, fills, refuses and keeps."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deskpost.access import consents
from deskpost.access.inboxes import GraphInbox
from deskpost.access.sign_in_rules import GRAPH_CLIENT_WORDS
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Installation
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.oauth.grant import Tokens
from deskpost.outbound import server_acts, server_scopes
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_sign_in import TENANT, fields
from tests.console.test_outgoing import errors, form, help_desk, saved, url
from tests.inbound import builders as incoming
from tests.outbound import builders as outgoing

AUTHORIZE = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize"
TOKEN = "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
GRAPH_SCOPE = "Mail.ReadWrite,Mail.Send.Shared,offline_access"
CLIENT = "8d2e4f11-0b6a-4c7e-a3d5-91f07be26c58"


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail goes out here."""
    return build_desk()


def oauth(**changes: Any) -> dict[str, str]:
    """Give what an administrator types for sending by OAuth, before anything is filled."""
    typed = {
        "authentication": "oauth",
        "grant": "authorization_code",
        "client_id": CLIENT,
        "client_secret": "s~ecret value",
        "username": "it@vantagelegal.example",
        "reply_to": "it@vantagelegal.example",
        "password": "",
    }
    return {**form(), **typed, **changes}


def graph(**changes: Any) -> dict[str, str]:
    filled = {"authorization_url": AUTHORIZE, "token_url": TOKEN, "scope": GRAPH_SCOPE}
    endpoint = {"graph_endpoint": "https://graph.microsoft.com", "cloud": "global", "username": ""}
    return oauth(connection="graph", **{**filled, **endpoint, **changes})


def switched(desk: Desk, values: dict[str, str]) -> tuple[dict[str, str], str]:
    """Give the fields and the page after something was chosen."""
    client = builders.signed_in(desk.admin)
    response = client.post(url(), {**values, "act": "switch"})
    assert response.status_code == 200
    page = response.content.decode()
    return fields(page), page


def save(desk: Desk, values: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Give the answer's status, and the sentences beside the fields."""
    response = builders.signed_in(desk.admin).post(url(), values)
    return response.status_code, errors(response.content.decode())


@pytest.mark.requirement("R42", "R48")
def test_smtp_ews_and_graph_are_offered_and_each_shows_its_own_fields(desk: Desk) -> None:
    page = builders.signed_in(desk.admin).get(url()).content.decode()
    assert re.findall(r'name="connection" value="(\w+)"', page) == ["smtp", "ews", "graph"]
    for connection, there, absent in (
        ("smtp", ("Server name / IP address", "Alternate server name / IP address", "Port"), ("Client ID",)),
        ("ews", ("Connect URL", "User name", "Password", "Sender name", "Reply to"), ("Port", "TLS enabled")),
        ("graph", ("Graph endpoint", "Reply to", "Client ID", "Scope"), ("Password", "User name", "Port")),
    ):
        _, page = switched(desk, form(connection=connection, graph_endpoint="", connect_url=""))
        for label in there:
            assert f">{label}<" in page, (connection, label)
        for label in absent:
            assert f">{label}<" not in page, (connection, label)


OF_SMTP = (
    *(
        "Server name / IP address",
        "Alternate server name / IP address",
        "Sender name",
        "Reply to",
        "User name",
    ),
    *("Protocol", "TLS enabled", "Port"),
)
OF_OAUTH = ("Client ID", "Client secret", "Authorization URL", "Token URL", "Scope", "Redirect URL")


@pytest.mark.requirement("R48")
@pytest.mark.parametrize("protocol", ["smtp", "smtps"])
def test_basic_and_oauth_switch_the_fields_of_smtp(desk: Desk, protocol: str) -> None:
    basic = {"protocol": protocol, "tls": "yes", "requires_authentication": "on"}
    for values, there, absent in (
        (form(**basic), (*OF_SMTP, "Requires authentication", "Password"), OF_OAUTH),
        (oauth(protocol=protocol, tls="yes"), (*OF_SMTP, *OF_OAUTH), ("Requires authentication", "Password")),
    ):
        _, page = switched(desk, values)
        labels = set(re.findall(r"<(?:label|span|legend)[^>]*>([^<]+)</", page))
        assert ("Mailbox to open" in labels) == (values.get("authentication") == "oauth")
        assert set(there) <= labels and not set(absent) & labels


@pytest.mark.requirement("R105")
def test_a_shared_mailbox_is_saved_for_smtp_by_a_person_and_goes_with_the_application(desk: Desk) -> None:
    shared = "support@vantagelegal.example"
    urls = {"authorization_url": AUTHORIZE, "token_url": TOKEN, "mailbox_to_open": shared}
    scope = "https://outlook.office365.com/SMTP.Send, offline_access"
    smtp = oauth(connection="smtp", protocol="smtp", tls="yes", port="587", scope=scope, **urls)
    assert save(desk, smtp) == (303, {})
    assert (saved().username, saved().mailbox_to_open) == ("it@vantagelegal.example", shared)
    alone = {"grant": "client_credentials", "token_url": TOKEN.replace("organizations", TENANT)}
    assert save(desk, {**smtp, **alone, "seen": oauth()["seen"]}) == (303, {})
    assert saved().mailbox_to_open == ""


def test_changed_to_smtp_at_microsoft_a_server_keeps_to_the_pace_that_is_proposed_there(desk: Desk) -> None:
    assert save(desk, graph()) == (303, {})
    scope = "https://outlook.office365.com/SMTP.Send, offline_access"
    microsoft = {
        "server": "smtp.office365.com",
        "protocol": "smtp",
        "tls": "yes",
        "port": "587",
        "scope": scope,
    }
    changed = oauth(
        connection="smtp", authorization_url=AUTHORIZE, token_url=TOKEN, client_secret="", **microsoft
    )
    assert save(desk, changed) == (303, {})
    assert (saved().server, saved().connections, saved().mails_per_minute) == ("smtp.office365.com", 3, 30)


@pytest.mark.requirement("R59")
@pytest.mark.parametrize(
    ("host", "scope"),
    [
        ("smtp.office365.com", "https://outlook.office365.com/SMTP.Send, offline_access"),
        ("smtp.gmail.com", "https://mail.google.com/"),
    ],
)
def test_the_scope_of_a_known_server_on_port_587_is_filled(desk: Desk, host: str, scope: str) -> None:
    found, _ = switched(desk, oauth(server=host, port="587", tls="yes"))
    assert found["scope"] == scope
    assert found["authorization_url"] and found["token_url"]


@pytest.mark.requirement("R74")
def test_the_scope_of_ews_at_office_365_is_filled_exactly(desk: Desk) -> None:
    address = "https://outlook.office365.com/EWS/Exchange.asmx"
    found, page = switched(desk, oauth(connection="ews", connect_url=address))
    assert found["scope"] == "https://outlook.office365.com/EWS.AccessAsUser.All, offline_access"
    assert ">User name<" in page and ">Password<" not in page


@pytest.mark.requirement("R72")
def test_ews_asks_for_a_user_under_both_and_for_a_password_under_basic_alone(desk: Desk) -> None:
    address = "https://mail.company.example/EWS/Exchange.asmx"
    _, basic = switched(desk, form(connection="ews", connect_url=address, authentication="basic"))
    _, by_token = switched(desk, oauth(connection="ews", connect_url=address))
    assert ">User name<" in basic and ">Password<" in basic
    assert ">User name<" in by_token and ">Password<" not in by_token


@pytest.mark.requirement("R78", "R79", "R82", "R84")
def test_graph_takes_oauth_alone_and_proposes_endpoint_azure_and_scope(desk: Desk) -> None:
    found, page = switched(desk, form(connection="graph", client_id=CLIENT))
    assert found["graph_endpoint"] == "https://graph.microsoft.com"
    assert found["scope"] == GRAPH_SCOPE
    assert found["authorization_url"].startswith("https://login.microsoftonline.com/")
    assert 'name="authentication" value="basic"' not in page


@pytest.mark.requirement("R58", "R81")
def test_a_graph_server_is_saved_and_its_secret_is_shown_to_nobody(desk: Desk) -> None:
    assert save(desk, graph()) == (303, {})
    server = saved()
    assert (server.protocol, server.authentication, server.client_id) == ("graph", "oauth", CLIENT)
    assert (server.client_secret, server.password, server.server) == ("s~ecret value", "", "")
    assert server.mailbox_opened == "it@vantagelegal.example"
    client = builders.signed_in(desk.admin)
    page = client.get(url()).content.decode()
    assert "s~ecret" not in page and "Connect once, then mail leaves" in page
    assert ">Needs consent<" in page and ">Sending<" not in page and "Nothing is sent yet" not in page
    outgoing.queue_mails(saved(), ["ann@contoso.example"])
    assert "Nothing is sent yet" in client.get(url()).content.decode()
    assert "s~ecret" not in client.get("/admin/history/").content.decode()


def test_ews_by_password_is_saved_and_its_password_goes_to_no_other_host(desk: Desk) -> None:
    there = form(
        connection="ews",
        connect_url="https://mail.company.example/EWS/Exchange.asmx",
        authentication="basic",
        username="desk",
        password="a pass word",
    )
    assert save(desk, there) == (303, {})
    server = saved()
    assert (server.protocol, server.tls, server.password) == ("ews", "implicit", "a pass word")
    elsewhere = {**there, "password": "", "connect_url": "https://evil.example/EWS/Exchange.asmx"}
    status, said = save(desk, {**elsewhere, "seen": form()["seen"]})
    assert status == 422 and "is not sent to another server" in said["password"]


@pytest.mark.requirement("R2")
def test_basic_authentication_for_ews_at_microsoft_is_refused_and_nothing_is_stored(desk: Desk) -> None:
    address = "https://outlook.office365.com/EWS/Exchange.asmx"
    before = OutgoingServer.objects.values_list("protocol", "connect_url").get(instance=help_desk().id)
    values = form(connection="ews", connect_url=address, authentication="basic", username="u", password="p")
    status, said = save(desk, values)
    assert status == 422 and "Basic authentication is not possible" in said["authentication"]
    assert (
        OutgoingServer.objects.values_list("protocol", "connect_url").get(instance=help_desk().id) == before
    )


@pytest.mark.requirement("R83")
def test_the_application_that_fetches_from_a_graph_mailbox_does_not_send_for_it(desk: Desk) -> None:
    fetched_by("IT@vantagelegal.example")
    status, said = save(desk, graph())
    assert status == 422 and "register a second application" in said["client_id"]
    assert saved().protocol != "graph"
    assert save(desk, graph(client_id="0" * 8 + CLIENT[8:])) == (303, {})


def test_two_servers_do_not_send_for_one_mailbox_with_one_application(desk: Desk) -> None:
    assert save(desk, graph()) == (303, {})
    directory = server_scopes.Scope("directory", None, "")
    copied = {**graph(), "seen": ""}
    response = builders.signed_in(desk.admin).post(url(directory), copied)
    assert response.status_code == 422
    assert "sends for it@vantagelegal.example with this application already" in response.content.decode()
    other = {**copied, "client_id": "1" * 8 + CLIENT[8:], "reply_to": "security@vantagelegal.example"}
    assert builders.signed_in(desk.admin).post(url(directory), other).status_code == 303


def test_saving_for_another_user_ends_the_consent_and_another_secret_does_not(desk: Desk) -> None:
    assert save(desk, graph()) == (303, {})
    tokens = Tokens("an access token", timezone.now() + timedelta(hours=1), "a refresh token")
    consents.keep(saved(), tokens, "it@vantagelegal.example", desk.admin)
    again = {**graph(client_secret="another secret"), "seen": form()["seen"]}
    assert save(desk, again) == (303, {})
    assert ServerConsent.objects.count() == 1
    other = {**graph(client_id="1" * 8 + CLIENT[8:]), "seen": form()["seen"]}
    assert save(desk, other) == (303, {})
    assert not ServerConsent.objects.exists()


@pytest.mark.requirement("R60", "R75", "R76", "R80", "R85")
@pytest.mark.parametrize("connection", ["smtp", "ews", "graph"])
def test_the_redirect_url_the_lists_the_proxy_and_debug_stand_in_every_form_of_oauth(
    desk: Desk, connection: str
) -> None:
    Installation.objects.update(public_url="https://desk.northgate-it.example")
    address = "https://outlook.office365.com/EWS/Exchange.asmx"
    _, page = switched(desk, oauth(connection=connection, connect_url=address, cloud="global"))
    back = "https://desk.northgate-it.example/oauth/back"
    assert re.search(rf'id="redirect-url" value="{back}" readonly', page) and f'data-copy="{back}"' in page
    assert 'href="/help/scopes/"' in page and "Know more about default values populated as scope" in page
    assert ('href="/help/scopes/#national-clouds"' in page) is (connection == "graph")
    assert "<span>Enable proxy server</span>" in page and "<span>Enable Email Debug</span>" in page


@pytest.mark.requirement("R61")
def test_saving_under_another_host_than_the_redirect_url_s_says_so(desk: Desk) -> None:
    Installation.objects.update(public_url="https://desk.northgate-it.example")
    page = builders.signed_in(desk.admin).post(url(), graph(), follow=True).content.decode()
    assert "does not know this sign-in" in page


def test_smtp_is_advised_where_more_mail_came_in_than_graph_can_answer(desk: Desk) -> None:
    assert save(desk, graph()) == (303, {})
    client = builders.signed_in(desk.admin)
    assert "SMTP is advised" not in client.get(url()).content.decode()
    box, acme = incoming.mailbox("Busy"), Account.objects.order_by("pk")[0]
    rows = InboundMessage.objects.bulk_create(
        InboundMessage(
            **{"mailbox": box, "source_number": 1, "folder": "INBOX", "validity": "1", "uid": str(number)},
            **{"size": 1, "sha256": b"", "received_at": timezone.now() - timedelta(minutes=5)},
        )
        for number in range(131)
    )
    MailOutcome.objects.bulk_create(
        MailOutcome(mail=row, instance=box.instance, account=acme, kind="automatic", trace=[]) for row in rows
    )
    page = client.get(url()).content.decode()
    assert "Microsoft Graph is too slow for this much mail, SMTP is advised" in page
    assert "131 mails came in within one minute" in page
    page = client.post(url(), {**graph(), "seen": form()["seen"], "to_smtp": "1"}).content.decode()
    assert ">Server name / IP address<" in page and ">Graph endpoint<" not in page


@pytest.mark.requirement("R83")
def test_another_name_of_the_mailbox_that_is_fetched_is_refused_once_it_is_known(desk: Desk) -> None:
    """Known by the first run, sample mail or Connect: each opens the mailbox, and Graph tells its Inbox."""
    fetched_by("IT@vantagelegal.example")
    known_as("AAMkInbox", "it@vantagelegal.example")
    alias = graph(reply_to="servicedesk@vantagelegal.example")
    assert save(desk, alias) == (303, {}), "nobody knows that yet"
    known_as("AAMkInbox", "servicedesk@vantagelegal.example")
    status, said = save(desk, {**alias, "seen": form()["seen"], "sender_name": "Service Desk"})
    assert status == 422 and said["client_id"] == GRAPH_CLIENT_WORDS
    server_acts.set_paused(desk.admin, "page", saved(), True)
    assert saved().paused, "acts go on: they lead to no other mailbox"
    other = {**alias, "seen": form()["seen"], "client_id": "0" * 8 + CLIENT[8:]}
    assert save(desk, other) == (303, {})
    status, said = save(desk, {**alias, "seen": form()["seen"]})
    assert status == 422 and said["client_id"] == GRAPH_CLIENT_WORDS


def test_ids_of_inboxes_that_differ_in_letter_case_are_of_two_mailboxes(desk: Desk) -> None:
    fetched_by("it@vantagelegal.example")
    known_as("AAMkInbox", "it@vantagelegal.example")
    known_as("AAMkINBOX", "servicedesk@vantagelegal.example")
    assert save(desk, graph(reply_to="servicedesk@vantagelegal.example")) == (303, {})


def test_two_servers_do_not_send_for_one_mailbox_by_two_of_its_names(desk: Desk) -> None:
    known_as("AAMkInbox", "it@vantagelegal.example")
    known_as("AAMkInbox", "servicedesk@vantagelegal.example")
    assert save(desk, graph()) == (303, {})
    copied = {**graph(reply_to="servicedesk@vantagelegal.example"), "seen": ""}
    response = builders.signed_in(desk.admin).post(url(server_scopes.Scope("directory", None, "")), copied)
    assert response.status_code == 422
    said = "sends for servicedesk@vantagelegal.example with this application already"
    assert said in response.content.decode()


def fetched_by(name: str) -> None:
    """Fetch a Graph mailbox with the application that tries to send."""
    incoming.mailbox(
        "Graph in",
        **{"protocol": "graph", "graph_endpoint": "https://graph.microsoft.com", "authentication": "oauth"},
        **{"client_id": CLIENT.upper(), "username": name, "server": "", "port": 443},
    )


def known_as(inbox_id: str, name: str) -> None:
    """Let it be known which mailbox a name leads to, as after it was opened."""
    GraphInbox.objects.create(
        endpoint="https://graph.microsoft.com", mailbox=name, inbox_id=inbox_id, told_at=timezone.now()
    )
