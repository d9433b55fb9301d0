"""Setting an item's properties: those of its mail, and those that no mail holds."""

from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import compose, extended
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.soap import child, local, truth
from deskpost.sandbox.cloud.store import Item, Mailbox, Store

ALWAYS = ("item:Subject", "item:Importance", "item:InReplyTo", "message:References")
"""Header fields that can be set when the mail is sent, too; the others only in drafts."""


def set_path(store: Store, mailbox: Mailbox, item: Item, path: str, element: Element | None) -> None:
    """Set a property to what its element holds; None: delete it. What nobody knows is passed over. Raises Refused."""
    if path == "message:IsRead":
        store.update(mailbox, item, is_read=truth(element.text if element is not None else None))
    elif path == "item:Categories":
        item.properties["categories"] = [one.text or "" for one in element] if element is not None else []
        store.touch(mailbox, item)
    elif path in ("item:Body", "item:MimeContent") or compose.field_of(path):
        if not (item.is_draft or path in (*ALWAYS, "item:Body")):
            raise Refused("ErrorInvalidPropertySet")
        store.update(mailbox, item, raw=_changed(item.raw, path, element))


def set_extended(store: Store, mailbox: Mailbox, item: Item, path: Element, values: list[str]) -> None:
    """Set an extended property; no values: it goes. The mail's own flags, its number and its size stay."""
    tag = extended.tag_of(path)
    if tag == extended.MESSAGE_FLAGS:
        if values and values[0].isdecimal():
            store.update(mailbox, item, is_read=bool(int(values[0]) & extended.READ))
        return
    if path.get("DistinguishedPropertySetId") == "InternetHeaders" and item.is_draft:
        name = path.get("PropertyName", "")
        store.update(mailbox, item, raw=compose.with_header(item.raw, name, values[0] if values else None))
        return
    if tag not in (extended.IMAP_UID, 0x0E08):
        extended.keep(item, path, values)
        store.touch(mailbox, item)


def set_all(store: Store, mailbox: Mailbox, item: Item, given: Element) -> None:
    """Set what an item's element holds beside its mail: read flag, categories, extended properties."""
    is_read, categories = child(given, "IsRead"), child(given, "Categories")
    if is_read is not None:
        set_path(store, mailbox, item, "message:IsRead", is_read)
    if categories is not None:
        set_path(store, mailbox, item, "item:Categories", categories)
    for path, values in given_extended(given):
        set_extended(store, mailbox, item, path, values)


def given_extended(given: Element) -> list[tuple[Element, list[str]]]:
    """Give the extended properties in an item's element, each with its values."""
    held = [one for one in given if local(one) == "ExtendedProperty"]
    paths = [(child(one, "ExtendedFieldURI"), extended.given_values(one)) for one in held]
    return [(path, values) for path, values in paths if path is not None]


def _changed(raw: bytes, path: str, element: Element | None) -> bytes:
    if path == "item:MimeContent":
        return compose.decoded(element.text or "") if element is not None else compose.EMPTY
    if path == "item:Body":
        is_html = element is not None and element.get("BodyType") == "HTML"
        return compose.with_body(raw, element.text or "" if element is not None else "", is_html)
    value = compose.value_of(path, element) if element is not None else None
    return compose.with_header(raw, compose.field_of(path) or "", value)
