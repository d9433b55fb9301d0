"""Attachment Settings and dropped files in a real browser: both themes, both widths, by keys, and without scripts."""

import pytest
from playwright.sync_api import expect

from deskpost.inbound import attachment_settings, global_config
from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import InboundMessage
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site
from tests.console import builders
from tests.mime.files import PNG

URL = "/admin/attachment-settings/"
SIZES = {"": DESKTOP, "-phone": PHONE}
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")


@pytest.fixture(autouse=True)
def as_at_first(site: Site) -> None:
    """Begin each test with what holds at first."""
    extensions = attachment_settings.denied_at_first()
    AttachmentSettings.objects.update(mode="denied", extensions=extensions, max_mb=10)
    global_config.send_notices(None, "cli", True)


def lose_files(site: Site, message_id: str) -> int:
    """Let Tom send files that are dropped with one that stays; give the mail."""
    files = {
        "Alter.txt": ("text/plain", PNG),
        "in#valid?.txt": ("text/plain", b"hello"),
        "setup.exe": ("application/octet-stream", b"hello"),
        "router-log.txt": ("text/plain", b"x" * 400),
        "Meeting on Monday.ics": ("text/calendar", b"BEGIN:VCALENDAR"),
    }
    subject = f"Re: ##RE-{site.scene.vpn.number}## VPN drops {message_id}"
    deliver(site.scene.box, builders.mail(subject=subject, message_id=message_id, files=files))
    return InboundMessage.objects.latest("pk").pk


@sizes
def test_the_page_is_pleasant_and_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens(URL, site.scene.priya, viewport=SIZES[size])
    look_at(page, f"attachments{size}")
    page.get_by_label("Maximum attachment size (MB)").fill("many")
    page.get_by_label("Extensions", exact=True).fill("exe, a.b")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("#error-summary")
    look_at(page, f"attachments-wrong{size}")
    global_config.GlobalConfig.objects.update(paramvalue="perhaps")
    page.goto(f"{site.url}{URL}")
    look_at(page, f"attachments-senseless{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens) -> None:
    id = lose_files(site, "<narrow@kestrel.example>")
    for url in (URL, f"/trace/{id}/", f"/requests/{site.scene.vpn.number}/"):
        page = opens(url, site.scene.priya, viewport={"width": 320, "height": 700})
        settle(page)
        assert overflow(page) <= 0


@pytest.mark.requirement("R189", "R193")
def test_it_is_reached_by_the_words_of_the_solutions_and_saved_without_scripts(
    site: Site, opens: Opens
) -> None:
    page = opens("/", site.scene.priya, java_script_enabled=False)
    page.goto(f"{site.url}/admin/")
    expect(page.get_by_role("heading", name="General Settings")).to_be_visible()
    page.get_by_role("link", name="Attachment Settings").click()
    page.wait_for_url(f"**{URL}")
    page.get_by_text("Allowed", exact=True).click()
    page.get_by_label("Extensions", exact=True).fill("PDF, .txt")
    page.get_by_label("Maximum attachment size (MB)").fill("1")
    page.get_by_label("Tell of dropped attachments by e-mail").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next mail on.")).to_be_visible()
    expect(page.get_by_label("Extensions", exact=True)).to_have_value("pdf, txt")
    row = attachment_settings.load()
    assert (row.mode, row.extensions, row.max_mb) == ("allowed", ["pdf", "txt"], 1)
    assert not global_config.notices_are_sent()
    page.get_by_role("link", name="More about attachments").click()
    expect(page.get_by_role("heading", name="Taking a dropped file in")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="View history").first.click()
    expect(page.get_by_text("Notice of dropped attachments").first).to_be_visible()


@sizes
def test_dropped_files_are_pleasant_at_the_request_and_in_the_trace(
    site: Site, opens: Opens, size: str
) -> None:
    id = lose_files(site, f"<files{size}@kestrel.example>")
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.priya, viewport=SIZES[size])
    file = page.locator(".dropped summary", has_text="Alter.txt").last
    file.scroll_into_view_if_needed()
    file.click()
    expect(page.get_by_text("it holds an image, and .txt is a text").last).to_be_visible()
    look_at(page, f"request-files{size}")
    page = opens(f"/trace/{id}/", site.scene.priya, viewport=SIZES[size])
    heading = page.get_by_role("heading", name="Dropped files")
    if not heading.is_visible():
        page.locator(".side > summary").click()
    heading.scroll_into_view_if_needed()
    look_at(page, f"trace-files{size}")


def test_by_keys_alone_a_file_is_taken_in(site: Site, opens: Opens) -> None:
    id = lose_files(site, "<keys@kestrel.example>")
    page = opens(f"/trace/{id}/", site.scene.priya)
    page.get_by_role("button", name="Take it in Alter.txt").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Alter.txt is an attachment of the mail now.")).to_be_visible()
    expect(page.get_by_text("took in Alter.txt")).to_be_visible()
    expect(page.get_by_role("link", name="Alter.txt")).to_be_visible()
    expect(page.get_by_role("button", name="Take it in setup.exe")).to_have_count(0)


@pytest.mark.requirement("R187")
def test_a_file_is_saved_by_the_browser_and_never_opened(site: Site, opens: Opens) -> None:
    files = {"page.html": ("text/html", b"<!DOCTYPE html><script>document.title='run'</script>")}
    subject = f"Re: ##RE-{site.scene.vpn.number}## page"
    raw = builders.mail(subject=subject, message_id="<html@kestrel.example>", files=files)
    deliver(site.scene.box, raw)
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.priya)
    with page.expect_download() as saved:
        page.get_by_role("link", name="page.html").click()
    assert saved.value.suggested_filename == "page.html"
    assert page.title() != "run"
