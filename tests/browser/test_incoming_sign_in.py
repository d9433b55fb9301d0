"""Graph and OAuth in the form of a mailbox, in a real browser: both themes, two widths, by keys, and no JavaScript."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from deskpost.access import consents
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox, start_fetching
from deskpost.oauth.grant import Tokens
from tests.browser.accessible import look_at
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders

URL = "/admin/mail-server-settings/incoming/"
SIGN_IN = "https://login.microsoftonline.com/organizations/oauth2/v2.0"


@dataclass(frozen=True)
class Scene:
    """Who looks, a Graph mailbox that is connected and fetched, and one by IMAPS that nobody has connected."""

    priya: Person
    graph: Mailbox
    imaps: Mailbox


def build() -> Scene:
    """Make the mailboxes of pictures 04 and 04e."""
    Installation.objects.update(public_url="https://desk.northgate-it.example")
    priya = builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")
    by_oauth = {
        "authentication": "oauth",
        "password": "",
        "client_secret": "a client secret",
        "authorization_url": f"{SIGN_IN}/authorize",
        "token_url": f"{SIGN_IN}/token",
    }
    graph = builders.mailbox(
        "Brightwater service desk",
        **by_oauth,
        protocol="graph",
        server="",
        tls="implicit",
        port=443,
        graph_endpoint="https://graph.microsoft.com",
        username="deskpost@brightwater.example",
        mailbox_to_open="servicedesk@brightwater.example",
        addresses=["servicedesk@brightwater.example", "it@brightwater.example"],
        client_id="5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40",
        scope="Mail.ReadWrite,Mail.ReadWrite.Shared,offline_access",
        fetch_every=30,
    )
    tokens = Tokens("access", timezone.now() + timedelta(hours=1), "refresh")
    consents.keep(graph, tokens, "deskpost@brightwater.example", priya)
    imaps = builders.mailbox(
        "Vantage Legal",
        **by_oauth,
        protocol="imaps",
        server="outlook.office365.com",
        tls="implicit",
        port=993,
        username="it@vantagelegal.example",
        addresses=["it@vantagelegal.example"],
        client_id="c41b7e08-92f3-4b57-8d0e-6a1f35d2c9e7",
        scope="https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access",
    )
    start_fetching(priya, "page", graph)
    return Scene(priya, graph, imaps)


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the two mailboxes."""
    with serve(template_database, django_db_blocker, build) as serving:
        yield serving


def test_the_forms_for_graph_and_for_oauth_in_both_themes_and_widths(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    for suffix, size in (("", DESKTOP), ("-phone", PHONE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for name, box in (("mailbox-graph", site.scene.graph), ("mailbox-oauth", site.scene.imaps)):
            page.goto(f"{URL}{box.pk}/")
            look_at(page, f"{name}{suffix}")


def _type_in(page: Page, words: str) -> None:
    page.keyboard.type(words)
    page.keyboard.press("Tab")


@pytest.mark.requirement("R48")
def test_what_is_typed_after_the_server_stays_while_the_addresses_are_filled(
    site: Site, opens: Opens
) -> None:
    page = opens(f"{URL}new/", site.scene.priya)
    page.get_by_text("OAuth", exact=True).click()
    page.wait_for_selector("#id_client_id")
    page.locator("#id_server").focus()
    for words in ("outlook.office365.com", "it@vantagelegal.example"):
        _type_in(page, words)
    expect(page.locator("#id_scope")).to_have_value(
        "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access"
    )
    expect(page.locator("#id_username")).to_have_value("it@vantagelegal.example")
    expect(page.locator("#id_server_helptext")).to_have_text("Recognised as Microsoft 365: Global, US GCC.")
    page.get_by_text("Microsoft Graph", exact=True).click()
    expect(page.locator("#id_graph_endpoint")).to_have_value("https://graph.microsoft.com")
    page.locator("#id_cloud").select_option("us_l4")
    expect(page.locator("#id_graph_endpoint")).to_have_value("https://graph.microsoft.us")
    expect(page.locator("#id_token_url")).to_have_value(
        "https://login.microsoftonline.us/organizations/oauth2/v2.0/token"
    )
    expect(page.locator("#id_username")).to_have_value("it@vantagelegal.example")
    page.get_by_role("button", name="Copy Redirect URL").click()
    expect(page.locator("[data-word]")).to_have_text("Copied")


def test_what_is_typed_before_the_addresses_come_is_not_lost(site: Site, opens: Opens) -> None:
    page = opens(f"{URL}new/", site.scene.priya)
    page.get_by_text("OAuth", exact=True).click()
    page.wait_for_selector("#id_client_id")
    held: list[Route] = []
    page.route("**/new/", lambda route: held.append(route))  # noqa: PLW0108 - playwright wants a function
    with page.expect_request("**/new/"):
        page.locator("#id_server").fill("outlook.office365.com")
        page.locator("#id_client_id").click()
    page.keyboard.type("c41b7e08-92f3")
    page.locator("#id_client_secret").click()
    page.keyboard.type("s~ecr")
    page.evaluate("document.querySelector('#sign-in').dataset.old = 'yes'")
    for one in held:
        one.continue_()
    expect(page.locator("#sign-in[data-old]")).to_have_count(0)
    page.keyboard.type("et value")
    expect(page.locator("#id_client_secret")).to_have_value("s~ecret value")
    expect(page.locator("#id_client_id")).to_have_value("c41b7e08-92f3")


def test_without_javascript_graph_is_chosen_and_filled_at_save(site: Site, opens: Opens) -> None:
    page = opens(f"{URL}new/", site.scene.priya, java_script_enabled=False)
    page.locator("[name=connection][value=graph]").check(force=True)
    page.get_by_role("button", name="Show its fields").click()
    for name, words in (
        ("username", "help@orchard.example"),
        ("addresses", "help@orchard.example"),
        ("client_id", "0a9c7b52-71de-4e0b-9a86-2c7f1d3e8b41"),
        ("client_secret", "a secret value"),
    ):
        page.locator(f"[name={name}]:visible").fill(words)
    page.locator("#id_cloud").select_option("china")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Connect once, then start fetching").wait_for()
    made = Mailbox.objects.get(name="help@orchard.example")
    assert made.graph_endpoint == "https://microsoftgraph.chinacloudapi.cn"
    assert made.token_url.startswith("https://login.partner.microsoftonline.cn/")
    assert made.scope == "https://microsoftgraph.chinacloudapi.cn/Mail.ReadWrite,offline_access"
