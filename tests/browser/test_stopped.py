"""Dropped, refused and held mails in a real browser: chosen, set right together, made a rule of, kept for a time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.retention.settings import RetentionSettings
from tests.browser import stopped_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve

STOPPED = "/trace/?outcome=stopped"
SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 23 to one test."""
    with serve(template_database, django_db_blocker, stopped_scene.build) as serving:
        yield serving


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_list_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(STOPPED, site.scene.admin, viewport=SIZES[size])
    if not size:
        for subject in ("Your exclusive network audit, 60 % off", "Quick question"):
            page.get_by_label(f"Choose {subject}").check()
        expect(page.locator("#chosen")).to_be_visible()
    look_at(page, f"trace-stopped{size}")
    for width in (320, 720, 900):
        page.set_viewport_size({"width": width, "height": 700})
        settle(page)
        assert overflow(page) <= 0, width


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_chosen_mails_go_on_their_way_after_all(site: Site, opens: Opens, scripts: bool) -> None:
    page = opens(STOPPED, site.scene.admin, java_script_enabled=scripts)
    expect(page.locator("#chosen")).to_be_hidden()
    for subject in ("Quick question", "New laptop for Ilse"):
        page.get_by_label(f"Choose {subject}").check()
    page.locator("#chosen").get_by_role("button", name="Process after all").click()
    expect(page.get_by_text("2 mails go on their way after all.")).to_be_visible()
    process(site.scene.box.pk)
    kinds = dict(MailOutcome.objects.values_list("subject", "kind"))
    assert kinds["Quick question"] == kinds["New laptop for Ilse"] == "request"


def test_a_rule_is_proposed_for_the_senders_of_chosen_mails(site: Site, opens: Opens) -> None:
    page = opens(STOPPED, site.scene.admin)
    page.get_by_label("Choose Office move, please plan 14 desks").check()
    page.get_by_label("Choose Out of office until 30 November").check()
    page.get_by_role("button", name="Make rule").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(
        "Mail from brightwater.example, freight24.example"
    )


def test_how_long_dropped_mails_are_kept_is_set_where_the_list_leads(site: Site, opens: Opens) -> None:
    page = opens(STOPPED, site.scene.admin)
    page.get_by_role("link", name="Dropped mails are kept for 90 days").click()
    field = page.get_by_label("Keep dropped mails for (days)")
    expect(field).to_have_value("90")
    field.fill("30")
    page.locator("#dropped").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. What is older goes")).to_be_visible()
    assert RetentionSettings.objects.get().dropped_days == 30
