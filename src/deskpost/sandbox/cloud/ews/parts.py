"""A mail's attachments as EWS lists them: files, and items where a mail is attached."""

from email.message import EmailMessage
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews.mail import Seen, bytes_of_part, date
from deskpost.sandbox.cloud.ews.soap import t

MARK = ".A"  # between an item's id and its attachment's number


def listed(seen: Seen) -> list[Element]:
    """Give a mail's attachments without their content."""
    return [
        t(kind(part), children=described(seen, part, f"{seen.item.id}{MARK}{number}"))
        for number, part in enumerate(seen.attachments)
    ]


def kind(part: EmailMessage) -> str:
    """Give what an attachment is to EWS."""
    return "ItemAttachment" if part.get_content_type() == "message/rfc822" else "FileAttachment"


def described(seen: Seen, part: EmailMessage, id: str) -> list[Element]:
    """Give what is told of an attachment without its content."""
    content_id = str(part.get("content-id", "")).strip().strip("<>")
    inline = bool(content_id) and part.get_content_disposition() != "attachment"
    told = {
        "Name": part.get_filename() or _subject_of_attached(part) or "attachment",
        "ContentType": part.get_content_type(),
        "ContentId": content_id,
        "ContentLocation": str(part.get("content-location", "")),
        "Size": str(len(bytes_of_part(part))),
        "LastModifiedTime": date(seen.item.received),
        "IsInline": "true" if inline else "false",
    }
    return [t("AttachmentId", Id=id), *(t(name, value) for name, value in told.items() if value)]


def _subject_of_attached(part: EmailMessage) -> str:
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    return str(first.get("subject", "")) if isinstance(first, EmailMessage) else ""
