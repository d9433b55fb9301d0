"""The entries of a criterion as people write them: with commas between; one in double quotes may hold a comma."""

import re
from collections.abc import Iterable

_ENTRY = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*)')


def split(written: str) -> tuple[str, ...]:
    """Give the entries, each once, without the blanks around them; empty ones are left out.

    Inside quotes `""` is one quote. A quote in the middle of an entry, or one that is never closed, is a sign as any
    other. Line breaks separate entries too, for lists are pasted.
    """
    found: dict[str, None] = {}
    for line in written.splitlines():
        place = 0
        while place <= len(line):
            match = _ENTRY.match(line, place)
            assert match is not None  # the second form fits anything
            quoted, plain = match.groups()
            entry = quoted.replace('""', '"') if quoted is not None else plain
            found[entry.strip()] = None
            place = match.end() + 1
    found.pop("", None)
    return tuple(found)


def joined(entries: Iterable[str]) -> str:
    """Give entries as they are written, so that `split` gives them back."""
    return ", ".join(_written(entry) for entry in entries)


def _written(entry: str) -> str:
    if "," in entry or entry.startswith('"'):
        return '"' + entry.replace('"', '""') + '"'
    return entry
