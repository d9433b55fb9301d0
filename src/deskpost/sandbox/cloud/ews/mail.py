"""What EWS tells of a mail, read from its bytes: header, bodies, attachments. Broken mails give what can be read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from functools import cached_property

from deskpost.sandbox.cloud.store import Item, Mailbox

DATE = "%Y-%m-%dT%H:%M:%SZ"


class Seen:
    """A mail as it is looked at: parsed once, when somebody first asks for what is in it."""

    def __init__(self, item: Item, mailbox: Mailbox, uid: int = 0) -> None:
        """Look at an item of a mailbox, or at a mail that was attached to one, which has no id."""
        self.item = item
        self.mailbox = mailbox
        self.uid = uid
        self._fields: dict[str, list[str]] = {}

    @cached_property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.item.raw, policy=policy.default)

    @cached_property
    def head(self) -> EmailMessage:
        """Its header alone, which is enough for most of what lists show."""
        return BytesHeaderParser(policy=policy.default).parsebytes(self.item.raw)

    def fields(self, name: str) -> list[str]:
        """Give the values of the header fields of a name, each in one line."""
        if name not in self._fields:
            try:
                found = [" ".join(str(value).split()) for value in self.head.get_all(name, [])]
            except (
                ValueError,
                IndexError,
                AttributeError,
                TypeError,
            ):  # the library's parsers of broken fields
                found = []
            self._fields[name] = found
        return self._fields[name]

    def header(self, name: str) -> str:
        """Give a header field's value, empty where there is none."""
        return next(iter(self.fields(name)), "")

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """Give the names and addresses of a field."""
        return [(name or address, address) for name, address in getaddresses(self.fields(name)) if address]

    @property
    def sent(self) -> datetime:
        """The moment of its Date field, or of its arrival."""
        try:
            found = parsedate_to_datetime(self.header("date"))
        except (ValueError, TypeError):
            return self.item.received
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

    @cached_property
    def html(self) -> str | None:
        """Its HTML body; None: it has none."""
        part = body_part(self.message, "html")
        return text_of_part(part) if part is not None else None

    @cached_property
    def text(self) -> str | None:
        """Its plain body; None: it has none."""
        part = body_part(self.message, "plain")
        return text_of_part(part) if part is not None else None

    @cached_property
    def attachments(self) -> list[EmailMessage]:
        """Its parts that are no body."""
        return list(attached(self.message))


def unsaved(raw: bytes) -> Item:
    """Give an item for a mail that is in no folder."""
    now = datetime.now(UTC)
    return Item("", "", "", raw, now, now, is_read=True)


def date(moment: datetime) -> str:
    """Give a moment as Exchange writes it."""
    return moment.astimezone(UTC).strftime(DATE)


def body_part(message: EmailMessage, kind: str) -> EmailMessage | None:
    """Give the body of a kind, html or plain."""
    try:
        found = message.get_body((kind,))
    except (AttributeError, ValueError, KeyError, TypeError):  # a multipart without parts
        return None
    return found if isinstance(found, EmailMessage) else None


def text_of_part(part: EmailMessage) -> str:
    """Give a part's text, whatever its charset says of itself."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def attached(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts of a mail that are no body, in their order; what is inside an attached mail stays there."""
    bodies = [body_part(message, "html"), body_part(message, "plain")]
    yield from _attached(message, [one for one in bodies if one is not None], top=True)


def bytes_of_part(part: EmailMessage) -> bytes:
    """Give the content of an attachment; of an attached mail, that mail."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner else b""  # type: ignore[union-attr]
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attached(part: EmailMessage, bodies: list[EmailMessage], top: bool = False) -> Iterator[EmailMessage]:
    if part.get_content_type() == "message/rfc822":
        yield part
        return
    if part.is_multipart():
        for one in part.iter_parts():
            yield from _attached(one, bodies)  # type: ignore[arg-type]
        return
    named = part.get_filename() is not None
    if not any(part is body for body in bodies) and (
        not top or named or part.get_content_maintype() != "text"
    ):
        yield part
