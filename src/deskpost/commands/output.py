"""What commands print: JSON in UTF-8 whatever the locale, and tables for people."""

import json
import sys
from collections.abc import Iterable, Sequence


def print_json(value: object, *, indent: int | None = None) -> None:
    """Print one JSON value and a line end."""
    write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def print_json_list(values: Iterable[object]) -> None:
    """Print a JSON list, one element a line, as the elements come."""
    separator = "["
    for value in values:
        write(separator + json.dumps(value, ensure_ascii=False))
        separator = ",\n "
    write("[]\n" if separator == "[" else "]\n")


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their head, columns aligned."""
    lines = [tuple("" if cell is None else " ".join(str(cell).split()) for cell in row) for row in rows]
    widths = [max(len(line[place]) for line in (tuple(head), *lines)) for place in range(len(head))]
    for line in (tuple(head), *lines):
        write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n")


def write(text: str) -> None:
    """Write text to standard output as UTF-8; what UTF-8 cannot hold becomes a question mark."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def is_utf_8(argument: str) -> bool:
    """Tell whether an argument came in UTF-8. What did not stands in no database, which holds nothing else."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def complain(words: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(words.encode("utf-8", "replace").decode("utf-8") + "\n")
    sys.stderr.flush()
