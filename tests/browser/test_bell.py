"""The bell in a real browser: beside its picture, by keys, without scripts, and what counts as seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from deskpost.desk.people import Person
from deskpost.outbound import bell
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from tests.browser import outgoing_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Opens, Site, serve

URL = "/bell/"
SIZES = {"": DESKTOP, "-phone": PHONE}
LOST = "4 tries failed since 11:12. Mail is not lost, the next try is in 38 s."


@dataclass(frozen=True)
class Rung:
    """Who is told, and what the failover of the scene told them."""

    priya: Person
    failover: BellNotice


def build() -> Rung:
    """Make the scene of picture 05, whose failover rings."""
    priya = outgoing_scene.build().priya
    return Rung(priya, bell.notices_of(priya).get())


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene to the tests of this file."""
    with serve(template_database, django_db_blocker, build) as serving:
        yield serving


@pytest.fixture(autouse=True)
def told(site: Site) -> None:
    """Leave the administrator with four notices, of which the two of today are unread."""
    who, now = site.scene.priya, timezone.now()
    failover = site.scene.failover
    BellNotice.objects.all().delete()
    old = (
        (
            "connectivity_regained",
            "Vantage Legal is reached again",
            "Away for 6 min, 3 mails came in since.",
            3,
        ),
        ("failover", words_of(failover).title, words_of(failover).text, 1),
        ("connectivity_lost", "Kestrel Logistics cannot be reached", LOST, 0),
        ("failover", words_of(failover).title, words_of(failover).text, 0),
    )
    for kind, title, text, days in old:
        made = ring(who, title, text, kind, failover.url)
        newest = BellNotice.objects.filter(pk=made.pk)
        newest.update(at=now - timedelta(days=days), read_at=now if days else None)


def ring(who: Person, title: str, text: str = "", kind: str = "failover", url: str = "") -> BellNotice:
    """Tell somebody something in these words."""
    return BellNotice.objects.create(person=who, kind=kind, title=title, text=text, url=url)


def open_bell(page: Page) -> None:
    page.locator("button.bell:visible").click()
    expect(page.locator("#bell")).to_be_visible()
    expect(page.locator("#bell .notice").first).to_be_visible()


@contextmanager
def fetched(page: Page) -> Iterator[None]:
    """Wait until what this does has brought the panel anew: hands are slower than that, keys of a test are not."""
    with page.expect_response(lambda answer: answer.url.endswith(URL)):
        yield
    expect(page.locator(".htmx-request")).to_have_count(
        0
    )  # settling takes the page's time, which may stand still


def unread(who: Person) -> int:
    return bell.unread(who).number


def until(page: Page, holds: Callable[[], object]) -> None:
    """Wait until something holds in the database, while the page goes on."""
    for _ in range(PATIENCE // 100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it does not hold still")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_bell_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens("/requests/", site.scene.priya, viewport=SIZES[size])
    open_bell(page)
    look_at(page, f"bell{size}")
    page.goto(URL)
    look_at(page, f"bell-page{size}")
    BellNotice.objects.all().delete()
    page.reload()
    look_at(page, f"bell-empty{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.priya, viewport={"width": 320, "height": 700})
    open_bell(page)
    settle(page)
    assert overflow(page) <= 0


def test_right_to_left_the_panel_is_on_the_other_side(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.priya)
    page.evaluate("document.documentElement.dir = 'rtl'")
    open_bell(page)
    panel = page.locator("#bell").bounding_box()
    assert panel and panel["x"] + panel["width"] == DESKTOP["width"] - 200
    dot = page.locator("#bell .notice .unread").first.bounding_box()
    words = page.locator("#bell .notice b").first.bounding_box()
    assert dot and words and dot["x"] > words["x"] + words["width"]


def test_what_is_seen_for_a_second_is_read_and_the_dot_goes(site: Site, opens: Opens) -> None:
    who = site.scene.priya
    page = opens("/requests/", who)
    expect(page.locator("button.bell:visible")).to_have_accessible_name("Notifications 2 unread")
    page.locator("button.bell:visible").click()
    expect(page.locator("#bell .notice.is-new")).to_have_count(2)
    until(page, lambda: unread(who) == 0)
    expect(page.locator(".bell-dot:visible")).to_have_count(0)
    expect(page.locator("#bell .bell-unread")).to_have_text("0")
    expect(page.locator("#bell .notice.is-new")).to_have_count(2), "what was new is still told apart"
    page.keyboard.press("Escape")
    expect(page.locator("#bell")).to_be_hidden()
    page.locator("button.bell:visible").click()
    expect(page.locator("#bell .notice.is-new")).to_have_count(0)


def stop_the_clock(page: Page) -> None:
    """Let the page's time pass only as the test says, from here on."""
    page.clock.install(time=datetime(2026, 11, 2, 9))
    page.clock.pause_at(datetime(2026, 11, 2, 10))


def opened_for_less_than_a_second(page: Page) -> list[str]:
    """Open the panel, let 900 ms of the page's time pass, and give the list of what is asked for from here on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with fetched(page):
        page.locator("button.bell:visible").click()
    expect(page.locator("#bell .notice.is-new").last).to_be_in_viewport()  # so htmx saw it as well
    expect(page.locator("#bell .notice.is-new")).to_have_count(2)
    page.clock.run_for(900)
    return asked


def test_what_was_opened_and_closed_at_once_is_unread_still(site: Site, opens: Opens) -> None:
    who = site.scene.priya
    page = opens("/requests/", who)
    stop_the_clock(page)
    asked = opened_for_less_than_a_second(page)
    with fetched(page):
        page.keyboard.press("Escape")
    expect(page.locator("#bell")).to_be_hidden()
    page.clock.run_for(5_000)
    assert {urlsplit(url).path for url in asked} == {URL}
    assert unread(who) == 2


def test_what_was_closed_at_once_is_unread_still_however_slow_the_server_is(site: Site, opens: Opens) -> None:
    who = site.scene.priya
    page = opens("/requests/", who)
    stop_the_clock(page)
    asked = opened_for_less_than_a_second(page)
    held: list[Route] = []
    page.route(f"**{URL}", lambda route: held.append(route))  # noqa: PLW0108 - playwright wants a function
    with page.expect_request(f"**{URL}"):
        page.keyboard.press("Escape")
    expect(page.locator("#bell")).to_be_hidden()
    page.clock.run_for(5_000)
    with fetched(page):
        for one in held:
            one.continue_()
    assert {urlsplit(url).path for url in asked} == {URL}
    assert unread(who) == 2


def test_by_keys_alone_it_is_opened_read_and_left(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.priya)
    page.locator("button.bell:visible").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#bell")).to_be_focused()
    expect(page.locator("#bell .notice").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Mark all read")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#bell .notice.is-new")).to_have_count(0)
    expect(page.locator("#bell .bell-unread")).to_have_text("0")
    assert unread(site.scene.priya) == 0
    expect(page.locator("#bell .bell-list")).to_be_focused()
    with fetched(page):
        page.keyboard.press("Escape")
    expect(page.locator("#bell")).to_be_hidden()
    expect(page.locator("button.bell:visible")).to_be_focused()
    with fetched(page):
        page.keyboard.press("Enter")
    page.locator("#bell").get_by_role("link", name="Unread").press("Enter")
    expect(page.get_by_text("Nothing is unread")).to_be_visible()
    page.locator("#bell .tab").first.press("Enter")
    page.locator("#bell .notice").first.get_by_role("link", name="Back to primary").press("Enter")
    expect(page.get_by_role("button", name="Back to primary")).to_be_visible()


def test_the_count_follows_by_itself_and_more_is_announced(site: Site, opens: Opens) -> None:
    who = site.scene.priya
    page = opens("/requests/", who)
    page.clock.install()
    page.reload()
    expect(page.locator(".bell-dot:visible")).to_have_count(1)
    ring(who, "Something new")
    page.clock.run_for(31_000)
    expect(page.locator("button.bell:visible")).to_have_accessible_name("Notifications 3 unread")
    expect(page.locator("#announce")).to_have_text("3 unread notifications")
    bell.mark_read(bell.notices_of(who))
    page.clock.run_for(31_000)
    expect(page.locator(".bell-dot:visible")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_without_scripts_the_bell_opens_its_page(site: Site, opens: Opens, size: str) -> None:
    page = opens("/requests/", site.scene.priya, viewport=SIZES[size], java_script_enabled=False)
    page.locator("a.bell:visible").click()
    page.wait_for_url(f"**{URL}")
    expect(page.locator(".notice.is-new")).to_have_count(2)
    page.locator(".tab").get_by_text("Unread").click()
    expect(page.locator(".notice")).to_have_count(2)
    page.locator("form[action='/bell/read/'] button:visible").first.click()
    page.wait_for_url(f"**{URL}")
    expect(page.locator(".notice")).to_have_count(4)
    expect(page.locator(".is-new, .bell-dot")).to_have_count(0)


def test_the_page_marks_as_read_what_is_on_the_screen(site: Site, opens: Opens) -> None:
    who = site.scene.priya
    lowest = ring(who, "The lowest")
    for number in range(24):
        ring(who, f"Number {number}", "smtp1 did not answer, smtp2 sends since.")
    page = opens(URL, who)
    read = BellNotice.objects.exclude(read_at=None)
    until(page, lambda: read.filter(pk=bell.notices_of(who)[0].pk).exists())
    page.wait_for_load_state("networkidle")
    assert not read.filter(pk=lowest.pk).exists()
    page.get_by_text("The lowest").scroll_into_view_if_needed()
    until(page, lambda: read.filter(pk=lowest.pk).exists())
