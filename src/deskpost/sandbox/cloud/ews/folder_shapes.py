"""The shape of what a client wants to see of a folder."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import places
from deskpost.sandbox.cloud.ews.extended import tag_of
from deskpost.sandbox.cloud.ews.mail import date
from deskpost.sandbox.cloud.ews.places import Place
from deskpost.sandbox.cloud.ews.properties import flag, rights
from deskpost.sandbox.cloud.ews.restriction import Values
from deskpost.sandbox.cloud.ews.shapes import path_of
from deskpost.sandbox.cloud.ews.soap import child, local, t, text_of

_ELEMENTS = {"calendar": "CalendarFolder", "contacts": "ContactsFolder", "tasks": "TasksFolder"}
_CLASSES = {"calendar": "IPF.Appointment", "contacts": "IPF.Contact", "tasks": "IPF.Task", "root": ""}


def _parent(place: Place) -> Element | None:
    parent = places.parent_of(place)
    return t("ParentFolderId", Id=parent, ChangeKey="AQAAAA==") if parent else None


def _total(place: Place) -> str:
    return str(len(place.mailbox.in_folder(place.folder.id)))


def _unread(place: Place) -> str:
    return str(sum(not item.is_read for item in place.mailbox.in_folder(place.folder.id)))


def _children(place: Place) -> int:
    return sum(places.parent_of(one) == place.folder.id for one in places.all_places(place.mailbox))


def _class(place: Place) -> str:
    return _CLASSES.get(place.folder.well_known, "IPF.Note")


def _newest(place: Place) -> str:
    items = place.mailbox.in_folder(place.folder.id)
    return date(max(item.received for item in items)) if items else "2001-01-01T00:00:00Z"


_TEXTS: dict[str, Callable[[Place], str]] = {
    "folder:FolderClass": _class,
    "folder:DisplayName": lambda place: place.folder.name,
    "folder:TotalCount": _total,
    "folder:ChildFolderCount": lambda place: str(_children(place)),
    "folder:DistinguishedFolderId": lambda place: place.folder.well_known,
    "folder:UnreadCount": _unread,
}
_TAGS: dict[int, Callable[[Place], str]] = {
    0x3001: lambda place: place.folder.name,
    0x3602: _total,
    0x3603: _unread,
    0x360A: lambda place: flag(_children(place)),
    0x3613: _class,
    0x670A: _newest,
    0x10F4: lambda _: "false",  # PR_ATTR_HIDDEN
}
_DEFAULT = ("folder:FolderId", "folder:DisplayName", "folder:TotalCount", "folder:ChildFolderCount")
_MAKERS: dict[str, Callable[[Place], Element | None]] = {
    "folder:FolderId": lambda place: t("FolderId", Id=place.folder.id, ChangeKey=place.change_key),
    "folder:ParentFolderId": _parent,
    "folder:EffectiveRights": lambda _: rights(),
}
_ORDER = (
    "folder:FolderId",
    "folder:ParentFolderId",
    "folder:FolderClass",
    "folder:DisplayName",
    "folder:TotalCount",
    "folder:ChildFolderCount",
    "extended",
    "folder:EffectiveRights",
    "folder:DistinguishedFolderId",
    "folder:UnreadCount",
)


@dataclass(frozen=True, slots=True)
class FolderShape:
    """What is wanted: paths and extended properties."""

    paths: frozenset[str]
    extended: tuple[Element, ...]

    def folder(self, place: Place) -> Element:
        """Give the folder's element."""
        made: list[Element | None] = []
        for path in _ORDER:
            if path == "extended":
                made += [_extended(field, place) for field in self.extended]
            elif path in self.paths and path in _MAKERS:
                made.append(_MAKERS[path](place))
            elif path in self.paths and (text := _TEXTS[path](place)):
                made.append(t(path.partition(":")[2], text))
        name = _ELEMENTS.get(place.folder.well_known, "Folder")
        return t(name, children=[one for one in made if one is not None])


def folder_shape_of(asked: Element | None) -> FolderShape:
    """Read a FolderShape. Paths that nobody knows are passed over."""
    base = (text_of(asked, "BaseShape") if asked is not None else None) or "IdOnly"
    paths = set(_ORDER if base == "AllProperties" else _DEFAULT if base == "Default" else ())
    more = child(asked, "AdditionalProperties") if asked is not None else None
    listed = list(more) if more is not None else []
    paths |= {path_of(one) for one in listed if local(one) == "FieldURI"}
    extended = tuple(one for one in listed if local(one) == "ExtendedFieldURI")
    return FolderShape(frozenset(paths | {"folder:FolderId"}) & frozenset(_ORDER), extended)


def of_folder(place: Place) -> Values:
    """Give the values of a folder, for restrictions."""

    def values(path: Element) -> list[str]:
        make = (
            _TAGS.get(tag_of(path) or 0) if local(path) == "ExtendedFieldURI" else _TEXTS.get(path_of(path))
        )
        found = make(place) if make is not None else ""
        return [found] if found else []

    return values


def _extended(field: Element, place: Place) -> Element | None:
    found = of_folder(place)(field)
    said = t("ExtendedFieldURI", None, (), **dict(field.attrib))
    return t("ExtendedProperty", children=[said, t("Value", found[0])]) if found else None
