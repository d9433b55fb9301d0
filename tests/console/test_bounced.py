"""What people see of a mail that came back: at the request, where the next answer is written, at the person."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from deskpost.inbound.deliver import deliver
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.inbound.test_bounces import report

TOM = "tom@kestrel.example"


@pytest.fixture
def bounced(desk: Desk) -> OutboxMail:
    """Give Dana's answer to Tom, which came back."""
    record = builders.request_by_mail(desk.box)
    record.technician = desk.dana
    record.save(update_fields=["technician"])
    form = {"mode": "reply", "to": TOM, "text": "Try again.", "token": str(uuid.uuid4())}
    url = reverse("request_reply", args=[record.number])
    assert builders.signed_in(desk.dana).post(url, form).status_code == 303
    mail = OutboxMail.objects.get(event="reply")
    done = {TOM: {"state": "sent", "answer": "250 Ok"}}
    OutboxMail.objects.filter(pk=mail.pk).update(state="sent", recipients=done, done_at=timezone.now())
    deliver(desk.box, report(mail.message_id, TOM))
    mail.refresh_from_db()
    assert mail.record is not None
    return mail


def test_the_request_says_who_did_not_get_it_and_the_next_answer_is_warned_of(
    desk: Desk, bounced: OutboxMail
) -> None:
    assert bounced.record is not None
    url = reverse("request", args=[bounced.record.number])
    page = builders.signed_in(desk.dana).get(url).content.decode()
    assert "not delivered" in page and "Not delivered, as a report says. 550 5.1.1" in page
    shown = reverse("trace_mail", args=[bounced.recipients[TOM]["report"]])
    assert f'<a href="{shown}">Show the report</a>' in page
    assert f"Mail to {TOM} came back on " in page and "To do: write to another address" in page
    tom = bounced.record.requester
    assert tom is not None
    requesters_page = builders.signed_in(tom).get(url).content.decode()
    assert "came back on" not in requesters_page and "550 5.1.1" not in requesters_page


def test_the_trace_has_reports_under_a_name_of_their_own(desk: Desk, bounced: OutboxMail) -> None:
    assert bounced.record is not None
    client = builders.signed_in(desk.dana)
    page = client.get(reverse("trace"), {"outcome": "bounce"}).content.decode()
    assert "Delivery reports" in page and "Undelivered Mail Returned to Sender" in page
    attempt = bounced.attempts.get()
    assert attempt.report_id
    mail = client.get(reverse("trace_mail", args=[attempt.report_id])).content.decode()
    assert "Reports on a mail of request" in mail and f"{bounced.record.number} " in mail


def test_the_person_s_page_says_that_mail_comes_back(desk: Desk, bounced: OutboxMail) -> None:
    assert bounced.record is not None and bounced.record.requester is not None
    page = builders.signed_in(desk.admin).get(reverse("person", args=[bounced.record.requester.pk]))
    assert f"Mail to {TOM} came back on " in page.content.decode()
