"""The language of Email Command: a text and a delimiter to commands with their places, in one pass.

A command is `<delimiter>Name = value<delimiter>`. What stands between delimiters and is none is prose, whose second
delimiter may open the next command: `costs $5 or $6` is none, `$Priority=High$$Category=Printer$` is two. Prose is
as well what no field can be called: `the price is $5, total=$10`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deskpost.inbound.command.names import is_known, is_plausible

ANSWERS = "@@"
"""What may enclose the answer to a resource's question, whatever the command delimiter is."""
LONGEST_NAME = 200  # characters: what is longer is prose
_KEYS = re.compile(r"\s*([A-Za-z0-9_]{1,100})\.([A-Za-z0-9_]{1,100})\s*=")
_UNSEEN = "\u200b\u2060\ufeff"  # what mail programs put between words, and nobody sees
_GONE = "\0"  # no text of a mail holds it
_ONE_BREAK = re.compile(r"[ \t\r]*\n[ \t\r]*")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name as written, its value, and where it stands with its delimiters: [start, end).

    `keys`: those of resource and question, where the name has the form of both: `res_301.qstn_select_302`.
    """

    name: str
    value: str
    start: int
    end: int
    keys: tuple[str, str] | None = None


def read(text: str, delimiter: str, labels: frozenset[str] = frozenset()) -> tuple[Command, ...]:
    """Give the commands of a text in their order. `labels`: additional fields' own, by names.label."""
    return tuple(_commands(text, delimiter, labels))


def unclosed(text: str, start: int, delimiter: str, labels: frozenset[str] = frozenset()) -> int:
    """Give where, behind the last command, one begins that no delimiter closes; else -1."""
    opening = _opening(text, text.find(delimiter, start), delimiter)
    while opening >= 0:
        equals = text.find("=", opening + len(delimiter))
        closing = text.find(delimiter, equals + 1)
        if closing < 0:
            return opening if _named(text, opening + len(delimiter), equals, labels) else -1
        opening = _opening(text, closing, delimiter)
    return -1


def without(text: str, commands: Iterable[Command]) -> str:
    """Give the text without these commands; lines that held nothing else go with them."""
    parts, at = [], 0
    for one in commands:
        parts.append(text[at : one.start])
        at = one.end
    parts.append(text[at:])
    lines = _GONE.join(parts).split("\n")
    kept = (line.replace(_GONE, "") for line in lines if _GONE not in line or line.replace(_GONE, "").strip())
    return _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip()


def _commands(text: str, delimiter: str, labels: frozenset[str]) -> Iterator[Command]:
    answer, opening = text.find(ANSWERS), _opening(text, text.find(delimiter), delimiter)
    while answer >= 0 or opening >= 0:
        found: Command | None
        if opening < 0 or 0 <= answer <= opening:
            found = _answer(text, answer)
            if found is None:
                answer = text.find(ANSWERS, answer + len(ANSWERS))
        else:
            found, closing = _command(text, opening, delimiter, labels)
            if found is None:
                opening = _opening(text, closing, delimiter)
        if found is not None:
            yield found
            if 0 <= answer < found.end:
                answer = text.find(ANSWERS, found.end)
            if 0 <= opening < found.end:
                opening = _opening(text, text.find(delimiter, found.end), delimiter)


def _opening(text: str, first: int, delimiter: str) -> int:
    """Give the last delimiter from this one on before the next `=`: what stands before it is prose."""
    equals = text.find("=", first + len(delimiter)) if first >= 0 else -1
    return text.rfind(delimiter, first, equals) if equals >= 0 else -1


def _answer(text: str, opening: int) -> Command | None:
    """Read an answer in its own signs, `@@resource.question=answer@@`."""
    keys = _KEYS.match(text, opening + len(ANSWERS))
    closing = text.find(ANSWERS, keys.end()) if keys else -1
    if keys is None or closing < 0:
        return None
    name, value = f"{keys[1]}.{keys[2]}", _bare(text[keys.end() : closing])
    return Command(name, value, opening, closing + len(ANSWERS), (keys[1], keys[2]))


def _command(text: str, opening: int, delimiter: str, labels: frozenset[str]) -> tuple[Command | None, int]:
    """Read what stands between two delimiters, and give where the second is, -1: nowhere."""
    start = opening + len(delimiter)
    equals = text.find("=", start)
    closing = text.find(delimiter, equals + 1)
    name = _named(text, start, equals, labels) if closing >= 0 else ""
    if not name:
        return None, closing
    keys, value = _keys(name), _bare(text[equals + 1 : closing])
    end = closing + len(delimiter)
    return Command(name, value, opening, end, keys), closing


def _named(text: str, start: int, equals: int, labels: frozenset[str]) -> str:
    """Give the name of a command that stands here, "" for what can be none."""
    name = _name(text[start:equals], labels) if equals - start <= LONGEST_NAME else ""
    return name if name and (_keys(name) or is_plausible(name) or is_known(name, labels)) else ""


def _keys(name: str) -> tuple[str, str] | None:
    keys = _KEYS.fullmatch(f"{name}=")
    return (keys[1], keys[2]) if keys else None


def _name(written: str, labels: frozenset[str]) -> str:
    """Give a name, "" for none. On more than one line it is one that is known, which a mail program broke once."""
    if ANSWERS in written or "\n" not in written:
        return "" if ANSWERS in written else _bare(written)
    name = _bare(_ONE_BREAK.sub(" ", written))
    broken_once = written.count("\n") == 1 and _bare(written.split("\n")[0])
    return name if broken_once and is_known(name, labels) else ""


def _bare(written: str) -> str:
    return written.strip().strip(_UNSEEN).strip()
