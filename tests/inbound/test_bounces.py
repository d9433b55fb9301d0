"""A delivery report is tied to the mail that it is about: who was not reached, why, and who is told."""

from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import process_again, seen_of
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound import queue
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.bounced import DeadAddress, dead
from deskpost.outbound.outbox import OutboxMail, SentCopy
from deskpost.outbound.tries import Outcome
from tests.inbound.builders import mail, mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")
GONE = "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
FULL = "452 4.2.2 <{address}>: mailbox is full"


def report(
    about: str, *addresses: str, action: str = "failed", said: str = GONE, status: str = "5.1.1"
) -> bytes:
    """Give a report as RFC 3464 says, about the mail with this Message-ID."""
    groups = "\n\n".join(
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {said.format(address=address)}"
        for address in addresses
    )
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.acme.example
To: help@desk.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{about[1:9]}@mx.acme.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

{groups}

--b
Content-Type: text/rfc822-headers

Message-ID: {about}
Subject: Re: Printer
To: {", ".join(addresses)}

--b--
""".encode()


def sent(to: list[str], **fields: Any) -> OutboxMail:
    """A mail that a server took."""
    (written,) = make.queue_mails(make.server(), [to[0]], **fields)
    done = {address: {"state": "sent", "answer": "250 Ok"} for address in to}
    OutboxMail.objects.filter(pk=written.pk).update(
        state="sent", recipients=done, to=[["", address] for address in to], done_at=timezone.now()
    )
    written.refresh_from_db()
    return written


def test_a_reply_that_comes_back_is_marked_and_its_author_is_told_and_no_request_is_made() -> None:
    priya, ute = make.technician("Priya"), make.person("Ute", "ute@acme.example")
    about = make.record(ute)
    out = sent(["ute@acme.example", "bob@acme.example"], record_id=about.pk, account_id=about.account_id,
               author_id=priya.pk, event="reply")  # fmt: skip
    box = mailbox()
    told = deliver(box, report(out.message_id, "ute@acme.example"))["outcome"]
    assert (told["kind"], told["record"]) == ("bounce", f"RE-{about.number}")
    assert "User unknown" in told["reason"] and f"mail {out.pk} of the outbox" in told["reason"]
    out.refresh_from_db()
    assert out.state == "sent" and out.recipients["bob@acme.example"]["state"] == "sent"
    assert out.recipients["ute@acme.example"]["state"] == "failed"
    assert "User unknown" in out.reason
    (news,) = OutboxMail.objects.filter(event="outgoing_failed")
    assert "ute@acme.example: Not delivered, as a report says. 550 5.1.1" in news.text
    assert [address for _, address in news.to] == [priya.addresses.get().address]
    assert Record.objects.count() == 1
    (attempt,) = out.attempts.all()
    assert attempt.server == "MAILER-DAEMON@mx.acme.example" and attempt.report_id
    assert "ute@acme.example" in dead(about.account_id, ["Ute@Acme.example"])


def test_a_notice_that_reached_nobody_has_failed_and_the_bell_says_so_once() -> None:
    priya, ute = make.technician("Priya"), make.person("Ute", "ute@acme.example")
    about = make.record(ute, technician=priya)
    out = sent(
        ["ute@acme.example"], record_id=about.pk, account_id=about.account_id, event="request_received"
    )
    box = mailbox()
    deliver(box, report(out.message_id, "ute@acme.example"))
    out.refresh_from_db()
    assert out.state == "failed"
    (notice,) = BellNotice.objects.filter(person=priya, kind="undelivered")
    assert words_of(notice).title == f"Mail about request {about.number} was not delivered"
    assert "ute@acme.example did not get it" in words_of(notice).text
    outcome = MailOutcome.objects.get(kind="bounce")
    process_again(outcome.pk, priya, seen_of(outcome))
    process(box.pk)
    assert MailOutcome.objects.get(kind="bounce").record_id == about.pk
    assert BellNotice.objects.filter(kind="undelivered").count() == 1 and out.attempts.count() == 1


def test_what_is_only_delayed_or_delivered_marks_nobody() -> None:
    out = sent(["ute@acme.example"])
    box = mailbox()
    late = deliver(
        box, report(out.message_id, "ute@acme.example", action="delayed", status="4.4.1", said=FULL)
    )
    assert late["outcome"]["kind"] == "bounce" and "delay" in late["outcome"]["reason"]
    out.refresh_from_db()
    assert out.state == "sent" and not DeadAddress.objects.exists() and out.attempts.count() == 1


def test_a_full_mailbox_is_not_dead_for_good() -> None:
    about = make.record(make.person("Ute", "ute@acme.example"))
    out = sent(["ute@acme.example"], record_id=about.pk, account_id=about.account_id)
    deliver(mailbox(), report(out.message_id, "ute@acme.example", said=FULL, status="4.2.2"))
    out.refresh_from_db()
    assert out.state == "failed" and not DeadAddress.objects.exists()


def test_an_address_lives_again_once_a_person_writes_from_it() -> None:
    ute = make.person("Ute", "ute@acme.example")
    about = make.record(ute)
    out = sent(["ute@acme.example"], record_id=about.pk, account_id=about.account_id)
    box = mailbox()
    deliver(box, report(out.message_id, "ute@acme.example"))
    assert DeadAddress.objects.get().key == "ute@acme.example"
    away = mail(
        sender="ute@acme.example",
        subject=f"##RE-{about.number}##",
        message_id="<a@x>",
        Auto_Submitted="auto-replied",
    )
    deliver(box, away)
    assert DeadAddress.objects.exists(), "a machine answers for many addresses"
    deliver(box, mail(sender="Ute@acme.example", subject="I am back", message_id="<b@x>"))
    assert not DeadAddress.objects.exists()


@pytest.mark.parametrize("forged", ["dp-b-aaaaaaaaaaaaaaaaaaaaaaaaaa@desk.example", "1234@elsewhere.example"])
def test_a_report_that_names_no_mail_of_ours_marks_nothing_and_makes_no_request(forged: str) -> None:
    out = sent(["ute@acme.example"])
    told = deliver(mailbox(), report(f"<{forged}>", "ute@acme.example"))["outcome"]
    assert told["kind"] == "bounce" and told["record"] is None and "names no mail" in told["reason"]
    out.refresh_from_db()
    assert out.state == "sent" and not Record.objects.exists()


def test_a_report_marks_only_those_that_the_mail_was_sent_to() -> None:
    """Who has one of our mails may forge a report of it: about that mail's recipients, and nobody else."""
    about = make.record(make.person("Ute", "ute@acme.example"))
    out = sent(["ute@acme.example", "bob@acme.example"], record_id=about.pk, account_id=about.account_id)
    told = deliver(mailbox(), report(out.message_id, "boss@acme.example"))["outcome"]
    assert "None of them is among those" in told["reason"]
    out.refresh_from_db()
    assert all(fate["state"] == "sent" for fate in out.recipients.values())
    assert not DeadAddress.objects.exists()


def test_a_mail_to_one_alone_was_not_reached_where_it_was_forwarded_to() -> None:
    out = sent(["ute@acme.example"])
    deliver(mailbox(), report(out.message_id, "ute.old@provider.example"))
    out.refresh_from_db()
    assert out.state == "failed" and "ute.old@provider.example" in out.reason


def test_a_report_about_a_copy_under_another_message_id_is_tied_as_well() -> None:
    out = sent(["ute@acme.example"])
    SentCopy.objects.create(mail=out, message_id="<AM0@eurprd05.prod.outlook.com>")
    deliver(mailbox(), report("<AM0@eurprd05.prod.outlook.com>", "ute@acme.example"))
    out.refresh_from_db()
    assert out.state == "failed"


def test_a_report_that_comes_before_the_try_is_noted_is_not_forgotten() -> None:
    """A server on the spot may report before the worker has written that it took the mail."""
    make.queue_mails(make.server(), ["ute@acme.example"])
    out = OutboxMail.objects.get()
    (claimed,) = queue.claim(out.server_id, "a worker", 1)
    deliver(mailbox(), report(out.message_id, "ute@acme.example"))
    done = {"ute@acme.example": {"state": "sent", "answer": "250 Ok"}}
    queue.note("a worker", [Outcome(claimed.id, "sent", done)], [])
    out.refresh_from_db()
    assert out.recipients["ute@acme.example"]["state"] == "failed"


def test_a_person_s_mail_that_looks_like_a_report_goes_on() -> None:
    message = EmailMessage()
    message["From"], message["To"] = "Ute <ute@acme.example>", "help@desk.example"
    message["Subject"], message["Message-ID"] = "Fwd: Undelivered Mail Returned to Sender", "<7@acme.example>"
    message.set_content("Why did I get this?\n\n<bob@x.example>: host mx said: 550 5.1.1 User unknown\n")
    assert deliver(mailbox(), message.as_bytes())["outcome"]["kind"] == "request"


def test_a_report_that_a_spam_rule_drops_still_marks_its_mail() -> None:
    about = make.record(make.person("Ute", "ute@acme.example"))
    out = sent(["ute@acme.example"], record_id=about.pk, account_id=about.account_id)
    box = mailbox()
    SpamRule.objects.create(
        instance=box.instance,
        name="Reports",
        position=1,
        criteria=[{"field": "subject", "condition": "contains", "values": ["Undelivered"]}],
    )
    told = deliver(box, report(out.message_id, "ute@acme.example"))["outcome"]
    out.refresh_from_db()
    assert (told["kind"], out.state) == ("dropped", "failed")
