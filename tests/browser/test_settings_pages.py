"""View history, the search of All settings and the keys of Delimiters in a real browser."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from deskpost.desk import delimiters, settings
from deskpost.inbound.mailboxes import Mailbox
from tests.browser import outgoing_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders

HISTORY, FIND = "/admin/history/", "/admin/?q=addresses"
DELIMITERS = "/admin/mail-server-settings/delimiters/"
SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 05, with a change for a reason, to the tests of this file."""
    with serve(template_database, django_db_blocker, outgoing_scene.build) as serving:
        with settings.reasoned("second relay moved to the new rack"):
            values = {"alternate_server": "smtp3.northgate-it.example", "port": 25, "password": "another one"}
            settings.change(serving.scene.priya, "page", serving.scene.main, values)
        settings.change(None, "file", serving.scene.kestrel, {"time_zone": "Europe/Berlin"})
        delimiters.change(serving.scene.priya, "page", "RE", "RQ")
        builders.mailbox()
        with connection.cursor() as cursor:  # as if its key were gone
            cursor.execute("UPDATE mailbox SET password = 'no token'")
        yield serving


def wrong(page: Page) -> None:
    """Save what cannot be saved."""
    page.get_by_label("Base delimiter", exact=True).fill("#*")
    page.get_by_label("Task").fill("t")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("#error-summary")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(HISTORY + "?kind=outgoingserver", site.scene.priya, viewport=SIZES[size])
    look_at(page, f"history{size}")
    with page.expect_navigation():
        page.locator(".changes .row-link").nth(0).click()
    expect(page.get_by_text("second relay moved").last).to_be_visible()
    look_at(page, f"history-change{size}")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile(r"All \d+ fields")).click()
    look_at(page, f"history-fields{size}")
    page.goto(FIND)
    look_at(page, f"settings-found{size}")
    page.goto("/admin/?q=nothing+like+this")
    look_at(page, f"settings-nothing-found{size}")
    page.goto(DELIMITERS)
    look_at(page, f"delimiters-earlier{size}")
    wrong(page)
    look_at(page, f"delimiters-wrong{size}")
    page.goto(f"/admin/mail-server-settings/incoming/{Mailbox.objects.get().pk}/")
    expect(page.get_by_text("The stored password cannot be read any more")).to_be_visible()
    look_at(page, f"mailbox-unreadable{size}")


@pytest.mark.parametrize("path", [HISTORY, FIND, DELIMITERS])
def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens, path: str) -> None:
    page = opens(path, site.scene.priya, viewport={"width": 320, "height": 700})
    settle(page)
    assert overflow(page) <= 0


def test_the_keys_type_where_the_caret_is_and_the_preview_follows(site: Site, opens: Opens) -> None:
    page = opens(DELIMITERS, site.scene.priya)
    base = page.get_by_label("Base delimiter", exact=True)
    base.press("Home")
    page.get_by_role("button", name="Type @").click()
    page.get_by_role("button", name="Type !").press("Enter")
    expect(base).to_have_value("@!##")
    expect(page.locator("#preview code").first).to_contain_text("@!##RQ-1@!##")
    without = opens(DELIMITERS, site.scene.priya, java_script_enabled=False)
    expect(without.locator("kbd").filter(has_text="@")).to_be_visible()
    expect(without.get_by_role("button", name="Type @")).to_be_hidden()


def test_without_scripts_a_setting_is_found_and_its_field_is_in_sight(site: Site, opens: Opens) -> None:
    page = opens("/admin/", site.scene.priya, java_script_enabled=False)
    page.get_by_label("Find a setting").fill("other sender")
    page.get_by_label("Find a setting").press("Enter")
    page.locator(".results").get_by_role("link", name="IT Help Desk").click()
    expect(page.get_by_label("Other sender addresses")).to_be_in_viewport()


def test_by_keys_alone_a_version_is_brought_back_and_the_history_exported(site: Site, opens: Opens) -> None:
    page = opens(HISTORY + "?kind=outgoingserver&by=page", site.scene.priya)
    with page.expect_download() as started:
        page.get_by_role("link", name="Export").first.press("Enter")
    assert started.value.suggested_filename == "settings-history.csv"
    text = started.value.path().read_text(encoding="utf-8-sig")
    assert "second relay moved to the new rack" in text and "another one" not in text
    page.get_by_role("button", name="Bring back the version of").press("Enter")
    expect(page.get_by_text("Brought back. It is one more entry here")).to_be_visible()
    site.scene.main.refresh_from_db()
    assert site.scene.main.password == "a long password"


def sign_in_again(page: Page) -> None:
    """Sign in over the page."""
    dialog = page.locator("#session-ended")
    expect(dialog).to_be_visible()
    dialog.locator("input[type=password]").fill(builders.PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()


def test_a_session_that_ends_loses_nothing_that_was_typed_into_a_settings_form(
    site: Site, opens: Opens
) -> None:
    kestrel = site.scene.kestrel
    forms = {
        DELIMITERS: ("Task", "TK"),
        f"/admin/accounts/{kestrel.pk}/edit/": ("Name", "Kestrel Freight"),
    }
    for path, (label, typed) in forms.items():
        page = opens(path, site.scene.priya)
        page.get_by_label(label, exact=True).fill(typed)
        page.context.clear_cookies(name="sessionid")
        page.get_by_label(label, exact=True).press(
            "Enter"
        )  # what is asked on the way may open the dialog first
        expect(page.locator("#session-ended")).to_be_visible()
        look_at(page, f"session-ended-{label.lower()}")
        sign_in_again(page)
        expect(page.get_by_label(label, exact=True)).to_have_value(typed)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.").first).to_be_visible()
    assert delimiters.current()["TA"] == "TK"
    kestrel.refresh_from_db()
    assert kestrel.name == "Kestrel Freight"


def test_without_scripts_the_sign_in_says_that_what_was_typed_was_not_saved(site: Site, opens: Opens) -> None:
    page = opens(DELIMITERS, site.scene.priya, java_script_enabled=False)
    page.get_by_label("Contract").fill("CT")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("what you entered was not saved")).to_be_visible()
    look_at(opens("/sign-in/?ended=unsaved", viewport=PHONE), "sign-in-unsaved-phone")
    page.get_by_label("E-mail address").fill("priya@northgate-it.example")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Base delimiter", exact=True)).to_be_visible()
