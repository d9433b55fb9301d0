"""The requester portal in a real browser: beside the pictures, and walked through from the sign-in on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.outbound import bell
from tests.browser import portal_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders

SIZES = {"": DESKTOP, "-phone": PHONE}
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, portal_scene.build) as serving:
        yield serving


@sizes
def test_the_portal_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    scene, number = site.scene, site.scene.vpn.number
    page = opens("/requests/", scene.tom, viewport=SIZES[size])
    expect(page.get_by_role("heading", name="Hello Tom, how can we help?")).to_be_visible()
    look_at(page, f"portal{size}")
    for name, path in {
        "done": "/requests/?view=done",
        "search": "/requests/?q=ethernet",
        "new-request": "/requests/new/",
        "help": "/help/",
        "not-found": f"/requests/{number}7/",
    }.items():
        page.goto(path)
        look_at(page, f"portal-{name}{size}")
    page.goto("/requests/new/")
    with page.expect_navigation():
        page.get_by_role("button", name="Send request").click()
    look_at(page, f"portal-new-request-wrong{size}")
    page.locator("[popovertarget=person-menu]").click()
    look_at(page, f"portal-menu{size}")
    page.goto(f"/requests/{number}/")
    look_at(page, f"portal-request{size}")
    page.locator("#composer-send").click()
    page.get_by_text("There is no text yet.").wait_for()
    look_at(page, f"portal-request-wrong{size}")
    page = opens("/requests/", scene.ilse, viewport=SIZES[size])
    look_at(page, f"portal-empty{size}")
    bell.ring([scene.ilse.pk], "failover", {"primary": "smtp1.example", "alternate": "smtp2.example"})
    page.reload()
    page.locator("button.bell").click()
    page.locator("#bell .notice").first.wait_for()
    look_at(page, f"portal-bell{size}")
    page = opens("/requests/", scene.tom, viewport={"width": 320, "height": 700})
    for path in ("/requests/", f"/requests/{number}/", "/requests/new/", "/help/"):
        page.goto(path)
        settle(page)
        assert overflow(page) <= 0, path


def test_a_requester_signs_in_asks_answers_and_says_that_it_works(site: Site, opens: Opens) -> None:
    scene, number = site.scene, site.scene.vpn.number
    page = opens("/sign-in/")
    page.get_by_label("E-mail address").fill("tom@kestrel.example")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 of your requests are open. One waits for you.")).to_be_visible()
    page.get_by_role("link", name="VPN drops every 20 minutes from home").press("Enter")
    page.get_by_label("Write to Dana").fill("Here is the file you asked for.")
    page.locator("[name=attachments]").set_input_files(
        {"name": "profile.txt", "mimeType": "text/plain", "buffer": b"Kestrel-Home-2"}
    )
    page.get_by_role("button", name="Send").click()
    article = page.get_by_role("article").filter(has_text="Here is the file you asked for.")
    expect(article).to_contain_text("you, on this page")
    expect(article.get_by_role("link", name="profile.txt")).to_be_visible()
    page.get_by_role("button", name="It works now").click()
    expect(page.get_by_text("This request is done. What you send opens it again.")).to_be_visible()
    page.get_by_label("Write to Dana").fill("It does not after all.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="It works now")).to_be_visible()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="My requests").click()
    expect(page.get_by_role("link", name="VPN drops every 20 minutes from home")).to_be_visible()
    page = opens("/requests/", scene.ilse, java_script_enabled=False)
    page.get_by_role("main").get_by_role("link", name="New request").click()
    page.get_by_label("Subject").fill("The lift is stuck")
    page.get_by_label("Description").fill("Nobody is in it.")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("heading", name="The lift is stuck")).to_be_visible()
    expect(page.get_by_text("When it works, write that")).to_be_visible()
    assert page.goto(f"/requests/{number}/").status == 404  # type: ignore[union-attr]
