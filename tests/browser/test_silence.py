"""The hours of the silence alarm in a real browser: under More settings, kept when they are saved."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.inbound.mailboxes import Mailbox, stop_fetching
from tests.browser import error_scene
from tests.browser.accessible import look_at
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

INCOMING = "/admin/mail-server-settings/incoming/"
SIZES = {"": DESKTOP, "-phone": PHONE}
LABEL = "Tell when no mail comes for (hours)"


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve a desk with a mailbox that is stopped."""
    with serve(template_database, django_db_blocker, error_scene.build) as serving:
        stop_fetching(None, "test", Mailbox.objects.get(name="Alerts"))
        yield serving


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_fold_with_the_hours_is_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, size: str
) -> None:
    box = Mailbox.objects.get(name="Alerts")
    page = opens(f"{INCOMING}{box.pk}/", site.scene.admin, viewport=SIZES[size])
    page.locator("details.more > summary").click()
    page.get_by_label(LABEL).scroll_into_view_if_needed()
    look_at(page, f"silence{size}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_hours_are_saved_refused_when_they_make_no_sense_and_taken_away(
    site: Site, opens: Opens, scripts: bool
) -> None:
    box = Mailbox.objects.get(name="Alerts")
    page = opens(f"{INCOMING}{box.pk}/", site.scene.admin, java_script_enabled=scripts)
    for typed, kept in (("72", 72), ("0", 72), ("", None)):
        if page.get_by_label(LABEL).is_hidden():
            page.locator("details.more > summary").click()
        page.get_by_label(LABEL).fill(typed)
        with page.expect_navigation():
            page.get_by_role("button", name="Save", exact=True).click()
        if typed == "0":
            expect(page.get_by_text("no whole number from 1 to 8760")).to_be_visible()
        else:
            page.goto(f"{INCOMING}{box.pk}/")
            expect(page.get_by_label(LABEL)).to_have_value(typed)
        assert Mailbox.objects.get(pk=box.pk).silence_hours == kept
