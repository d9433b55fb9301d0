"""MIME out of what Graph's JSON says, and back into a draft that is changed. A draft's bytes are its truth."""

import base64
import binascii
import contextlib
import re
from collections.abc import Callable, Mapping
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from typing import Any

from deskpost.sandbox.cloud.graph import reading
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request
from deskpost.sandbox.cloud.graph.messages_json import NAMED_PROPERTIES
from deskpost.sandbox.cloud.outgoing import new_message_id
from deskpost.sandbox.cloud.store import Mailbox

MOST_HEADERS = 5
WIRE = policy.SMTP.clone(max_line_length=900)
"""Lines longer than 78 characters, for the standard library would fold a long Message-ID into encoded words."""
BODY_TAG = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
CONTENT = ("content-type", "content-transfer-encoding", "content-disposition", "mime-version")
PEOPLE = {
    "from": "From",
    "sender": "Sender",
    "toRecipients": "To",
    "ccRecipients": "Cc",
    "bccRecipients": "Bcc",
    "replyTo": "Reply-To",
}
RECEIPTS = {
    "isReadReceiptRequested": "Disposition-Notification-To",
    "isDeliveryReceiptRequested": "Return-Receipt-To",
}


def new_draft(mailbox: Mailbox, data: Mapping[str, Any]) -> EmailMessage:
    """Make a mail of a message in JSON. Raises Refused where that is no message."""
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(mailbox.name, addr_spec=mailbox.address)
    message["Message-ID"] = new_message_id()
    message["Subject"] = ""
    message.set_content("")
    return changed(mailbox, message, data)


def changed(mailbox: Mailbox, message: EmailMessage, data: Mapping[str, Any]) -> EmailMessage:
    """Give a draft with what a message in JSON says in its place. Raises Refused where that is no message."""
    try:
        _set_fields(mailbox, message, data)
        body, added = data.get("body"), data.get("attachments") or []
        if body is None and not added:
            return message
        kind, content = reading.body(message)
        if body is not None:
            kind, content = str(body.get("contentType", "text")).lower(), str(body.get("content") or "")
        kept = [one.part for one in reading.attachments(message)]
        return rebuilt(message, kind, content, [*kept, *(part_of(one) for one in added)])
    except (AttributeError, TypeError, ValueError, LookupError) as error:
        raise bad_request(f"The message is not valid: {error}", "ErrorInvalidRequest") from None


def rebuilt(message: EmailMessage, kind: str, content: str, parts: list[Any]) -> EmailMessage:
    """Give a mail with the same header, this body and these attachments."""
    made = EmailMessage(policy=WIRE)
    for name, value in message.items():
        if name.lower() not in CONTENT:
            made[name] = str(value)
    made.set_content(reading.as_text(content) if kind == "html" else content)
    if kind == "html":
        made.add_alternative(content, subtype="html")
    inline = [
        part
        for part in parts
        if kind == "html" and part.get_content_disposition() == "inline" and part["content-id"]
    ]
    if inline:
        html: Any = made.get_payload(1)
        html.make_related()
        for part in inline:
            html.attach(part)
    outside = [part for part in parts if not any(part is one for one in inline)]
    if outside:
        made.make_mixed()
        for part in outside:
            made.attach(part)
    return made


def part_of(data: Mapping[str, Any], content: bytes | None = None) -> MIMEPart:
    """Make an attachment of a fileAttachment in JSON. Raises Refused where it is none."""
    if "item" in str(data.get("@odata.type", "")).lower():
        raise Refused(501, "NotSupported", "The sandbox attaches files, not items.")
    if content is None:
        try:
            content = base64.b64decode(data.get("contentBytes") or "", validate=True)
        except (binascii.Error, TypeError, ValueError):
            words = "The property 'contentBytes' is not a base64 string."
            raise bad_request(words, "ErrorInvalidRequest") from None
    name = str(data.get("name") or "")
    if not name:
        raise bad_request("Required property 'name' is missing.", "ErrorRequiredPropertyMissing")
    main, _, sub = str(data.get("contentType") or "application/octet-stream").partition(";")[0].partition("/")
    if not sub or main in ("multipart", "message"):
        main, sub = "application", "octet-stream"
    part = MIMEPart(policy=WIRE)
    content_id = data.get("contentId")
    part.set_content(
        content,
        maintype=main.strip(),
        subtype=sub.strip(),
        disposition="inline" if data.get("isInline") else "attachment",
        filename=name,
        cid=f"<{content_id}>" if content_id else None,
    )
    return part


def as_bytes(message: EmailMessage) -> bytes:
    """Give a mail's bytes; what ASCII cannot hold makes it an internationalised one. RFC 6532."""
    for rules in (WIRE, WIRE.clone(utf8=True)):
        with contextlib.suppress(UnicodeError, IndexError):  # the standard library fails to fold some fields
            return message.as_bytes(policy=rules)
    as_found = WIRE.clone(utf8=True, refold_source="none")
    try:
        return message.as_string(policy=as_found).encode("utf-8", "replace")
    except (UnicodeError, IndexError):
        raise bad_request("The message cannot be written as MIME.", "ErrorInvalidRequest") from None


def _set_fields(mailbox: Mailbox, message: EmailMessage, data: Mapping[str, Any]) -> None:
    for name, field in PEOPLE.items():
        if name in data:
            _set(message, field, _addresses(data[name], single=name in ("from", "sender")))
    if "subject" in data:
        _set(message, "Subject", str(data["subject"] or ""))
    if data.get("internetMessageId"):
        _set(message, "Message-ID", str(data["internetMessageId"]))
    if "importance" in data:
        _set(message, "Importance", str(data["importance"] or "normal").lower())
    for name, field in RECEIPTS.items():
        if name in data:
            _set(message, field, mailbox.address if data[name] else None)
    _set_headers(message, data.get("internetMessageHeaders") or [])
    for one in data.get("singleValueExtendedProperties") or []:
        if header := NAMED_PROPERTIES.get(str(one.get("id", "")).lower()):
            _set(message, header.title().replace("Id", "ID"), str(one.get("value") or ""))


def _set_headers(message: EmailMessage, headers: list[Mapping[str, Any]]) -> None:
    if len(headers) > MOST_HEADERS:
        words = "Maximum number of headers in one message should be less than or equal to 5."
        raise bad_request(words, "InvalidInternetMessageHeaderCollection")
    for header in headers:
        name = str(header.get("name") or "")
        if not name.lower().startswith("x-"):
            words = f"The internet message header name '{name}' should start with 'x-' or 'X-'."
            raise bad_request(words, "InvalidInternetMessageHeader")
        _set(message, name, str(header.get("value") or ""))


def _set(message: EmailMessage, field: str, value: Any) -> None:
    del message[field]
    if value not in (None, "", []) or field == "Subject":
        message[field] = value


def _addresses(given: Any, *, single: bool) -> list[Address] | Address | None:
    people = [given] if single and given else given or []
    found = [_address(one.get("emailAddress") or {}) for one in people]
    return (found[0] if found else None) if single else found


def _address(given: Mapping[str, Any]) -> Address:
    try:
        address = str(given.get("address") or "").strip()
        if "@" not in address:
            raise ValueError(address)
        return Address(str(given.get("name") or "").strip(), addr_spec=address)
    except Exception:  # the parser of addresses fails in many ways at what is none
        raise bad_request("At least one recipient is not valid.", "ErrorInvalidRecipients") from None


def decoded_mime(body: bytes) -> bytes:
    """Give the MIME of a body in base64. Raises Refused where it is none."""
    try:
        found = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        found = b""
    if not found or b":" not in found:
        words = "Invalid base64 string for MIME content."
        raise bad_request(words, "ErrorMimeContentInvalidBase64String")
    return found


def quoting(message: EmailMessage, comment: str, escape: Callable[[str], str]) -> tuple[str, str]:
    """Give the body of an answer: a comment, and the mail that it answers below."""
    kind, content = reading.body(message)
    sender, sent = reading.text_of(message, "from"), reading.text_of(message, "date")
    subject = reading.text_of(message, "subject")
    lines = [f"From: {sender}", f"Sent: {sent}", f"Subject: {subject}"]
    if kind == "text":
        return "text", "\r\n".join([comment, "", "_" * 32, *lines, "", content])
    top = "<br>".join(escape(line) for line in lines)
    above = f"<div>{escape(comment)}</div><hr><div>{top}</div><br>"
    begins = BODY_TAG.search(content)
    at = begins.end() if begins else 0
    return "html", content[:at] + above + content[at:]
