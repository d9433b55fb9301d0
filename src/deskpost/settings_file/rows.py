"""Reading mappings: the rows of a section, each with the keys that the file gives and their lines."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from yaml import Node

from deskpost.settings_file.mistakes import Collected, Mistake, listed, perhaps
from deskpost.settings_file.values import Reader, elements, line_of, pairs


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping of the file. Keys that the file does not name are absent: they leave things as they are."""

    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, otherwise: Any = None) -> Any:
        """Give the value of a key, or `otherwise` where the file does not name it."""
        return self.values.get(key, otherwise)

    def line_of(self, key: str) -> int:
        """Give the line of a key, or of the row where the file does not name it."""
        return self.lines.get(key, self.line)

    def mistake(self, key: str, words: str) -> Mistake:
        """Give the mistake that something is wrong with a key of this row."""
        return Mistake(self.line_of(key), words, key)


def mapping(what: str, keys: Mapping[str, Reader], required: Collection[str] = ()) -> Callable[[Node], Row]:
    """A mapping with these keys."""

    def read(node: Node) -> Row:
        collected = Collected()
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in pairs(node, what):
            name = key.value
            with collected.here(name):
                if name not in keys:
                    raise Mistake(
                        line_of(key),
                        f"{name} is not a key of {what}. {perhaps(name, keys)}Allowed: {listed(keys)}. "
                        "To do: correct the key, or remove it.",
                    )
                lines[name] = line_of(value)
                values[name] = keys[name](value)
        missing = [name for name in required if name not in lines]
        if missing:
            collected.mistakes.append(
                Mistake(line_of(node), f"{what} needs the key {listed(missing)}. To do: add it.", missing[0])
            )
        collected.raise_if_any()
        return Row(line_of(node), values, lines)

    return read


def rows(
    what: str,
    keys: Mapping[str, Reader],
    required: Collection[str] = (),
    name: str = "name",
) -> Callable[[Node], list[Row]]:
    """A list of mappings, each known by its `name`, which stands once."""
    read_one = mapping(what, keys, required)

    def read(node: Node) -> list[Row]:
        collected, found = Collected(), []
        seen: dict[Any, int] = {}
        for element in elements(node):
            with collected.here():
                row = read_one(element)
                if row[name] in seen:
                    raise row.mistake(
                        name,
                        f"{row[name]} stands in line {seen[row[name]]} already. "
                        "To do: remove one of the two, or make them one.",
                    )
                seen[row[name]] = row.line_of(name)
                found.append(row)
        collected.raise_if_any()
        return found

    return read
