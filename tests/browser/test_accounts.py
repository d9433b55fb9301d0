"""The pages of accounts in a real browser: beside the design, by keys alone, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.desk.accounts import Account
from tests.browser import accounts_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL = "/admin/accounts/"
SIZES = {"": DESKTOP, "-phone": PHONE, "-middle": {"width": 900, "height": 700}}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, accounts_scene.build) as serving:
        yield serving


def of(name: str, act: str = "") -> str:
    return f"{URL}{Account.objects.get(name=name).pk}/{act}"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(URL, site.scene.priya, viewport=SIZES[size])
    look_at(page, f"accounts{size}")
    for name, path in (
        ("account", of("Kestrel Logistics")),
        ("account-removed", of("Meadow Foods")),
        ("account-edit", of("Kestrel Logistics", "edit/")),
        ("account-default", of("Northgate IT", "edit/")),
        ("account-new", f"{URL}new/"),
        ("account-remove", of("Vantage Legal", "remove/")),
        ("account-remove-not-yet", of("Kestrel Logistics", "remove/")),
        ("accounts-none", f"{URL}?q=nothing"),
    ):
        page.goto(path)
        look_at(page, f"{name}{size}")


def test_a_mistake_is_said_beside_its_field_and_what_was_typed_stays(site: Site, opens: Opens) -> None:
    for size, viewport in SIZES.items():
        page = opens(of("Kestrel Logistics", "edit/"), site.scene.priya, viewport=viewport)
        page.get_by_label("Domains").fill("kestrel.example, gmail.com, vantage.example")
        page.get_by_label("Rotterdam").fill("")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#error-summary")).to_be_focused()
        expect(page.get_by_text("gmail.com is a public mail provider")).to_be_visible()
        expect(page.get_by_text("to Dana Whitfield (SDCoordinator)")).to_be_visible()
        expect(page.get_by_label("Domains")).to_have_value("kestrel.example, gmail.com, vantage.example")
        look_at(page, f"account-errors{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, viewport={"width": 320, "height": 700})
    kestrel = (of("Kestrel Logistics", act) for act in ("", "edit/", "remove/"))
    for path in (URL, *kestrel, of("Meadow Foods")):
        page.goto(path)
        settle(page)
        assert overflow(page) <= 0, path


def test_by_keys_alone_an_account_is_found_changed_and_left(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    page.get_by_role("searchbox", name="Find accounts by name or domain").focus()
    page.keyboard.type("orchard.ex")
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=orchard.ex")
    page.locator(".account-list .row-link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{of('Orchard & Pine Architects')}?q=orchard.ex")
    page.get_by_role("link", name="Edit Orchard").press("Enter")
    page.get_by_label("New sites").focus()
    page.keyboard.type("Utrecht")
    page.keyboard.press("Enter")
    page.keyboard.type("Bath")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator(".panel")).to_contain_text("Bath")
    expect(page.locator(".panel")).to_contain_text("Utrecht")


def test_without_javascript_an_account_is_made_removed_and_brought_back(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, java_script_enabled=False)
    page.get_by_role("link", name="New account").first.click()
    page.get_by_label("Name").fill("Birch Bakery")
    page.get_by_label("Domains").fill("birch.example")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Birch Bakery")).to_be_visible()
    page.get_by_role("link", name="Edit Birch Bakery").click()
    page.get_by_role("button", name="Remove account").click()
    expect(page.get_by_text("birch.example is free for another account")).to_be_visible()
    page.get_by_role("button", name="Remove account").click()
    expect(page.get_by_text("Birch Bakery is removed. Its requests stay.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Removed").click()
    page.get_by_role("link", name="Birch Bakery").click()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("To do: enter them again")).to_be_visible()
