"""Two requests become one, and mails go elsewhere: both themes, three widths, axe, no JavaScript."""

from uuid import uuid4

import pytest

from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.inbound import merging
from tests.browser.accessible import look_at, overflow
from tests.browser.conftest import DESKTOP, PHONE, Opens, Site
from tests.console import builders

SIZES = {"": DESKTOP, "-phone": PHONE}
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.strip("-") or "wide")


def again(site: Site) -> Record:
    """Let Tom write a second time about what he has a request for."""
    return builders.request_by_mail(
        site.scene.box,
        subject="VPN is gone again, since this morning",
        text="Hello,\n\nit drops again. Is anybody looking at it?\n\nTom",
        message_id=f"<{uuid4().hex}@kestrel.example>",
        files={"vpn-client.log": ("text/plain", b"x" * 4_000)},
    )


@pytest.fixture(scope="module")
def second(site: Site) -> Record:
    return again(site)


@pytest.fixture(scope="module")
def merged(site: Site) -> Record:
    """Give a request that is merged into Tom's first one."""
    made = again(site)
    merging.merge(made.pk, site.scene.vpn.pk, site.scene.dana)
    return made


@sizes
def test_the_other_request_is_chosen(site: Site, opens: Opens, second: Record, size: str) -> None:
    url = f"/requests/{second.number}/merge/"
    page = opens(url, site.scene.priya, viewport=SIZES[size])
    page.get_by_role("link", name=site.scene.vpn.subject).wait_for()
    look_at(page, f"merge-choose{size}")
    page.goto(f"{url}?q=giraffe")
    page.get_by_text("No request of this account has these words").wait_for()
    look_at(page, f"merge-choose-none{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) <= 0


@sizes
def test_both_requests_are_seen_before_they_are_merged(
    site: Site, opens: Opens, second: Record, size: str
) -> None:
    url = f"/requests/{second.number}/merge/?with={site.scene.vpn.number}"
    page = opens(url, site.scene.priya, viewport=SIZES[size])
    page.get_by_role("heading", name="Merge these two requests?").wait_for()
    assert page.get_by_label(f"Request {site.scene.vpn.number} stays").is_checked()
    look_at(page, f"merge{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) <= 0


@sizes
def test_a_merged_request_says_where_it_went(site: Site, opens: Opens, merged: Record, size: str) -> None:
    page = opens(f"/requests/{merged.number}/", site.scene.priya, viewport=SIZES[size])
    page.get_by_role("button", name="Take the merge back").wait_for()
    look_at(page, f"request-merged{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) <= 0
    page.set_viewport_size(SIZES[size])
    page.goto(f"/requests/{site.scene.vpn.number}/")
    page.locator(".others").first.wait_for(state="attached")  # on a phone it is folded
    look_at(page, f"request-merged-stays{size}")


@sizes
def test_what_is_moved_is_chosen(site: Site, opens: Opens, size: str) -> None:
    one = Conversation.objects.filter(record=site.scene.vpn).latest("pk")
    url = f"/requests/{site.scene.vpn.number}/move/?message={one.pk}"
    page = opens(url, site.scene.priya, viewport=SIZES[size])
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("Type the number of the request.").wait_for()
    look_at(page, f"move-mails{size}")
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) <= 0


def test_several_are_chosen_in_the_list(site: Site, opens: Opens, second: Record) -> None:
    page = opens("/requests/", site.scene.priya)
    for one in (second, site.scene.vpn):
        page.get_by_label(f"Choose request {one.number}").check()
    page.get_by_role("button", name="Choose none").wait_for()
    look_at(page, "requests-chosen")
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("heading", name="Merge these two requests?").wait_for()


def test_merging_and_taking_back_need_no_javascript(site: Site, opens: Opens) -> None:
    made = again(site)
    page = opens(f"/requests/{made.number}/", site.scene.priya, java_script_enabled=False)
    page.get_by_role("link", name="Merge", exact=True).click()
    page.get_by_label("Number or words of the other request").fill(str(site.scene.vpn.number))
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_text(f"Request {made.number} is merged into this one.").wait_for()
    page.goto(page.url.replace(str(site.scene.vpn.number), str(made.number)))
    page.get_by_role("button", name="Take the merge back").click()
    page.get_by_text("The merge is taken back").wait_for()
    assert Record.objects.get(pk=made.pk).merged_into is None


def test_a_mail_is_made_a_request_of_its_own_without_javascript(site: Site, opens: Opens) -> None:
    made = again(site)
    builders.request_by_mail(
        site.scene.box,
        subject=f"Re: ##RE-{made.number}##",
        text="And the printer is out of ink.",
        message_id=f"<{uuid4().hex}@kestrel.example>",
    )
    page = opens(f"/requests/{made.number}/", site.scene.priya, java_script_enabled=False)
    page.get_by_role("link", name="Move or make it a request of its own").last.click()
    page.get_by_label("Into a request of their own").check()
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text(f"1 mail or note of request {made.number} is here now.").wait_for()
    assert Record.objects.latest("pk").preview == "And the printer is out of ink."
