"""What is said, made into a mail: the same Draft gives the same bytes, at every try."""

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256

from deskpost.mime import header_writing as write
from deskpost.mime.charset import without_nul
from deskpost.mime.message import Address

_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_LINE_BREAK_OF_BYTES = re.compile(rb"\r\n|\r|\n")
_REFERENCES = 100
_LONGEST_LINE = 900

NO_DATE = datetime.min

Entity = tuple[bytes, bytes]
"""The header lines of a part, and its body without the line break that ends it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be sent; with a `content_id` (as the HTML's `cid:` names it) an image within the HTML."""

    name: str
    content_type: str
    content: bytes
    content_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a mail is made of. `date` is aware; identifiers may come with or without angle brackets.

    A mail that was sent elsewhere may lack its date (NO_DATE), the address of its sender and a `loop_id`.

    `automatic` marks the mail so that no program answers it; `loop_id` marks it as this installation's.
    `thread_index` comes from `thread_index.thread_index`.
    """

    message_id: str
    date: datetime
    sender: Address
    reply_to: Address | None = None
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    subject: str
    text: str
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    thread_index: str | None = None
    automatic: bool
    loop_id: str
    files: tuple[File, ...] = ()


def compose(draft: Draft) -> bytes:
    """Give the mail's bytes: CRLF, seven bits but for addresses that need SMTPUTF8, lines under 998 bytes.

    Pure. No value of the draft can add a header field or a recipient: what could is taken out.
    """
    head, body = _content(draft)
    mail = b"".join(("".join(_fields(draft)).encode(), head, b"\r\n", body))
    return mail if mail.endswith(b"\r\n") else mail + b"\r\n"


def needs_smtputf8(draft: Draft) -> bool:
    """Say whether an address cannot be written in ASCII, so that the server must offer SMTPUTF8."""
    everybody = (draft.sender, *draft.to, *draft.cc, *((draft.reply_to,) if draft.reply_to else ()))
    return not all(write.address_text(address.address).isascii() for address in everybody)


def _fields(draft: Draft) -> list[str]:
    fields = []
    if draft.date is not NO_DATE:
        date = draft.date if draft.date.tzinfo else draft.date.replace(tzinfo=UTC)
        fields.append(f"Date: {format_datetime(date)}\r\n")
    if draft.sender.address:
        fields.append(write.address_field("From", (draft.sender,)))
    else:
        fields.append(write.nameless_field("From", draft.sender.name))
    if draft.reply_to:
        fields.append(write.address_field("Reply-To", (draft.reply_to,)))
    if draft.to:
        fields.append(write.address_field("To", draft.to))
    if draft.cc:
        fields.append(write.address_field("Cc", draft.cc))
    if not draft.to and not draft.cc:
        fields.append("To: undisclosed-recipients:;\r\n")
    fields.append(write.text_field("Subject", draft.subject))
    fields += _threading(draft)
    if draft.automatic:
        fields.append("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n")
    if draft.loop_id:
        fields.append(write.text_field("X-Deskpost-Loop", draft.loop_id))
    fields.append("MIME-Version: 1.0\r\n")
    return fields


def _threading(draft: Draft) -> list[str]:
    fields = _identifiers("Message-ID", (draft.message_id,))
    fields += _identifiers("In-Reply-To", (draft.in_reply_to or "",))
    references = draft.references
    if len(references) > _REFERENCES:
        references = (references[0], *references[1 - _REFERENCES :])
    fields += _identifiers("References", references)
    if draft.thread_index:
        fields.append(write.text_field("Thread-Index", draft.thread_index))
    return fields


def _identifiers(name: str, values: tuple[str, ...]) -> list[str]:
    """Give the field with those of the values that are identifiers, or nothing."""
    plain = [each for each in map(write.identifier, values) if each]
    return [write.field(name, [f"<{each}>" for each in plain])] if plain else []


def _content(draft: Draft) -> Entity:
    """Build the tree mixed(alternative(text, related(html, images)), files), each level where needed."""
    images = [file for file in draft.files if file.content_id and draft.html is not None]
    files = [file for file in draft.files if not file.content_id or draft.html is None]
    entity = _text("plain", draft.text)
    if draft.html is not None:
        html = _text("html", draft.html)
        if images:
            html = _multipart("related", [html, *(_file(image, inline=True) for image in images)], draft)
        entity = _multipart("alternative", [entity, html], draft)
    if files:
        entity = _multipart("mixed", [entity, *(_file(file, inline=False) for file in files)], draft)
    return entity


def _text(subtype: str, text: str) -> Entity:
    text = _LINE_BREAK.sub("\r\n", without_nul(text))
    data = text.encode()
    if data.isascii() and _lines_fit(data):
        encoding, body = "7bit", data
    elif len(text.encode("ascii", "ignore")) * 3 > len(data) * 2:
        encoding, body = "quoted-printable", _quoted_printable(data)
    else:
        encoding, body = "base64", _base64(data)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return head.encode(), body


def _lines_fit(data: bytes) -> bool:
    return max(map(len, data.split(b"\n"))) <= _LONGEST_LINE


def _quoted_printable(data: bytes) -> bytes:
    """Python ends soft lines as the first line of the text ends: a text of one line must end with CRLF."""
    ended = data.endswith(b"\r\n")
    body = binascii.b2a_qp(data if ended else data + b"\r\n", istext=True)
    return body if ended else body.removesuffix(b"\r\n")


def _base64(data: bytes) -> bytes:
    line = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join([line[start : start + 76] for start in range(0, len(line), 76)])


def _file(file: File, inline: bool) -> Entity:
    kind = file.content_type.partition(";")[0].strip()
    if not _TYPE.fullmatch(kind) or kind.lower().startswith("multipart/"):
        kind = "application/octet-stream"
    body, encoding = _base64(file.content), "base64"
    if kind.lower().startswith("message/"):  # may not be encoded, RFC 2046 section 5.2
        body = _LINE_BREAK_OF_BYTES.sub(b"\r\n", file.content)
        if body.isascii() and b"\0" not in body and _lines_fit(body):
            encoding = "7bit"
        else:
            body, kind = _base64(file.content), "application/octet-stream"
    return _file_head(file, kind, encoding, inline), body


def _file_head(file: File, kind: str, encoding: str, inline: bool) -> bytes:
    content_type = [kind]
    disposition = ["inline" if inline else "attachment"]
    if file.name:
        disposition += write.parameter("filename", file.name)
        if disposition[1].startswith("filename="):  # programs of old look for the name here
            content_type += write.parameter("name", file.name)
    lines = [
        write.field("Content-Type", _with_semicolons(content_type)),
        f"Content-Transfer-Encoding: {encoding}\r\n",
        write.field("Content-Disposition", _with_semicolons(disposition)),
    ]
    if file.content_id:
        lines += _identifiers("Content-ID", (file.content_id,))
    return "".join(lines).encode()


def _with_semicolons(pieces: list[str]) -> list[str]:
    return [piece + ";" for piece in pieces[:-1]] + pieces[-1:]


def _multipart(subtype: str, entities: list[Entity], draft: Draft) -> Entity:
    boundary = _boundary(subtype, entities, draft)
    pieces: list[bytes] = []
    for head, body in entities:
        pieces += [b"--", boundary, b"\r\n", head, b"\r\n", body, b"\r\n"]
    pieces += [b"--", boundary, b"--\r\n"]
    content_type = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary.decode()}"\r\n'
    return content_type.encode(), b"".join(pieces)


def _boundary(subtype: str, entities: list[Entity], draft: Draft) -> bytes:
    """Derive a boundary from the Message-ID, another one as long as the content holds it."""
    for number in range(1_000):
        seed = f"{number} {subtype} {without_nul(draft.message_id)}"
        boundary = b"=_" + sha256(seed.encode()).hexdigest()[:32].encode()
        if not any(boundary in body for _, body in entities):
            return boundary
    raise AssertionError("a thousand hashes in one mail")
