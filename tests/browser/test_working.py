"""Working in a real browser: by keys, without scripts, while mail comes in, when the connection or the session ends."""

import re

from playwright.sync_api import Page, expect

from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.outbound.outbox import OutboxMail
from tests.browser.conftest import PHONE, Opens, Site
from tests.console import builders


def arrive(site: Site, number: int, **parts: str) -> Record:
    """Let a mail come in while the page is open."""
    return builders.request_by_mail(site.scene.box, message_id=f"<live{number}@kestrel.example>", **parts)


def last(record: Record) -> Conversation:
    return builders.last_conversation(record)


def replies(record: Record) -> int:
    return OutboxMail.objects.filter(record=record, sending_class=2).count()


def test_a_morning_by_keys_alone(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.dana)
    keys = page.keyboard
    keys.press("/")
    expect(page.get_by_role("searchbox").first).to_be_focused()
    keys.press("Escape")
    page.locator("h1").click()
    keys.press("j")
    keys.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    keys.press("k")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/requests/\d+/"))
    record = Record.objects.get(number=int(page.url.split("/requests/")[1].split("/")[0]))
    before = replies(record)
    keys.press("r")
    expect(page.locator("#composer-text")).to_be_focused()
    keys.type("Written without a mouse.")
    keys.press("Control+Enter")
    expect(page.get_by_text("Written without a mouse.").first).to_be_visible()
    page.wait_for_url(re.compile("#message-"))
    assert replies(record) == before + 1
    keys.press("g")
    keys.press("r")
    page.wait_for_url(re.compile(r"/requests/$"))
    keys.press("?")
    expect(page.locator("#keys")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    keys.press("c")
    page.wait_for_url(re.compile("/requests/new/"))


def test_the_skip_link_comes_first_and_leads_to_the_content(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.dana)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))


def test_everything_works_without_scripts(site: Site, opens: Opens) -> None:
    page = opens("/requests/", java_script_enabled=False)
    page.get_by_label("E-mail address").fill("dana@northgate-it.example")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Requests")).to_be_visible()
    page.get_by_text("Priority", exact=True).first.click()
    page.get_by_role("link", name="Urgent").click()
    expect(page.get_by_text("Phishing?")).to_be_visible()
    expect(page.get_by_text("Guest Wi-Fi voucher printer")).to_be_hidden()
    page.goto(f"/requests/{site.scene.vpn.number}/?view=open")
    expect(page.get_by_text("Thanks Dana, I tried the new profile.").first).to_be_visible()
    page.get_by_role("link", name="Note").first.click()
    page.locator("#composer-text").fill("A note without scripts.")
    page.locator("#composer-send").click()
    expect(page.get_by_text("A note without scripts.")).to_be_visible()
    assert last(site.scene.vpn).direction == "note"
    page.locator("#composer-to").fill("nobody")
    page.locator("#composer-text").fill("Kept while wrong")
    page.locator("#composer-send").click()
    expect(page.get_by_text("“nobody” is no e-mail address")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("Kept while wrong")
    page.goto(f"/requests/{site.scene.vpn.number}/")
    page.get_by_label("Priority").select_option(label="Urgent")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Urgent").first).to_be_visible()
    page.locator(".way-button").last.click()
    page.wait_for_url("**/trace/*/")
    expect(page.get_by_text("Decided in step").first).to_be_visible()


def test_new_mail_is_offered_and_never_pushed(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.priya)
    first = page.locator("[data-row]").first.inner_text()
    arrive(site, 1, subject="Brand new")
    offer = page.get_by_role("link", name="1 new, show")
    expect(offer).to_be_visible()
    assert page.locator("[data-row]").first.inner_text() == first
    expect(page.locator("#announce")).to_have_text("1 new mail")
    offer.click()
    expect(page.locator("[data-row]").first).to_have_text("Brand new")


def test_a_reply_that_comes_meanwhile_stands_below_and_what_is_typed_stays(site: Site, opens: Opens) -> None:
    number = site.scene.other.number
    page = opens(f"/requests/{number}/", site.scene.priya)
    page.locator("#composer-text").fill("Half a sentence")
    page.locator("#composer-text").focus()
    arrive(
        site,
        2,
        subject=f"Re: ##RE-{number}##",
        text="It works again.",
        sender="Marisol Ibarra <marisol@harbour.example>",
    )
    expect(page.get_by_text("It works again.")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("Half a sentence")
    expect(page.locator("#composer-text")).to_be_focused()


def test_a_double_click_on_send_makes_one_mail(site: Site, opens: Opens) -> None:
    record = site.scene.other
    page = opens(f"/requests/{record.number}/", site.scene.dana)
    before = replies(record)
    page.locator("#composer-text").fill("Sent once, clicked twice.")
    page.locator("#composer-send").dblclick()
    page.wait_for_url(re.compile("#message-"))
    expect(page.get_by_text("Sent once, clicked twice.")).to_have_count(1)
    assert replies(record) == before + 1


def test_a_lost_connection_is_told_and_what_is_typed_stays(site: Site, opens: Opens) -> None:
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.dana)
    page.locator("#composer-text").fill("Not yet sent")
    page.context.set_offline(True)
    page.locator("#composer-send").click()
    expect(page.get_by_text("No connection to Deskpost since")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("Not yet sent")
    before = replies(site.scene.vpn)
    page.context.set_offline(False)
    page.locator("#composer-send").click()
    page.wait_for_url(re.compile("#message-"))
    assert replies(site.scene.vpn) == before + 1
    expect(page.get_by_text("No connection to Deskpost since")).to_be_hidden()


def test_a_closed_tab_loses_no_text(site: Site, opens: Opens) -> None:
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.dana)
    page.locator("#composer-text").fill("A long thought")
    page.goto("/requests/")
    page.goto(f"/requests/{site.scene.vpn.number}/")
    expect(page.locator("#composer-text")).to_have_value("A long thought")


def test_a_session_that_ends_asks_for_the_password_over_the_page(site: Site, opens: Opens) -> None:
    record = site.scene.other
    page = opens(f"/requests/{record.number}/", site.scene.dana)
    page.locator("#composer-text").fill("Typed before the session ended")
    page.context.clear_cookies(name="sessionid")
    page.locator("#composer-send").click()
    dialog = page.locator("#session-ended")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password of dana@northgate-it.example").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not fit")).to_be_visible()
    page.locator("#session-ended input[type=password]").fill(builders.PASSWORD)
    page.locator("#session-ended").get_by_role("button", name="Sign in").click()
    expect(page.locator("#session-ended")).to_be_hidden()
    expect(page.locator("#composer-text")).to_have_value("Typed before the session ended")
    before = replies(record)
    page.locator("#composer-send").click()
    page.wait_for_url(re.compile("#message-"))
    assert replies(record) == before + 1


def test_a_field_is_saved_as_it_is_chosen(site: Site, opens: Opens) -> None:
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.dana)
    page.get_by_label("Status").select_option(label="On hold")
    expect(page.locator("#announce")).to_have_text("Saved")
    expect(page.locator("#request-facts")).to_contain_text("On hold")
    assert Record.objects.get(pk=site.scene.vpn.pk).status.name == "On hold"


def test_two_browsers_change_one_field_and_the_second_is_told(site: Site, opens: Opens) -> None:
    path = f"/requests/{site.scene.vpn.number}/"
    first, second = opens(path, site.scene.dana), opens(path, site.scene.sam)
    first.get_by_label("Priority").select_option(label="Low")
    expect(first.locator("#announce")).to_have_text("Saved")
    second.get_by_label("Priority").select_option(label="High")
    expect(second.get_by_text("Dana Whitfield set Priority to Low at")).to_be_visible()
    expect(second.get_by_label("Priority").locator("option:checked")).to_have_text("Low")


def test_the_way_of_a_mail_opens_beside_it_and_closes_with_escape(site: Site, opens: Opens) -> None:
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.priya)
    button = page.locator(".way-button").last
    page.keyboard.press("t")
    expect(page.locator("#way")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    box, opener = page.locator("#way").bounding_box(), button.bounding_box()
    assert box is not None and opener is not None
    assert box["y"] >= opener["y"] + opener["height"] or box["y"] + box["height"] <= opener["y"]
    page.keyboard.press("Escape")
    expect(page.locator("#way")).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_a_phone_writes_on_the_whole_screen(site: Site, opens: Opens) -> None:
    page = opens(f"/requests/{site.scene.other.number}/", site.scene.sam, viewport=PHONE)
    expect(page.locator("#composer-text")).to_be_hidden()
    page.get_by_role("link", name=re.compile("^Reply to")).click()
    page.locator("#composer-text").fill("From the train.")
    box = page.locator("#composer").bounding_box()
    assert box is not None and box["height"] > 700
    page.locator("#composer-send").click()
    expect(page.get_by_text("From the train.")).to_be_visible()


def test_signing_in_and_out(site: Site, opens: Opens) -> None:
    page: Page = opens("/requests/?view=all")
    who: Person = site.scene.dana
    page.get_by_label("E-mail address").fill(who.sign_in_name or "")
    page.get_by_label("Password").fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("do not fit")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value(who.sign_in_name or "")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/requests/\?view=all"))
    page.locator(".person").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in/"))
    page.goto("/requests/")
    assert "/sign-in/" in page.url
