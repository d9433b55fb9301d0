"""Attachments: what a file of a mail is called, how large it is, and whether the HTML shows it."""

import re
from hashlib import sha256
from urllib.parse import unquote

from deskpost.mime.body import name_of
from deskpost.mime.bounds import Bounds
from deskpost.mime.file_kinds import kind_of
from deskpost.mime.file_labels import named_by_type
from deskpost.mime.message import Attachment
from deskpost.mime.structure import Part

_NAMES = {
    "application/ics": "calendar.ics",
    "application/msword": "attachment.doc",
    "application/pdf": "attachment.pdf",
    "application/pgp-encrypted": "version.txt",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/zip": "attachment.zip",
    "image/jpeg": "image.jpg",
    "image/svg+xml": "image.svg",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "message/global": "message.eml",
    "message/partial": "message.eml",
    "message/rfc822": "message.eml",
    "text/calendar": "calendar.ics",
    "text/html": "text.html",
    "text/plain": "text.txt",
    "text/rfc822-headers": "headers.txt",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
}
_WITH_DRIVE = re.compile(r"^[A-Za-z]:\\(?:[^\\]*\\)*+")
_EXTENSION = re.compile(r"[a-z0-9]{2,5}")
_CONTENT_ID = re.compile(r"[^\"'\s<>)]{1,300}")
_QUOTED = re.compile(r"\"([^\"\s<>]{1,300}+)(?=\")")


def attachments(parts: list[Part], raw: bytes, html: str | None, bounds: Bounds) -> tuple[Attachment, ...]:
    """Give the files of a mail in their order; `html` decides which of them are inline."""
    shown = _shown_by(html, parts) if html else frozenset()
    return tuple(_attachment(part, raw, shown, bounds) for part in parts)


def _attachment(part: Part, raw: bytes, shown: frozenset[str], bounds: Bounds) -> Attachment:
    content = part.content(raw, bounds)
    content_id = _content_id(part) or None
    return Attachment(
        part=part.path or "1",
        name=named_by_type(_name(part, content), part.content_type),
        content_type=part.content_type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        inline=content_id is not None and content_id in shown,
        content_id=content_id,
        kind=kind_of(content),
    )


def _name(part: Part, content: bytes) -> str:
    if name := _WITH_DRIVE.sub("", name_of(part)):
        return name
    if content.startswith(
        b"-----BEGIN PGP "
    ):  # RFC 3156 section 4: it is declared as bytes, and needs no name
        return "encrypted.asc"
    return _name_by_type(part.content_type)


def _name_by_type(content_type: str) -> str:
    """Name a part that has none by its type."""
    content_type = content_type.partition(";")[0]
    if content_type in _NAMES:
        return _NAMES[content_type]
    kind, _, subtype = content_type.partition("/")
    extension = subtype if _EXTENSION.fullmatch(subtype) else "bin"
    return f"{kind if kind in ('image', 'audio', 'video') else 'attachment'}.{extension}"


def _content_id(part: Part) -> str:
    return part.fields.get("content-id", "").strip("<> \t")


def _shown_by(html: str, parts: list[Part]) -> frozenset[str]:
    """Give the Content-IDs that the HTML shows: by `cid:`, or bare, as some programs write them."""
    wanted = {content_id for part in parts if (content_id := _content_id(part))}
    if not wanted:
        return frozenset()
    pieces = html.replace("CID:", "cid:").split("cid:", 200 + len(html) // 64)
    found = (_CONTENT_ID.match(piece) for piece in pieces[1:])
    names = {name[0] for name in found if name}
    shown = wanted & (names | {unquote(name) for name in names if "%" in name})
    return frozenset(shown if shown == wanted else shown | (wanted & set(_QUOTED.findall(html))))
