"""Admin > Proxy, and the rows of proxy and Email Debug at a mailbox, in a real browser, also without scripts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from deskpost.access import wire_logs
from deskpost.access.proxy import ProxySettings
from deskpost.inbound.mailboxes import Mailbox
from tests.browser import incoming_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL = "/admin/proxy/"
SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 03 to the tests of this file."""
    with serve(template_database, django_db_blocker, incoming_scene.build) as serving:
        yield serving


@pytest.fixture(autouse=True)
def as_at_first(site: Site) -> None:
    """Begin each test with a proxy that is set up."""
    ProxySettings.objects.all().delete()
    ProxySettings.objects.create(
        kind="http", host="proxy.northgate-it.example", port=3128, username="deskpost", password="secret"
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(URL, site.scene.priya, viewport=SIZES[size])
    look_at(page, f"proxy{size}")
    page.get_by_label("Host").fill("127.0.0.1")
    page.locator("summary", has_text="Change").click()
    page.get_by_label("Password", exact=True).fill("another")
    page.get_by_label("Port", exact=True).fill("1")
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("The proxy could not be reached.")).to_be_visible()
    look_at(page, f"proxy-test{size}")
    mailbox = Mailbox.objects.filter(fetching=False, removed_at=None).order_by("pk")[0]
    Mailbox.objects.filter(pk=mailbox.pk).update(
        debug_until=datetime.now(UTC) + timedelta(hours=1), proxy=True
    )
    wire_logs.keep({"mailbox_id": mailbox.pk}, "a connection\n")
    page.goto(f"/admin/mail-server-settings/incoming/{mailbox.pk}/")
    page.get_by_label("Enable Email Debug").scroll_into_view_if_needed()
    expect(page.locator("#recorded")).to_contain_text("connection")
    look_at(page, f"email-debug{size}")


def test_without_scripts_it_is_found_from_all_settings_and_saved(site: Site, opens: Opens) -> None:
    page = opens("/admin/", site.scene.priya, java_script_enabled=False)
    page.locator("a.nav-link[href='/admin/proxy/']").click()
    page.wait_for_url(f"**{URL}")
    page.get_by_text("SOCKS5", exact=True).click()
    page.get_by_label("Port", exact=True).fill("1080")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next connection on.")).to_be_visible()
    row = ProxySettings.objects.get()
    assert (row.kind, row.port, row.password) == ("socks5", 1080, "secret")
    page.get_by_role("link", name="View history").first.click()
    expect(page.get_by_text("Priya Raman").first).to_be_visible()


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, viewport={"width": 320, "height": 700})
    settle(page)
    assert overflow(page) <= 0
