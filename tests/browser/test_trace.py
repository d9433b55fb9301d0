"""The mail trace before a real browser: both themes, three widths, axe, keys alone, and JavaScript off."""

import pytest
from playwright.sync_api import expect

from deskpost.desk.records import Record
from deskpost.inbound import whose
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.outbound.outbox import OutboxMail
from tests.browser.accessible import look_at, overflow, settle
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site
from tests.browser.scene import Scene
from tests.console import builders

SIZES = {"": DESKTOP, "-phone": PHONE}
NARROW = {"width": 320, "height": 700}
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")


@pytest.fixture(scope="module")
def mails(site: Site) -> dict[str, int]:
    """Let mails of the rarer outcomes come in beside the scene's; give ids by what they are."""
    scene = site.scene
    held = builders.mail(
        subject=f"Re: ##RE-{scene.vpn.number}## VPN",
        sender="Tom <tom.private@mail.example>",
        message_id="<held@mail.example>",
        text="From my private address.",
    )
    deliver(scene.box, held)
    away = builders.mail(subject="Away", message_id="<away@x.example>", Auto_Submitted="auto-replied")
    deliver(scene.box, away)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(whose, "sender", lambda *_: 1 // 0)
        unlucky = builders.mail(subject="Quarterly figures", message_id="<error@kestrel.example>")
        deliver(scene.box, unlucky)
    ids = {kind: MailOutcome.objects.filter(kind=kind).latest("pk").pk for kind in ("held", "error")}
    return {"joined": scene.mail.mail_id, "token": _answered(scene), **ids}


def _answered(scene: Scene) -> int:
    """Let an answer to a mail of ours come in, with a file that stays and one that does not; give its id."""
    first = {"subject": "The lift", "message_id": "<lift@kestrel.example>", "text": "It stops."}
    deliver(scene.box, builders.mail(**first))
    kind = "application/octet-stream"
    answer = builders.mail(
        subject="Re: The lift",
        message_id="<lift-2@kestrel.example>",
        text="Again.",
        files={"lift.log": ("text/plain", b"x" * 2000), "capture.exe": (kind, b"hello")},
        In_Reply_To=OutboxMail.objects.latest("pk").message_id,
    )
    deliver(scene.box, answer)
    return MailOutcome.objects.get(message_id="<lift-2@kestrel.example>").pk


@sizes
def test_the_list_is_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, mails: dict[str, int], size: str
) -> None:
    page = opens("/trace/", site.scene.priya, viewport=SIZES[size])
    look_at(page, f"trace{size}")
    page.locator("summary", has_text="Sender").click()
    page.locator("#f-sender").wait_for()
    look_at(page, f"trace-filter{size}")


@sizes
@pytest.mark.parametrize("kind", ["joined", "token", "held", "error"])
def test_a_mails_page_is_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, mails: dict[str, int], kind: str, size: str
) -> None:
    page = opens(f"/trace/{mails[kind]}/", site.scene.priya, viewport=SIZES[size])
    look_at(page, f"trace-{kind}{size}")
    if kind == "joined":
        page.get_by_text("Move to another request").click()
        page.get_by_label("Number of the request").fill("999999")
        page.get_by_role("button", name="Move the mail").click()
        page.get_by_text("There is no request 999999 that you work on.").wait_for()
        look_at(page, f"trace-wrong-number{size}")
        page.goto(f"/trace/{mails[kind]}/source/")
        look_at(page, f"trace-source{size}")


def test_nothing_scrolls_sideways_down_to_320_pixels(site: Site, opens: Opens, mails: dict[str, int]) -> None:
    page = opens("/trace/", site.scene.priya, viewport=NARROW)
    for path in ("/trace/", f"/trace/{mails['joined']}/", f"/trace/{mails['joined']}/source/"):
        page.goto(path)
        settle(page)
        assert overflow(page) <= 0, path


def test_a_mail_is_found_read_and_moved_with_keys_alone(
    site: Site, opens: Opens, mails: dict[str, int]
) -> None:
    scene = site.scene
    target = Record.objects.get(subject__startswith="Barcode gun")  # of the same account
    deliver(
        scene.box, builders.mail(subject="Keys alone", message_id="<keys@kestrel.example>", text="By keys.")
    )
    page = opens("/requests/", scene.dana)
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/trace/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Keys alone").wait_for()
    page.get_by_text("Move to another request").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Number of the request")).to_be_visible()
    page.get_by_label("Number of the request").focus()
    page.keyboard.type(str(target.number))
    page.keyboard.press("Enter")
    page.get_by_text(f"The mail is in request {target.number} now.").wait_for()
    page.get_by_role("button", name="Move it back to request").focus()
    page.keyboard.press("Enter")
    page.get_by_text("moved it from request").first.wait_for()


def test_without_javascript_mails_are_found_and_put_where_they_belong(
    site: Site, opens: Opens, mails: dict[str, int]
) -> None:
    scene = site.scene
    deliver(
        scene.box, builders.mail(subject="No script", message_id="<plain@kestrel.example>", text="Plain.")
    )
    page = opens("/trace/", scene.dana, java_script_enabled=False)
    page.locator("summary", has_text="Subject").click()
    page.locator("#f-subject").fill("no script")
    with page.expect_navigation():
        page.locator("details[open] button").click()
    page.get_by_role("link", name="No script").click()
    page.get_by_text("Move to another request").click()
    page.get_by_label("Number of the request").fill(str(scene.vpn.number))
    page.get_by_role("button", name="Move the mail").click()
    page.get_by_text(f"The mail is in request {scene.vpn.number} now.").wait_for()
    page.get_by_role("button", name="Make it a request of its own").click()
    page.get_by_text("Became request").wait_for()
    assert InboundMessage.objects.latest("pk").outcome.kind == "request"


def test_the_popover_of_a_request_leads_to_the_whole_trace(
    site: Site, opens: Opens, mails: dict[str, int]
) -> None:
    page = opens(f"/requests/{site.scene.vpn.number}/", site.scene.dana)
    page.locator(".way-button").last.click()
    page.get_by_role("link", name="Full trace and raw source").click()
    page.wait_for_url("**/trace/*/")
    page.get_by_text("Became a mail of request").wait_for()
