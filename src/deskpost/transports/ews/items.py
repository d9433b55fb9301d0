"""GetItem: sizes and keys, header fields, and whole mails as MIME."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from deskpost.transports.ews import soap
from deskpost.transports.ews.refusals import BUSY, GONE, PASSING
from deskpost.transports.ews.session import Session
from deskpost.transports.ews.soap import Message, child, every, text_of

AT_ONCE = 200  # items in one request for a few of their properties
LARGEST = 8 * 1024 * 1024  # bytes of the answer to it
HEADER_LARGEST = 4 * 1024 * 1024
_HEADER_KEPT = 65_536  # bytes of a header: a mail may have thousands of fields
HEADER = '<t:ExtendedFieldURI PropertyTag="0x007D" PropertyType="String"/>'  # PR_TRANSPORT_MESSAGE_HEADERS
HEADER_FIELDS = '<t:FieldURI FieldURI="item:InternetMessageHeaders"/>'
SIZE = '<t:FieldURI FieldURI="item:Size"/>'
MESSAGE_ID = '<t:FieldURI FieldURI="message:InternetMessageId"/>'
MIME = '<t:FieldURI FieldURI="item:MimeContent"/>'


@dataclass(frozen=True, slots=True)
class Got:
    """What the server gave of one item: its element, or in its own words why it gives none."""

    id: str
    element: Element | None
    refusal: str = ""

    @property
    def key(self) -> str:
        """The key of its version."""
        id = child(self.element, "ItemId")
        return id.get("ChangeKey", "") if id is not None else ""

    @property
    def size(self) -> int | None:
        """Its size as Exchange estimates it, in bytes; None where that is not told."""
        told = text_of(self.element, "Size")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None

    @property
    def header(self) -> bytes:
        """Its header as it came, else put together of its fields, at most 64 kB; b"" where neither is told."""
        whole = next((text_of(one, "Value") for one in every(self.element, "ExtendedProperty")), "")
        if not whole:
            fields = every(self.element, "InternetMessageHeader")
            whole = "".join(
                f"{one.get('HeaderName', '')}: {' '.join((one.text or '').split())}\n" for one in fields
            )
        lines = whole.replace("\r\n", "\n").strip("\n").replace("\n", "\r\n")
        return lines.encode("utf-8", "replace")[:_HEADER_KEPT] + b"\r\n\r\n" if lines else b""

    @property
    def message_id(self) -> bytes:
        """Its header field Message-ID; b"" without one."""
        told = " ".join(text_of(self.element, "InternetMessageId").split())
        return f"Message-ID: {told}\r\n".encode("utf-8", "replace") if told else b""

    @property
    def content(self) -> bytes | None:
        """The mail itself; None where it did not come, or is no base 64."""
        told = child(self.element, "MimeContent")
        if told is None or not told.text:
            return None
        try:
            return base64.b64decode(told.text)
        except (binascii.Error, ValueError):
            return None


def get(
    session: Session, ids: Sequence[str], properties: str, *, at_once: int = AT_ONCE, largest: int = LARGEST
) -> Iterator[Got]:
    """Yield what the server has of these items, in their order; what is no longer there is left out.

    Raises what concerns the server and not that one item, as soon as it is met.
    """
    shape = (
        "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
        f"<t:AdditionalProperties>{properties}</t:AdditionalProperties></m:ItemShape>"
    )
    for some in in_groups(ids, at_once):
        messages = session.ask(f"<m:GetItem>{shape}{listed(some)}</m:GetItem>", largest=largest)
        for id, message in paired(session, some, messages):
            if message.fine:
                yield Got(id, _item(session, message))
            elif message.code not in GONE:
                yield Got(id, None, refusal(session, message))


def in_groups(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield items in groups of so many at most."""
    return (ids[first : first + size] for first in range(0, len(ids), size))


def listed(ids: Sequence[str]) -> str:
    """Give the XML that names items."""
    return "<m:ItemIds>" + "".join(f"<t:ItemId Id={soap.quoted(id)}/>" for id in ids) + "</m:ItemIds>"


def paired(
    session: Session, ids: Sequence[str], messages: Sequence[Message]
) -> Iterator[tuple[str, Message]]:
    """Give each item with what was answered of it. Raises ProtocolViolated: the answers are of other items."""
    if len(messages) != len(ids):
        raise session.unreadable(f"{len(messages)} answers to {len(ids)} items")
    return zip(ids, messages, strict=True)


def refusal(session: Session, message: Message) -> str:
    """Give in the server's words why it refuses one item. Raises what is not about that item alone."""
    if message.code in BUSY or message.code in PASSING:
        raise session.error(message)
    return session.said(message)


def _item(session: Session, message: Message) -> Element:
    holder = child(message.content, "Items")
    if holder is None or not len(holder):
        raise session.unreadable("an answer without the item")
    return holder[0]
