"""Where a file says otherwise than what is set, with the lines. Values are compared as they are exported."""

from collections.abc import Iterator
from typing import Any

from yaml import MappingNode, Node, SafeLoader, SequenceNode

from deskpost.settings_file.values import line_of

Place = tuple[tuple[str, ...], int]  # the keys that lead there, a row by its name; the line
_NAMES = ("name", "event", "label")  # the keys by which rows are known


def differing(node: Node, exported: Any, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Give each place whose value is another than the exported one, or is not exported."""
    if isinstance(node, MappingNode) and isinstance(exported, dict):
        for key, value in node.value:
            inner = (*path, str(key.value))
            if key.value in exported:
                yield from differing(value, exported[key.value], inner)
            elif not _means_nothing(value):
                yield inner, line_of(key)
    elif isinstance(node, SequenceNode) and _are_rows(node):
        yield from _rows(node, exported if isinstance(exported, list) else [], path)
    elif _plain(node) != exported and not (_means_nothing(node) and exported in (None, "", [], {})):
        yield path, line_of(node)


def _rows(node: SequenceNode, exported: list[Any], path: tuple[str, ...]) -> Iterator[Place]:
    known: dict[object, Any] = {}
    for one in exported:
        if isinstance(one, dict):  # several accounts may have a thing of one name
            known[_name(one)] = known[_name(one), one.get("account")] = one
    for row in node.value:
        plain = _plain(row)
        name = _name(plain)
        found = known.get((name, plain.get("account"))) or known.get(name)
        if found is not None:
            yield from differing(row, found, (*path, name))
        else:
            yield (*path, name), line_of(row)


def _are_rows(node: SequenceNode) -> bool:
    return bool(node.value) and all(isinstance(one, MappingNode) and _name(_plain(one)) for one in node.value)


def _name(row: Any) -> str:
    return next((str(row[key]) for key in _NAMES if key in row), "") if isinstance(row, dict) else ""


def _means_nothing(node: Node) -> bool:
    return _plain(node) in (None, "", [], {})


def _plain(node: Node) -> Any:
    return SafeLoader("").construct_object(node, deep=True)
