"""Delivery reports composed by hand."""

from collections.abc import Sequence

from deskpost.mime.bounce import Report, recognise
from deskpost.mime.parse import parse

HEADER = (
    "Return-Path: <>",
    "From: Mail Delivery System <MAILER-DAEMON@mx.example>",
    "To: desk@msp.example",
    "Subject: Undelivered Mail Returned to Sender",
    "Message-ID: <report@mx.example>",
    "MIME-Version: 1.0",
)
ORIGINAL = (
    "Message-ID: <sent-1@msp.example>",
    "From: desk@msp.example",
    "To: Anna <anna@client.example>, Berta <berta@client.example>",
    "Subject: =?utf-8?q?Ihr_Drucker_l=C3=A4uft?=",
    "",
    "It prints again.",
)


def recipient(address: str, action: str, status: str, *more: str) -> str:
    """Give the fields about one recipient."""
    return "\r\n".join(
        (f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}", *more)
    )


def report(
    *recipients: str,
    original: Sequence[str] | None = ORIGINAL,
    original_type: str = "message/rfc822",
    status_type: str = "message/delivery-status",
    text: str = "Your mail could not be delivered.",
    header: Sequence[str] = HEADER,
) -> bytes:
    """Give a report of RFC 3464 about these recipients."""
    lines = [
        *header,
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
        "--b",
        f"Content-Type: {status_type}",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        "\r\n\r\n".join(recipients),
        "",
    ]
    if original is not None:
        lines += ["--b", f"Content-Type: {original_type}", "", *original]
    return "\r\n".join((*lines, "--b--", "")).encode()


def free_text(text: str, *header: str, charset: str = "utf-8") -> bytes:
    """Give a mail that is nothing but text; without `header` it is from a mail system."""
    lines = (*(header or HEADER), f"Content-Type: text/plain; charset={charset}", "", "")
    return "\r\n".join(lines).encode() + text.replace("\n", "\r\n").encode(charset)


def understood(raw: bytes) -> Report | None:
    """Read a mail, and give what is recognised."""
    return recognise(raw, parse(raw))
