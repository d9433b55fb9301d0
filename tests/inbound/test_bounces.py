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


def written_by(sender: str, about: str, to: str, path: str = "") -> bytes:
    """Give a report without the signs of a mail system."""
    raw = report(about, to).replace(b"Auto-Submitted: auto-replied\n", b"")
    raw = raw.replace(b"Return-Path: <>\n", f"Return-Path: {path}\n".encode() if path else b"")
    return raw.replace(b"From: MAILER-DAEMON@mx.acme.example", f"From: {sender}".encode())


@pytest.mark.parametrize(
    "subject", ["Fwd: Undelivered Mail", "Undelivered Mail Returned to Sender", "What is this?"]
)
@pytest.mark.parametrize("path", ["<ute@acme.example>", ""])
def test_a_report_that_a_person_sends_on_in_its_own_form_goes_on(subject: str, path: str) -> None:
    out = reply_to_ute()
    for about, to in (
        ("<77777777@acme.example>", "ute@acme.example"),
        (out.message_id, "bob@elsewhere.example"),
    ):
        raw = written_by("Ute <ute@acme.example>", about, to, path)
        told = deliver(mailbox(about), raw.replace(b"Undelivered Mail Returned to Sender", subject.encode()))
        assert told["outcome"]["kind"] in ("request", "conversation"), told["outcome"]
    out.refresh_from_db()
    assert out.recipients["ute@acme.example"]["state"] == "sent" and not DeadAddress.objects.exists()


@pytest.mark.parametrize("sender", ["Mail Server <admin@acme.example>", "poostmaster@acme.example"])
@pytest.mark.parametrize("path", ["<admin@acme.example>", ""])
def test_a_report_about_a_mail_of_ours_to_whom_it_names_is_one_whoever_sends_it(
    sender: str, path: str
) -> None:
    out = reply_to_ute()
    requests = Record.objects.count()
    told = deliver(mailbox(), written_by(sender, out.message_id, "ute@acme.example", path))["outcome"]
    assert told["kind"] == "bounce" and told["record"] is not None, told
    out.refresh_from_db()
    assert out.recipients["ute@acme.example"]["state"] == "failed"
    assert not DeadAddress.objects.exists(), "a person may have sent it"
    assert Record.objects.count() == requests and not OutboxMail.objects.filter(event="request_received")


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


RETURNED = """Received: from desk.example by mx.acme.example; Mon, 23 Nov 2026 07:00:00 +0000
From: Desk <help@desk.example>
To: {to}
Subject: Re: Printer
Message-ID: {about}

Dear Ute
"""


def in_words(
    about: str,
    sender: str,
    subject: str,
    text: str,
    *header: str,
    to: str = "ute@acme.example",
    returned: bool = True,
) -> bytes:
    """Give a mail in plain words, with the mail that it is about below them."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "help@desk.example", subject
    message["Message-ID"] = f"<{abs(hash(text))}@mx.acme.example>"
    for line in header:
        name, _, value = line.partition(": ")
        message[name] = value
    message.set_content(text + ("\n\n" + RETURNED.format(to=to, about=about) if returned else ""), cte="8bit")
    return message.as_bytes()


def reply_to_ute(*more: str) -> OutboxMail:
    """A reply of a technician that a server took."""
    priya = make.technician("Priya")
    about = make.record(make.person("Ute", "ute@acme.example"), technician=priya)
    to = ["ute@acme.example", *more]
    return sent(to, record_id=about.pk, account_id=about.account_id, author_id=priya.pk, event="reply")


NULL = "Return-Path: <>"


@pytest.mark.parametrize(
    ("sender", "subject", "text", "header"),
    [
        ("postmaster@telefonica.example", "Mensaje no entregado",
         "Su mensaje no ha podido ser entregado a:\n\nute@acme.example", [NULL]),
        ("Postmaster <postmaster@wp.example>", "Zwrot",
         "Nasz serwer odrzuca to, co napisano do ute@acme.example: konto zamkni\u0119te", [NULL]),
        ("postmaster@acme.example", "Virus found in mail from you",
         "Our scanner found Eicar in your mail to ute@acme.example.", [NULL]),
        ("Barracuda <postmaster@acme.example>", "**Message you sent blocked**",
         "Your message to: ute@acme.example was stopped by our firewall.", [NULL]),
        ("postmaster@acme.example", "Mail Failure", "[005] ute@acme.example: an internal error.", []),
        ("postmaster@laposte.example", "Echec de remise",
         "Le message que vous avez envoy\u00e9 \u00e0 ute@acme.example : adresse inconnue.", []),
    ],
)  # fmt: skip
def test_a_mail_system_that_returns_our_mail_reports_in_whatever_words(
    sender: str, subject: str, text: str, header: list[str]
) -> None:
    out = reply_to_ute()
    told = deliver(mailbox(), in_words(out.message_id, sender, subject, text, *header))["outcome"]
    assert told["kind"] == "bounce" and f"mail {out.pk} of the outbox" in told["reason"]
    out.refresh_from_db()
    assert out.state == "failed" and not DeadAddress.objects.exists(), "unknown words call no address dead"
    assert OutboxMail.objects.filter(event="outgoing_failed").count() == 1
    assert BellNotice.objects.filter(kind="undelivered").count() == 1


def test_a_delay_in_words_that_are_little_known_marks_nobody() -> None:
    out = reply_to_ute()
    late = in_words(
        out.message_id, "postmaster@acme.example", "\u914d\u4fe1\u306e\u9045\u5ef6", "ute@acme.example", NULL
    )
    assert "delay" in deliver(mailbox(), late)["outcome"]["reason"]
    out.refresh_from_db()
    assert out.state == "sent"


def test_a_report_in_words_that_a_mail_was_delivered_marks_nobody() -> None:
    out = reply_to_ute()
    text = "Your message was successfully delivered.\n\n<ute@acme.example>: delivery via mx: 250 2.0.0 Ok"
    raw = in_words(
        out.message_id, "MAILER-DAEMON@mx.acme.example", "Successful Mail Delivery Report", text, NULL
    )
    told = deliver(mailbox(), raw)["outcome"]
    assert told["kind"] == "bounce" and told["reason"].startswith("A report that a mail was delivered")
    out.refresh_from_db()
    assert out.state == "sent"


@pytest.mark.parametrize("other", ["ute.old@provider.example", "IMCEAEX-_O=ACME_CN=UTE@acme.example"])
def test_of_two_recipients_one_was_not_reached_and_nobody_knows_which_is_told(other: str) -> None:
    out = reply_to_ute("bob@acme.example")
    deliver(mailbox(), report(out.message_id, other))
    out.refresh_from_db()
    assert out.state == "sent" and not DeadAddress.objects.exists()
    assert all(fate["state"] == "sent" for fate in out.recipients.values())
    whom = "ute@acme.example and bob@acme.example"
    assert f"At least one of {whom} was not reached" in out.reason and other in out.reason
    (news,) = OutboxMail.objects.filter(event="outgoing_failed")
    assert f"one of {whom}" in news.text and other in news.text
    (notice,) = BellNotice.objects.filter(kind="undelivered")
    assert f"one of {whom} did not get it" in words_of(notice).text


@pytest.mark.parametrize("label", ["\u6536\u4ef6\u4eba", "\u6536\u4ef6\u4eba\u5730\u5740"])
def test_an_address_behind_a_full_width_colon_is_read(label: str) -> None:
    out = reply_to_ute("bob@acme.example")
    text = f"\u60a8\u7684\u90ae\u4ef6\u88ab\u9000\u56de\n{label}\uff1aute@acme.example\n550 User not found"
    deliver(mailbox(), in_words(out.message_id, "PostMaster@qq.example", "\u9000\u4fe1", text, NULL))
    out.refresh_from_db()
    states = {address: fate["state"] for address, fate in out.recipients.items()}
    assert states == {"ute@acme.example": "failed", "bob@acme.example": "sent"}


def test_a_report_that_no_mail_system_sent_calls_no_address_dead() -> None:
    """Whoever got the mail as well can make a report about another recipient."""
    out = reply_to_ute("bob@acme.example")
    raw = report(out.message_id, "ute@acme.example").replace(
        NULL.encode(), b"Return-Path: <bob@acme.example>"
    )
    deliver(mailbox(), raw.replace(b"MAILER-DAEMON@mx.acme.example", b"bob@acme.example"))
    out.refresh_from_db()
    assert out.recipients["ute@acme.example"]["state"] == "failed" and not DeadAddress.objects.exists()


def test_a_report_whose_sender_may_be_forged_marks_nothing() -> None:
    out = reply_to_ute()
    verdict = b"Authentication-Results: mx.desk.example; dmarc=fail header.from=mx.acme.example\n"
    box = mailbox(trusted_authserv_ids=["mx.desk.example"])
    told = deliver(box, verdict + report(out.message_id, "ute@acme.example"))["outcome"]
    assert told["kind"] == "bounce" and "may be forged" in told["reason"]
    out.refresh_from_db()
    assert out.state == "sent" and not DeadAddress.objects.exists()
    assert not OutboxMail.objects.filter(event="outgoing_failed").exists()


TROUBLE = (
    "Hello, our mail to bob@other.example could not be delivered (550 5.1.1 user unknown). Can you help?"
)


@pytest.mark.parametrize(
    ("sender", "header"),
    [
        ("Acme Admin <postmaster@acme.example>", ["Return-Path: <postmaster@acme.example>"]),
        ("Acme Admin <postmaster@acme.example>", []),
        ("Ute via Mail Delivery Ltd <ute@acme.example>", []),
        ("Ute <ute@acme.example>", [NULL]),
    ],
)
def test_who_answers_ours_and_writes_of_trouble_with_mail_is_heard(sender: str, header: list[str]) -> None:
    out = reply_to_ute()
    answers = f"In-Reply-To: {out.message_id}"
    raw = in_words("", sender, "Mail delivery problem", TROUBLE, answers, *header, returned=False)
    assert deliver(mailbox(), raw)["outcome"]["kind"] == "conversation"


def test_a_report_that_a_person_redirects_here_becomes_a_request() -> None:
    resent = report("<own@acme.example>", "z@y.example").replace(
        NULL.encode(), b"Return-Path: <ute@acme.example>\nResent-From: Ute <ute@acme.example>"
    )
    assert deliver(mailbox(), resent)["outcome"]["kind"] == "request"


def test_of_several_recipients_somebody_was_not_reached_whom_the_report_does_not_name() -> None:
    out = reply_to_ute("bob@acme.example")
    box = mailbox()
    for text in ("It was stopped.", "It was stopped again."):
        raw = in_words(
            out.message_id, "postmaster@acme.example", "Virus", text, NULL, to="x@y.example, z@y.example"
        )
        assert deliver(box, raw)["outcome"]["kind"] == "bounce"
    out.refresh_from_db()
    assert "It names nobody" in out.reason and out.state == "sent"
    assert OutboxMail.objects.filter(event="outgoing_failed").count() == 1, "told once"


def test_a_mail_system_that_returns_another_mail_below_words_with_our_token_reports_nothing_of_ours() -> None:
    out = reply_to_ute()
    text = f"Ref: {out.message_id}\n\nWhy did we get this?"
    raw = in_words("<1@elsewhere.example>", "Acme Admin <postmaster@acme.example>", "Strange mail", text)
    assert deliver(mailbox(), raw)["outcome"]["kind"] == "conversation"
    out.refresh_from_db()
    assert out.state == "sent"
