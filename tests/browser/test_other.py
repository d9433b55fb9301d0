"""The tab Other in a real browser: in both themes and widths, by keys alone, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from deskpost.inbound.connectivity import parameters as connectivity
from tests.browser import incoming_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL = "/admin/mail-server-settings/other/"
SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 03 to the tests of this file."""
    with serve(template_database, django_db_blocker, incoming_scene.build) as serving:
        yield serving


@pytest.fixture(autouse=True)
def as_at_first(site: Site) -> None:
    """Begin each test with what holds at first."""
    connectivity.change(None, "cli", threshold=5, enabled=True)


def wrong(page: Page) -> None:
    """Save what cannot be saved."""
    page.get_by_label("Failed tries in a row").fill("many")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("#error-summary")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_page_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(URL, site.scene.priya, viewport=SIZES[size])
    look_at(page, f"other{size}")
    wrong(page)
    look_at(page, f"other-wrong{size}")
    connectivity.MailConfig.objects.filter(parameter=connectivity.THRESHOLD).update(paramvalue="many")
    page.goto(URL)
    look_at(page, f"other-senseless{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, viewport={"width": 320, "height": 700})
    settle(page)
    assert overflow(page) <= 0


def test_by_keys_alone_it_is_saved_and_a_mistake_leads_to_its_field(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    wrong(page)
    expect(page.locator("#error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.get_by_label("Failed tries in a row")
    expect(field).to_be_focused()
    expect(field).to_have_value("many")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved. It holds from the next try on.")).to_be_visible()
    assert connectivity.read() == connectivity.Connectivity(3, False, {})


def test_without_scripts_it_is_found_from_all_settings_and_saved(site: Site, opens: Opens) -> None:
    page = opens("/admin/", site.scene.priya, java_script_enabled=False)
    page.get_by_role("link", name="Other").click()
    page.wait_for_url(f"**{URL}")
    page.get_by_label("Failed tries in a row").fill("4")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next try on.")).to_be_visible()
    expect(page.get_by_label("Failed tries in a row")).to_have_value("4")
    page.get_by_role("link", name="More about connectivity, and the same by SQL").click()
    expect(page.get_by_role("heading", name="By SQL")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="View history").first.click()
    expect(page.get_by_text("CONSECUTIVE_RETRY_THRESHOLD").first).to_be_visible()
