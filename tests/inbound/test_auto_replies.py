"""Auto-replies that belong to a request: they join it quietly, or not at all where that is set."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from deskpost.desk.fields import Status
from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver, rehearse
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.outbound.outbox import OutboxMail
from tests.inbound.builders import account, mail, mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")
AWAY = {"subject": "Away: ##RE-1##", "text": "Until Monday.", "message_id": "<2@acme.example>"}


@pytest.fixture
def box() -> Mailbox:
    account("Acme", "acme.example")
    made = mailbox()
    deliver(made, mail())
    return made


def away(box: Mailbox, **parts: str) -> MailOutcome:
    deliver(box, mail(**{**AWAY, "Auto_Submitted": "auto-replied", **parts}))
    return MailOutcome.objects.select_related("record").latest("pk")


def test_an_auto_reply_joins_quietly_and_the_trace_names_the_setting(box: Mailbox) -> None:
    sent = OutboxMail.objects.count()
    outcome = away(box)
    assert (outcome.kind, str(outcome.record)) == ("conversation", "RE-1")
    assert "Joined quietly" in outcome.reason
    assert outcome.decided_by == {
        "kind": "installation",
        "id": 1,
        "name": "",
        "value": "join",
        "column": "auto_replies",
    }
    assert Record.objects.get().conversations.filter(automatic=True).count() == 1
    assert OutboxMail.objects.count() == sent


def test_where_it_is_set_an_auto_reply_ends_at_its_request_and_joins_nothing(box: Mailbox) -> None:
    Installation.objects.update(auto_replies="end")
    outcome = away(box)
    assert (outcome.kind, str(outcome.record), outcome.conversation) == ("automatic", "RE-1", None)
    assert outcome.decided_by is not None and outcome.decided_by["value"] == "end"
    assert Record.objects.get().conversations.count() == 1


def test_of_a_stranger_it_ends_and_shows_nothing_of_the_request(box: Mailbox) -> None:
    for setting in ("join", "end"):
        Installation.objects.update(auto_replies=setting)
        outcome = away(box, sender="eve@other.example", message_id=f"<{setting}@other.example>")
        assert (outcome.kind, outcome.record, outcome.decided_by) == ("automatic", None, None)


def test_mail_of_people_goes_by_it_not_at_all(box: Mailbox) -> None:
    Installation.objects.update(auto_replies="end")
    deliver(box, mail(subject="Re: ##RE-1##", text="Thanks", message_id="<3@acme.example>"))
    assert MailOutcome.objects.latest("pk").kind == "conversation"
    alert = {"subject": "##RE-1## disk full", "text": "sda", "message_id": "<4@acme.example>"}
    deliver(box, mail(**alert, Auto_Submitted="auto-generated"))
    assert MailOutcome.objects.latest("pk").kind == "conversation", "an alert is no auto-reply"


def test_a_mail_that_is_only_tried_goes_by_it_too(box: Mailbox) -> None:
    Installation.objects.update(auto_replies="end")
    told = rehearse(box, mail(**AWAY, Auto_Submitted="auto-replied"))
    assert told["outcome"]["kind"] == "automatic"


RECEIPT = b"""From: Ute Brandt <ute@acme.example>
To: help@desk.example
Subject: Read: Printer on fire
Message-ID: <mdn@acme.example>
Date: Mon, 23 Nov 2026 09:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

Your message was read.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;ute@acme.example
Original-Message-ID: <nobody-knows@desk.example>
Disposition: manual-action/MDN-sent-manually; displayed
--b--
"""


def test_a_read_receipt_is_called_one_and_no_delivery_report(box: Mailbox) -> None:
    deliver(box, RECEIPT.replace(b"\n", b"\r\n"))
    outcome = MailOutcome.objects.latest("pk")
    assert (outcome.kind, outcome.reason) == (
        "automatic",
        "A read receipt: the mail is a report (multipart/report).",
    )
    other = RECEIPT.replace(b"disposition-notification", b"something-else").replace(b"<mdn@", b"<other@")
    deliver(box, other.replace(b"was read", b"was filed").replace(b"\n", b"\r\n"))
    outcome = MailOutcome.objects.latest("pk")
    assert outcome.kind == "automatic" and outcome.reason.startswith("A report: ")


def answer(box: Mailbox, subject: str, **headers: str) -> MailOutcome:
    """Let an answer to our receipt come in."""
    receipt = OutboxMail.objects.filter(event="request_received").latest("pk")
    parts = {"subject": subject, "text": subject, "message_id": f"<{hash(subject)}@acme.example>"}
    deliver(box, mail(**parts, In_Reply_To=receipt.message_id, **headers))
    return MailOutcome.objects.select_related("record").latest("pk")


@pytest.fixture
def answered(box: Mailbox) -> Mailbox:
    """The mailbox, once a mail was answered."""
    make.server()
    deliver(box, mail(subject="Monitor", message_id="<9@acme.example>"))
    return box


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Abwesenheitsnotiz: Monitor", {}),
        ("Abwesend: Monitor", {}),
        ("Ma-Sp Vacation: Monitor", {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"}),
    ],
)
def test_a_note_that_answers_ours_reopens_nothing_and_tells_nobody(
    answered: Mailbox, subject: str, headers: Any
) -> None:
    closed = Status.objects.filter(kind="closed").first()
    Record.objects.update(status=closed, closed_at=F("created_at"))
    sent = OutboxMail.objects.count()
    outcome = answer(answered, subject, **headers)
    assert outcome.kind == "conversation" and "Joined quietly" in outcome.reason
    assert outcome.record is not None and outcome.record.status == closed
    assert OutboxMail.objects.count() == sent


def test_an_alert_that_answers_nothing_of_ours_is_no_note_whatever_suppresses_answers(box: Mailbox) -> None:
    alert = {"subject": "Vacation home: water leak", "text": "Help", "message_id": "<5@acme.example>"}
    marks = {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"}
    deliver(box, mail(**alert, **marks, In_Reply_To="<4@acme.example>"))
    assert MailOutcome.objects.latest("pk").kind == "request"


@pytest.mark.requirement("R162")
@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Automated response time check failed: web01", {"Auto_Submitted": "auto-generated"}),
        ("Abwesenheit von Ute: bitte Postfach umleiten", {"X_Auto_Response_Suppress": "All"}),
        ("Redirected", {"X_MS_Exchange_Inbox_Rules_Loop": "it@acme.example"}),
        ("Toner low", {"Return_Path": "<>"}),
    ],
)
def test_no_single_sign_keeps_an_alert_or_a_redirected_mail_from_being_a_request(
    box: Mailbox, subject: str, headers: Any
) -> None:
    deliver(box, mail(subject=subject, text=subject, message_id="<6@acme.example>", **headers))
    assert MailOutcome.objects.latest("pk").kind == "request"


@pytest.mark.parametrize(
    "sender", ["MAILER-DAEMON@mx.acme.example", "postmaster@acme.example", "no-reply@acme.example"]
)
def test_a_mail_system_gets_no_automatic_answer(box: Mailbox, sender: str) -> None:
    make.server()
    deliver(box, mail(sender=sender, subject="failure notice", text="Hi.", message_id="<7@acme.example>"))
    outcome = MailOutcome.objects.latest("pk")
    assert outcome.kind == "request"
    assert not OutboxMail.objects.filter(event="request_received", record=outcome.record).exists()
    assert any(f"nobody reads answers to {sender}" in line[2] for line in outcome.trace)


def test_a_note_marked_as_nothing_that_answers_nothing_gets_no_receipt(box: Mailbox) -> None:
    make.server()
    deliver(box, mail(subject="Automatische Antwort: Drucker", text="Weg.", message_id="<8@acme.example>"))
    outcome = MailOutcome.objects.latest("pk")
    assert outcome.kind == "request"
    assert not OutboxMail.objects.filter(event="request_received", record=outcome.record).exists()


def test_a_scanner_whose_clock_stands_still_makes_no_loop(box: Mailbox) -> None:
    """Its mails were all written in 1970, and came on as many days."""
    for number in range(22):
        scan = mail(sender="mfp@acme.example", subject="Scan", text=str(number), message_id=f"<s{number}@x>")
        deliver(box, scan.replace(b"Mon, 23 Nov 2026", b"Thu, 01 Jan 1970"))
        assert MailOutcome.objects.latest("pk").kind == "request"
        InboundMessage.objects.update(received_at=F("received_at") - timedelta(days=1))


def test_the_same_within_an_hour_is_a_loop_whatever_its_clock_says(box: Mailbox) -> None:
    for number in range(22):
        scan = mail(sender="mfp@acme.example", subject="Scan", text=str(number), message_id=f"<s{number}@x>")
        deliver(box, scan.replace(b"Mon, 23 Nov 2026", b"Thu, 01 Jan 1970"))
    assert MailOutcome.objects.latest("pk").kind == "automatic"
