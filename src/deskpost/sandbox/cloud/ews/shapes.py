"""The shape of what a client wants to see of an item."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import extended
from deskpost.sandbox.cloud.ews.mail import Seen
from deskpost.sandbox.cloud.ews.properties import DEFAULT, NOT_IN_LISTS, PROPERTIES
from deskpost.sandbox.cloud.ews.soap import child, local, t, text_of, truth

BODIES = ("item:Body", "item:UniqueBody", "item:NormalizedBody", "item:TextBody")
MIME = "item:MimeContent"
_BEFORE_BODY = ("item:ItemId", "item:ParentFolderId", "item:ItemClass", "item:Subject", "item:Sensitivity")
_BEFORE_EXTENDED = "item:HasAttachments"


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wanted: paths, extended properties, the content as MIME, and the body in which form."""

    paths: frozenset[str]
    extended: tuple[Element, ...] = ()
    mime: bool = False
    body_type: str = "Best"

    def item(self, seen: Seen, in_list: bool = False) -> Element:
        """Give the Message element. Lists have neither content nor bodies nor recipients."""
        made: list[Element] = []
        if self.mime and not in_list:
            made.append(t("MimeContent", base64.b64encode(seen.item.raw).decode(), CharacterSet="UTF-8"))
        made += self._plain(seen, _BEFORE_BODY, in_list)
        if not in_list:
            made += [one for path in BODIES if path in self.paths for one in self._body(seen, path)]
        paths = [path for path in PROPERTIES if path not in _BEFORE_BODY]
        middle = paths.index(_BEFORE_EXTENDED) + 1
        made += self._plain(seen, paths[:middle], in_list)
        made += [one for path in self.extended if (one := extended.element_of(path, seen)) is not None]
        made += self._plain(seen, paths[middle:], in_list)
        return t("Message", children=made)

    def _plain(self, seen: Seen, paths: Iterable[str], in_list: bool) -> list[Element]:
        wanted = [path for path in paths if path in self.paths and not (in_list and path in NOT_IN_LISTS)]
        return [one for path in wanted if (one := PROPERTIES[path](seen)) is not None]

    def _body(self, seen: Seen, path: str) -> list[Element]:
        name = path.partition(":")[2]
        html, plain = seen.html, seen.text
        if self.body_type == "Text" or name == "TextBody" or (html is None and self.body_type != "HTML"):
            return [t(name, plain if plain is not None else html or "", BodyType="Text")]
        return [t(name, html if html is not None else _as_html(plain or ""), BodyType="HTML")]


def shape_of(asked: Element | None, base: str = "IdOnly") -> Shape:
    """Read an ItemShape; what has none gets the base. Paths that nobody knows are passed over."""
    paths = set(_of_base(text_of(asked, "BaseShape") or base))
    more = child(asked, "AdditionalProperties") if asked is not None else None
    listed = list(more) if more is not None else []
    paths |= {path_of(one) for one in listed if local(one) == "FieldURI"}
    return Shape(
        frozenset(paths | {"item:ItemId"}),
        tuple(one for one in listed if local(one) == "ExtendedFieldURI"),
        truth(text_of(asked, "IncludeMimeContent")) or MIME in paths,
        text_of(asked, "BodyType") or "Best",
    )


def path_of(field: Element) -> str:
    """Give the path of a FieldURI."""
    return field.get("FieldURI", "")


def _of_base(base: str) -> Iterable[str]:
    if base == "AllProperties":
        return (*PROPERTIES, "item:Body")
    return (*DEFAULT, "item:Body") if base == "Default" else ()


def _as_html(plain: str) -> str:
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<html><body><div>{escaped}</div></body></html>".replace("\n", "<br>\n")
