"""FindItem: the items of folders, restricted, sorted, page by page."""

from collections.abc import Sequence
from typing import TypeVar
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import places, restriction
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.items import references
from deskpost.sandbox.cloud.ews.mail import Seen
from deskpost.sandbox.cloud.ews.shapes import shape_of
from deskpost.sandbox.cloud.ews.soap import child, local, m, t, text_of, whole

MOST = 1_000  # items of one page, whatever was asked for: Exchange's EWSFindCountLimit

Thing = TypeVar("Thing")


def find(call: Call, request: Element) -> Element:
    """Give the items of each folder that is asked for."""
    shape = shape_of(child(request, "ItemShape"))

    def act(reference: Element) -> Sequence[Element]:
        place = places.find(call, reference)
        found = _sorted(request, _found(call, request, place))
        page, about = paged(request, found)
        items = t("Items", children=[shape.item(seen, in_list=True) for seen in page])
        return [m("RootFolder", children=[items], **about)]

    return answer("FindItem", references(request, "ParentFolderIds"), act)


def paged(request: Element, things: Sequence[Thing]) -> tuple[Sequence[Thing], dict[str, str]]:
    """Give the page that a view asks for, and the attributes that tell where it lies."""
    view = next((one for one in request if local(one).endswith("View")), None)
    asked = whole(view.get("MaxEntriesReturned") if view is not None else None, MOST)
    size = max(0, min(asked, MOST))
    begin = _begin(view, len(things))
    if view is not None and view.get("BasePoint") == "End":
        end = max(0, len(things) - begin)
        first = max(0, end - size)
        page, offset, last = things[first:end], len(things) - first, first == 0
    else:
        page = things[begin : begin + size]
        offset = min(len(things), begin + size)
        last = offset >= len(things)
    about = {"TotalItemsInView": str(len(things)), "IncludesLastItemInRange": "true" if last else "false"}
    return page, {"IndexedPagingOffset": str(offset), **about}


def _begin(view: Element | None, total: int) -> int:
    if view is None:
        return 0
    if local(view).startswith("Fractional"):
        return total * whole(view.get("Numerator"), 0) // max(1, whole(view.get("Denominator"), 1))
    return max(0, whole(view.get("Offset"), 0))


def _found(call: Call, request: Element, place: places.Place) -> list[Seen]:
    """Give what a folder holds and the request lets through, the newest first."""
    if request.get("Traversal", "Shallow") != "Shallow":
        return []
    inside = place.mailbox.in_folder(place.folder.id)
    inside.sort(key=lambda item: (item.received, call.numbers.uid(item.id)), reverse=True)
    seen = [Seen(item, place.mailbox, call.numbers.uid(item.id)) for item in inside]
    asked = child(request, "Restriction")
    query = text_of(request, "QueryString") or ""
    return [
        one
        for one in seen
        if restriction.lets_through(asked, restriction.of_item(one)) and restriction.matches(query, one)
    ]


def _sorted(request: Element, found: list[Seen]) -> list[Seen]:
    """Sort by the fields of the SortOrder, the last one first, so that the first decides."""
    order = child(request, "SortOrder")
    for field in reversed(list(order) if order is not None else []):
        path = next((one for one in field if local(one) in restriction.PATHS), None)
        if path is None:
            continue

        def key(seen: Seen, path: Element = path) -> list[tuple[int, float, str]]:
            return [restriction.comparable(value) for value in restriction.of_item(seen)(path)]

        found.sort(key=key, reverse=field.get("Order") == "Descending")
    return found
