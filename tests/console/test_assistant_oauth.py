"""The setup assistant at a provider's: a person consents and comes back, or the application signs in on its own."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

from deskpost.console.mail_settings.connection import connect_url, page_url
from deskpost.desk.installation import Installation
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.oauth import providers
from deskpost.oauth.clouds import BY_KEY
from deskpost.outbound.servers import OutgoingServer
from deskpost.sandbox.cloud.tokens import Application as Registered
from tests.access.conftest import served, there
from tests.access.rows import PUBLIC
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_assistant import NAMES, answer, at_sign_in, progress, shown
from tests.console.test_connect import came_from
from tests.console.test_incoming_sign_in import fields
from tests.oauth.world import CLIENT, DESK, OTHER, REDIRECT, SECRET, World
from tests.servers.name_server import name_server

__all__ = ["served", "there"]
SENDS = "7c3b2d1e-0000-4000-8000-0000000000a5"  # the application that answers are sent by


@pytest.fixture
def empty(database: str, there: World) -> Iterator[Desk]:
    """A desk without mailbox and outgoing server, known to the provider."""
    desk = build_desk()
    desk.server.delete()
    Mailbox.objects.all().delete()
    Installation.objects.update(public_url=PUBLIC)
    there.cloud.tokens.register(Registered(SENDS, {SECRET}, {REDIRECT}, app_only=True))
    with name_server(NAMES):
        yield desk


def browser(desk: Desk) -> Client:
    client = builders.signed_in(desk.admin)
    client.defaults["HTTP_HOST"] = "desk.example"
    return client


def typed(there: World, **values: str) -> dict[str, str]:
    split = urlsplit(there.application.token_url)
    return {
        **{
            "client_id": CLIENT,
            "client_secret": SECRET,
            "graph_endpoint": f"{split.scheme}://{split.netloc}",
        },
        "cloud": "global",
        "authorization_url": there.application.authorization_url,
        "token_url": there.application.token_url,
        "ca_file": there.application.server.ca_file or "",
        **values,
    }


def connect(client: Client, there: World, row: Mailbox | OutgoingServer, mailbox: str = DESK) -> str:
    """Choose Connect in the assistant, consent as somebody, and give where the browser comes back to."""
    response = client.post(connect_url(row), {"from": "setup"})
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', response.content.decode())
    assert found, response.content.decode()
    back = client.get(f"/oauth/back?{urlencode(came_from(there, unescape(found[1]), mailbox))}")
    return back["Location"]


@pytest.mark.requirement("R103")
def test_microsoft_365_is_found_connected_and_goes_on_by_itself(empty: Desk, there: World) -> None:
    client = browser(empty)
    status, page = answer(client, 1, address=DESK)
    assert "found by MX record (contoso-example.mail.protection.outlook.com)" in page
    assert 'value="microsoft" ' in (html := client.get("/setup/2/").content.decode()), html
    answer(client, 2, runner="microsoft")
    page = client.get("/setup/3/").content.decode()
    assert 'value="https://graph.microsoft.com"' in page, "what is not asked is proposed"
    status, page = answer(client, 3, **typed(there, client_id=""))
    assert status == 422
    status, page = answer(client, 3, **typed(there))
    assert status == 303 and "or I only have a client id and secret" in page
    box = Mailbox.objects.get()
    assert (box.protocol, box.grant, box.username, box.fetching) == (
        "graph",
        "authorization_code",
        DESK,
        False,
    )

    def listed() -> str:
        return shown(client.get("/setup/tests/", headers=builders.htmx()).content.decode())

    assert "To come: Microsoft Graph answers" in listed()
    part = client.post("/setup/tests/", headers=builders.htmx()).content.decode()
    assert "Passed: Microsoft Graph answers" in shown(part) and "TLS 1.3" in part
    assert "Waiting for your consent" in part and 'hx-trigger="every 3s"' in part and "disabled" in part

    assert connect(client, there, box, OTHER) == "/setup/"
    page = shown(client.get("/setup/", follow=True).content.decode())
    assert f'"{OTHER}" was authorised' in page and not MailboxConsent.objects.exists()
    assert connect(client, there, box) == "/setup/", "back to the assistant"
    assert f"Passed: Consent given {DESK}" in listed()
    part = client.post("/setup/tests/", headers=builders.htmx()).content.decode()
    assert "Passed: Oldest mail read" in shown(part) and "disabled" not in part
    assert answer(client, 3, act="next")[1].count("Question 4 of 5") == 1
    answer(client, 4, first_fetch="new", after_imap="leave")

    refused = answer(client, 5, **typed(there, way="same", act="save"))
    assert refused[0] == 422, "one application does not fetch and send for one mailbox"
    status, page = answer(client, 5, **typed(there, way="same", act="save", client_id=SENDS))
    assert status == 303 and "Once, so that it may send" in page
    answer(client, 5, act="finish")
    assert progress(empty.admin).question == 5, "not without the consent"
    assert connect(client, there, OutgoingServer.objects.get()) == "/setup/"
    status, page = answer(client, 5, act="sample", to=OTHER)
    assert "Taken by the server in" in page
    assert "is set up" in answer(client, 5, act="finish")[1]


def test_who_has_only_a_client_id_and_secret_lets_the_application_sign_in(empty: Desk, there: World) -> None:
    client = browser(empty)
    at_sign_in(client, DESK, "microsoft")
    page = client.get("/setup/3/?grant=client_credentials")
    assert 'name="grant" value="client_credentials"' in page.content.decode()
    base = {"grant": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
    status, text = answer(client, 3, **typed(there, tenant="no/tenant", token_url="", **base))
    assert status == 422 and not Mailbox.objects.exists()
    status, text = answer(client, 3, **typed(there, client_secret="wrong", **base))
    assert status == 303 and "Connect with Microsoft" not in text
    text = shown(client.post("/setup/tests/", follow=True).content.decode())
    assert "Failed: Open the mailbox" in text and "AADSTS7000215" in text
    answer(client, 3, **typed(there, **base))
    text = shown(client.post("/setup/tests/", follow=True).content.decode())
    assert "Passed: Oldest mail read" in text and SECRET not in text
    assert not Mailbox.objects.get().by_consent


def test_connect_chosen_in_the_form_goes_back_to_the_form(empty: Desk, there: World) -> None:
    client = browser(empty)
    at_sign_in(client, DESK, "microsoft")
    answer(client, 3, **typed(there))
    box = Mailbox.objects.get()
    client.post(connect_url(box), {"from": "setup"})
    response = client.post(connect_url(box))
    assert page_url(box) in response.content.decode() and "/setup/" not in response.content.decode()


def test_who_cannot_be_sent_back_here_is_told_before_they_type(empty: Desk) -> None:
    client = browser(empty)
    at_sign_in(client, DESK, "microsoft")
    assert "Nothing was sent" not in client.get("/setup/3/").content.decode()
    client.defaults["HTTP_HOST"] = "10.1.1.1"
    assert "the provider sends the browser back to desk.example" in client.get("/setup/3/").content.decode()


def test_another_provider_chosen_afterwards_is_asked_anew(empty: Desk, there: World) -> None:
    client = browser(empty)
    at_sign_in(client, DESK, "microsoft")
    answer(client, 3, **typed(there))
    client.post("/setup/tests/")
    assert progress(empty.admin).tests
    answer(client, 2, runner="exchange")
    page = client.get("/setup/3/").content.decode()
    assert 'value="https://mail.contoso.example/EWS/Exchange.asmx"' in page
    assert re.search(r'value="next"[^>]* disabled', page)
    client.post("/setup/tests/")
    client.post("/setup/3/", {"act": "next"})
    assert progress(empty.admin).tests == {} and progress(empty.admin).question == 3


def test_exchange_of_our_own_fetches_and_sends_with_a_password_that_is_typed_once(
    empty: Desk, there: World
) -> None:
    client, split = browser(empty), urlsplit(there.application.token_url)
    url, ca = f"{split.scheme}://{split.netloc}/EWS/Exchange.asmx", there.application.server.ca_file or ""
    at_sign_in(client, DESK, "exchange")
    box = {
        "connect_url": url,
        "username": DESK,
        "password": "secret",
        "verify_certificate": "on",
        "ca_file": ca,
    }
    assert answer(client, 3, **box)[0] == 303
    text = shown(client.post("/setup/tests/", follow=True).content.decode())
    assert "Passed: Oldest mail read" in text, text
    answer(client, 3, act="next")
    answer(client, 4, first_fetch="new", after_imap="leave")
    same = {**box, "password": "", "way": "same", "act": "save"}
    status, page = answer(client, 5, **{**same, "connect_url": url.replace("127.0.0.1", "127.0.0.2")})
    assert status == 422 and not OutgoingServer.objects.exists(), "another server does not get the password"
    status, page = answer(client, 5, **same)
    assert status == 303 and OutgoingServer.objects.get().password == "secret"
    assert "Taken by the server in" in answer(client, 5, act="sample", to=OTHER)[1]


@pytest.mark.requirement("R109")
@pytest.mark.parametrize(
    ("domain", "cloud", "mailbox_scope"),
    [
        ("gov.example", "us_l4", "https://graph.microsoft.us/Mail.ReadWrite,offline_access"),
        ("beijing.example", "china", "https://microsoftgraph.chinacloudapi.cn/Mail.ReadWrite,offline_access"),
    ],
)
def test_the_cloud_that_the_exchangers_tell_of_is_proposed_in_and_out(
    empty: Desk, domain: str, cloud: str, mailbox_scope: str
) -> None:
    client, meant = browser(empty), BY_KEY[cloud]  # type: ignore[index]
    at_sign_in(client, f"help@{domain}", "microsoft")
    asked = fields(client.get("/setup/3/").content.decode())
    assert (asked["cloud"], asked["graph_endpoint"]) == (cloud, meant.graph_endpoint)
    assert (asked["token_url"], asked["scope"]) == (meant.token_url("organizations"), mailbox_scope)
    secret = {"client_id": CLIENT, "client_secret": SECRET}
    assert answer(client, 3, **secret, cloud=asked["cloud"])[0] == 303
    box = Mailbox.objects.get()
    assert (box.graph_endpoint, box.scope) == (meant.graph_endpoint, mailbox_scope)
    assert answer(client, 3, **secret, cloud="us_l5")[0] == 303
    box.refresh_from_db()
    assert box.graph_endpoint == BY_KEY["us_l5"].graph_endpoint, (
        "another one may be chosen, and goes on to question 5"
    )
    SetupAssistant.objects.update(question=5)
    assert fields(client.get("/setup/5/").content.decode())["cloud"] == "us_l5"
    assert answer(client, 3, **secret, cloud=cloud)[0] == 303
    SetupAssistant.objects.update(question=5)
    asked = fields(client.get("/setup/5/").content.decode())
    assert (asked["cloud"], asked["graph_endpoint"]) == (cloud, meant.graph_endpoint)
    assert asked["authorization_url"] == meant.authorization_url("organizations")
    assert asked["scope"] == providers.microsoft("graph_out", meant).scopes
    sends = {**secret, "client_id": SENDS, "cloud": asked["cloud"]}
    assert answer(client, 5, way="same", act="save", **sends)[0] == 303
    assert OutgoingServer.objects.get().graph_endpoint == meant.graph_endpoint


def test_google_is_found_by_its_exchangers(empty: Desk) -> None:
    client = browser(empty)
    answer(client, 1, address="help@goo.example")
    page = client.get("/setup/2/").content.decode()
    assert re.search(r'value="google"[^>]* checked', page)
    answer(client, 2, runner="google")
    page = client.get("/setup/3/").content.decode()
    assert 'value="imap.gmail.com"' in page and 'value="https://mail.google.com/"' in page
    assert "Connect with Google" not in page, "there is nothing to connect yet"
