"""SyncFolderItems: what changed in a folder since a state, in pages; and all of it at first."""

import base64
import binascii
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import places
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.mail import Seen
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.shapes import Shape, shape_of
from deskpost.sandbox.cloud.ews.soap import child, m, needed, t, text_of, whole
from deskpost.sandbox.cloud.store import Change

MOST = 512  # changes of one answer, Exchange's own limit


def sync(call: Call, request: Element) -> Element:
    """Give the changes of a folder, an item's changes as one."""
    shape = shape_of(child(request, "ItemShape"))
    most = max(1, min(whole(text_of(request, "MaxChangesReturned"), MOST), MOST))
    ignored = child(request, "Ignore")
    passed_over = {one.get("Id") for one in ignored} if ignored is not None else set()

    def act(folder: Element) -> Sequence[Element]:
        place = places.inside(call, folder)
        since = _since(call, place, text_of(request, "SyncState"))
        window, more = _window(call.store.changes_since(place.mailbox, place.folder.id, since), most)
        number = max((one[-1].number for one in window.values()), default=since)
        told = [_told(call, place, shape, changes) for id, changes in window.items() if id not in passed_over]
        return [
            m("SyncState", _state(place, number)),
            m("IncludesLastItemInRange", "false" if more else "true"),
            m("Changes", children=[one for one in told if one is not None]),
        ]

    # exchangelib, as others, reads the first two of a refusal before it sees that it is one
    return answer(
        "SyncFolderItems",
        [needed(request, "SyncFolderId")],
        act,
        ["SyncState", "IncludesLastItemInRange", "Changes"],
    )


def _window(changes: Sequence[Change], most: int) -> tuple[dict[str, list[Change]], bool]:
    """Give the next changes by item, of no more items than allowed, and whether there are more."""
    window: dict[str, list[Change]] = {}
    for change in changes:
        if change.id not in window and len(window) == most:
            return window, True
        window.setdefault(change.id, []).append(change)
    return window, False


def _told(call: Call, place: places.Place, shape: Shape, changes: Sequence[Change]) -> Element | None:
    """Give what a client has to learn of an item; None: it came and went."""
    id = changes[0].id
    item = place.mailbox.items.get(id)
    is_new = any(one.kind == "created" for one in changes)
    if item is None or item.folder != place.folder.id:
        return None if is_new else t("Delete", children=[t("ItemId", Id=id, ChangeKey="AQAAAA==")])
    seen = Seen(item, place.mailbox, call.numbers.uid(id))
    made = shape.item(seen, in_list=True)
    if not is_new and all(one.number in call.numbers.read_flags for one in changes):
        return t("ReadFlagChange", children=[made[0], t("IsRead", "true" if item.is_read else "false")])
    return t("Create" if is_new else "Update", children=[made])


def _state(place: places.Place, number: int) -> str:
    return base64.b64encode(f"{place.folder.id} {number}".encode()).decode()


def _since(call: Call, place: places.Place, state: str | None) -> int:
    if not state:
        return 0
    if call.cloud.habits.expire_delta:
        call.cloud.habits.expire_delta = False
        raise Refused("ErrorInvalidSyncStateData")
    try:
        folder, _, number = base64.b64decode(state, validate=True).decode().partition(" ")
        since = int(number)
    except (binascii.Error, ValueError) as problem:
        raise Refused("ErrorInvalidSyncStateData") from problem
    if folder != place.folder.id:
        raise Refused("ErrorInvalidSyncStateData")
    return since
