"""A link to consent in real browsers: made by one person, opened by another without an account, seen at once."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from deskpost.access.consent_links import ConsentLink
from deskpost.console.mail_settings.connection import page_url
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.sandbox.cloud.tokens import Application as Registered
from tests.access import rows
from tests.access.conftest import MailServers, mail_servers, served
from tests.browser.accessible import look_at
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders
from tests.oauth.world import CLIENT, DESK, OTHER, SECRET

__all__ = ["mail_servers", "served"]
SCOPE = "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access, openid, profile"
URL = "/admin/mail-server-settings/incoming/"


def build() -> Person:
    Account.objects.filter(default=True).update(name="Northgate IT")
    return builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: Any, mail_servers: MailServers) -> Iterator[Site]:
    """Serve a desk with one mailbox that nobody has connected, to which the provider sends browsers back."""
    with serve(template_database, django_db_blocker, build) as serving:
        mail_servers.mailbox("imaps", name="Contoso", addresses=[DESK], fetching=False, scope=SCOPE)
        Installation.objects.update(public_url=serving.url)
        known = mail_servers.there.cloud.tokens.applications[CLIENT]
        back = known.redirect_uris | {f"{serving.url}/oauth/back"}
        mail_servers.there.cloud.tokens.register(Registered(CLIENT, {SECRET}, back, app_only=True))
        yield serving


@pytest.fixture
def box(site: Site, mail_servers: MailServers) -> Mailbox:
    """The mailbox, as before anybody consented."""
    MailboxConsent.objects.all().delete()
    ConsentLink.objects.all().delete()
    return Mailbox.objects.get(name="Contoso")


def look(page: Page, name: str) -> None:
    for size, suffix in ((PHONE, "-phone"), (DESKTOP, "")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        look_at(page, f"{name}{suffix}")


def made(page: Page, site: Site) -> str:
    """Make the link on its page, and give its path."""
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#made").input_value()
    assert link.startswith(f"{site.url}/consent/")
    return urlsplit(link).path


def consents(page: Page, mailbox: str) -> None:
    page.get_by_role("button", name="and decide there").click()
    page.get_by_label(mailbox).check()
    page.get_by_role("button", name="Approve").click()


def test_the_link_is_sent_opened_used_and_seen_by_who_made_it(site: Site, opens: Opens, box: Mailbox) -> None:
    page = opens(f"{URL}{box.pk}/", site.scene)
    look(page, "consent-link-form")
    page.get_by_role("link", name="Send them a link to consent").click()
    look(page, "consent-link-page")
    path = made(page, site)
    look(page, "consent-link-made")
    form = opens(f"{URL}{box.pk}/", site.scene)
    expect(form.get_by_text("A link to consent is open until")).to_be_visible()
    look(form, "consent-link-form-open")

    other = opens(path, ignore_https_errors=True)
    expect(other).to_have_url(f"{site.url}/consent/")
    look(other, "consent")
    consents(other, OTHER)
    expect(other.get_by_role("alert")).to_contain_text(f'"{OTHER}" was authorised')
    look(other, "consent-refused")
    expect(form.get_by_text("Its last use did not work.")).to_be_visible()
    consents(other, DESK)
    expect(other.get_by_role("heading", name="Done, thank you")).to_be_visible()
    look(other, "consent-done")

    expect(page.locator("#link-state")).to_contain_text(f"Connected as {DESK}")
    look(page, "consent-link-came")
    expect(form.locator("#connect-result")).to_contain_text(f"Connected as {DESK}.")
    expect(form.locator("#sign-in-row")).to_contain_text("by a link that Priya Raman made")
    form.locator("button.bell:visible").click()
    expect(form.locator("#bell .notice").first).to_contain_text("Contoso is connected, by your link")
    dead = opens(path)
    expect(dead.get_by_role("heading", name="This link does not work")).to_be_visible()
    look(dead, "consent-dead")


def test_the_link_works_without_javascript(site: Site, opens: Opens, box: Mailbox) -> None:
    page = opens(f"{URL}{box.pk}/link/", site.scene, java_script_enabled=False)
    other = opens(made(page, site), ignore_https_errors=True, java_script_enabled=False)
    consents(other, DESK)
    expect(other.get_by_role("heading", name="Done, thank you")).to_be_visible()
    page.goto(f"{URL}{box.pk}/link/")
    expect(page.locator("#link-state")).to_contain_text(f"Connected as {DESK}")
    page.get_by_role("button", name="Make the link").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The last link was taken back")).to_be_visible()


def test_the_assistant_goes_on_by_itself_once_the_consent_came(
    site: Site, opens: Opens, mail_servers: MailServers
) -> None:
    there = urlsplit(mail_servers.there.application.token_url)
    graph = {
        "protocol": "graph",
        "server": "",
        "graph_endpoint": f"{there.scheme}://{there.netloc}",
        "port": 443,
    }
    scope = "Mail.ReadWrite,offline_access"
    name = {"name": OTHER, "addresses": [OTHER], "username": OTHER}
    row = rows.mailbox(mail_servers.there, fetching=False, scope=scope, **graph, **name)
    Installation.objects.update(public_url=site.url)
    exchanger = "contoso-example.mail.protection.outlook.com"
    found = {"runner": "microsoft", "exchanger": exchanger, "how": "found by MX record"}
    SetupAssistant.objects.create(
        person=site.scene, question=3, address=OTHER, runner="microsoft", found=found, mailbox=row
    )
    page = opens("/setup/3/", site.scene)
    expect(page.get_by_text("Waiting for your consent")).to_be_visible()
    expect(page.get_by_text("Somebody else administers Microsoft 365?")).to_be_visible()
    look(page, "assistant-3-link")
    page.get_by_role("link", name="Send them a link to consent").click()
    path = made(page, site)
    look(page, "assistant-3-link-made")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("link", name="Look at the link")).to_be_visible()
    look(page, "assistant-3-link-open")
    other = opens(path, ignore_https_errors=True)
    look(other, "consent-graph")
    consents(other, OTHER)
    expect(other.get_by_role("heading", name="Done, thank you")).to_be_visible()
    expect(page.get_by_text("Oldest mail read")).to_be_visible()
    look(page, "assistant-3-link-came")


def test_servers_and_applications_on_their_own_have_a_link_too(
    site: Site, opens: Opens, mail_servers: MailServers, box: Mailbox
) -> None:
    base = "https://login.microsoftonline.com/2f1f9c1e-6b0a-4c58-9d0f-5a1d2f3e4b5c/oauth2/v2.0"
    at_microsoft = {"authorization_url": f"{base}/authorize", "token_url": f"{base}/token"}
    server = rows.server(mail_servers.there, **at_microsoft)
    alone = rows.mailbox(
        mail_servers.there,
        **{"name": "On its own", "fetching": False, "grant": "client_credentials", **at_microsoft},
        scope="https://outlook.office365.com/.default",
    )
    Installation.objects.update(public_url=site.url)
    try:
        page = opens(page_url(server), site.scene)
        expect(page.get_by_text("Somebody else administers Microsoft 365?")).to_be_visible()
        look(page, "consent-link-outgoing")
        page.get_by_role("link", name="Send them a link to consent").click()
        look(opens(made(page, site)), "consent-outgoing")
        page = opens(page_url(alone), site.scene)
        look(page, "consent-link-form-alone")
        page.get_by_role("link", name="Send them a link to consent").click()
        path = made(page, site)
        look(page, "consent-link-made-alone")
        other = opens(path)
        expect(other.get_by_text("Sign in there as an administrator")).to_be_visible()
        look(other, "consent-alone")
        page = opens("/admin/history/?kind=consentlink", site.scene)
        look(page, "consent-link-history")
    finally:
        server.delete()
        Mailbox.every.filter(pk=alone.pk).delete()
