"""What Graph reads from a mail's bytes: header fields, people, body, attachments. Nothing in here fails at bad mail."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

PREVIEW = 255  # characters of a body that bodyPreview gives
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
MESSAGE_ID = re.compile(rb"^message-id:(?:[ \t]|\r?\n[ \t])*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
HIDDEN = ("style", "script", "head", "title")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment of a mail: a file, or another mail."""

    key: str  # the same as long as the mail has it
    part: EmailMessage

    @property
    def is_mail(self) -> bool:
        """Whether it is a mail."""
        return self.part.get_content_type() == "message/rfc822"

    @property
    def is_inline(self) -> bool:
        """Whether the body shows it."""
        return self.part.get_content_disposition() == "inline" or (
            self.part["content-id"] is not None and self.part.get_content_disposition() is None
        )

    @property
    def content_id(self) -> str | None:
        """Its Content-ID without brackets."""
        return text_of(self.part, "content-id").strip().strip("<>") or None

    @property
    def name(self) -> str:
        """Its file name, or the subject of the mail that it is."""
        named = self.part.get_filename()
        if not named and self.is_mail:
            return text_of(self.mail, "subject") or "Untitled"
        return clean(named) if named else "Untitled"

    @property
    def mail(self) -> EmailMessage:
        """The attached mail."""
        inner = self.part.get_payload()
        found = inner[0] if isinstance(inner, list) and inner else EmailMessage(policy=policy.default)
        return found  # type: ignore[return-value]

    @property
    def content(self) -> bytes:
        """Its bytes."""
        if self.is_mail:
            return self.mail.as_bytes()
        decoded = self.part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else self.part.as_bytes()


def attachments(message: EmailMessage) -> list[Attachment]:
    """Give the attachments of a mail, in its order."""
    found = []
    seen: dict[str, int] = {}
    for part in _attached(message):
        digest = _digest(part)
        seen[digest] = seen.get(digest, 0) + 1
        found.append(Attachment(f"{digest}{seen[digest]:02d}", part))
    return found


def _digest(part: EmailMessage) -> str:
    try:
        content = part.as_bytes()
    except (ValueError, LookupError, KeyError):
        content = repr(part.items()).encode("utf-8", "replace")
    return hashlib.sha256(content).hexdigest()[:24]


def has_attachments(message: EmailMessage) -> bool:
    """Tell whether a mail has attachments beside those that its body shows."""
    return any(not Attachment("", part).is_inline for part in _attached(message))


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    bodies = [_body_part(message, "html"), _body_part(message, "plain")]
    yield from (part for part in _leaves(message) if not any(part is one for one in bodies))


def _leaves(message: Message) -> Iterator[EmailMessage]:
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            yield from _leaves(part)  # type: ignore[arg-type]
    else:
        yield message  # type: ignore[misc]


def body(message: EmailMessage) -> tuple[str, str]:
    """Give a mail's body: html or text, and its content with CRLF."""
    for subtype, name in (("html", "html"), ("plain", "text")):
        part = _body_part(message, subtype)
        if part is not None:
            return name, "\r\n".join(_text(part).splitlines())
    return "text", ""


def _body_part(message: EmailMessage, subtype: str) -> Message | None:
    try:
        return message.get_body((subtype,))
    except Exception:  # the standard library stumbles at some broken multiparts
        return None


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def as_text(html: str) -> str:
    """Give the words of an HTML body."""
    reader = _Words()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        return html
    return "\r\n".join(line.strip() for line in "".join(reader.words).splitlines()).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in HIDDEN
        if tag in ("p", "br", "div", "tr", "li", "h1", "h2", "h3"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(" ".join(data.split()) if data.strip() else " ")


def text_of(message: Message, name: str) -> str:
    """Give a header field's text, decoded; empty where it is missing or cannot be read."""
    try:
        value = message[name]
        return clean(str(value)) if value is not None else ""
    except Exception:  # the parser fails at some broken fields; what is told of them then is nothing
        return ""


def message_id(raw: bytes) -> str | None:
    """Give a mail's Message-ID, quickly: lists of many mails are searched for one."""
    end = BLANK_LINE.search(raw)
    found = MESSAGE_ID.search(raw, 0, end.start() + 1 if end else len(raw))
    return clean(found[1].decode("utf-8", "replace")).strip() if found else None


def people(message: Message, name: str) -> list[dict[str, Any]]:
    """Give the people of a header field, as Graph's recipients."""
    try:
        values: list[Any] = message.get_all(name, [])
        found = [(one.display_name, one.addr_spec) for value in values for one in value.addresses]
    except Exception:  # as above
        found = getaddresses([text_of(message, name)])
    return [recipient(clean(shown), clean(address)) for shown, address in found if address]


def recipient(name: str, address: str) -> dict[str, Any]:
    """Give a recipient."""
    return {"emailAddress": {"name": name or address, "address": address}}


def date_of(message: Message) -> datetime | None:
    """Give when a mail says that it was sent."""
    try:
        found = parsedate_to_datetime(text_of(message, "date"))
    except (ValueError, TypeError, OverflowError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def fields(raw: bytes) -> list[dict[str, str]]:
    """Give all header fields as internetMessageHeaders."""
    message = message_from_bytes(raw, policy=policy.compat32)
    return [{"name": name, "value": clean(" ".join(str(value).split()))} for name, value in message.items()]


def clean(text: str) -> str:
    """Give a text that JSON can carry: what are no characters is replaced."""
    return text.encode("utf-8", "replace").decode()
