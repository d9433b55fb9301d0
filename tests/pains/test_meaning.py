"""What others suffered of mails that were misread: each is fetched from a real Dovecot and looked at on its page."""

import re
from typing import Any

import pytest
from django.utils import timezone

from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.records import Record
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.outbox import OutboxMail
from tests.pains.desk import HELP, Desk, outcomes, page_of, subjects, writes

PLAIN = b"Content-Type: text/plain; charset="


def raw(desk: Desk, head: bytes, body: bytes) -> bytes:
    """Give a mail whose header ends with these lines, byte by byte."""
    return b"From: Ute <%b>\r\nTo: %b\r\nMessage-ID: <odd@%b>\r\n%b\r\n\r\n%b\r\n" % (
        desk.ute.encode(),
        HELP.encode(),
        desk.domain.encode(),
        head,
        body,
    )


@pytest.mark.pain("charset-makes-mail-unprocessable")
@pytest.mark.parametrize(
    ("head", "body", "subject", "text"),
    [
        (b"Subject: A\r\n" + PLAIN + b"x-unknown-9", "Größe".encode(), "A", "Größe"),
        (b"Subject: A\r\n" + PLAIN + b"us-ascii", "Größe".encode("latin-1"), "A", "Größe"),
        (b"Subject: A\r\n" + PLAIN + b"utf-8", b"Gr\xf6\xdfe und \xe4", "A", "Gr"),
        (b"Subject: A\r\n" + PLAIN + b"iso-2022-jp", b"\x1b$B\xff\xff\x1b(B end", "A", "end"),
        (b"Subject: Gr\xf6\xdfe", b"text", "Größe", "text"),
        ("Subject: Größe".encode(), b"text", "Größe", "text"),
        (b"Subject: =?x-unknown-9?Q?Gr=C3=B6=C3=9Fe?=", b"text", "Größe", "text"),
    ],
    ids=[
        "unknown",
        "lies",
        "bytes it lacks",
        "broken escapes",
        "raw latin-1",
        "raw utf-8",
        "unknown in a word",
    ],
)
def test_a_wrong_or_unknown_charset_makes_a_mail_unprocessable(
    desk: Desk, head: bytes, body: bytes, subject: str, text: str
) -> None:
    desk.comes(desk.mail(1), raw(desk, head, body), desk.mail(3))
    assert outcomes() == ["request"] * 3
    read = Record.objects.order_by("number")[1]
    assert read.subject == subject
    assert text in read.conversations.get().text
    assert text in page_of(desk.technician(), read)


@pytest.mark.pain("charset-makes-mail-unprocessable")
def test_one_bad_address_in_cc_makes_a_mail_unprocessable(desk: Desk) -> None:
    cc = "Tom <tom@x.example>, <@>, nobody at all, \x00\xff <b\xff@, Vera <vera@x.example>".encode("latin-1")
    desk.comes(raw(desk, b"Subject: A\r\nCc: " + cc, b"text"), desk.mail(2))
    assert outcomes() == ["request"] * 2
    first = Conversation.objects.order_by("pk")[0]
    assert {"tom@x.example", "vera@x.example"} <= {address for _, address in first.cc}, "it falls alone"


INTERLEAVED = """Hello,

> Which printer is it?
The one on the second floor.
> Since when?
Since Monday.

On Mon, 23 Nov 2026 at 09:00, Ann <help@desk.example> wrote:
> Which printer is it?
> Since when?
"""


@pytest.mark.pain("answers-between-quotes-vanish")
@pytest.mark.parametrize(
    "text",
    [
        INTERLEAVED,
        INTERLEAVED.partition("On Mon")[0],
        "> Which printer is it?\nThe one on the second floor.\n> Since when?\nSince Monday.",
        "On Mon, 23 Nov 2026 at 09:00, Ann <help@desk.example> wrote:\n\n"
        "> Which printer is it?\n\nThe one on the second floor.\n\n> Since when?\n\nSince Monday.\n",
    ],
    ids=["quoted again below", "greeting first", "quote first", "below the line of the quote"],
)
def test_answers_that_are_written_between_the_quoted_lines_vanish(desk: Desk, text: str) -> None:
    desk.comes(desk.mail(1))
    number = Record.objects.get().number
    desk.comes(desk.mail(2, subject=f"Re: ##RE-{number}## Number 1", text=text))
    page = page_of(desk.technician(), Record.objects.get())
    folded = " ".join(re.findall(r'<details class="rest">(.*?)</details>', page, re.DOTALL))
    for answer in ("The one on the second floor.", "Since Monday."):
        assert answer in page and answer not in folded


@pytest.mark.pain("answers-between-quotes-vanish")
def test_a_mail_of_quotes_alone_is_shown_empty(desk: Desk) -> None:
    desk.comes(
        desk.mail(1, text="On Mon, 23 Nov 2026 at 09:00, Ann <help@desk.example> wrote:\n> Is it this one?\n")
    )
    page = page_of(desk.technician(), Record.objects.get())
    assert "Is it this one?" in page and '<details class="rest">' not in page


REPORT = """From: {sender}
To: help@desk.example
Subject: Undeliverable: your request
Message-ID: <r@mx.example>
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: text/rfc822-headers

Message-ID: {about}

--b--
"""
FREE = """From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: help@desk.example
Subject: Mail delivery failed: returning message to sender
Message-ID: <f@mx.example>
{head}
A message that you sent could not be delivered.

  {address}
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: {about}
Subject: your request
"""


@pytest.mark.pain("bounce-by-one-header")
@pytest.mark.parametrize(
    "headers",
    [
        {"Return_Path": "<>"},
        {"X_Failed_Recipients": "tom@x.example"},
        {"Return_Path": "<>", "subject": "Undelivered Mail Returned to Sender"},
    ],
    ids=["Return-Path", "X-Failed-Recipients", "and the subject"],
)
def test_one_header_takes_a_customers_mail_for_a_bounce(desk: Desk, headers: dict[str, Any]) -> None:
    """Gateways and scanners write with the null sender too, and customers forward what came back to them."""
    desk.comes(desk.mail(1, **headers))
    assert outcomes() == ["request"]
    desk.sends()
    assert not desk.arrived(desk.ute, 0), "what is automatic gets no automatic answer"


@pytest.mark.pain("bounce-by-one-header")
@pytest.mark.parametrize("form", [REPORT, FREE], ids=["report part", "free text"])
@pytest.mark.parametrize("head", ["", "Return-Path: <noreply@x.example>\n"], ids=["no path", "another path"])
def test_a_bounce_without_the_null_sender_becomes_a_request(desk: Desk, form: str, head: str) -> None:
    """As those of the large providers come, once a forwarding has written its own Return-Path."""
    desk.comes(desk.mail(1))
    desk.sends()
    (receipt,) = desk.arrived(desk.ute)
    about = {"about": receipt["Message-ID"], "address": desk.ute, "sender": "postmaster@mx.example"}
    desk.comes(form.format(head=head, **about).encode())
    assert outcomes() == ["request", "bounce"] and subjects() == ["Number 1"]
    mail = OutboxMail.objects.get(event="request_received")
    assert (mail.state, "User unknown" in mail.reason) == ("failed", True)
    assert MailOutcome.objects.get(kind="bounce").record == Record.objects.get()


@pytest.mark.pain("auto-reply-reopens-closed-ticket")
@pytest.mark.parametrize(
    "head",
    [{"Auto_Submitted": "auto-replied"}, {"Return_Path": "<>", "X_Autoreply": "yes"}],
    ids=["by RFC 3834", "by custom"],
)
def test_an_auto_reply_reopens_a_closed_ticket_which_notifies_which_is_auto_replied(
    desk: Desk, head: dict[str, str]
) -> None:
    ann = desk.technician(alerted=True)
    desk.comes(desk.mail(1))
    record = Record.objects.get()
    desk.sends()
    desk.arrived(desk.ute)
    done = {"mode": "reply", "to": desk.ute, "subject": "Re: Number 1", "text": "Done."}
    writes(ann, record, **done, status=Status.objects.get(name="Closed").pk)
    desk.sends()
    desk.arrived(desk.ute, 2)  # the answer, and that the request is closed
    for number in range(2, 5):
        answer = {"subject": f"Away: ##RE-{record.number}##", "text": f"On the beach {number}", **head}
        desk.comes(desk.mail(number, **answer))
        record.refresh_from_db()
        assert record.status.kind == "closed"
        desk.sends()
        desk.arrived(desk.ute, 0)
    assert outcomes()[1:] == ["conversation"] * 3, "which stand at the request all the same"


@pytest.mark.pain("auto-reply-reopens-closed-ticket")
def test_an_unmarked_auto_responder_reopens_a_closed_ticket_without_end(desk: Desk) -> None:
    desk.comes(desk.mail(1))
    record = Record.objects.get()
    reopened = 0
    for number in range(2, 14):
        close(record)
        desk.comes(desk.mail(number, subject=f"Re: ##RE-{record.number}##", text=f"On the beach {number}"))
        record.refresh_from_db()
        reopened += record.status.kind == "open"
    assert reopened == 5, "reopenings of one request are limited to so many a day"


def close(record: Record) -> None:
    Record.objects.filter(pk=record.pk).update(
        status=Status.objects.get(name="Closed"), closed_at=timezone.now()
    )
