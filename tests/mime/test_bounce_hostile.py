"""What is no report is not taken for one, and no report can do harm."""

import dataclasses
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpost.mime.bounce import RECIPIENTS, SAID, Report
from tests.mime.hostile import MAILS
from tests.mime.reports import HEADER, ORIGINAL, free_text, recipient, report, understood
from tests.mime.strings import can_be_stored

BOUNCE = report(
    recipient("anna@client.example", "failed", "5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 User unknown")
)
QUOTED = "What is this?\n\n" + "\n".join(f"> {line}" for line in BOUNCE.decode().splitlines())
PERSON = ("Return-Path: <anna@client.example>", "From: Anna <anna@client.example>", "To: desk@msp.example")


@pytest.mark.parametrize(
    "header",
    [
        (*PERSON, "Subject: Re: Undelivered Mail Returned to Sender"),
        (*PERSON, "Subject: Undelivered Mail Returned to Sender", "User-Agent: Mozilla Thunderbird"),
        (*PERSON[1:], "Subject: Undelivered Mail Returned to Sender"),
        (*PERSON, "Subject: AW: Unzustellbar: Drucker"),
        ("From: postmaster@client.example", "Subject: Re: Undeliverable: your offer"),
        (
            "Return-Path: <it@client.example>",
            "From: Postmaster <postmaster@client.example>",
            "Subject: Mail delivery problem",
        ),
        (
            "Return-Path: <postmaster@client.example>",
            "From: Postmaster <postmaster@client.example>",
            "Subject: Mail delivery problem",
            "Thread-Index: AdAbcd==",
        ),
    ],
)
def test_a_person_who_quotes_a_report_has_sent_none(header):
    assert understood(free_text(QUOTED, *header)) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Automatic reply: Undeliverable: Drucker",
            "I am away. Your mail could not be delivered to my desk.",
        ),
        ("Abwesenheitsnotiz: Drucker", QUOTED),
        (
            "Re: Drucker",
            "I have left the company; write to berta@client.example. This mail was not delivered.",
        ),
    ],
)
def test_an_absence_note_is_no_report(subject, text):
    header = ("Return-Path: <>", *PERSON[1:], f"Subject: {subject}", "Auto-Submitted: auto-replied")
    assert understood(free_text(text, *header)) is None


def test_a_receipt_is_no_report():
    raw = "\r\n".join(
        (
            *PERSON,
            "Subject: Read: Undelivered mail",
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            "Your mail was displayed. It could not be delivered to a printer.",
            "--b",
            "Content-Type: message/disposition-notification",
            "",
            "Final-Recipient: rfc822; anna@client.example",
            "Disposition: manual-action/MDN-sent-manually; displayed",
            "--b--",
        )
    ).encode()
    assert understood(raw) is None


def forwarded(inner: bytes, subject: str = "Fwd: Undelivered Mail Returned to Sender") -> bytes:
    """Give a person's mail that carries another as an attachment."""
    head = (
        *PERSON,
        f"Subject: {subject}",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=outer",
    )
    text = ("", "--outer", "Content-Type: text/plain", "", "Please have a look.", "--outer")
    lines = (*head, *text, "Content-Type: message/rfc822", "", "")
    return "\r\n".join(lines).encode() + inner + b"\r\n--outer--\r\n"


def test_a_report_forwarded_as_an_attachment_is_none():
    assert understood(BOUNCE) is not None
    assert understood(forwarded(BOUNCE)) is None
    assert understood(forwarded(BOUNCE, "Undelivered Mail Returned to Sender")) is None


def test_a_report_taken_apart_by_a_persons_mail_program_is_none():
    head = "\r\n".join(
        (*PERSON, "Subject: Fwd: Undelivered Mail", "Content-Type: multipart/mixed; boundary=b")
    )
    assert understood(head.encode() + b"\r\n\r\n" + BOUNCE.partition(b"\r\n\r\n")[2]) is None


def test_of_reports_within_reports_the_outermost_counts():
    inner = list(ORIGINAL)
    for level in range(50):
        raw = report(
            recipient(f"level{level}@client.example", "failed", "5.1.1"),
            original=inner,
            header=(*HEADER[:-2], f"Message-ID: <level{level}@mx.example>"),
        )
        inner = raw.decode().replace("=b", f"=b{level}").replace("--b\r\n", f"--b{level}\r\n").split("\r\n")
    found = understood("\r\n".join(inner).encode())
    assert [each.address for each in found.recipients] == ["level49@client.example"]
    assert found.original.message_id == "<level48@mx.example>"


def test_of_ten_thousand_recipients_as_many_are_read_as_a_server_takes():
    found = understood(
        report(*(recipient(f"p{number}@client.example", "failed", "5.1.1") for number in range(10_000)))
    )
    assert len(found.recipients) == RECIPIENTS == 1_000
    assert {each.reason for each in found.recipients} == {"userunknown"}


@pytest.mark.parametrize(
    "value",
    [
        b"rfc822; an\0na@client.example",
        b"rfc822; anna@client.example\rBcc: x@y.example",
        b"rfc822; \xff\xfe@client.example",
        b"utf-8; \\x{D800}@client.example",
        b"utf-8; \\x{0A}anna@client.example",
        b"rfc822; anna@client.example\xe2\x80\xa8x",
        b"; ; ;",
        b"rfc822",
        b"rfc822; <" + b"<" * 5_000,
        b"rfc822; " + b"a" * 100_000 + b"@client.example",
        "utf-8; jürgen@例え.example".encode(),
    ],
)
def test_forged_fields_can_be_stored_and_stay_on_their_line(value):
    fields = (
        b"Action: failed\r\nFinal-Recipient: %b\r\nStatus: 5.1.1\0\r\nDiagnostic-Code: %b \x1b[31m 550 \x07 no"
        % (
            value,
            value,
        )
    )
    raw = report(
        "FIELDS", original=("Subject: =?utf-8?q?a=0D=0ABcc:_x=00?=", "Message-ID: <a\x00b@c>", "", "")
    )
    found = understood(raw.replace(b"FIELDS", fields))
    assert found is not None
    check(found)


def check(found: Report) -> None:
    """Every text can be stored, is one line, and is bounded."""
    assert found.recipients
    texts = [found.original.message_id or "", found.original.subject, *found.original.to]
    for each in found.recipients:
        assert len(each.said) <= SAID
        assert len(each.address) <= 320
        texts += [value for value in dataclasses.astuple(each) if isinstance(value, str)]
    for text in texts:
        assert can_be_stored(text)
        assert not any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in text), repr(text)


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_in_the_guise_of_a_report_is_read(name):
    head = "\r\n".join(("X-Failed-Recipients: a@b.example", *HEADER[:-2])).encode()
    found = understood(head + b"\r\n" + MAILS[name](60_000).partition(b"\r\n")[2])
    if found:
        check(found)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":' + "[" * 100_000,
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[1,null,"a@b.c",{"emailAddress":7}]},"mail":[]}',
        '{"notificationType":["Bounce"],"bounce":3}',
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a\\ud800@b.c"}]}}',
        '{"notificationType":"Bounce","bounce":' + "9" * 10_000 + "}",
    ],
)
def test_a_broken_notice_is_read(text):
    found = understood(free_text(text))
    assert found is None or check(found) is None


PIECES = st.sampled_from(
    (
        "Final-Recipient: rfc822; a@b.example\r\n", "Action: failed\r\n", "Status: 5.1.1\r\n", "Status: 9.9.9\r\n",
        "Diagnostic-Code: smtp; 550", "\r\n", " ", "<a@b.example>", ": ", "550 5.1.1 ", "421-", "said: ", "\0", "<",
        "could not be delivered\r\n", "--b\r\n", "--b--", "Content-Type: message/rfc822\r\n\r\n", "\ufeff", "@",
        "Content-Type: message/delivery-status\r\n\r\n", "----- Original message -----\r\n", "Received: x\r\n",
        "Content-Type: message/feedback-report\r\n\r\n", "Content-Transfer-Encoding: base64\r\n", "...", "Re: ",
        "Message-ID: <a@b>\r\n", "To: c@d.example\r\n", "delayed", "user unknown", "\r", "=?utf-8?q?=00?=", "[",
        "\x1b$B", "(", "ü", "\\x{", "{", '"', ";",
    )
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=300), st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode())
)


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(("text/plain", "multipart/report; boundary=b", "multipart/mixed; boundary=b")),
    BODIES,
    BODIES,
)
def test_any_bytes_give_a_report_that_can_be_stored_or_none(kind, head, body):
    start = "\r\n".join((*HEADER, f"Content-Type: {kind}")).encode()
    found = understood(start + b"\r\nX-Failed-Recipients: " + head + b"\r\n\r\n--b\r\n" + body)
    if found:
        check(found)


@settings(max_examples=200, deadline=None)
@given(BODIES, st.integers(0, len(BOUNCE)), st.integers(0, 60))
def test_a_damaged_report_is_read(damage, start, length):
    found = understood(BOUNCE[:start] + damage + BOUNCE[start + length :])
    if found:
        check(found)
