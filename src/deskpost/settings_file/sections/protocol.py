"""Reading the protocol of a mail server, and judging a row's values as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yaml import Node

from deskpost.settings_file.mistakes import Mistake, Mistaken, listed, perhaps
from deskpost.settings_file.rows import Row
from deskpost.settings_file.values import Reader, line_of, text


def protocol(allowed: Sequence[str]) -> Reader:
    """One of these protocols out of the table of protocols."""

    def read(node: Node) -> str:
        value = text(node)
        if value not in allowed:
            raise Mistake(
                line_of(node),
                f"{value} is not a protocol here. {perhaps(value, allowed)}Allowed: {listed(allowed)}. "
                "To do: write one of these.",
            )
        return value

    return read


def raise_refusals(
    refusals: Iterable[tuple[str, str]], row: Row, keys: Mapping[str, str] | None = None
) -> None:
    """Raise what rules say about fields as mistakes at the lines of their keys."""
    found = [row.mistake((keys or {}).get(field, field), words) for field, words in refusals]
    if found:
        raise Mistaken(found)


def all_values(row: Any, fields: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Give every field of a settings row as it will be: what the file says, else what it is now."""
    return {field: values[field] if field in values else getattr(row, field) for field in fields}
