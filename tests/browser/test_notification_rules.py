"""The page of notification rules in a real browser: beside its picture, by keys alone, without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from deskpost.desk.events import ERROR_LIST
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.outbound import rule_settings
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from tests.browser import scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL = "/admin/notification-rules/"
SIZES = {"": DESKTOP, "-phone": PHONE, "-middle": {"width": 900, "height": 700}}


def build() -> scene.Scene:
    """Make the scene with three technicians to alert, two on the error list, and the rule on."""
    made = scene.build()
    for person in Person.objects.filter(technician=True).exclude(name="Sam Okafor"):
        InstanceAlert.objects.create(instance=Instance.objects.get(), person=person)
    _as_pictured(made)
    return made


def _as_pictured(made: scene.Scene) -> None:
    rule_settings.switch(made.priya, "page", ERROR_LIST, True)
    RuleTechnician.objects.all().delete()
    for person in (made.priya, Person.objects.get(name="Marco Bianchi")):
        rule_settings.put_on_list(made.priya, "page", ERROR_LIST, person)


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, build) as serving:
        yield serving


@pytest.fixture(autouse=True)
def as_pictured(site: Site) -> None:
    """Begin each test with the rules of the picture."""
    _as_pictured(site.scene)


def names() -> list[str]:
    return list(RuleTechnician.objects.order_by("pk").values_list("person__name", flat=True))


def is_on(event: str) -> bool:
    return NotificationRule.objects.get(event=event).enabled


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_page_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(URL, site.scene.priya, viewport=SIZES[size])
    look_at(page, f"rules{size}")
    events = ("request_received", "request_created", ERROR_LIST, "outgoing_failed")
    for event in events if not size else events[1:2]:
        page.goto(f"{URL}{event}/")
        for menu in page.locator(".people-list summary").all():
            menu.click()
        look_at(page, f"rules-{event}{size}")
        expect(page.get_by_role("heading", name="Preview")).to_be_visible()


def test_an_empty_list_is_warned_about_and_the_menu_is_reached(site: Site, opens: Opens) -> None:
    RuleTechnician.objects.all().delete()
    for size, viewport in SIZES.items():
        page = opens(URL, site.scene.priya, viewport=viewport)
        expect(page.get_by_text("nobody is on its list")).to_be_visible()
        page.get_by_text("Add a technician", exact=True).click()
        look_at(page, f"rules-empty{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, viewport={"width": 320, "height": 700})
    for path in (URL, f"{URL}request_received/", f"{URL}{ERROR_LIST}/"):
        page.goto(path)
        settle(page)
        assert overflow(page) <= 0, path


def test_by_keys_alone_a_rule_is_switched_and_the_focus_stays(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    switch = page.get_by_role("switch", name="Mail: Request closed")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    expect(page.locator("#announce")).to_have_text("Request closed: off.")
    assert not is_on("request_closed")
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "true")
    assert is_on("request_closed")


def test_by_keys_alone_a_technician_is_put_on_the_list_and_taken_off(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    page.locator("#list-add").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Technician", exact=True)).to_be_focused()
    page.keyboard.type("Sam")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take Sam Okafor off the list")).to_be_visible()
    assert names() == ["Priya Raman", "Marco Bianchi", "Sam Okafor"]
    page.get_by_role("button", name="Take Sam Okafor off the list").press("Enter")
    expect(page.get_by_role("button", name="Take Sam Okafor off the list")).to_have_count(0)
    assert names() == ["Priya Raman", "Marco Bianchi"]


def test_the_page_stays_where_it_is_while_a_panel_is_open(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    page.get_by_role("link", name="Request received").press("Enter")
    page.wait_for_url(f"**{URL}request_received/")
    page.get_by_role("switch", name="Mail: Request received").click()
    expect(page.get_by_text("These mails are off.")).to_be_visible()
    page.get_by_role("switch", name="Mail: Request received").click()
    expect(page.get_by_text("These mails are on.")).to_be_visible()
    page.get_by_role("link", name="Close", exact=True).click()
    expect(page.locator(".panel")).to_have_count(0)


def test_without_javascript_all_of_it_works(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, java_script_enabled=False)
    error = page.get_by_role("switch", name="Send e-mail when an application error occurs")
    error.click()
    expect(error).to_have_attribute("aria-checked", "false")
    assert not is_on(ERROR_LIST)
    page.get_by_role("button", name="Take Marco Bianchi off the list").click()
    expect(page.get_by_text("Marco Bianchi is off the list.")).to_be_visible()
    page.get_by_text("Add a technician", exact=True).click()
    _choose(page, "Dana Whitfield")
    expect(page.get_by_text("Dana Whitfield is on the list.")).to_be_visible()
    assert names() == ["Priya Raman", "Dana Whitfield"]


def _choose(page: Page, name: str) -> None:
    option = page.locator("#list-person option", has_text=re.compile(rf"^\s*{name}"))
    page.get_by_label("Technician", exact=True).select_option(label=option.inner_text())
    page.get_by_role("button", name="Add", exact=True).click()
