"""Reading a settings file: YAML in, checked values with their lines out. Touches no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml import Node

from deskpost.settings_file.mistakes import Collected, Mistake, Mistaken, SettingsMistaken, listed, perhaps
from deskpost.settings_file.order import SECTIONS
from deskpost.settings_file.values import is_null, line_of, pairs

LARGEST = 4 << 20  # bytes
MOST_NODES = 200_000  # values, aliases counted each time: a file of nested aliases can mean billions


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: the sections that it has. `root`: the same as it is written, with its lines."""

    file: str
    sections: Mapping[str, Any]
    root: Node | None = None


def read(path: Path) -> Document:
    """Read a settings file, with every value checked that can be checked without the database.

    Raises SettingsMistaken with all mistakes; their words hold no secret.
    """
    name = str(path)
    try:
        root = _load(path)
        return Document(name, _sections(root), root)
    except Mistake as mistake:
        raise SettingsMistaken(name, [mistake]) from None
    except Mistaken as several:
        raise SettingsMistaken(name, several.mistakes) from None


def _load(path: Path) -> Node | None:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as refused:
        why = (refused.strerror or "the system does not say why").lower()
        raise Mistake(
            1, f"The file cannot be read: {why}. To do: check its name, and that you may read it."
        ) from None
    if len(content) > LARGEST:
        raise Mistake(
            1,
            f"The file is larger than {LARGEST >> 20} MB. To do: make several files of it, and apply them in turn.",
        )
    try:
        loader = yaml.SafeLoader(content.decode("utf-8-sig"))
        loader.name = str(path)
        node = loader.get_single_node()
    except UnicodeDecodeError as refused:
        raise Mistake(
            content.count(b"\n", 0, refused.start) + 1,
            "The file is not a text in UTF-8. To do: save it in UTF-8.",
        ) from None
    except yaml.MarkedYAMLError as refused:
        mark = refused.problem_mark or refused.context_mark
        raise Mistake(
            mark.line + 1 if mark else 1,
            f"This is not YAML: {refused.problem}. To do: correct the line; texts with : or # stand in quotes.",
        ) from None
    except yaml.YAMLError:
        raise Mistake(
            1, "This is not YAML: it holds a character that YAML does not allow. To do: find and remove it."
        ) from None
    except RecursionError:
        raise Mistake(
            1, "The file nests lists or mappings too deeply. To do: see the example under Settings as code."
        ) from None
    if node is not None:
        _bound(node)
    return node


def _bound(root: Node) -> None:
    """Raise Mistake when the file means more values than settings can have."""
    left, waiting = MOST_NODES, [root]
    while waiting:
        node = waiting.pop()
        left -= 1
        if left < 0:
            raise Mistake(
                line_of(node),
                f"The file means more than {MOST_NODES} values. To do: write aliases out, or make several files of it.",
            )
        for child in node.value if isinstance(node.value, list) else ():
            waiting.extend(child if isinstance(child, tuple) else (child,))


def _sections(root: Node | None) -> dict[str, Any]:
    if root is None or is_null(root):
        raise Mistake(
            1,
            f"The file is empty. To do: write one of the sections {listed(section.key for section in SECTIONS)}.",
        )
    known = {section.key: section for section in SECTIONS}
    collected = Collected()
    found: dict[str, Any] = {}
    for key, node in pairs(root, "The file"):
        with collected.here(key.value):
            if key.value not in known:
                raise Mistake(
                    line_of(key),
                    f"{key.value} is not a section. {perhaps(key.value, known)}Allowed: {listed(known)}. "
                    "To do: correct the name, or remove the section.",
                )
            found[key.value] = known[key.value].read(node)
    collected.raise_if_any()
    return found
