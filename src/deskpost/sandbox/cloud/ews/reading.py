"""GetItem, and what moves items about: MoveItem, CopyItem, DeleteItem."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import items, places
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.items import Found
from deskpost.sandbox.cloud.ews.mail import Seen
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.shapes import shape_of
from deskpost.sandbox.cloud.ews.soap import child, invalid, m, needed, t

DELETE_TYPES = ("HardDelete", "SoftDelete", "MoveToDeletedItems")


def get(call: Call, request: Element) -> Element:
    """Give items in the shape that is asked for."""
    shape = shape_of(child(request, "ItemShape"))

    def act(reference: Element) -> Sequence[Element]:
        found = items.find(call, reference)
        if call.meets(found.mailbox, "drop_item"):
            call.store.delete(found.mailbox, found.item)
            raise Refused("ErrorItemNotFound")
        seen = Seen(found.item, found.mailbox, call.numbers.uid(found.item.id))
        return [m("Items", children=[shape.item(seen)])]

    return answer("GetItem", items.references(request), act, ["Items"])


def move(call: Call, request: Element) -> Element:
    """Move items to a folder, where they have other ids."""

    def act(reference: Element) -> Sequence[Element]:
        found, place = items.find(call, reference), _target(call, request)
        if (fault := call.meets(found.mailbox, "refuse_item")) is not None:
            raise Refused(str(fault.value))
        if found.mailbox is not place.mailbox:
            _carried(call, found, place)
            call.store.delete(found.mailbox, found.item)
            return [m("Items")]
        return _told(Found(found.mailbox, call.store.move(found.mailbox, found.item, place.folder.id)))

    return answer("MoveItem", items.references(request), act, ["Items"])


def copy(call: Call, request: Element) -> Element:
    """Copy items into a folder. Into another mailbox it gives no ids, as Exchange does."""

    def act(reference: Element) -> Sequence[Element]:
        found, place = items.find(call, reference), _target(call, request)
        copied = _carried(call, found, place)
        return _told(copied) if found.mailbox is place.mailbox else [m("Items")]

    return answer("CopyItem", items.references(request), act, ["Items"])


def delete(call: Call, request: Element) -> Element:
    """Delete items, or move them to Deleted Items."""
    how = request.get("DeleteType", "")
    if how not in DELETE_TYPES:
        raise invalid(f"The 'DeleteType' attribute is invalid: '{how}'.")

    def act(reference: Element) -> Sequence[Element]:
        found = items.find(call, reference)
        if how == "MoveToDeletedItems":
            call.store.move(found.mailbox, found.item, "deleteditems")
        else:
            call.store.delete(found.mailbox, found.item)
        return []

    return answer("DeleteItem", items.references(request), act)


def _target(call: Call, request: Element) -> places.Place:
    place = places.inside(call, needed(request, "ToFolderId"))
    if place.folder.id not in place.mailbox.folders:  # calendars and the like take no mail here
        raise Refused("ErrorInvalidOperation")
    return place


def _carried(call: Call, found: Found, place: places.Place) -> Found:
    item = found.item
    copied = call.store.put(
        place.mailbox, item.raw, place.folder.id, is_read=item.is_read, is_draft=item.is_draft
    )
    copied.received, copied.properties = item.received, dict(item.properties)
    return Found(place.mailbox, copied)


def _told(found: Found) -> list[Element]:
    return [m("Items", children=[t("Message", children=[found.id_element()])])]
