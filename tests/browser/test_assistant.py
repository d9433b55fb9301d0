"""The setup assistant in a real browser: from the empty desk to the first fetch, dark and light, and on a phone."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox
from deskpost.sandbox.cloud.tokens import Application as Registered
from tests.browser.accessible import look_at
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders
from tests.console.test_assistant import NAMES
from tests.oauth.conftest import served
from tests.oauth.world import CLIENT, DESK, SECRET, World
from tests.servers.name_server import name_server

__all__ = ["served"]


def build() -> Person:
    return builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: Any, served: World) -> Iterator[Site]:
    """Serve an empty desk that the provider sends browsers back to."""
    with serve(template_database, django_db_blocker, build) as serving, name_server(NAMES):
        Installation.objects.update(public_url=serving.url)
        known = served.cloud.tokens.applications[CLIENT]
        back = known.redirect_uris | {f"{serving.url}/oauth/back"}
        served.cloud.tokens.register(Registered(CLIENT, {SECRET}, back, app_only=True))
        yield serving


def look(page: Page, name: str) -> None:
    for size, suffix in ((PHONE, "-phone"), (DESKTOP, "")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        look_at(page, f"{name}{suffix}")


def test_five_questions_in_a_browser(site: Site, opens: Opens, served: World) -> None:
    there = served.application
    page = opens("/requests/", site.scene, ignore_https_errors=True)
    page.get_by_role("link", name="Connect a mailbox").click()
    expect(page.get_by_label("E-mail address")).to_be_visible()
    look(page, "assistant-1")
    page.get_by_label("E-mail address").fill(DESK)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Microsoft 365")).to_be_checked()
    look(page, "assistant-2")
    page.get_by_role("button", name="Next").click()

    split = urlsplit(there.token_url)
    values = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "graph_endpoint": f"{split.scheme}://{split.netloc}",
        "authorization_url": there.authorization_url,
        "token_url": there.token_url,
        "ca_file": there.server.ca_file or "",
    }
    look(page, "assistant-3-typing")
    page.locator("details.more").evaluate("it => { it.open = true }")
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)
    page.get_by_role("button", name="Save, then connect").click()
    expect(page.get_by_text("Waiting for your consent")).to_be_visible()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    look(page, "assistant-3")

    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Connect with Microsoft").click()
    tab = opened.value
    tab.get_by_label(DESK).check()
    tab.get_by_role("button", name="Approve").click()
    expect(tab.get_by_role("heading", name=f"Sign in to {DESK}")).to_be_visible()
    tab.close()
    expect(page.get_by_text("Oldest mail read")).to_be_visible()
    look(page, "assistant-3-passed")
    page.get_by_role("button", name="Next").click()
    look(page, "assistant-4")
    page.get_by_role("button", name="Next").click()
    look(page, "assistant-5")
    page.get_by_role("button", name="Later, and start fetching").click()
    expect(page.get_by_text("The first fetch begins now")).to_be_visible()
    assert fetch(Mailbox.objects.get().pk).failure is None
    expect(page.get_by_text("First fetch done")).to_be_visible()
    look(page, "assistant-done")
    page.get_by_role("link", name="Go to requests").click()
    expect(page).to_have_url(f"{site.url}/requests/")
