"""Every page, light and dark, wide and on a phone: a picture is taken, and axe-core finds nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from deskpost.desk.first_administrator import create_link
from tests.browser.accessible import look_at, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site

SIZES = {"": DESKTOP, "-phone": PHONE}
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")


def way(page: Page) -> None:
    """Open the popover of the newest mail."""
    page.locator(".way-button").last.click()
    page.wait_for_selector("#way li")


def wrong(page: Page) -> None:
    """Send the form with nothing in it."""
    page.get_by_role("button", name="Create request").click()
    page.wait_for_selector("#error-summary")


def wrong_reply(page: Page) -> None:
    """Send a reply to what is no address."""
    if page.viewport_size == PHONE:
        page.locator(".reply-bar .open").click()
    page.locator("#composer-to").fill("tom")
    page.locator("#composer-text").fill("Hello Tom")
    page.locator("#composer-send").click()
    page.wait_for_selector("#composer-to-error")


def note(page: Page) -> None:
    """Turn the composer into a note."""
    page.locator("[data-mode=note]:visible").first.click()


def filters(page: Page) -> None:
    """Open the menu of a filter."""
    page.get_by_text("Priority", exact=True).first.click()


def session_ended(page: Page) -> None:
    """Let the session end under the page."""
    page.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', '/requests/news/?after=0', {target: '#news'}).catch(() => 0)")
    page.wait_for_selector("#session-ended[open]")


def lost(page: Page) -> None:
    """Cut the connection."""
    page.context.set_offline(True)
    page.evaluate("htmx.ajax('GET', '/requests/news/?after=0', {target: '#news'}).catch(() => 0)")
    page.wait_for_selector("#lost:not([hidden])")


Act = Callable[[Page], None]
PAGES: dict[str, tuple[str, str | None, Act | None]] = {
    "sign-in": ("/sign-in/", None, None),
    "sign-in-ended": ("/sign-in/?ended=1", None, None),
    "requests": ("/requests/", "priya", None),
    "requests-filter": ("/requests/", "priya", filters),
    "requests-search": ("/requests/?view=all&q=vpn", "priya", None),
    "requests-nothing": ("/requests/?q=nowhere", "priya", None),
    "requests-session-ended": ("/requests/", "dana", session_ended),
    "requests-connection-lost": ("/requests/", "priya", lost),
    "request": ("/requests/{vpn}/?view=open", "priya", None),
    "request-way": ("/requests/{vpn}/?view=open", "priya", way),
    "request-note": ("/requests/{vpn}/?view=open", "priya", note),
    "request-wrong-reply": ("/requests/{vpn}/?view=open", "priya", wrong_reply),
    "request-html": ("/requests/{html}/", "priya", None),
    "way": ("/messages/{mail}/way/", "priya", None),
    "new-request": ("/requests/new/", "priya", None),
    "new-request-wrong": ("/requests/new/", "priya", wrong),
    "not-found": ("/requests/{vpn}7/", "priya", None),
    "forbidden": ("/messages/{mail}/way/", "tom", None),
    "all-settings": ("/admin/", "priya", None),
    "delimiters": ("/admin/mail-server-settings/delimiters/", "priya", None),
    "settings-history": ("/admin/history/?kind=mailbox", "priya", None),
}


@sizes
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, name: str, size: str) -> None:
    path, who, act = PAGES[name]
    scene = site.scene
    page = opens(
        path.format(vpn=scene.vpn.number, mail=scene.mail.pk, html=scene.html.number),
        getattr(scene, who) if who else None,
        viewport=SIZES[size],
    )
    if act:
        act(page)
    look_at(page, f"{name}{size}")


@sizes
def test_the_page_of_a_fault_is_open_to_everybody(
    site: Site, opens: Opens, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("deskpost.console.requests.search.Listing.page", fail)
    page = opens("/requests/", site.scene.priya, viewport=SIZES[size])
    page.get_by_text("This page could not be made").first.wait_for()
    look_at(page, f"fault{size}")


@sizes
def test_the_page_of_the_first_administrator_is_open_to_everybody(
    site: Site, opens: Opens, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.desk.first_administrator.is_needed", lambda: True)
    page = opens(f"/first/{create_link()}/", viewport=SIZES[size])
    page.get_by_label("Name").wait_for()
    look_at(page, f"first-administrator{size}")
    used = opens("/first/used/", viewport=SIZES[size])
    look_at(used, f"first-administrator-used{size}")


@sizes
def test_every_page_of_the_handbook_is_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    from deskpost.console.help import chapters

    page = opens("/requests/", site.scene.priya, viewport=SIZES[size])
    for chapter in chapters()[:: 3 if SIZES[size] == DESKTOP else 6]:  # one page of text is like another
        page.goto(f"/help/{chapter.key}/")
        look_at(page, f"help-{chapter.key}{size}")


@pytest.mark.parametrize("path", ["/requests/", "/requests/{vpn}/", "/requests/new/", "/sign-in/"])
def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens, path: str) -> None:
    who = None if path == "/sign-in/" else site.scene.priya
    page = opens(path.format(vpn=site.scene.vpn.number), who, viewport={"width": 320, "height": 700})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_all_settings_stand_right_below_the_names_of_their_groups(site: Site, opens: Opens) -> None:
    page = opens("/admin/", site.scene.priya, viewport=DESKTOP)
    groups = page.locator(".tiles .tile").all()
    assert len(groups) > 1
    for group in groups:
        whole, first = group.bounding_box(), group.locator("a").first.bounding_box()
        assert whole and first and first["y"] - whole["y"] < 60, "the heading and nothing between"
