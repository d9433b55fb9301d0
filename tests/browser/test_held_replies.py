"""Unverified replies at their request, and whose mail an address is: both themes, three widths, axe, no JavaScript."""

import pytest

from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from tests.browser.accessible import look_at, overflow
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site
from tests.console import builders

SIZES = {"": DESKTOP, "-phone": PHONE}
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")


@pytest.fixture(scope="module")
def held(site: Site) -> int:
    """Let Tom write from his private address, which nobody knows; give the mail."""
    subject = f"Re: ##RE-{site.scene.vpn.number}## VPN drops"
    text = "Hello Dana,\n\nI write from my private address, since the VPN is down again.\n\nTom"
    raw = builders.mail(
        sender="Tom Achterberg <tom.private@mail.example>",
        subject=subject,
        message_id="<held@mail.example>",
        text=text,
        files={"router-log.txt": ("text/plain", b"x" * 400)},
    )
    deliver(site.scene.box, raw)
    return MailOutcome.objects.get(kind="held", record=site.scene.vpn).pk


@sizes
def test_an_unverified_reply_is_pleasant_and_open_to_everybody(
    site: Site, opens: Opens, held: int, size: str
) -> None:
    url = f"/requests/{site.scene.vpn.number}/"
    page = opens(url, site.scene.priya, viewport=SIZES[size])
    page.get_by_text("Unverified reply from").wait_for()
    look_at(page, f"request-held-folded{size}")
    page.goto(f"{url}?view=open#held-{held}")
    page.get_by_role("button", name="Accept the reply").wait_for()  # the address alone opens it
    look_at(page, f"request-held{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) <= 0


@sizes
def test_whose_mail_it_is_can_be_chosen_where_several_accounts_know_an_address(
    site: Site, opens: Opens, size: str
) -> None:
    tom, vantage = site.scene.tom, Account.objects.get(name="Vantage Legal")
    if not Person.objects.filter(name="Tom of Vantage").exists():
        builders.person("Tom of Vantage", "tom@kestrel.example", account=vantage, signs_in=False)
    page = opens(f"/admin/people/{tom.pk}/edit/", site.scene.priya, viewport=SIZES[size])
    page.get_by_text("Known elsewhere as").wait_for()
    look_at(page, f"people-person-preferred{size}")


def test_a_reply_is_accepted_without_javascript(site: Site, opens: Opens, held: int) -> None:
    page = opens(
        f"/requests/{site.scene.vpn.number}/#held-{held}", site.scene.priya, java_script_enabled=False
    )
    page.get_by_role("button", name="Accept the reply").click()
    page.get_by_text("The reply is in the conversation now.").wait_for()
    assert MailOutcome.objects.get(pk=held).kind == "conversation"
