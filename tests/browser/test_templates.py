"""Templates, and requests made by them, in a real browser: beside the picture, by htmx, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.desk.editing import present_of, template_of
from deskpost.desk.records import Record
from deskpost.desk.templates import Question, Template
from tests.browser import templates_scene
from tests.browser.accessible import look_at, nothing_is_asked, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

URL = "/admin/templates/"


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, templates_scene.build) as serving:
        yield serving


@pytest.mark.parametrize("size", ["", "-phone"], ids=["wide", "phone"])
def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    kit = Template.objects.get(name="New starter kit")
    default = Template.objects.get(default=True)
    record = Record.objects.get(subject="New starter Jonas Keller")
    page = opens(URL, site.scene.priya, viewport=PHONE if size else DESKTOP)
    look_at(page, f"templates{size}")
    for name, path in {
        "resources": f"{URL}{kit.pk}/resources/",
        "fields": f"{URL}{kit.pk}/",
        "closing": f"{URL}{kit.pk}/closing/",
        "offered": f"{URL}{kit.pk}/offered/",
        "default": f"{URL}{default.pk}/offered/",
        "remove": f"{URL}{kit.pk}/remove/",
        "new": f"{URL}new/",
        "request": f"/requests/{record.number}/",
        "answers": f"/requests/{record.number}/answers/",
        "new-request": f"/requests/new/?template={kit.pk}",
    }.items():
        page.goto(path)
        look_at(page, f"template-{name}{size}")
    page.goto(f"{URL}{kit.pk}/resources/")
    page.get_by_label("Change Model").click()
    page.locator("summary", has_text="Add a question").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Add", exact=True).last.click()
    look_at(page, f"template-question-wrong{size}")
    narrow = page if size else None
    if narrow:
        narrow.set_viewport_size({"width": 320, "height": 700})
        for path in (URL, f"{URL}{kit.pk}/", f"{URL}{kit.pk}/resources/", "/requests/new/"):
            narrow.goto(path)
            settle(narrow)
            assert overflow(narrow) <= 0, path


def test_the_form_follows_the_chosen_template_and_keeps_what_was_typed(site: Site, opens: Opens) -> None:
    page = opens("/requests/new/", site.scene.tom)
    page.get_by_label("Subject").fill("A laptop for Jonas")
    page.get_by_label("Priority").select_option(label="High")
    page.get_by_label("Template").focus()
    page.get_by_label("Template").select_option(label="New starter kit")
    expect(page.get_by_role("heading", name="Laptop")).to_be_visible()
    expect(page.get_by_label("Template")).to_be_focused()
    expect(page.get_by_label("Priority").locator("option:checked")).to_have_text("High")
    expect(page.get_by_label("Name on the label")).to_have_count(0)
    page.get_by_label("Model").select_option(label="thinkpad x1")
    page.get_by_label("UK").check()
    page.get_by_label("Visio").check()
    page.get_by_label("Description").fill("He begins on Monday.")
    nothing_is_asked(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("New starter kit")).to_be_visible()
    record = Record.objects.get(subject="A laptop for Jonas")
    assert (
        template_of(record).name == "New starter kit" and record.priority and record.priority.name == "High"
    )
    assert sorted(present_of(record).answers.values()) == [("UK",), ("Visio",), ("thinkpad x1",)]


def test_without_javascript_a_question_is_added_moved_and_removed(site: Site, opens: Opens) -> None:
    kit = Template.objects.get(name="New starter kit")
    page = opens(f"{URL}{kit.pk}/resources/", site.scene.priya, java_script_enabled=False)
    page.get_by_role("link", name="Phone").click()
    page.get_by_label("Question").fill("Colour")
    page.get_by_label("Options").fill("black\nwhite")
    page.get_by_role("button", name="Add", exact=True).last.click()
    expect(page.get_by_role("heading", name="Colour")).to_be_visible()
    page.locator("summary", has_text="Add a question").click()
    page.get_by_label("Question").last.fill("Number to keep")
    page.get_by_label("Answer", exact=True).select_option(label="Text")
    page.get_by_role("button", name="Add", exact=True).last.click()
    page.get_by_label("Change Number to keep").click()
    page.get_by_role("button", name="Move up").locator("visible=true").click()
    headings = page.locator(".question h2")
    expect(headings).to_have_text(["Number to keep", "Colour"])
    page.get_by_label("Change Colour").click()
    page.get_by_role("button", name="Remove", exact=True).locator("visible=true").click()
    expect(headings).to_have_text(["Number to keep"])
    assert Question.objects.get(text="Colour").deleted_at is not None
