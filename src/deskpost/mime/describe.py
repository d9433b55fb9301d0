"""A mail as JSON: what `deskpost parse` prints (docs: the command line; contract/parse.schema.json)."""

from typing import Any

from deskpost.mime import automatic, clean_html
from deskpost.mime.delimiters import Delimiters
from deskpost.mime.message import Address, Attachment, Message


def as_json(message: Message, delimiters: Delimiters) -> dict[str, Any]:
    """Give what is understood of a mail, ready for a JSON encoder.

    `html` is sanitised. `new_text` is the whole text until quoted history is folded away, and `bounce` is
    null until delivery reports are understood; a report counts as "auto-generated". "loop" needs the
    installation's own marks and is never given here.
    """
    found = automatic.recognise(message)
    return {
        "message_id": message.message_id,
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "from": _addresses(message.from_),
        "reply_to": _addresses(message.reply_to),
        "to": _addresses(message.to),
        "cc": _addresses(message.cc),
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "text": message.text,
        "html": None if message.html is None else clean_html.clean(message.html),
        "new_text": message.text,
        "attachments": [_attachment(attachment) for attachment in message.attachments],
        "automatic": None if found is None else "auto-generated" if found.kind == "report" else found.kind,
        "bounce": None,
        "delimiters": [
            {"module": module, "number": number} for module, number in delimiters.find(message.subject)
        ],
        "defects": list(message.defects),
    }


def _addresses(addresses: tuple[Address, ...]) -> list[dict[str, str]]:
    return [{"name": each.name, "address": each.address} for each in addresses]


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "inline": attachment.inline,
        "content_id": attachment.content_id,
    }
