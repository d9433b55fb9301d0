"""Delivery reports composed by hand: RFC 3464, RFC 6533, RFC 5965, and free text in several languages."""

import pytest

from deskpost.mime.bounce import Original
from tests.mime.reports import HEADER, ORIGINAL, free_text, recipient, report, understood


def test_each_recipient_of_a_report_has_its_own_outcome():
    found = understood(
        report(
            recipient(
                "anna@client.example", "failed", "5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 User unknown"
            ),
            recipient(
                "berta@client.example", "delayed", "4.4.1", "Diagnostic-Code: smtp; connection timed out"
            ),
            recipient("cora@client.example", "relayed", "2.0.0"),
        )
    )
    assert found.kind == "failed"
    anna, berta, cora = found.recipients
    assert (anna.address, anna.kind, anna.status, anna.reply_code) == (
        "anna@client.example",
        "failed",
        "5.1.1",
        "550",
    )
    assert (anna.reason, anna.hard, anna.said) == ("userunknown", True, "550 5.1.1 User unknown")
    assert (berta.kind, berta.status, berta.reply_code, berta.reason) == ("delayed", "4.4.1", "", "expired")
    assert (cora.kind, cora.reason, cora.hard) == ("delivered", "delivered", False)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", "failed"),
        ("Failed (permanently)", "failed"),
        ("delayed", "delayed"),
        ("delivered", "delivered"),
        ("relayed", "delivered"),
        ("expanded", "delivered"),
    ],
)
def test_the_kind_of_a_report_is_its_action(action, kind):
    found = understood(report(recipient("anna@client.example", action, "5.0.0")))
    assert (found.kind, found.recipients[0].kind) == (kind, kind)


@pytest.mark.parametrize("content_type", ["message/rfc822", "text/rfc822-headers", "message/global"])
def test_the_mail_that_a_report_is_about_is_read_from_its_part(content_type):
    found = understood(
        report(recipient("anna@client.example", "failed", "5.1.1"), original_type=content_type)
    )
    assert found.original == Original(
        "<sent-1@msp.example>", ("anna@client.example", "berta@client.example"), "Ihr Drucker läuft"
    )


def test_a_report_without_the_mail_names_it_by_the_thread():
    header = (*HEADER, "In-Reply-To: <sent-2@msp.example>")
    found = understood(
        report(recipient("anna@client.example", "failed", "5.1.1"), original=None, header=header)
    )
    assert found.original == Original("<sent-2@msp.example>", (), "")


def test_a_report_that_tells_nothing_of_the_mail_leaves_it_open():
    found = understood(report(recipient("anna@client.example", "failed", "5.1.1"), original=None))
    assert found.original == Original(None, (), "")


def test_the_address_that_the_mail_was_sent_to_counts_before_the_one_where_it_ended():
    fields = recipient(
        "x93@store.example", "failed", "5.2.2", "Original-Recipient: rfc822; anna@Client.example"
    )
    assert understood(report(fields)).recipients[0].address == "anna@client.example"


def test_a_mail_behind_a_broken_boundary_is_known_by_its_message_id():
    raw = report(recipient("anna@client.example", "failed", "5.1.1"))
    broken = raw.replace(b"--b\r\nContent-Type: message/rfc822", b"--other\r\nContent-Type: message/rfc822")
    assert broken != raw
    assert understood(broken).original.message_id == "<sent-1@msp.example>"


def test_where_the_fields_name_no_address_the_text_does():
    text = "   ----- The following addresses had permanent fatal errors -----\r\n<anna@client.example>\r\n"
    (found,) = understood(report(recipient("@mx.client.example", "failed", "5.1.2"), text=text)).recipients
    assert (found.address, found.reason) == ("anna@client.example", "hostunknown")


def test_internationalised_reports_are_read():
    fields = "Final-Recipient: utf-8; j\\x{FC}rgen@example.de\r\nAction: failed\r\nStatus: 5.1.1"
    found = understood(
        report(fields, status_type="message/global-delivery-status", original_type="message/global-headers")
    )
    assert found.recipients[0].address == "jürgen@example.de"
    assert found.original.message_id == "<sent-1@msp.example>"
    plain = report(fields.replace("\\x{FC}", "ü"), status_type="message/global-delivery-status")
    assert understood(plain).recipients[0].address == "jürgen@example.de"


def test_a_diagnostic_of_several_lines_is_one_line():
    fields = recipient(
        "anna@client.example",
        "failed",
        "5.0.0",
        "Diagnostic-Code: smtp; 550-5.7.26 Not accepted",
        " 550 5.7.26 for DMARC",
    )
    (found,) = understood(report(fields)).recipients
    assert found.said == "550-5.7.26 Not accepted 550 5.7.26 for DMARC"
    assert (found.status, found.reason, found.hard) == ("5.7.26", "authfailure", False)


def test_the_text_tells_what_the_fields_leave_out():
    text = "<anna@client.example>: host mx.client.example said: 552 5.2.2 Mailbox full (in reply to RCPT TO command)"
    (found,) = understood(report(recipient("anna@client.example", "failed", "5.0.0"), text=text)).recipients
    assert (found.status, found.reply_code, found.reason) == ("5.2.2", "552", "mailboxfull")


GERMAN = """Ihre Nachricht konnte nicht zugestellt werden.

Empfänger: anna@kunde.example
Grund: Der Empfänger existiert nicht.

----- Ursprüngliche Nachricht -----
Von: desk@msp.example
Message-ID: <sent-3@msp.example>
To: anna@kunde.example
Subject: Drucker
"""
JAPANESE = """次のあて先へのメッセージはエラーのため送信できませんでした。

<anna@client.example>:
宛先のメールアドレスが存在しません。
"""
GERMAN_DELAY = """Die Zustellung Ihrer Nachricht wird verzögert. Es wird weiterhin versucht, sie zuzustellen:

  anna@kunde.example: connect to mx.kunde.example: Connection timed out
"""


def test_a_german_report_in_free_text_is_understood():
    header = ("Return-Path: <>", "From: postmaster@kunde.example", "Subject: Unzustellbar: Drucker")
    found = understood(free_text(GERMAN, *header))
    assert (found.kind, found.recipients[0].address) == ("failed", "anna@kunde.example")
    assert (found.recipients[0].reason, found.recipients[0].hard) == ("userunknown", True)
    assert found.original == Original("<sent-3@msp.example>", ("anna@kunde.example",), "Drucker")


def test_a_german_report_of_a_delay_is_no_failure():
    found = understood(free_text(GERMAN_DELAY))
    assert (found.kind, found.recipients[0].address) == ("delayed", "anna@kunde.example")
    assert (found.recipients[0].reason, found.recipients[0].hard) == ("expired", False)


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_a_japanese_report_in_free_text_is_understood(charset):
    header = ("Return-Path: <>", "From: MAILER-DAEMON@client.example", "Subject: Mail Error")
    found = understood(free_text(JAPANESE, *header, charset=charset))
    (anna,) = found.recipients
    assert (found.kind, anna.address, anna.reason, anna.hard) == (
        "failed",
        "anna@client.example",
        "userunknown",
        True,
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Hi. This is the qmail-send program at mx.example.\nI wasn't able to deliver your message.\n\n"
            "<anna@client.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of "
            "the message.\n\nReturn-Path: <desk@msp.example>\nMessage-ID: <sent-4@msp.example>\nSubject: x\n",
            ("anna@client.example", "5.1.1", "", "userunknown"),
        ),
        (
            "The following addresses could not be reached:\n\n  anna@client.example\n    host mx [192.0.2.1]\n    SMTP "
            "error from remote mail server after RCPT TO:<anna@client.example>:\n    552 5.2.2 Over quota\n",
            ("anna@client.example", "5.2.2", "552", "mailboxfull"),
        ),
        (
            "Your message was not delivered to anna@client.example because the domain does not exist.\n",
            ("anna@client.example", "", "", "hostunknown"),
        ),
        (
            "Delivery failed: 554 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org\n"
            "Recipient: <anna@client.example>\n",
            ("anna@client.example", "5.7.1", "554", "blocked"),
        ),
    ],
)  # fmt: skip
def test_plain_text_of_unknown_systems_is_understood(text, wanted):
    (found,) = understood(free_text(text)).recipients
    assert (found.address, found.status, found.reply_code, found.reason) == wanted


def test_a_list_of_addresses_shares_the_words_below_it():
    found = understood(
        free_text(
            "These mails could not be delivered:\n\n<anna@a.example>\n<berta@b.example>\n\n550 5.1.1 User unknown\n"
        )
    )
    assert [each.address for each in found.recipients] == ["anna@a.example", "berta@b.example"]
    assert {each.reason for each in found.recipients} == {"userunknown"}


def test_an_address_that_left_for_good_is_told_from_one_that_is_full():
    gone = understood(report(recipient("a@b.example", "failed", "5.1.6"))).recipients[0]
    full = understood(report(recipient("a@b.example", "failed", "5.2.2"))).recipients[0]
    assert (gone.hard, full.hard) == (True, False)


@pytest.mark.parametrize(("kind", "reason"), [("abuse", "feedback"), ("auth-failure", "authfailure")])
def test_a_feedback_report_is_a_complaint(kind, reason):
    raw = "\r\n".join(
        (
            "From: fbl@provider.example",
            "Subject: FW: Offer",
            "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
            "",
            "--b",
            "Content-Type: message/feedback-report",
            "",
            f"Feedback-Type: {kind}",
            "User-Agent: Loop/1.0",
            "Original-Rcpt-To: <anna@client.example>",
            "--b",
            "Content-Type: message/rfc822",
            "",
            *ORIGINAL,
            "--b--",
        )
    ).encode()
    found = understood(raw)
    assert found.kind == "complaint"
    assert found.original.message_id == "<sent-1@msp.example>"
    (anna,) = found.recipients
    assert (anna.address, anna.reason, anna.hard) == ("anna@client.example", reason, None)
    assert anna.said == f"{kind}, reported by Loop/1.0"
