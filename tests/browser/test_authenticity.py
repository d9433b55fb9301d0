"""Verdicts on senders in a real browser: at the mails of a request and in the form, both themes and widths."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from deskpost.inbound.deliver import deliver
from tests.browser.accessible import look_at
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site, serve
from tests.console import builders
from tests.console.conftest import build_desk

MX = "mx.northgate-it.example"


def build() -> SimpleNamespace:
    """Let a request have a mail of each verdict."""
    desk = build_desk()
    desk.box.trusted_authserv_ids = [MX]
    desk.box.save()
    verdicts = ("fail", "pass", "none")
    for number, verdict in enumerate(verdicts):
        raw = builders.mail(
            subject="VPN" if not number else "##RE-1## VPN", message_id=f"<{number}@kestrel.example>"
        )
        said = f"Authentication-Results: {MX}; dmarc={verdict} header.from=kestrel.example\r\n"
        deliver(desk.box, said.encode() + raw)
    forged = builders.mail(subject="##RE-1## VPN", message_id="<9@kestrel.example>", text="Pay here.")
    deliver(
        desk.box,
        f"Authentication-Results: {MX}; dmarc=fail header.from=kestrel.example\r\n".encode() + forged,
    )
    return SimpleNamespace(dana=desk.dana, admin=desk.admin, box=desk.box)


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve that desk."""
    with serve(template_database, django_db_blocker, build) as serving:
        yield serving


@pytest.mark.parametrize(("suffix", "size"), [("", DESKTOP), ("-phone", PHONE)])
def test_a_request_says_of_each_mail_whether_its_sender_is_confirmed(
    site: Site, opens: Opens, suffix: str, size: object
) -> None:
    page = opens("/requests/1/", site.scene.dana)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    expect(page.locator(".message-trouble", has_text="Sender may be forged")).to_have_count(1)
    look_at(page, f"senders{suffix}")


@pytest.mark.parametrize(("suffix", "size"), [("", DESKTOP), ("-phone", PHONE)])
def test_the_form_has_both_rows(site: Site, opens: Opens, suffix: str, size: object) -> None:
    page = opens(f"/admin/mail-server-settings/incoming/{site.scene.box.pk}/", site.scene.admin)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.locator("details.more").evaluate("it => { it.open = true }")
    expect(page.get_by_label("Trusted Authentication-Results of")).to_have_value(MX)
    page.get_by_label("Check senders by DKIM, SPF and DMARC").scroll_into_view_if_needed()
    look_at(page, f"senders-form{suffix}")
