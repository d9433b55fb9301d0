"""Mail flow in a real browser: beside its pictures, updating by itself, paused, as a table, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.inbound import minutes
from tests.browser import mail_flow_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, mail_flow_scene.build) as serving:
        yield serving


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_mail_flow_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens("/mail-flow/?paused=1", site.scene.priya, viewport=SIZES[size])
    for name, path in {
        "mail-flow": "/mail-flow/?paused=1",
        "mail-flow-table": "/mail-flow/?paused=1&span=day&table=1",
    }.items():
        page.goto(path)
        look_at(page, f"{name}{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens("/mail-flow/?paused=1", site.scene.priya, viewport={"width": 320, "height": 700})
    for path in ("/mail-flow/?paused=1", "/mail-flow/?paused=1&span=week&table=1"):
        page.goto(path)
        settle(page)
        assert overflow(page) <= 0, path


def test_the_page_updates_by_itself_keeps_what_was_chosen_and_can_be_paused(site: Site, opens: Opens) -> None:
    page = opens("/mail-flow/?span=day", site.scene.priya)
    row = page.get_by_role("row", name="Orchard & Pine").locator(".t-in")
    before = int(row.inner_text().split()[0])
    page.locator("#flow-table").focus()
    minutes.fetched(_orchard(), 100)
    expect(row).not_to_have_text(str(before))
    expect(page.locator("#flow-table")).to_be_focused()
    expect(page.locator(".segments [aria-current]")).to_have_text("Day")
    page.get_by_role("link", name="Pause updates").click()
    expect(page.get_by_role("link", name="Resume updates")).to_be_visible()
    expect(page.locator(".segments [aria-current]")).to_have_text("Day")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(4_000)  # longer than from one update to the next
    assert not [url for url in asked if "/mail-flow/" in url]
    page.reload()
    expect(page.get_by_role("link", name="Resume updates")).to_be_visible()


def test_by_keys_and_without_javascript_a_table_is_shown_and_a_mailbox_opened(
    site: Site, opens: Opens
) -> None:
    page = opens("/mail-flow/", site.scene.priya, java_script_enabled=False)
    page.get_by_role("link", name="Week").press("Enter")
    page.get_by_role("link", name="Show as table").press("Enter")
    expect(page.get_by_role("table", name="Mails a minute").get_by_role("row")).to_have_count(169)
    expect(page.locator(".segments [aria-current]")).to_have_text("Week")
    page.get_by_role("link", name="Kestrel Logistics").press("Enter")
    assert page.url.endswith(f"/incoming/{mail_flow_scene.box_named('Kestrel Logistics').pk}/")


def test_the_keys_g_f_lead_there_from_any_page(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.priya)
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", name="Mail flow", exact=True)).to_be_visible()
    link = page.get_by_role("navigation", name="Mail").get_by_role("link", name="Mail flow")
    expect(link).to_have_accessible_name("Mail flow needs you")


def _orchard() -> int:
    return mail_flow_scene.box_named("Orchard & Pine").pk
