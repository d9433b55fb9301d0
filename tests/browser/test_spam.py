"""The spam filter in a real browser: a rule is defined, tried and saved; mails are dropped and processed after all."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.spam.rules import SpamRule
from tests.browser import spam_scene
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders

RULES = "/admin/mail-server-settings/spam-filter/"
SIZES = {"": DESKTOP, "-phone": PHONE}


@pytest.fixture
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve the scene of picture 08 to one test."""
    with serve(template_database, django_db_blocker, spam_scene.build) as serving:
        yield serving


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
def test_the_pages_are_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(RULES, site.scene.admin, viewport=SIZES[size])
    look_at(page, f"spam-rules{size}")
    with page.expect_navigation():
        page.get_by_role("link", name="Out-of-office mail from strangers").click()
    page.get_by_text("Choose", exact=True).first.click()
    look_at(page, f"spam-rule-choose{size}")
    page.locator("#values-0").fill("Out of office, Not in today, Abwesend")
    with page.expect_navigation():
        page.get_by_role("button", name="Done").first.click()
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_text("would have been dropped", exact=False).first).to_be_visible()
    look_at(page, f"spam-rule{size}")
    page.locator("#values-0").evaluate("it => { it.value = ''; it.closest('details').open = true }")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    look_at(page, f"spam-rule-wrong{size}")
    page.goto("/trace/?outcome=dropped")
    look_at(page, f"trace-dropped{size}")
    with page.expect_navigation():
        page.get_by_role("link", name="Your exclusive network audit").first.click()
    look_at(page, f"trace-mail-dropped{size}")
    page.goto(f"{RULES}{SpamRule.objects.first().pk}/remove/")
    look_at(page, f"spam-rule-remove{size}")
    SpamRule.objects.all().delete()
    page.goto(RULES)
    look_at(page, f"spam-rules-none{size}")


@pytest.mark.parametrize("path", [RULES, f"{RULES}new/", "/trace/?outcome=dropped"])
def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens, path: str) -> None:
    page = opens(path, site.scene.admin, viewport={"width": 320, "height": 700})
    settle(page)
    assert overflow(page) <= 0
    page.goto(f"{RULES}{SpamRule.objects.last().pk}/")
    assert overflow(page) <= 0


@pytest.mark.requirement("R114")
@pytest.mark.requirement("R115")
@pytest.mark.requirement("R117")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_rule_is_defined_by_the_words_of_the_page_in_two_steps(
    site: Site, opens: Opens, scripts: bool
) -> None:
    page = opens(RULES, site.scene.admin, java_script_enabled=scripts)
    page.get_by_role("link", name="Define rule").click()
    expect(page.get_by_role("heading", name="Define rule")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Neither")
    new = page.get_by_role("group", name="New criterion")
    new.get_by_label("Criterion", exact=True).select_option(label="Subject")
    new.get_by_label("Condition", exact=True).select_option(label="does not contain")
    new.get_by_text("Choose", exact=True).click()
    new.get_by_label("Entries, with commas between").fill("printer, scanner")
    new.get_by_role("button", name="Add to Rules").click()
    expect(page.get_by_text("Holds only when none of the 2 entries fits.")).to_be_visible()
    assert not SpamRule.objects.filter(name="Neither").exists(), "adding is not saving"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Neither")).to_be_visible()
    kinds = [
        deliver(site.scene.box, builders.mail(subject=subject, message_id=f"<{subject}@y>"))["outcome"][
            "kind"
        ]
        for subject in ("The Printer burns", "A SCANNER", "Nothing of that", "printer and scanner")
    ]
    assert kinds == ["request", "request", "dropped", "request"]


def test_an_entry_and_a_line_are_taken_out_and_nothing_typed_is_lost(site: Site, opens: Opens) -> None:
    page = opens(f"{RULES}{SpamRule.objects.last().pk}/", site.scene.admin)
    page.get_by_label("Name", exact=True).fill("Away")
    page.get_by_role("button", name="Take out the entry Not in today").click()
    expect(page.locator("#values-0")).to_have_value("Out of office")
    page.get_by_role("button", name="Take out this line: Body").click()
    expect(page.locator("#values-2")).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Away")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Away")).to_be_visible()
    rule = SpamRule.objects.get(name="Away")
    assert [one["field"] for one in rule.criteria] == ["subject", "sender_domain"]
    assert rule.criteria[0]["values"] == ["Out of office"]


def test_a_dropped_mail_is_processed_after_all_from_the_list(site: Site, opens: Opens) -> None:
    page = opens("/trace/?outcome=dropped", site.scene.admin)
    expect(page.get_by_role("link", name="Spam rule “Offers”")).to_have_count(2)
    page.get_by_role("button", name="Process after all Quick question").click()
    expect(page.get_by_text("is processed after all")).to_be_visible()
    process(site.scene.box.pk)
    assert MailOutcome.objects.get(subject="Quick question").kind == "request"


def test_a_request_that_is_spam_is_dropped_and_a_rule_for_its_sender_proposed(
    site: Site, opens: Opens
) -> None:
    number = MailOutcome.objects.get(subject="Dr Ames is not in today").record.number
    page = opens(f"/requests/{number}/", site.scene.admin)
    page.get_by_role("button", name="This is spam").click()
    expect(page.get_by_text(f"Request {number} was dropped as spam.")).to_be_visible()
    expect(page.get_by_text("A rule for the sender is proposed")).to_be_visible()
    look_at(page, "spam-rule-proposed")
    expect(page.locator("#values-0")).to_have_value("harbourdental.example")
    page.get_by_role("link", name="Only the address reception@harbourdental.example").click()
    expect(page.locator("#values-0")).to_have_value("reception@harbourdental.example")
    page.goto("/trace/?outcome=dropped")
    page.get_by_role("button", name="Process after all Dr Ames is not in today").click()
    expect(page.get_by_text(f"Request {number} is back.")).to_be_visible()
    page.goto(f"/requests/{number}/")
    expect(page.get_by_role("heading", name="Dr Ames is not in today").first).to_be_visible()
