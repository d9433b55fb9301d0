"""Reading one value: each function takes a YAML node and gives a Python value, or raises a Mistake.

The words say what is wrong and what is allowed. Nothing here touches the database.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from deskpost.settings_file.mistakes import Collected, Mistake, listed, perhaps

Reader = Callable[[Node], Any]

_TAG = "tag:yaml.org,2002:"
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # line breaks, and what no name has


def line_of(node: Node) -> int:
    """Give the line where a node begins, from 1."""
    return int(node.start_mark.line) + 1


def is_null(node: Node) -> bool:
    """Tell whether the value is null: written so, "~", or left out."""
    return bool(node.tag == f"{_TAG}null")


def text(node: Node) -> str:
    """A text that is not empty. A number is taken as it is written."""
    if isinstance(node, ScalarNode) and node.tag in (f"{_TAG}bool", f"{_TAG}null"):
        raise Mistake(
            line_of(node),
            "A text is expected here. To do: put it in quotes; without them # begins a comment, "
            "and yes, no, on and off are no texts."
            if node.value
            else "A text is expected here, and there is none. To do: write it, in quotes where it has a #.",
        )
    if not isinstance(node, ScalarNode):
        raise Mistake(
            line_of(node), "A text is expected here, not a list or a mapping. To do: write one text."
        )
    value = str(node.value).strip()
    if not value:
        raise Mistake(line_of(node), "The text is empty. To do: write it, or leave the key out.")
    if _UNSEEN.search(value):
        raise Mistake(
            line_of(node), "The text holds a line break or an unseen sign. To do: write it on one line."
        )
    if len(value) > 2000:
        raise Mistake(line_of(node), "The text is longer than 2000 characters. To do: shorten it.")
    return value


def or_null(reader: Reader, null: Any = None) -> Reader:
    """What `reader` takes, or null, which gives `null`."""
    return lambda node: null if is_null(node) else reader(node)


def switch(node: Node) -> bool:
    """True or false."""
    if node.tag != f"{_TAG}bool":
        raise Mistake(
            line_of(node), "true or false is expected here. To do: write one of the two, without quotes."
        )
    return str(node.value).lower() in ("true", "yes", "on")


def whole(low: int, high: int, unit: str = "") -> Reader:
    """A whole number between two bounds, both allowed."""

    def read(node: Node) -> int:
        wrong = Mistake(
            line_of(node),
            f"A whole number from {low} to {high}{unit} is expected here. To do: write one, without quotes.",
        )
        if node.tag != f"{_TAG}int" or not re.fullmatch(r"[+-]?[0-9_]{1,30}", str(node.value)):
            raise wrong
        number = int(str(node.value).replace("_", ""))
        if not low <= number <= high:
            raise wrong
        return number

    return read


def choice(*allowed: str) -> Reader:
    """One of a few words."""

    def read(node: Node) -> str:
        value = node.value if isinstance(node, ScalarNode) else ""
        if value not in allowed:
            raise Mistake(
                line_of(node),
                f"{shown(node)} is not known here. {perhaps(str(value), allowed)}Allowed: {listed(allowed)}. "
                "To do: write one of these.",
            )
        return str(value)

    return read


def only(*values: object) -> Reader:
    """A value that this version has no other choice for yet."""

    def read(node: Node) -> None:
        plain = _plain(node)
        if not any(plain == value and type(plain) is type(value) for value in values):
            raise Mistake(
                line_of(node),
                "This version of Deskpost does not have this yet. "
                f"To do: remove the key, or set it to {_yaml(values[0])}.",
            )

    return read


def each(reader: Reader) -> Reader:
    """A list whose elements `reader` takes. The same twice is a mistake."""

    def read(node: Node) -> list[Any]:
        collected, found = Collected(), []
        for element in elements(node):
            with collected.here():
                value = reader(element)
                if value in found:
                    raise Mistake(
                        line_of(element), f"{shown(element)} stands here twice. To do: remove one of the two."
                    )
                found.append(value)
        collected.raise_if_any()
        return found

    return read


def elements(node: Node) -> Sequence[Node]:
    """Give the elements of a list."""
    if not isinstance(node, SequenceNode):
        raise Mistake(
            line_of(node), "A list is expected here. To do: write [a, b], or one line with a dash for each."
        )
    return list(node.value)


def pairs(node: Node, what: str) -> Sequence[tuple[ScalarNode, Node]]:
    """Give keys and values of a mapping. A key that stands twice is a mistake."""
    if not isinstance(node, MappingNode):
        raise Mistake(line_of(node), f"{what} must be keys with values. To do: write them as name: value.")
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, ScalarNode) or key.tag == f"{_TAG}merge":
            raise Mistake(
                line_of(key),
                f"A key of {what} must be a word. To do: write the key as one word, with a colon after it.",
            )
        if key.value in seen:
            raise Mistake(
                line_of(key), f"The key {key.value} stands here twice. To do: remove one of the two."
            )
        seen.add(key.value)
    return list(node.value)


def _plain(node: Node) -> object:
    """Give a value as Python has it, for comparing with the few that are allowed."""
    if isinstance(node, SequenceNode):
        return [_plain(element) for element in node.value]
    if isinstance(node, MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if is_null(node):
        return None
    return switch(node) if node.tag == f"{_TAG}bool" else node.value


def _yaml(value: object) -> str:
    words = {None: "null", True: "true", False: "false"}
    if isinstance(value, list | dict):
        return "[]" if not value else "{" + listed(f"{k}: {_yaml(v)}" for k, v in dict(value).items()) + "}"
    return words.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def shown(node: Node) -> str:
    """Give a value as a sentence names it."""
    value = str(node.value) if isinstance(node, ScalarNode) else "This"
    return value if 0 < len(value) <= 80 else "This"
