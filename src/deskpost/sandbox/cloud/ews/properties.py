"""The properties of an item by their paths, item:Subject, in the order of the schema, with their elements."""

import base64
import hashlib
from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews.items import Found
from deskpost.sandbox.cloud.ews.mail import Seen, date
from deskpost.sandbox.cloud.ews.parts import listed
from deskpost.sandbox.cloud.ews.soap import t

Maker = Callable[[Seen], Element | None]

RIGHTS = (
    "CreateAssociated",
    "CreateContents",
    "CreateHierarchy",
    "Delete",
    "Modify",
    "Read",
    "ViewPrivateItems",
)
PREVIEW = 255  # characters


def mailbox_element(name: str, address: str) -> Element:
    """Give the Mailbox element of somebody."""
    told = (("Name", name), ("EmailAddress", address), ("RoutingType", "SMTP"), ("MailboxType", "Mailbox"))
    return t("Mailbox", children=[t(key, value) for key, value in told])


def rights() -> Element:
    """Give the effective rights of somebody who may do all."""
    return t("EffectiveRights", children=[t(right, "true") for right in RIGHTS])


def flag(value: object) -> str:
    """Give a boolean as Exchange writes it."""
    return "true" if value else "false"


def categories(seen: Seen) -> list[str]:
    """Give an item's categories."""
    found = seen.item.properties.get("categories")
    return [str(one) for one in found] if isinstance(found, Iterable) and not isinstance(found, str) else []


def is_from_me(seen: Seen) -> bool:
    """Tell whether the mailbox itself wrote the mail."""
    return any(address.lower() == seen.mailbox.address for _, address in seen.addresses("from"))


def _text(path: str, give: Callable[[Seen], str | None]) -> tuple[str, Maker]:
    """Give a property of plain text; empty ones are not there."""

    def make(seen: Seen) -> Element | None:
        value = give(seen)
        return t(path.partition(":")[2], value) if value else None

    return path, make


def _people(path: str, field: str, single: bool = False) -> tuple[str, Maker]:
    def make(seen: Seen) -> Element | None:
        found = seen.addresses(field)[: 1 if single else None]
        people = [mailbox_element(name, address) for name, address in found]
        return t(path.partition(":")[2], children=people) if people else None

    return path, make


def _item_id(seen: Seen) -> Element | None:
    return Found(seen.mailbox, seen.item).id_element() if seen.item.id else None


def _attachments(seen: Seen) -> Element | None:
    return t("Attachments", children=listed(seen)) if seen.attachments else None


def _headers(seen: Seen) -> Element | None:
    left = {name.lower(): iter(seen.fields(name)) for name in seen.head}
    told = [t("InternetMessageHeader", next(left[name.lower()], ""), HeaderName=name) for name in seen.head]
    return t("InternetMessageHeaders", children=told) if told else None


def _categories(seen: Seen) -> Element | None:
    found = categories(seen)
    return t("Categories", children=[t("String", one) for one in found]) if found else None


def _importance(seen: Seen) -> str:
    asked = seen.header("importance").capitalize()
    return asked if asked in ("Low", "High") else "Normal"


def _topic(seen: Seen) -> str:
    subject = seen.header("subject")
    while subject[:3].lower() in ("re:", "fw:"):
        subject = subject[3:].strip()
    return subject


def _conversation(seen: Seen) -> Element:
    first = (seen.header("references") or seen.header("in-reply-to") or seen.header("message-id")).split()
    digest = hashlib.sha256((first[0] if first else seen.item.immutable_id).encode()).digest()
    return t("ConversationId", Id="AAQk" + base64.b64encode(digest).decode())


def _names(field: str) -> Callable[[Seen], str]:
    return lambda seen: "; ".join(name for name, _ in seen.addresses(field))


PROPERTIES: dict[str, Maker] = dict(
    (
        ("item:ItemId", _item_id),
        ("item:ParentFolderId", lambda seen: t("ParentFolderId", Id=seen.item.folder, ChangeKey="AQAAAA==")),
        _text("item:ItemClass", lambda _: "IPM.Note"),
        _text("item:Subject", lambda seen: seen.header("subject")),
        _text("item:Sensitivity", lambda _: "Normal"),
        ("item:Attachments", _attachments),
        _text("item:DateTimeReceived", lambda seen: date(seen.item.received)),
        _text("item:Size", lambda seen: str(len(seen.item.raw))),
        ("item:Categories", _categories),
        _text("item:Importance", _importance),
        _text("item:InReplyTo", lambda seen: seen.header("in-reply-to")),
        _text("item:IsSubmitted", lambda _: "false"),
        _text("item:IsDraft", lambda seen: flag(seen.item.is_draft)),
        _text("item:IsFromMe", lambda seen: flag(is_from_me(seen))),
        _text("item:IsResend", lambda _: "false"),
        _text("item:IsUnmodified", lambda seen: flag(seen.item.version == 1)),
        ("item:InternetMessageHeaders", _headers),
        _text("item:DateTimeSent", lambda seen: date(seen.sent)),
        _text("item:DateTimeCreated", lambda seen: date(seen.item.created)),
        _text("item:ReminderIsSet", lambda _: "false"),
        _text("item:DisplayCc", _names("cc")),
        _text("item:DisplayTo", _names("to")),
        _text("item:HasAttachments", lambda seen: flag(seen.attachments)),
        _text("item:Culture", lambda _: "en-US"),
        ("item:EffectiveRights", lambda _: rights()),
        _text("item:LastModifiedName", lambda seen: seen.mailbox.name),
        _text("item:LastModifiedTime", lambda seen: date(seen.item.created)),
        _text("item:IsAssociated", lambda _: "false"),
        ("item:ConversationId", _conversation),
        _text("item:Preview", lambda seen: " ".join((seen.text or "").split())[:PREVIEW]),
        _people("message:Sender", "from", single=True),
        _people("message:ToRecipients", "to"),
        _people("message:CcRecipients", "cc"),
        _people("message:BccRecipients", "bcc"),
        _text(
            "message:IsReadReceiptRequested", lambda seen: flag(seen.header("disposition-notification-to"))
        ),
        _text("message:IsDeliveryReceiptRequested", lambda seen: flag(seen.header("return-receipt-to"))),
        _text("message:ConversationIndex", lambda seen: seen.header("thread-index")),
        _text("message:ConversationTopic", _topic),
        _people("message:From", "from", single=True),
        _text("message:InternetMessageId", lambda seen: seen.header("message-id")),
        _text("message:IsRead", lambda seen: flag(seen.item.is_read)),
        _text("message:IsResponseRequested", lambda _: "false"),
        _text("message:References", lambda seen: seen.header("references")),
        _people("message:ReplyTo", "reply-to"),
        (
            "message:ReceivedBy",
            lambda seen: t("ReceivedBy", children=[mailbox_element(seen.mailbox.name, seen.mailbox.address)]),
        ),
    )
)

DEFAULT = (
    "item:ItemId",
    "item:Subject",
    "item:Sensitivity",
    "item:Size",
    "item:DateTimeSent",
    "item:DateTimeCreated",
    "item:HasAttachments",
    "item:Attachments",
    "message:ToRecipients",
    "message:CcRecipients",
    "message:From",
    "message:IsRead",
)
"""What the shape Default gives of a message; GetItem adds the body."""

NOT_IN_LISTS = frozenset(
    (
        "item:Attachments",
        "item:InternetMessageHeaders",
        "message:ToRecipients",
        "message:CcRecipients",
        "message:BccRecipients",
        "message:ReplyTo",
    )
)
"""What FindItem and SyncFolderItems never give."""
