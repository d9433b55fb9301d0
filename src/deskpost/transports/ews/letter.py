"""A mail as EWS sends it: its MIME as it is, and beside it what Exchange takes from nowhere else.

Exchange sends to whom the header names, so the envelope is told by properties wherever the two differ.
"""

import base64
from collections.abc import Iterable, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses

from deskpost.transports.envelope import Envelope
from deskpost.transports.ews.soap import text
from deskpost.transports.source import header_fields

Person = tuple[str, str]
"""Name and address, the name as it is read."""

_RECIPIENTS = ("to", "cc", "bcc")


def message_xml(envelope: Envelope, own: str, *, with_id: bool) -> str:
    """Give the Message element of a mail that the mailbox `own` sends; `with_id` tells its Message-ID beside it."""
    head, gap, body = envelope.content.partition(b"\r\n\r\n")
    fields = header_fields(head)
    named = {name: _people(fields, name) for name in _RECIPIENTS}
    wanted = {address.lower() for address in envelope.recipients}
    shown = {address.lower() for name in ("to", "cc") for _, address in named[name]}
    hidden = [("", address) for address in envelope.recipients if address.lower() not in shown]
    dropped = ["bcc"]
    properties = ""
    if not shown <= wanted:  # somebody in the header is not to get it, or not again
        dropped += ["to", "cc"]
        for name in ("to", "cc"):
            properties += _mailboxes(
                f"{name.capitalize()}Recipients", [one for one in named[name] if one[1].lower() in wanted]
            )
    properties += _mailboxes("BccRecipients", hidden)
    sender = _people(fields, "from")[:1]
    if sender and sender[0][1].lower() != own.lower():
        properties += f"<t:From>{_mailbox(sender[0])}</t:From>"
    id = message_id_of(fields)
    if id and with_id:
        properties += f"<t:InternetMessageId>{text(id)}</t:InternetMessageId>"
    content = base64.b64encode(_without(head, dropped) + gap + body).decode("ascii")
    return f'<t:Message><t:MimeContent CharacterSet="UTF-8">{content}</t:MimeContent>{properties}</t:Message>'


def message_id_of(fields: Iterable[tuple[str, str]]) -> str:
    """Give the Message-ID out of header fields; empty where there is none."""
    return next((value for name, value in fields if name.lower() == "message-id"), "")


def sender_of(envelope: Envelope) -> str:
    """Give the address in the field From, as people know it; empty where there is none."""
    people = _people(header_fields(envelope.content), "from")
    return people[0][1] if people else ""


def _people(fields: Iterable[tuple[str, str]], name: str) -> list[Person]:
    values = [value for field, value in fields if field.lower() == name]
    return [(_decoded(shown), address) for shown, address in getaddresses(values) if "@" in address]


def _decoded(name: str) -> str:
    try:
        return str(make_header(decode_header(name)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return name


def _mailboxes(element: str, people: Sequence[Person]) -> str:
    inside = "".join(_mailbox(person) for person in people)
    return f"<t:{element}>{inside}</t:{element}>" if inside else ""


def _mailbox(person: Person) -> str:
    name = f"<t:Name>{text(person[0])}</t:Name>" if person[0] else ""
    return f"<t:Mailbox>{name}<t:EmailAddress>{text(person[1])}</t:EmailAddress></t:Mailbox>"


def _without(head: bytes, names: Sequence[str]) -> bytes:
    """Give a header without the fields of these names, every other byte as it was."""
    kept: list[bytes] = []
    leaving = False
    for line in head.split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            leaving = line.partition(b":")[0].strip().lower().decode("latin-1") in names
        if not leaving:
            kept.append(line)
    return b"\r\n".join(kept)
