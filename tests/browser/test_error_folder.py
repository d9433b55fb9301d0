"""The error folder in a real browser: the checkbox that reveals its options, and the list by reason."""

import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.inbound.error_folder.mails import ErrorMail
from deskpost.inbound.mailboxes import Mailbox
from tests.browser import error_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

TAB = "/admin/mail-server-settings/error-folder/"
INCOMING = "/admin/mail-server-settings/incoming/"
SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 17."""
    with serve(template_database, django_db_blocker, error_scene.build) as serving:
        yield serving


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(TAB, site.scene.admin, viewport=SIZES[size])
    if not size:
        for box in page.locator(".choose input").all()[:2]:
            box.check()
    look_at(page, f"error-folder{size}")
    box = Mailbox.objects.get(name="Alerts")
    page.goto(f"{INCOMING}{box.pk}/")
    look_at(page, f"mailbox-error-folder{size}")
    page.goto(f"{TAB}{box.pk}/move/")
    look_at(page, f"error-move{size}")
    page.goto(f"{TAB}mail/{ErrorMail.objects.first().pk}/")
    look_at(page, f"error-details{size}")


@pytest.mark.parametrize("width", [320, 720, 1100])
def test_nothing_scrolls_sideways(site: Site, opens: Opens, width: int) -> None:
    page = opens(TAB, site.scene.admin, viewport={"width": width, "height": 700})
    settle(page)
    assert overflow(page) <= 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_chosen_mails_are_downloaded(site: Site, opens: Opens, scripts: bool) -> None:
    page = opens(f"{TAB}?step=attachments", site.scene.admin, java_script_enabled=scripts)
    bar = page.locator("#chosen")
    expect(bar).to_be_hidden()
    for box in page.locator(".choose input").all():
        box.check()
    with page.expect_download() as started:
        bar.get_by_role("button", name="Download zip").click()
    with zipfile.ZipFile(started.value.path()) as file:
        assert len(file.namelist()) == 3


@pytest.mark.requirement("R19")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_ticking_the_switch_reveals_the_five_options(site: Site, opens: Opens, scripts: bool) -> None:
    page = opens(f"{INCOMING}new/", site.scene.admin, java_script_enabled=scripts)
    switch = page.get_by_label("Move Messages to error folder")
    expect(switch).not_to_be_checked()
    options = [
        page.get_by_label("Name of the error folder"),
        page.get_by_label("Stop mail fetching after", exact=True),
        page.get_by_text("Total number of mails in error folder"),
        page.get_by_role("button", name="Move mails to inbox"),
        page.get_by_label("Notify by email when a mail is moved from inbox to error folder"),
    ]
    for one in options:
        expect(one).to_be_hidden()
    switch.check()
    for one in options:
        expect(one).to_be_visible()
    expect(page.get_by_label("Stop mail fetching after (mails)")).to_have_value("10")
    switch.uncheck()
    expect(options[0]).to_be_hidden()


@pytest.mark.requirement("R32")
def test_pop_shows_the_switch_disabled_with_the_reason(site: Site, opens: Opens) -> None:
    box = Mailbox.objects.get(name="St Alban’s")
    page = opens(f"{INCOMING}{box.pk}/", site.scene.admin)
    expect(page.get_by_label("Move messages to error folder")).to_be_disabled()
    expect(page.get_by_text("POP knows no folders")).to_be_visible()
