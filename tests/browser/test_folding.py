"""Quoted text and signatures in a real browser: folded at first, opened by mouse and keys, without scripts too."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from deskpost.desk.records import Record
from tests.browser.accessible import frames_came, look_at, settle
from tests.browser.conftest import PATIENCE, Opens, Site
from tests.browser.test_pages import SIZES, sizes
from tests.console import builders

OLD = "Please remove the old profile, restart, and tell me whether the drop still comes."
TEXT = f"""Thanks Dana, I tried the new profile. It is still twenty minutes almost to the second.

I have a customer call at 13:00 and need this to hold.

--\x20
Tom Achterberg
Kestrel Logistics, Rotterdam

On Mon, 23 Nov 2026 at 09:18, Dana Whitfield <support@northgate-it.example> wrote:
> Hi Tom, I pushed a new profile.
> {OLD}
>
> Dana
"""
HTML = f"""<div dir="ltr" style="font-family:Arial">Ethernet instead of Wi-Fi makes <b>no</b> difference.</div><br>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 23 Nov 2026 at 09:18, Dana Whitfield
&lt;<a href="mailto:support@northgate-it.example">support@northgate-it.example</a>&gt; wrote:<br></div>
<blockquote style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><p>Hi Tom, I pushed a new profile.</p>
<p>{OLD}</p><p>{"<br>".join("Line of old" for _ in range(40))}</p><p>The end</p></blockquote></div>"""


@pytest.fixture(scope="module")
def talk(site: Site) -> Iterator[Record]:
    """Let a mail come in, and two answers that quote: one in text, one in HTML."""
    record = builders.request_by_mail(site.scene.box, message_id="<q0@kestrel.example>", subject="VPN drops")
    builders.request_by_mail(
        site.scene.box,
        text=TEXT,
        message_id="<q1@kestrel.example>",
        subject=f"Re: ##RE-{record.number}## VPN drops",
    )
    builders.request_by_mail(
        site.scene.box,
        subject=f"Re: ##RE-{record.number}##",
        text="x",
        html=HTML,
        message_id="<q2@kestrel.example>",
    )
    yield record


def frame_of(page: Page) -> FrameLocator:
    """Give what is within the frame of the HTML mail."""
    frames_came(page)
    return page.frame_locator("iframe.mail-frame")


def height(page: Page) -> float:
    """Give how high the frame is now."""
    box = page.locator("iframe.mail-frame").bounding_box()
    assert box is not None
    return box["height"]


def until(page: Page, true: Callable[[], bool]) -> None:
    """Wait until the page has been laid out so that this is true."""
    for _ in range(PATIENCE // 50):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not become true")


def test_quoted_text_is_folded_and_opened_by_a_click(site: Site, opens: Opens, talk: Record) -> None:
    page = opens(f"/requests/{talk.number}/", site.scene.priya)
    expect(page.get_by_text("I have a customer call at 13:00")).to_be_visible()
    expect(page.get_by_text(OLD)).to_be_hidden()
    expect(page.get_by_text("Kestrel Logistics, Rotterdam")).to_be_hidden()
    page.get_by_text("Quoted text and signature, 9 lines").click()
    expect(page.get_by_text(OLD)).to_be_visible()
    expect(page.get_by_text("Kestrel Logistics, Rotterdam")).to_be_visible()


def test_quoted_text_is_opened_by_keys_and_without_scripts(site: Site, opens: Opens, talk: Record) -> None:
    page = opens(f"/requests/{talk.number}/", site.scene.priya, java_script_enabled=False)
    page.locator("details.rest > summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(OLD)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text(OLD)).to_be_hidden()


def test_a_mail_in_a_frame_is_read_to_its_end_without_scripts(site: Site, opens: Opens, talk: Record) -> None:
    page = opens(f"/requests/{talk.number}/", site.scene.priya, java_script_enabled=False)
    frame, last = (
        page.locator("iframe.mail-frame"),
        page.frame_locator("iframe.mail-frame").get_by_text("The end"),
    )
    frame.scroll_into_view_if_needed()
    page.frame_locator("iframe.mail-frame").get_by_text("Quoted text", exact=True).click()
    frame.hover()
    page.mouse.wheel(0, 2_000)

    def is_shown() -> bool:
        around, inside = frame.bounding_box(), last.bounding_box()
        assert around is not None and inside is not None
        return inside["y"] + inside["height"] <= around["y"] + around["height"]

    until(page, is_shown)


def test_the_frame_of_a_mail_grows_and_shrinks_with_its_fold(site: Site, opens: Opens, talk: Record) -> None:
    page = opens(f"/requests/{talk.number}/", site.scene.priya)
    frame = frame_of(page)
    expect(frame.get_by_text("Ethernet instead of Wi-Fi")).to_be_visible()
    expect(frame.get_by_text(OLD)).to_be_hidden()
    until(page, lambda: height(page) < 160)
    closed = height(page)
    frame.get_by_text("Quoted text", exact=True).click()
    expect(frame.get_by_text(OLD)).to_be_visible()
    until(page, lambda: height(page) > closed + 800)
    frame.get_by_text("Quoted text", exact=True).click()
    expect(frame.get_by_text(OLD)).to_be_hidden()
    until(page, lambda: height(page) == closed)


@sizes
@pytest.mark.parametrize("opened", [False, True], ids=["folded", "opened"])
def test_a_conversation_with_folds_is_open_to_everybody(
    site: Site, opens: Opens, talk: Record, size: str, opened: bool
) -> None:
    page = opens(f"/requests/{talk.number}/", site.scene.priya, viewport=SIZES[size])
    settle(page)
    if opened:
        page.get_by_text("Quoted text and signature").click()
        frame_of(page).get_by_text("Quoted text", exact=True).click()
    page.get_by_text("I have a customer call at 13:00").scroll_into_view_if_needed()
    look_at(page, f"request-{'opened' if opened else 'folded'}{size}")
