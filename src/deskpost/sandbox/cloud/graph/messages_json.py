"""A message as Graph tells it, property by property, each read only when it is asked for."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from deskpost.sandbox.cloud.graph import reading
from deskpost.sandbox.cloud.graph.call import Call, user_id
from deskpost.sandbox.cloud.graph.errors import bad_request
from deskpost.sandbox.cloud.store import Item

WHOLE_PAGE = (
    '<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n'
    "</head>\r\n<body>\r\n{}\r\n</body>\r\n</html>\r\n"
)
NAMED_PROPERTIES = {
    "string 0x1035": "message-id",
    "string 0x1039": "references",
    "string 0x1042": "in-reply-to",
    "binary 0x0071": "thread-index",
    "string 0x7d": "",
}
"""MAPI properties that are header fields; the last one is the whole header."""


class Reading:
    """An item as one request sees it."""

    def __init__(self, call: Call, item: Item) -> None:
        """Look at this item."""
        self.call = call
        self.item = item

    @cached_property
    def message(self) -> Any:
        """The mail, parsed."""
        return self.item.message

    @cached_property
    def body(self) -> tuple[str, str]:
        """The body: text or html, and its content."""
        kind, content = reading.body(self.message)
        if self.call.body_type == "text" and kind == "html":
            return "text", reading.as_text(content)
        if kind == "html" and "<body" not in content.lower():
            return kind, WHOLE_PAGE.format(content)  # Exchange gives whole pages; O365 counts on it
        return kind, content

    def text(self, name: str) -> str:
        """Give a header field."""
        return reading.text_of(self.message, name)

    def people(self, name: str) -> list[dict[str, Any]]:
        """Give the people of a header field."""
        return reading.people(self.message, name)


def moment(at: datetime) -> str:
    """Give a time as Graph writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def change_key(item: Item) -> str:
    """Give the version of an item."""
    digest = hashlib.sha256(f"{item.immutable_id}{item.version}".encode()).digest()
    return base64.b64encode(b"\x09\x00\x00\x00\x16\x00\x00\x00" + digest[:22]).decode()


def etag(item: Item) -> str:
    """Give an item's etag."""
    return f'W/"{change_key(item)}"'


def _conversation(one: Reading) -> str:
    chain = one.text("references").split() or one.text("in-reply-to").split() or [one.text("message-id")]
    digest = hashlib.sha256(chain[0].encode()).digest()
    return "AAQk" + base64.urlsafe_b64encode(digest).decode()


def _first(people: list[dict[str, Any]]) -> dict[str, Any] | None:
    return people[0] if people else None


def _preview(one: Reading) -> str:
    kind, content = reading.body(one.message)
    words = reading.as_text(content) if kind == "html" else content.strip()
    return re.sub(r"(\r\n){3,}", "\r\n\r\n", words)[: reading.PREVIEW]


def _importance(one: Reading) -> str:
    said = one.text("importance").lower()
    return said if said in ("low", "high") else "normal"


def _web_link(one: Reading) -> str:
    item = quote(one.item.id, safe="")
    return f"https://outlook.office365.com/owa/?ItemID={item}&exvsurl=1&viewmodel=ReadMessageItem"


def _sent(one: Reading) -> str:
    return moment(reading.date_of(one.message) or one.item.received)


def _body(one: Reading) -> dict[str, str]:
    return {"contentType": one.body[0], "content": one.body[1]}


PROPERTIES: dict[str, Callable[[Reading], Any]] = {
    "id": lambda one: one.call.id_of(one.item),
    "createdDateTime": lambda one: moment(one.item.created),
    "lastModifiedDateTime": lambda one: moment(one.item.received),
    "changeKey": lambda one: change_key(one.item),
    "categories": lambda one: one.item.properties.get("categories", []),
    "receivedDateTime": lambda one: moment(one.item.received),
    "sentDateTime": _sent,
    "hasAttachments": lambda one: reading.has_attachments(one.message),
    "internetMessageId": lambda one: reading.message_id(one.item.raw),
    "subject": lambda one: one.text("subject"),
    "bodyPreview": _preview,
    "importance": _importance,
    "parentFolderId": lambda one: one.item.folder,
    "conversationId": _conversation,
    "conversationIndex": lambda one: one.text("thread-index") or None,
    "isDeliveryReceiptRequested": lambda one: bool(one.text("return-receipt-to")),
    "isReadReceiptRequested": lambda one: bool(one.text("disposition-notification-to")),
    "isRead": lambda one: one.item.is_read,
    "isDraft": lambda one: one.item.is_draft,
    "webLink": _web_link,
    "inferenceClassification": lambda one: "focused",
    "body": _body,
    "sender": lambda one: _first(one.people("sender")) or _first(one.people("from")),
    "from": lambda one: _first(one.people("from")),
    "toRecipients": lambda one: one.people("to"),
    "ccRecipients": lambda one: one.people("cc"),
    "bccRecipients": lambda one: one.people("bcc"),
    "replyTo": lambda one: one.people("reply-to"),
    "flag": lambda one: one.item.properties.get("flag", {"flagStatus": "notFlagged"}),
}
ON_REQUEST: dict[str, Callable[[Reading], Any]] = {
    "internetMessageHeaders": lambda one: reading.fields(one.item.raw),
    "uniqueBody": _body,
}
BY_LOWER_NAME = {name.lower(): name for name in (*PROPERTIES, *ON_REQUEST)}


def selected(select: str | None) -> list[str] | None:
    """Give the properties that $select names, None for all. Raises Refused at one that messages do not have."""
    if not select:
        return None
    names = []
    for asked in select.split(","):
        name = BY_LOWER_NAME.get(asked.strip().lower())
        if name is None:
            words = f"Could not find a property named '{asked.strip()}' on type 'Microsoft.OutlookServices.Message'."
            raise bad_request(words, "RequestBroker--ParseUri")
        names.append(name)
    return names


def told(call: Call, item: Item, names: list[str] | None = None) -> dict[str, Any]:
    """Give a message in JSON: these properties, or all that Graph gives by itself."""
    one = Reading(call, item)
    wanted = [*dict.fromkeys(["id", *names])] if names else list(PROPERTIES)
    found = {"@odata.etag": etag(item)}
    for name in wanted:
        found[name] = (PROPERTIES.get(name) or ON_REQUEST[name])(one)
    return found


def value(one: Reading, path: str) -> Any:
    """Give a property of a message for a filter: `isRead`, `from/emailAddress/address`. Raises KeyError."""
    first, *rest = path.split("/")
    name = BY_LOWER_NAME[first.lower()]
    found = (PROPERTIES.get(name) or ON_REQUEST[name])(one)
    for step in rest:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def context(call: Call, tail: str) -> str:
    """Give the @odata.context of something in this mailbox."""
    return f"{call.version}/$metadata#users('{user_id(call.mailbox.address)}')/{tail}"
