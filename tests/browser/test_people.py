"""People, roles and groups in a real browser: beside the picture, by keys alone, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.desk.fields import Group
from deskpost.desk.people import Person
from deskpost.desk.roles import Role
from tests.browser import people_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL = "/admin/people/"
SIZES = {"": DESKTOP, "-phone": PHONE, "-middle": {"width": 900, "height": 700}}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, people_scene.build) as serving:
        yield serving


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    dana, network = site.scene.dana.pk, Group.objects.get(name="Network").pk
    page = opens(URL, site.scene.priya, viewport=SIZES[size])
    look_at(page, f"people{size}")
    paths = {
        "person": f"{URL}{dana}/",
        "requesters": f"{URL}?show=no-login",
        "person-form": f"{URL}{dana}/edit/",
        "person-remove": f"{URL}{dana}/remove/",
        "roles": "/admin/roles/",
        "role": f"/admin/roles/{Role.objects.get(name='Reads traces').pk}/",
        "groups": "/admin/groups/",
        "group": f"/admin/groups/{network}/",
        "group-remove": f"/admin/groups/{network}/remove/",
        "users-and-roles": "/admin/",
    }
    for name, path in paths.items():
        if "middle" in size and name != "person":  # the others stand there as they do on a wide screen
            continue
        page.goto(path)
        look_at(page, f"people-{name}{size}")
    page.goto(f"{URL}{dana}/")
    page.locator("#add-role").click()
    look_at(page, f"people-add-role{size}")
    page.goto(f"{URL}new/")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    look_at(page, f"people-new{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, viewport={"width": 320, "height": 700})
    id = site.scene.dana.pk
    paths = (URL, f"{URL}{id}/", f"{URL}{id}/edit/", f"{URL}{id}/remove/", "/admin/roles/", "/admin/roles/1/")
    for path in (*paths, "/admin/groups/", "/admin/groups/new/"):
        page.goto(path)
        settle(page)
        assert overflow(page) <= 0, path


def test_by_keys_alone_a_person_is_found_and_given_a_role(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya)
    page.get_by_label("Name or address").focus()
    page.keyboard.type("femi")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Femi Adeyemi").press("Enter")
    page.locator("#add-role").press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Role", exact=True)).to_be_focused()
    page.keyboard.type("Reads")
    page.keyboard.press("Tab")
    page.keyboard.type("Vantage")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Femi Adeyemi has Reads traces now: Vantage Legal.")).to_be_visible()
    page.get_by_role("button", name="Take away Reads traces: Vantage Legal").press("Enter")
    expect(page.get_by_text("Reads traces is taken from Femi Adeyemi: Vantage Legal.")).to_be_visible()


def test_the_matrix_follows_the_menu_in_place(site: Site, opens: Opens) -> None:
    page = opens(f"{URL}{site.scene.dana.pk}/", site.scene.priya)
    page.locator("#reach-at").focus()
    for place, words in (("Kestrel Logistics, Antwerp", "yes"), ("Orchard & Pine Architects", "no")):
        page.locator("#reach-at").select_option(label=place)
        row = page.get_by_role("row", name="request.delete")
        expect(row.get_by_role("cell").last).to_have_text(words)
    expect(page.locator("#reach-at")).to_be_focused()


def test_without_javascript_a_person_is_made_and_removed(site: Site, opens: Opens) -> None:
    page = opens(URL, site.scene.priya, java_script_enabled=False)
    page.get_by_role("link", name="New person").first.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="E-mail address")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Nora Lind")
    page.get_by_label("E-mail address", exact=True).fill("nora@northgate-it.example")
    page.get_by_label("Account").select_option(label="Northgate IT")
    page.get_by_label("Technician").check()
    page.get_by_label("Can sign in").check()
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This password is too short")).to_be_visible()
    page.locator("summary", has_text="Change").click()
    page.get_by_label("New password").fill("a whole new sentence")
    page.get_by_label("Network").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Nora Lind")).to_be_visible()
    expect(page.get_by_text("Has not signed in yet")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_role("button", name="Remove this person").click()
    expect(page.get_by_role("heading", name="Remove Nora Lind?")).to_be_visible()
    page.get_by_role("button", name="Remove this person").click()
    expect(page.get_by_text("Nora Lind is removed.")).to_be_visible()
    assert Person.objects.get(name="Nora Lind").deleted_at is not None
