"""The outbox in a real browser: beside its pictures, by keys alone, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.outbound.outbox import OutboxMail
from tests.browser import outbox_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene."""
    with serve(template_database, django_db_blocker, outbox_scene.build) as serving:
        yield serving


def pages(site: Site) -> dict[str, str]:
    servers = dict(OutboxMail.objects.filter(state="queued").values_list("server__name", "server"))
    queue = f"/outbox/through/?source={servers['IT Help Desk']}&target={site.scene.directory.pk}"
    return {
        "outbox": "/outbox/",
        "outbox-mail": f"/outbox/{site.scene.trying.pk}/",
        "outbox-held": f"/outbox/{site.scene.held.pk}/?tab=held",
        "outbox-lapsed": "/outbox/?tab=held",
        "outbox-decide": "/outbox/decide/?tab=held&act=send&state=lapsed",
        "outbox-queue": queue,
    }


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_each_page_of_the_outbox_is_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, size: str
) -> None:
    page = opens("/outbox/", site.scene.priya, viewport=SIZES[size])
    for name, path in pages(site).items():
        page.goto(path)
        if name == "outbox-lapsed" and not size:
            for box in page.locator(".choose input").all()[1:4]:
                box.check()
        look_at(page, f"{name}{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    page = opens("/outbox/", site.scene.priya, viewport={"width": 320, "height": 700})
    for name, path in pages(site).items():
        page.goto(path)
        settle(page)
        assert overflow(page) <= 0, name


def test_by_keys_and_without_javascript_notices_are_chosen_and_sent_after_all(
    site: Site, opens: Opens
) -> None:
    page = opens("/outbox/?tab=held", site.scene.priya, java_script_enabled=False)
    bar = page.locator("#chosen")
    expect(bar).to_be_hidden()
    for subject in ("Choose Due soon: ##RE-48090##", "Choose Received: ##RE-48092##"):
        page.get_by_label(subject).focus()
        page.keyboard.press("Space")
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Send after all").press("Enter")
    expect(page.get_by_text("2 mails are sent now.")).to_be_visible()
    page.get_by_role("link", name="Cancel all for good").last.press("Enter")
    expect(page.get_by_role("heading", name="Never send 4 lapsed notices?")).to_be_visible()
    expect(page.get_by_role("link", name="Back, change nothing")).to_be_visible()
    page.get_by_role("button", name="Cancel 4 mails for good").press("Enter")
    expect(page.get_by_text("4 mails are never sent.")).to_be_visible()
    assert not OutboxMail.objects.filter(state="lapsed").exists()
