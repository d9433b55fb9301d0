"""Unknown senders and forwards in a real browser: both themes and widths, axe, without JavaScript."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from deskpost.desk import settings
from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from tests.browser.accessible import look_at, overflow
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders
from tests.console.conftest import build_desk

SIZES = {"": DESKTOP, "-phone": PHONE}
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")
FORWARD = (
    "Please take this one, it is urgent.\n\nDana\n________________________________\n"
    "From: Tom Achterberg <tom@kestrel.example>\nSent: Monday, November 23, 2026 9:00 AM\n"
    "To: Dana Whitfield <dana@northgate-it.example>\nSubject: VPN drops\n\nIt drops every twenty minutes.\n"
)


def build() -> SimpleNamespace:
    """Let a technician forward a mail, and two strangers wait."""
    desk = build_desk()
    dana = "Dana Whitfield <dana@northgate-it.example>"
    forward = builders.request_by_mail(
        desk.box, sender=dana, subject="FW: VPN drops", text=FORWARD, message_id="<f@northgate-it.example>"
    )
    settings.change(desk.admin, "page", Installation.objects.get(), {"unknown_senders": "hold"})
    for number, name in enumerate(("Eve Adler", "Oskar Lund", "Mia Stone")):
        sender = f"{name} <{name.split()[0].lower()}@elsewhere.example>"
        parts = {"subject": f"Offer for printers {number}", "message_id": f"<{number}@elsewhere.example>"}
        deliver(desk.box, builders.mail(sender=sender, **parts))
    held = list(MailOutcome.objects.filter(kind="held").order_by("pk").values_list("pk", flat=True))
    return SimpleNamespace(dana=desk.dana, sam=desk.sam, admin=desk.admin, held=held, number=forward.number)


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve that desk."""
    with serve(template_database, django_db_blocker, build) as serving:
        yield serving


@sizes
def test_the_page_senders(site: Site, opens: Opens, size: str) -> None:
    page = opens("/admin/mail-server-settings/senders/", site.scene.admin, viewport=SIZES[size])
    expect(page.get_by_label("Unknown senders")).to_have_value("hold")
    look_at(page, f"unknown-senders{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) <= 0


@sizes
def test_a_mail_that_waits_for_its_sender(site: Site, opens: Opens, size: str) -> None:
    page = opens(f"/trace/{site.scene.held[0]}/", site.scene.dana, viewport=SIZES[size])
    page.get_by_role("button", name="Accept the sender").wait_for()
    look_at(page, f"unknown-sender-waits{size}")
    page.goto("/trace/?outcome=stopped")
    page.get_by_role("button", name="Accept").first.wait_for()
    look_at(page, f"unknown-senders-wait{size}")


@sizes
def test_a_request_that_a_technician_forwarded(site: Site, opens: Opens, size: str) -> None:
    page = opens(f"/requests/{site.scene.number}/", site.scene.sam, viewport=SIZES[size])
    expect(page.get_by_text("It drops every twenty minutes.")).to_be_visible()
    if size:
        page.locator("details.side > summary").click()
    page.get_by_text("Change the requester").click()
    expect(page.get_by_role("button", name="Make Dana Whitfield the requester")).to_be_visible()
    look_at(page, f"request-forwarded{size}")


@pytest.mark.parametrize(("place", "script"), [(1, True), (2, False)], ids=["script", "no script"])
def test_the_bell_leads_to_what_waits_and_it_is_accepted(
    site: Site, opens: Opens, place: int, script: bool
) -> None:
    page = opens(f"/trace/{site.scene.held[place]}/", site.scene.dana, java_script_enabled=script)
    page.get_by_role("button", name="Accept the sender").click()
    page.get_by_text("The sender is accepted, and the mail is request").wait_for()
    assert MailOutcome.objects.get(pk=site.scene.held[place]).kind == "request"
    bell = opens("/bell/", site.scene.admin)
    expect(bell.get_by_text("Mail of an unknown sender waits")).to_be_visible()


def test_the_requester_is_changed_and_given_back_without_javascript(site: Site, opens: Opens) -> None:
    page = opens(f"/requests/{site.scene.number}/", site.scene.sam, java_script_enabled=False)
    page.get_by_text("Change the requester").click()
    page.get_by_label("E-mail address").fill("Amy Reyes <amy@kestrel.example>")
    page.locator("form", has=page.locator("#id_requester")).get_by_role("button", name="Save").click()
    page.get_by_text("Amy Reyes is the requester now.").wait_for()
    page.get_by_role("button", name="Make Dana Whitfield the requester").click()
    page.get_by_text("of Dana Whitfield now.").wait_for()
    made = Record.objects.latest("pk")
    assert made.requester == site.scene.dana and page.url.endswith(f"/requests/{made.number}/")
