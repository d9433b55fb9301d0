"""GetFolder, FindFolder, CreateFolder, UpdateFolder, DeleteFolder."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import places, restriction
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.folder_shapes import FolderShape, folder_shape_of, of_folder
from deskpost.sandbox.cloud.ews.items import references
from deskpost.sandbox.cloud.ews.listing import paged
from deskpost.sandbox.cloud.ews.places import Place
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.shapes import path_of
from deskpost.sandbox.cloud.ews.soap import child, invalid, local, m, needed, t, text_of

IDS_ONLY = FolderShape(frozenset(("folder:FolderId",)), ())


def get(call: Call, request: Element) -> Element:
    """Give folders in the shape that is asked for."""
    shape = folder_shape_of(child(request, "FolderShape"))

    def act(reference: Element) -> Sequence[Element]:
        return [m("Folders", children=[shape.folder(places.find(call, reference))])]

    return answer("GetFolder", references(request, "FolderIds"), act, ["Folders"])


def find(call: Call, request: Element) -> Element:
    """Give the folders inside each folder that is asked for."""
    shape = folder_shape_of(child(request, "FolderShape"))
    asked = child(request, "Restriction")
    deep = request.get("Traversal", "Shallow") == "Deep"

    def act(reference: Element) -> Sequence[Element]:
        inside = _inside(places.find(call, reference), deep)
        found = [one for one in inside if restriction.lets_through(asked, of_folder(one))]
        page, about = paged(request, found)
        return [
            m("RootFolder", children=[t("Folders", children=[shape.folder(one) for one in page])], **about)
        ]

    return answer("FindFolder", references(request, "ParentFolderIds"), act)


def create(call: Call, request: Element) -> Element:
    """Make folders inside a folder."""

    def act(given: Element) -> Sequence[Element]:
        parent = places.inside(call, needed(request, "ParentFolderId"))
        name = (text_of(given, "DisplayName") or "").strip()
        if not name:
            raise Refused("ErrorFolderSavePropertyError", "The display name of the folder is missing.")
        _is_free(parent, name)
        top = parent.mailbox.folder("msgfolderroot")
        kept = parent.folder.id in parent.mailbox.folders
        folder = call.store.add_folder(
            parent.mailbox, name, parent.folder.id if kept or top is None else top.id
        )
        return [m("Folders", children=[IDS_ONLY.folder(Place(parent.mailbox, folder))])]

    return answer("CreateFolder", references(request, "Folders"), act, ["Folders"])


def update(call: Call, request: Element) -> Element:
    """Rename folders; other properties are passed over."""

    def act(change: Element) -> Sequence[Element]:
        place = _own(call, _reference(change))
        reference = _reference(change)
        if reference.get("ChangeKey") and reference.get("ChangeKey") != place.change_key:
            raise Refused("ErrorInvalidChangeKey")
        for one in needed(change, "Updates"):
            field = child(one, "FieldURI")
            if (
                local(one) == "SetFolderField"
                and field is not None
                and path_of(field) == "folder:DisplayName"
            ):
                _rename(place, one)
        return [m("Folders", children=[IDS_ONLY.folder(place)])]

    return answer("UpdateFolder", references(request, "FolderChanges"), act, ["Folders"])


def delete(call: Call, request: Element) -> Element:
    """Delete folders with what is in them, or move them into Deleted Items."""

    def act(reference: Element) -> Sequence[Element]:
        place = _own(call, reference)
        if place.folder.well_known:
            raise Refused("ErrorDeleteDistinguishedFolder")
        trash = place.mailbox.folder("deleteditems")
        if request.get("DeleteType") == "MoveToDeletedItems" and trash is not None:
            place.folder.parent = trash.id
            return []
        for one in (*_inside(place, deep=True), place):
            for item in place.mailbox.in_folder(one.folder.id):
                call.store.delete(place.mailbox, item)
            place.mailbox.folders.pop(one.folder.id, None)
        return []

    return answer("DeleteFolder", references(request, "FolderIds"), act)


def _inside(place: Place, deep: bool) -> list[Place]:
    """Give the folders inside a folder, those deeper down where asked; each once, whatever their parents say."""
    every = places.all_places(place.mailbox)
    found: list[Place] = []
    around = {place.folder.id}
    while around:
        level = [one for one in every if places.parent_of(one) in around and one not in found]
        found += level
        around = {one.folder.id for one in level} if deep else set()
    return found


def _own(call: Call, reference: Element) -> Place:
    place = places.find(call, reference)
    if place.folder.id not in place.mailbox.folders:
        raise Refused("ErrorCannotDeleteObject")
    return place


def _reference(change: Element) -> Element:
    found = next((one for one in change if local(one) in ("FolderId", "DistinguishedFolderId")), None)
    if found is None:
        raise invalid("The element 'FolderChange' has incomplete content. 'FolderId' is expected.")
    return found


def _rename(place: Place, update: Element) -> None:
    name = next((text for one in update if (text := text_of(one, "DisplayName"))), None)
    if not name or name == place.folder.name:
        return
    parent = place.mailbox.folders.get(place.folder.parent or "")
    if parent is not None:
        _is_free(Place(place.mailbox, parent), name)
    place.folder.name = name


def _is_free(parent: Place, name: str) -> None:
    if any(one.folder.name.lower() == name.lower() for one in _inside(parent, deep=False)):
        raise Refused("ErrorFolderExists")
