"""The pages of request fields in a real browser: in every look, by keys alone, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category, Subcategory
from deskpost.desk.choices import Level
from deskpost.desk.people import Person
from tests.browser import fields_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL, ASSETS = "/admin/request-fields/", "/admin/assets/"
SIZES = {"": DESKTOP, "-phone": {**PHONE, "width": 375}}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, fields_scene.build) as serving:
        yield serving


def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens) -> None:
    pc, floor = Asset.objects.get(name="KES-PC-0500").pk, AdditionalField.objects.get(label="Floor").pk
    tier, laser = Level.objects.get(name="Tier 2").pk, Subcategory.objects.get(name="Laser").pk
    paths = {
        "statuses": f"{URL}lists/statuses/",
        "priorities": f"{URL}lists/priorities/",
        "status-new": f"{URL}lists/statuses/new/",
        "subcategory": f"{URL}lists/subcategories/{laser}/",
        "level-in-use": f"{URL}lists/levels/{tier}/remove/",
        "category-remove": f"{URL}lists/categories/{Category.objects.get(name='Printer').pk}/remove/",
        "additional": f"{URL}additional/",
        "additional-field": f"{URL}additional/{floor}/",
        "additional-remove": f"{URL}additional/{floor}/remove/",
        "assets": ASSETS,
        "asset": f"{ASSETS}{pc}/",
        "asset-remove": f"{ASSETS}{pc}/remove/",
        "all-settings": "/admin/",
    }
    for size, viewport in SIZES.items():
        page = opens(URL, site.scene.priya, viewport=viewport)
        look_at(page, f"request-fields{size}")
        for name, path in paths.items():
            page.goto(path)
            look_at(page, f"request-fields-{name}{size}")
        page.set_viewport_size({"width": 320, "height": 700})
        for path in (URL, *paths.values()):
            page.goto(path)
            settle(page)
            assert overflow(page) <= 0, path


def test_by_keys_alone_a_subcategory_is_added_and_moved_and_options_show_for_a_choice(
    site: Site, opens: Opens
) -> None:
    page = opens(URL, site.scene.priya)
    page.get_by_role("link", name="Subcategory Network").press("Enter")
    expect(page.get_by_text("Part of")).to_be_visible()
    page.get_by_label("Name").fill("vpn")
    page.keyboard.press("Enter")
    expect(page.get_by_text("vpn stands in this list already")).to_be_visible()
    page.get_by_label("Name").fill("Cables")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move Cables up").press("Enter")
    expect(page.locator(".second-level .row-link").nth(1)).to_have_text("Cables")
    page.goto(f"{URL}additional/new/")
    expect(page.get_by_label("Options")).to_be_hidden()
    page.get_by_label("Kind").select_option("choice")
    page.get_by_label("Options").fill("Red\nGreen")
    page.get_by_label("Label").fill("Colour")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("Red, Green")).to_be_visible()


def test_without_javascript_who_keeps_one_site_finds_and_changes_its_assets(site: Site, opens: Opens) -> None:
    kim = Person.objects.get(name="Kim Jansen")
    page = opens("/requests/", kim, java_script_enabled=False)
    page.get_by_role("link", name="Assets").first.click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_label("Find assets by name").fill("ramp")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Label printer of the ramp").click()
    page.get_by_label("Name").fill("Label printer of the gate")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Label printer of the gate").click()
    expect(page.get_by_text("Label printer of the ramp")).to_be_visible()
