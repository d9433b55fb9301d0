"""Mail that wants to run something, in a real browser: it stays inert, cleaned and, should cleaning fail, uncleaned."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from deskpost.console.conversation import FOLDED
from deskpost.desk.conversations import Conversation
from deskpost.mime.clean_html import clean
from tests.browser.accessible import frames_came, look_at
from tests.browser.conftest import Opens, Site
from tests.console.hostile import PAYLOADS

# Clicks whatever could be clicked in a mail; its links open elsewhere and are led nowhere by the page. Images that are
# elsewhere are asked for by a reader alone.
CLICK_ALL = """(id) => document.getElementById(id).querySelector("iframe").contentDocument
    .querySelectorAll("a:not([href^=http], .away a), button, input, x, summary, p, div")
    .forEach((it) => it.click?.())"""
# The payloads mark the window they run in, and the page's own.
WHO_RAN = """() => [window, ...[...document.querySelectorAll("iframe")].map((it) => it.contentWindow)]
    .filter((it) => it.pwned !== undefined).map((it) => it.location.href)"""
OURS = ("http://127.0.0.1", "data:", "about:")


def watched(page: Page) -> list[str]:
    """Let nothing leave this machine, and give the list of what was asked for abroad."""
    abroad: list[str] = []

    def look(route: Route) -> None:
        if route.request.url.startswith(OURS):
            route.continue_()
        else:
            abroad.append(route.request.url)
            route.abort()

    page.context.route("**/*", look)
    return abroad


@pytest.fixture(autouse=True)
def nothing_planted_stays() -> Iterator[None]:
    """Take away what a test has planted."""
    yield
    Conversation.objects.filter(from_name="Mallory").delete()


def plant(site: Site, html: str) -> Conversation:
    """Put HTML into a conversation as it stands."""
    record = site.scene.vpn
    return Conversation.objects.create(
        record=record,
        account_id=record.account_id,
        direction="in",
        from_name="Mallory",
        from_address="mallory@evil.example",
        at=timezone.now(),
        text="x",
        html=html or "<p></p>",
    )


@pytest.mark.parametrize("cleaned", [True, False], ids=["cleaned", "uncleaned"])
@pytest.mark.parametrize("first", range(0, len(PAYLOADS), FOLDED))
def test_no_payload_runs_or_calls_home(site: Site, opens: Opens, first: int, cleaned: bool) -> None:
    payloads = PAYLOADS[first : first + FOLDED]
    planted = [plant(site, clean(html) if cleaned else html) for html in payloads]
    page = opens("/requests/", site.scene.priya)
    abroad, dialogs = watched(page), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    address = f"/requests/{site.scene.vpn.number}/"
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    page.evaluate("document.querySelectorAll('iframe').forEach((it) => { it.loading = 'eager'; })")
    assert page.locator("iframe").count() == len(payloads)
    frames_came(page)
    for one in planted:
        page.evaluate(CLICK_ALL, f"message-{one.pk}")
    page.wait_for_timeout(1_000)
    assert page.url.endswith(address), "the page was led away"
    assert page.evaluate(WHO_RAN) == []
    assert dialogs == []
    assert [url for url in abroad if "evil.example" in url] == []
    page.goto("/requests/")
    assert page.url.endswith("/requests/"), "somebody was signed out"


def test_a_frame_opened_by_itself_runs_nothing_either(site: Site, opens: Opens) -> None:
    page = opens("/requests/", site.scene.priya)
    abroad = watched(page)
    for html in PAYLOADS:
        planted = plant(site, html)
        page.goto(f"/messages/{planted.pk}/html/")
        page.wait_for_timeout(20)
        assert page.evaluate("typeof window.pwned") == "undefined", html
    assert abroad == []


def test_images_from_elsewhere_come_when_a_reader_asks_and_nothing_else_does(
    site: Site, opens: Opens
) -> None:
    shown = '<p><img src="https://shop.example/a.png" width="40" height="30" alt="A van"></p>'
    planted = plant(site, clean(shown) + "".join(clean(html) for html in PAYLOADS))
    page = opens("/requests/", site.scene.priya)
    abroad = watched(page)
    page.goto(f"/requests/{site.scene.vpn.number}/")
    frame = page.frame_locator(f"#message-{planted.pk} iframe")
    expect(frame.get_by_text("not loaded")).to_be_visible()
    frames_came(page)
    assert abroad == []
    look_at(page, "remote-images")
    with page.expect_request("https://shop.example/a.png") as asked:
        frame.get_by_role("link", name="Show images").click()
    assert "referer" not in asked.value.headers
    expect(frame.get_by_text("not loaded")).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate(WHO_RAN) == [] and page.url.endswith(f"/requests/{site.scene.vpn.number}/")
    kinds = {url.rpartition("/")[2].partition(".")[2] for url in abroad if "evil.example" in url}
    assert not kinds & {"js", "css"}


def test_a_mail_cannot_lie_over_the_page(site: Site, opens: Opens) -> None:
    planted = plant(
        site, clean("<div style='position:fixed;inset:0;background:red'>Enter your password</div>")
    )
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.priya)
    frame = page.locator(f"#message-{planted.pk} iframe")
    card = page.locator(f"#message-{planted.pk} .message-card")
    inside, around = frame.bounding_box(), card.bounding_box()
    assert inside is not None and around is not None
    assert inside["x"] >= around["x"] and inside["x"] + inside["width"] <= around["x"] + around["width"]
    page.locator("#composer-text").click()
