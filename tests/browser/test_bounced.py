"""A mail that came back, at its request: who did not get it, and the warning where the next answer is written."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.outbound.outbox import OutboxMail
from tests.browser.accessible import look_at, settle
from tests.browser.conftest import Opens, Site
from tests.browser.test_pages import SIZES, sizes
from tests.console import builders
from tests.inbound.test_bounces import report

TOM = "tom@kestrel.example"


@pytest.fixture(scope="module")
def bounced(site: Site) -> Record:
    """Let an answer to Tom come back."""
    scene = site.scene
    record = builders.request_by_mail(
        scene.box, message_id="<b1@kestrel.example>", subject="Badge reader dead"
    )
    form = {"mode": "reply", "to": TOM, "text": "A new one comes today.", "token": str(uuid.uuid4())}
    builders.signed_in(scene.dana).post(reverse("request_reply", args=[record.number]), form)
    mail = OutboxMail.objects.get(record=record, event="reply")
    done = {TOM: {"state": "sent", "answer": "250 Ok"}}
    OutboxMail.objects.filter(pk=mail.pk).update(state="sent", recipients=done, done_at=timezone.now())
    deliver(scene.box, report(mail.message_id, TOM))
    return record


@sizes
def test_a_mail_that_came_back_says_so_at_its_request_and_where_the_next_is_written(
    site: Site, opens: Opens, bounced: Record, size: str
) -> None:
    page = opens(f"/requests/{bounced.number}/?mode=reply", site.scene.priya, viewport=SIZES[size])
    settle(page)
    expect(page.get_by_text("Not delivered, as a report says.")).to_be_visible()
    look_at(page, f"request-bounced{size}")
    page.goto(f"{page.url}#composer")
    expect(page.get_by_text(f"Mail to {TOM} came back on")).to_be_visible()
    look_at(page, f"request-bounced-answer{size}")


def test_the_warning_is_gone_where_a_note_is_written(site: Site, opens: Opens, bounced: Record) -> None:
    page = opens(f"/requests/{bounced.number}/?mode=note", site.scene.priya)
    expect(page.get_by_text(f"Mail to {TOM} came back on")).to_be_hidden()


@sizes
def test_the_person_s_page_says_that_mail_comes_back(
    site: Site, opens: Opens, bounced: Record, size: str
) -> None:
    assert bounced.requester is not None
    page = opens(f"/admin/people/{bounced.requester.pk}/", site.scene.priya, viewport=SIZES[size])
    expect(page.get_by_text(f"Mail to {TOM} came back on")).to_be_visible()
    look_at(page, f"person-bounced{size}")
