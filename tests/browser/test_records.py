"""Tasks and other records in a real browser: made at a request, changed, answered, at every width, without scripts."""

from playwright.sync_api import expect

from deskpost.desk.records import Record
from tests.browser.accessible import look_at
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site
from tests.console import builders


def test_a_task_is_made_at_a_request_and_worked_on(site: Site, opens: Opens) -> None:
    scene = site.scene
    page = opens(f"/requests/{scene.vpn.number}/", scene.dana)
    page.get_by_role("link", name="Add a task").click()
    page.get_by_label("Title").fill("Swap the router at home")
    page.get_by_label("Description").fill("Take the spare one along.")
    page.get_by_role("button", name="Create task").click()
    expect(page.locator("h1")).to_have_text("Swap the router at home")
    task = Record.objects.get(module="TA", subject="Swap the router at home")
    assert task.belongs_to == scene.vpn
    page.get_by_label("Title").fill("Swap both routers")
    page.get_by_label("Title").press("Tab")
    expect(page.locator("h1")).to_have_text("Swap both routers")
    page.get_by_role("button", name="Pick up").click()
    expect(page.get_by_label("Owner")).to_have_value(str(scene.dana.pk))
    page.get_by_label("Status").select_option("Closed")
    expect(page.locator("#request-facts")).to_contain_text("Closed")
    page.locator("#composer-to").fill("tom@kestrel.example")
    page.locator("#composer-text").fill("Both are on their way.")
    page.locator("#composer-send").click()
    expect(page.locator("#conversation")).to_contain_text("Both are on their way.")
    task.refresh_from_db()
    assert (task.subject, task.technician, task.closed_at is not None) == (
        "Swap both routers",
        scene.dana,
        True,
    )
    page.get_by_role("link", name=str(scene.vpn.number)).click()
    expect(page.get_by_role("link", name=f"TA-{task.number}")).to_be_visible()


def test_without_scripts_a_record_is_changed_by_save_and_every_look_fits_its_width(
    site: Site, opens: Opens
) -> None:
    scene = site.scene
    for subject in (
        "Order a dock for the new starter",
        "Move the printer to the third floor",
        "Test the restore",
    ):
        builders.record_of(scene.vpn.account, subject, by=scene.dana, technician=scene.dana)
    task = builders.record_of(
        scene.vpn.account,
        "Call the line provider",
        by=scene.dana,
        belongs_to=scene.vpn,
        technician=scene.dana,
    )
    page = opens(f"/records/ta/{task.number}/", scene.dana, java_script_enabled=False)
    page.get_by_label("Title").fill("Call the provider of the line")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Call the provider of the line")
    paths = {
        "tasks": "/records/ta/",
        "task": f"/records/ta/{task.number}/",
        "task-new": "/records/ta/new/",
        "request-tasks": f"/requests/{scene.vpn.number}/",
        "former": "/admin/mail-server-settings/delimiters/former/new/",
        "delimiters": "/admin/mail-server-settings/delimiters/",
    }
    for size, width in (("wide", DESKTOP), ("phone", PHONE)):
        for name, path in paths.items():
            look_at(opens(path, scene.priya, viewport=width), f"{name}-{size}")
