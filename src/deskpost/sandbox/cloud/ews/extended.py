"""Extended properties: MAPI's, by tag or by name in a set. Those that the mail does not hold are kept as they come."""

import base64
from collections.abc import Callable
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews.mail import Seen, date
from deskpost.sandbox.cloud.ews.properties import flag, is_from_me
from deskpost.sandbox.cloud.ews.soap import child, t
from deskpost.sandbox.cloud.store import Item

IMAP_UID = 0x0E23
MESSAGE_FLAGS = 0x0E07
READ, UNSENT, HAS_ATTACHMENTS, FROM_ME = 0x1, 0x8, 0x10, 0x20  # MS-OXCMSG 2.2.1.6

_KEPT = "ews:"


def header_text(seen: Seen) -> str:
    """Give a mail's header as it came."""
    raw = seen.item.raw
    head = raw.partition(b"\r\n\r\n")[0] if b"\r\n\r\n" in raw else raw.partition(b"\n\n")[0]
    return head.decode("utf-8", "replace") + "\r\n\r\n"


def _flags(seen: Seen) -> str:
    item = seen.item
    bits = ((item.is_read, READ), (item.is_draft, UNSENT), (seen.attachments, HAS_ATTACHMENTS))
    return str(sum(bit for holds, bit in (*bits, (is_from_me(seen), FROM_ME)) if holds))


_TAGS: dict[int, Callable[[Seen], str]] = {
    IMAP_UID: lambda seen: str(seen.uid) if seen.uid else "",
    MESSAGE_FLAGS: _flags,
    0x001A: lambda _: "IPM.Note",
    0x0037: lambda seen: seen.header("subject"),
    0x0039: lambda seen: date(seen.sent),
    0x007D: header_text,
    0x0C1A: lambda seen: next((name for name, _ in seen.addresses("from")), ""),
    0x0C1F: lambda seen: next((address for _, address in seen.addresses("from")), ""),
    0x0E03: lambda seen: "; ".join(name for name, _ in seen.addresses("cc")),
    0x0E04: lambda seen: "; ".join(name for name, _ in seen.addresses("to")),
    0x0E06: lambda seen: date(seen.item.received),
    0x0E08: lambda seen: str(len(seen.item.raw)),
    0x0E1B: lambda seen: flag(seen.attachments),
    0x0FF9: lambda seen: base64.b64encode(seen.item.immutable_id.encode()).decode(),
    0x1035: lambda seen: seen.header("message-id"),
    0x1039: lambda seen: seen.header("references"),
    0x1042: lambda seen: seen.header("in-reply-to"),
    0x3007: lambda seen: date(seen.item.created),
    0x3008: lambda seen: date(seen.item.created),
}


def tag_of(path: Element) -> int | None:
    """Give the MAPI tag of an ExtendedFieldURI, written as 0x0e23 or 3619; None: it is named otherwise."""
    try:
        return int(path.get("PropertyTag", ""), 0)
    except ValueError:
        return None


def value_of(path: Element, seen: Seen) -> list[str]:
    """Give the values of an extended property, none where the item has no such property."""
    kept = seen.item.properties.get(_KEPT + key_of(path))
    if isinstance(kept, list):
        return [str(one) for one in kept]
    tag = tag_of(path)
    if tag in _TAGS:
        found = _TAGS[tag](seen)
    elif path.get("DistinguishedPropertySetId") == "InternetHeaders":
        found = seen.header(path.get("PropertyName", ""))
    else:
        found = ""
    return [found] if found else []


def element_of(path: Element, seen: Seen) -> Element | None:
    """Give an extended property's element; None: the item has no such property."""
    values = value_of(path, seen)
    if not values:
        return None
    said = t("ExtendedFieldURI", None, (), **dict(path.attrib))
    if path.get("PropertyType", "").endswith("Array"):
        return t(
            "ExtendedProperty", children=[said, t("Values", children=[t("Value", one) for one in values])]
        )
    return t("ExtendedProperty", children=[said, t("Value", values[0])])


def given_values(given: Element) -> list[str]:
    """Give the values inside an ExtendedProperty that a client sends."""
    several = child(given, "Values")
    holder = several if several is not None else given
    return [one.text or "" for one in holder if one.tag.endswith("}Value")]


def keep(item: Item, path: Element, values: list[str]) -> None:
    """Keep an extended property; no values: it goes. The caller notes the change."""
    key = _KEPT + key_of(path)
    if values:
        item.properties[key] = values
    else:
        item.properties.pop(key, None)


def key_of(path: Element) -> str:
    """Give what names an extended property, whatever the spelling of its path."""
    tag = tag_of(path)
    if tag is not None:
        return f"0x{tag:04x}"
    named = path.get("DistinguishedPropertySetId") or path.get("PropertySetId", "")
    return f"{named}/{path.get('PropertyName') or path.get('PropertyId', '')}".lower()
