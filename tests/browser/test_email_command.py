"""The tab Email Command in a real browser: switched on, a command tried, in four looks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.desk.categories import Category
from deskpost.inbound.command.settings import EmailCommand
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders
from tests.console.conftest import Desk, build_desk

URL = "/admin/mail-server-settings/email-command/"
SIZES = {"": DESKTOP, "-phone": PHONE}
TEXT = (
    "Hi, please take this one over.\n\n$Operation=EditRequest$\n$Priority=High$\n$Category=Hardware$\n"
    "$SubCategory=VPN$\n$Technician=Sam Okafor$\n$Priority=Urgent$\n$CostCentre=4410$\n"
    "$Resolution=Driver 6.2 replaced by 6.4,\nspooler restarted$\n\nSam\n"
)


def build() -> Desk:
    """Make the desk of picture 09: a request, and Email Command switched on."""
    desk = build_desk()
    for name in ("Printing", "Hardware"):
        Category.objects.create(name=name)
    builders.number_from(48_226)
    builders.request_by_mail(desk.box, subject="Printer queue on PRN-04")
    EmailCommand.objects.update(enabled=True, subject_contains="@@desk")
    return desk


@pytest.fixture
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 09 to one test."""
    with serve(template_database, django_db_blocker, build) as serving:
        yield serving


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_a_command_is_tried_on_a_page_that_is_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, size: str
) -> None:
    page = opens(URL, site.scene.admin, viewport=SIZES[size])
    expect(page.get_by_text("No command is obeyed")).to_be_visible()
    look_at(page, f"email-command{size}")
    page.get_by_label("From", exact=True).select_option(label="Sam Okafor, technician")
    page.get_by_label("Subject", exact=True).fill("@@desk Re: ##RE-48226## Printer queue on PRN-04")
    page.get_by_label("Body", exact=True).fill(TEXT)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("RE-48226 would be edited")).to_be_visible()
    expect(page.locator(".marked .over")).to_have_count(1)
    look_at(page, f"email-command-tried{size}")
    with page.expect_navigation():
        page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Command Delimiter", exact=True).fill("##")
    page.get_by_label("Must not fail").check(force=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("cannot be told from ##").first).to_be_visible()
    look_at(page, f"email-command-wrong{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    settle(page)
    assert overflow(page) <= 0
