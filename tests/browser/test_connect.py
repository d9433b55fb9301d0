"""OAuth in a real browser, the whole way: save, Connect, the provider's page, back, connected, fetched by IMAP."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.sandbox.cloud.tokens import Application as Registered
from tests.access.conftest import MailServers, mail_servers, served
from tests.browser.accessible import look_at, nothing_is_asked
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders
from tests.inbound.builders import mail
from tests.oauth.world import CLIENT, DESK, OTHER, SECRET

__all__ = ["mail_servers", "served"]
URL = "/admin/mail-server-settings/incoming/"
SCOPE = "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access, openid, profile"


def build() -> Person:
    return builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: Any, mail_servers: MailServers) -> Iterator[Site]:
    """Serve an empty desk, to whose address the provider sends browsers back."""
    with serve(template_database, django_db_blocker, build) as serving:
        Installation.objects.update(public_url=serving.url)
        back = f"{serving.url}/oauth/back"
        known = mail_servers.there.cloud.tokens.applications[CLIENT]
        mail_servers.there.cloud.tokens.register(
            Registered(CLIENT, {SECRET}, known.redirect_uris | {back}, app_only=True)
        )
        yield serving


@pytest.mark.requirement("R103", "R60")
def test_from_saving_to_the_first_fetch(site: Site, opens: Opens, mail_servers: MailServers) -> None:
    there = mail_servers.there.application
    page = opens(f"{URL}new/", site.scene, ignore_https_errors=True)
    page.get_by_label("IMAPS", exact=True).check(force=True)
    page.locator("#fields [name=authentication][value=oauth]").check(force=True)
    page.locator("[name=client_id]:visible").wait_for()
    values = {
        "server": "127.0.0.1",
        "username": DESK,
        "addresses": DESK,
        "name": "Vantage Legal",
        "port": str(mail_servers.dovecot.imaps),
        "client_id": CLIENT,
        "client_secret": SECRET,
        "authorization_url": there.authorization_url,
        "token_url": there.token_url,
        "scope": SCOPE,
    }
    page.locator("details.more").evaluate("it => { it.open = true }")
    for name, value in {**values, "ca_file": mail_servers.ca_file}.items():
        page.locator(f"[name={name}]:visible").fill(value)
        page.keyboard.press("Tab")  # what is proposed follows
        nothing_is_asked(page)
    expect(page.locator("#redirect-url")).to_have_value(f"{site.url}/oauth/back")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Connect once, then start fetching")).to_be_visible()
    look_at(page, "mailbox-to-connect")

    page.locator("#connect").get_by_role("button", name="Connect").click()
    page.get_by_label(OTHER).check()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#connect-result")).to_contain_text(f'"{OTHER}" was authorised')
    for size, name in ((DESKTOP, "mailbox-not-connected"), (PHONE, "mailbox-not-connected-phone")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        look_at(page, name)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    page.locator("#connect").get_by_role("button", name="Connect").click()
    page.get_by_label(DESK).check()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#connect-result")).to_contain_text(f"Connected as {DESK}.")
    expect(page.locator(".sign-in-row")).to_contain_text("by Priya Raman")
    look_at(page, "mailbox-connected")
    box = Mailbox.objects.get()
    assert MailboxConsent.objects.get().given_by == DESK

    with page.expect_navigation():
        page.get_by_role("button", name="Start fetching").click()
    assert fetch(box.pk).failure is None
    mail_servers.dovecot.deliver("desk", mail())
    assert fetch(box.pk).collected == 1
    page.goto(f"{URL}{box.pk}/")
    page.locator(".sign-in-row").get_by_role("link", name="Reconnect").click()
    expect(page.get_by_role("button", name="Connect")).to_be_visible()
