"""UpdateItem: changes of single properties, with the rules for who overwrites whom."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import items, sending
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.extended import given_values
from deskpost.sandbox.cloud.ews.items import Found
from deskpost.sandbox.cloud.ews.properties_set import set_extended, set_path
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.shapes import path_of
from deskpost.sandbox.cloud.ews.soap import child, local, m, needed, t

OVERWRITES = "AlwaysOverwrite"


def update(call: Call, request: Element) -> Element:
    """Change items, and send them where the disposition says so."""
    resolution = request.get("ConflictResolution", "AutoResolve")
    disposition = request.get("MessageDisposition", "SaveOnly")

    def act(change: Element) -> Sequence[Element]:
        reference = needed(change, "ItemId")
        found = items.find(call, reference)
        if resolution != OVERWRITES and not reference.get("ChangeKey"):
            raise Refused("ErrorChangeKeyRequiredForWriteOperations")
        if resolution == "NeverOverwrite" and items.is_stale(found, reference):
            raise Refused("ErrorIrresolvableConflict")
        for one in needed(change, "Updates"):
            _apply(call, found, one)
        if disposition != "SaveOnly":
            sending.send_draft(
                call, found, sending.folder_for_copy(call, request, disposition, found.mailbox)
            )
            return [m("Items"), _no_conflicts()]
        return [m("Items", children=[t("Message", children=[found.id_element()])]), _no_conflicts()]

    return answer("UpdateItem", items.references(request, "ItemChanges"), act, ["Items"])


def _apply(call: Call, found: Found, update: Element) -> None:
    """Apply a SetItemField, AppendToItemField or DeleteItemField."""
    deletes = local(update).startswith("Delete")
    holder = next((one for one in update if local(one) in ("Message", "Item")), None)
    extended = child(update, "ExtendedFieldURI")
    if extended is not None:
        held = child(holder, "ExtendedProperty") if holder is not None else None
        values = given_values(held) if held is not None and not deletes else []
        return set_extended(call.store, found.mailbox, found.item, extended, values)
    path = path_of(needed(update, "FieldURI"))
    element = None if deletes or holder is None or not len(holder) else holder[0]
    return set_path(call.store, found.mailbox, found.item, path, element)


def _no_conflicts() -> Element:
    return m("ConflictResults", children=[t("Count", "0")])
