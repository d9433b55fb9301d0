"""The report that a mail reached nobody, as Exchange puts it into the sender's mailbox. RFC 3464."""

from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, localtime

from deskpost.sandbox.cloud.outgoing import new_message_id

_UNKNOWN = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"


def report(sender: str, recipients: Sequence[str], content: bytes) -> bytes:
    """Give the report to a sender that these recipients of a mail do not exist."""
    mail = message_from_bytes(content, policy=policy.compat32)
    message_id = str(mail.get("Message-ID", "")).strip()
    told = EmailMessage(policy=policy.SMTP)
    told["From"] = f"Microsoft Outlook <postmaster@{sender.rpartition('@')[2]}>"
    told["To"] = sender
    told["Subject"] = "Undeliverable mail"
    told["Date"] = format_datetime(localtime())
    told["Message-ID"] = new_message_id()
    told["Auto-Submitted"] = "auto-replied"
    if message_id.isascii() and len(message_id.split()) == 1:
        told["In-Reply-To"] = told["References"] = message_id
    told.set_content(
        f"Your message couldn't be delivered to: {', '.join(recipients)}\r\n\r\nThere is no such address.\r\n"
    )
    told.make_mixed()
    told.attach(_status(recipients))
    told.set_type("multipart/report")
    told.set_param("report-type", "delivery-status")
    return b"Return-Path: <>\r\n" + told.as_bytes()


def _status(recipients: Sequence[str]) -> EmailMessage:
    part = EmailMessage(policy=policy.SMTP)
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([_fields(("Reporting-MTA", "dns;outside.example")), *map(_of_recipient, recipients)])
    return part


def _of_recipient(address: str) -> EmailMessage:
    return _fields(
        ("Final-Recipient", f"rfc822;{address}"),
        ("Action", "failed"),
        ("Status", "5.1.10"),
        ("Diagnostic-Code", f"smtp;{_UNKNOWN}"),
    )


def _fields(*pairs: tuple[str, str]) -> EmailMessage:
    group = EmailMessage(policy=policy.SMTP)
    for name, value in pairs:
        group[name] = value
    return group
