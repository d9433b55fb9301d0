"""Mails made of EWS's elements: header fields, bodies, attachments. What a client gave as MIME stays byte by byte."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formataddr
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews.mail import attached, body_part, text_of_part
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.soap import child, local, text_of, truth
from deskpost.sandbox.cloud.store import without_field

PEOPLE = {
    "message:From": "From",
    "message:Sender": "Sender",
    "message:ToRecipients": "To",
    "message:CcRecipients": "Cc",
    "message:BccRecipients": "Bcc",
    "message:ReplyTo": "Reply-To",
}
WORDS = {
    "item:Subject": "Subject",
    "item:InReplyTo": "In-Reply-To",
    "item:Importance": "Importance",
    "message:InternetMessageId": "Message-ID",
    "message:References": "References",
}
EMPTY = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"


def field_of(path: str) -> str | None:
    """Give the header field that holds a property; None: it is no header field."""
    return PEOPLE.get(path) or WORDS.get(path)


def with_header(raw: bytes, name: str, value: str | None) -> bytes:
    """Give a mail with a header field in place of those of its name; None: without it."""
    kept = without_field(raw, name.lower())
    value = " ".join((value or "").split())
    if not value:
        return kept
    line = EmailMessage(policy=policy.SMTP)
    try:
        line[name] = value
        return line.as_bytes().removesuffix(b"\r\n") + kept
    except (ValueError, IndexError, UnicodeError) as problem:
        raise Refused("ErrorInvalidPropertySet") from problem


def value_of(path: str, element: Element) -> str:
    """Give the header value that a property's element holds."""
    return people_of(element) if path in PEOPLE else element.text or ""


def people_of(element: Element) -> str:
    """Give the value of an address field for an element's mailboxes. Raises Refused: one has no address."""
    mailboxes = [one for one in element.iter() if local(one) == "Mailbox"]
    people = [(text_of(one, "Name") or "", text_of(one, "EmailAddress") or "") for one in mailboxes]
    if any("@" not in address or not address.isascii() for _, address in people):
        raise Refused("ErrorInvalidRecipients")
    return ", ".join(formataddr(("" if name == address else name, address)) for name, address in people)


def with_body(raw: bytes, text: str, html: bool) -> bytes:
    """Give a mail with another body, its header and attachments as they were."""
    return _rebuilt(raw, {"html" if html else "plain": text}, list(attached(_parsed(raw))))


def attach(raw: bytes, parts: Sequence[EmailMessage]) -> bytes:
    """Give a mail with more attachments."""
    message = _parsed(raw)
    bodies = {kind: body_part(message, kind) for kind in ("plain", "html")}
    texts = {kind: text_of_part(part) for kind, part in bodies.items() if part is not None}
    return _rebuilt(raw, texts, [*attached(message), *parts])


def attachment_of(given: Element) -> EmailMessage:
    """Give the part that a FileAttachment or ItemAttachment describes. Raises Refused."""
    name = text_of(given, "Name") or "attachment"
    part = EmailMessage(policy=policy.SMTP)
    if local(given) == "ItemAttachment":
        inner = next((one for one in given if local(one) in ("Message", "Item")), None)
        raw = of_item(inner)[0] if inner is not None else EMPTY
        part.set_content(_parsed(raw), disposition="attachment", filename=name)
        return part
    content = decoded(text_of(given, "Content") or "")
    kind = (text_of(given, "ContentType") or "application/octet-stream").partition(";")[0].strip()
    main, _, sub = kind.partition("/")
    id = text_of(given, "ContentId")
    if not main.isalnum() or not sub or main in ("multipart", "message"):
        main, sub = "application", "octet-stream"
    shown = "inline" if truth(text_of(given, "IsInline")) else "attachment"
    try:
        part.set_content(
            content, main, sub, filename=name, disposition=shown, cid=f"<{id.strip('<>')}>" if id else None
        )
    except (ValueError, IndexError) as problem:
        raise Refused("ErrorInvalidPropertySet") from problem
    return part


def mime_of(item: Element) -> bytes | None:
    """Give the mail in an item's MimeContent; None: it has none. Raises Refused."""
    given = text_of(item, "MimeContent")
    return decoded(given, "ErrorMimeContentInvalidBase64String") if given else None


def decoded(text: str, refusal: str = "ErrorInvalidPropertySet") -> bytes:
    """Read base 64. Raises Refused."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise Refused(refusal) from problem


def of_item(item: Element, paths: Iterable[str] = (*WORDS, *PEOPLE)) -> tuple[bytes, bool]:
    """Give the mail that an item's element describes, and whether it came as fields alone. Raises Refused."""
    given = mime_of(item)
    raw = given if given is not None else EMPTY
    for path in paths:
        element = child(item, path.partition(":")[2])
        field = field_of(path)
        is_usual = path == "item:Importance" and element is not None and element.text == "Normal"
        if element is not None and field is not None and not is_usual:
            raw = with_header(raw, field, value_of(path, element))
    body = child(item, "Body")
    if body is not None and (body.text or given is None):
        raw = with_body(raw, body.text or "", body.get("BodyType") == "HTML")
    files = child(item, "Attachments")
    if files is not None and len(files):
        raw = attach(raw, [attachment_of(one) for one in files])
    return raw, given is None


def _rebuilt(raw: bytes, bodies: dict[str, str], parts: Sequence[EmailMessage]) -> bytes:
    made = EmailMessage(policy=policy.SMTP)
    if "plain" in bodies or "html" not in bodies:
        made.set_content(bodies.get("plain", ""), cte="base64")
    if "html" in bodies and "plain" in bodies:
        made.add_alternative(bodies["html"], subtype="html", cte="base64")
    elif "html" in bodies:
        made.set_content(bodies["html"], subtype="html", cte="base64")
    if parts:
        made.make_mixed()
        for part in parts:
            made.attach(part)
    for name in ("content-type", "content-transfer-encoding", "content-disposition", "mime-version"):
        raw = without_field(raw, name)
    head = raw.partition(b"\r\n\r\n")[0] if b"\r\n\r\n" in raw else raw.partition(b"\n\n")[0]
    head = head if head.strip() else b""
    return head + (b"\r\n" if head and not head.endswith(b"\n") else b"") + made.as_bytes()


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.SMTP)
