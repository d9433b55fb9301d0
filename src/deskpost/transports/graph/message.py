"""A mail as Graph's JSON: for those that are too large for one request, or that MIME cannot say.

https://learn.microsoft.com/en-us/graph/api/resources/message
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from deskpost.mime.message import Address, Attachment, Message
from deskpost.mime.parse import attachment_content, parse

IN_REPLY_TO, REFERENCES = "String 0x1042", "String 0x1039"  # Graph takes neither as a header; MS-OXOMSG 2.2.1
THREAD_INDEX = "Binary 0x0071"
_MOST_HEADERS = 5
_FIRST_HEADERS = (
    "x-deskpost-loop",
    "x-auto-response-suppress",
)  # if there are more, these are among those that go
_MAIL = "message/rfc822"


@dataclass(frozen=True, slots=True)
class File:
    """One attachment, its bytes decoded."""

    name: str
    content_type: str
    content: bytes
    content_id: str
    inline: bool

    def json(self) -> dict[str, Any]:
        """Give it as a fileAttachment with its content."""
        return {
            "@odata.type": "#microsoft.graph.fileAttachment",
            **self.item(),
            "contentBytes": base64.b64encode(self.content).decode(),
        }

    def item(self) -> dict[str, Any]:
        """Give what is said of it beside its content."""
        told: dict[str, Any] = {"name": self.name, "contentType": self.content_type, "isInline": self.inline}
        return {**told, "contentId": self.content_id} if self.content_id else told

    @property
    def length(self) -> int:
        """The bytes that it takes in a request."""
        return (len(self.content) + 2) // 3 * 4 + len(json.dumps(self.item())) + 200


def message_of(content: bytes, recipients: Sequence[str]) -> tuple[dict[str, Any], Message]:
    """Give a mail without its attachments, for these recipients and no others; and the mail as it was understood."""
    mail = parse(content, unwrap=False)
    wanted = {address.lower(): address for address in recipients}
    to, cc = _among(mail.to, wanted), _among(mail.cc, wanted)
    bcc = [Address("", address) for address in wanted.values()]
    html = mail.html is not None
    told: dict[str, Any] = {
        "subject": mail.subject,
        "body": {"contentType": "html" if html else "text", "content": mail.html if html else mail.text},
        "toRecipients": _people(to),
        "ccRecipients": _people(cc),
        "bccRecipients": _people(bcc),
        "replyTo": _people(mail.reply_to),
        "internetMessageHeaders": _headers(mail),
        "singleValueExtendedProperties": _threading(mail),
    }
    if mail.from_:
        told["from"] = _people(mail.from_[:1])[0]
    if mail.message_id:
        told["internetMessageId"] = mail.message_id
    return {name: value for name, value in told.items() if value != []}, mail


def files_of(content: bytes, mail: Message) -> Iterable[File]:
    """Give the attachments one after another; no more than one is decoded at a time."""
    for number, one in enumerate(mail.attachments, 1):
        yield File(
            one.name or _nameless(one, number),
            one.content_type,
            attachment_content(content, one.part),
            (one.content_id or "").strip("<>"),
            one.inline,
        )


def _nameless(one: Attachment, number: int) -> str:
    return f"message-{number}.eml" if one.content_type == _MAIL else f"file-{number}"


def _among(people: Sequence[Address], wanted: dict[str, str]) -> list[Address]:
    """Give those of the people who are still wanted, each once; they are no longer wanted then."""
    return [one for one in people if wanted.pop(one.address.lower(), None) is not None]


def _people(people: Iterable[Address]) -> list[dict[str, Any]]:
    return [
        {"emailAddress": {"address": one.address, **({"name": one.name} if one.name else {})}}
        for one in people
    ]


def _headers(mail: Message) -> list[dict[str, str]]:
    found = {name.lower(): (name, value) for name, value in mail.headers if name.lower().startswith("x-")}
    names = sorted(found, key=lambda name: name not in _FIRST_HEADERS)
    return [{"name": found[name][0], "value": found[name][1]} for name in names[:_MOST_HEADERS]]


def _threading(mail: Message) -> list[dict[str, str]]:
    given = {
        IN_REPLY_TO: " ".join(mail.in_reply_to),
        REFERENCES: " ".join(mail.references),
        THREAD_INDEX: "".join((mail.header("Thread-Index") or "").split()),
    }
    return [{"id": id, "value": value} for id, value in given.items() if value]
