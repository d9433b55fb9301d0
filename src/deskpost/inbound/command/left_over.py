"""What of a mail's own words looks like a command and is none, so that no mistype is lost without a word.

Named are lines with a delimiter that neither belongs to a command nor reads as prose. Prose is a delimiter at a digit
(`$5`, `5 $`), within a word or between blanks, unless the line begins and ends with delimiters, names a field, or
goes on behind a command, whose value a delimiter may have ended too early. Of an answer in `@@` likewise.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deskpost.desk.field_values import Verdict
from deskpost.inbound.command import language
from deskpost.inbound.command.language import ANSWERS, Command
from deskpost.inbound.command.names import is_known
from deskpost.inbound.command.own_words import Own
from deskpost.inbound.command.words import short

MOST = 5  # that are named
_LONGEST = 60  # characters of each
_HIDDEN = "…"  # in place of each delimiter, so that nothing that is named can be read as a command
_OUR_SIGNS = frozenset(":-()/;!?'")  # which our own words beside it have
_ANSWER = re.compile(rf"{ANSWERS}\s*\w+\.\w+\s*=")
_NO_COMMAND = (
    "Skipped, a delimiter is here and no command; between two stand a name, an equals sign and a value"
)
_ENDED = "Skipped, the delimiter before it ended {}; no value holds one, and each command has two of its own"


@dataclass(frozen=True, slots=True)
class LeftOver:
    """One of them, and where it stands in the own words: [start, end); of the last one, of more, nowhere."""

    verdict: Verdict
    start: int = 0
    end: int = 0


def left_over(
    own: Own, delimiter: str, commands: Sequence[Command], labels: frozenset[str]
) -> tuple[LeftOver, ...]:
    """Give the first few, and how many more there are. `labels`: as language.read takes them."""
    named: list[LeftOver] = []
    more = 0
    for start, end, why in _places(own, delimiter, commands, labels):
        if len(named) < MOST:
            named.append(LeftOver(_verdict(_shown(own.text[start:end], delimiter), why), start, end))
        else:
            more += 1
    for command, line in _lines_within(own, commands):
        if len(named) < MOST:
            why = f"Skipped, it stands in the value of {short(command.name, _LONGEST)} and counts as quoted"
            named.append(LeftOver(_verdict(_shown(line, delimiter), why)))
        else:
            more += 1
    if more:
        why = "Skipped, there too a delimiter or a quoted line is in the way"
        named.append(LeftOver(_verdict(f"{more} more", why)))
    return tuple(named)


def _verdict(name: str, why: str) -> Verdict:
    return Verdict(name, "", "", False, why)


def _shown(line: str, delimiter: str) -> str:
    bare, before = line[: 4 * _LONGEST], ""
    while bare != before:
        before = bare
        for sign in (delimiter, ANSWERS):
            bare = bare.strip().removeprefix(sign).removesuffix(sign)
    shown = short(bare, _LONGEST)
    for sign in (delimiter, ANSWERS, *("=" * (set(delimiter) <= _OUR_SIGNS))):
        shown = shown.replace(sign, _HIDDEN)
    return f"“{shown or _HIDDEN}”"


def _places(
    own: Own, delimiter: str, commands: Sequence[Command], labels: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    """Give each line that is named with its place, and why."""
    unclosed = language.unclosed(own.text, commands[-1].end if commands else 0, delimiter, labels)
    stray = _Stray(delimiter, labels)
    before: Command | None = None
    for one in (*commands, None):
        at, end = before.end if before else 0, one.start if one else len(own.text)
        for row, line in enumerate(own.text[at:end].split("\n")):
            if at <= unclosed < at + len(line):
                yield at, at + len(line), _not_closed(own, delimiter)
            elif before is not None and not row and stray.is_behind(line):
                yield at, at + len(line), _ENDED.format(short(before.name, _LONGEST))
            elif stray.is_alone(line):
                yield at, at + len(line), _NO_COMMAND
            at += len(line) + 1
        before = one


def _not_closed(own: Own, delimiter: str) -> str:
    if not own.gaps or own.gaps[-1][0] < len(own.text):
        return "Skipped, no delimiter closes it"
    line = _shown(own.gaps[-1][1], delimiter)
    return f"Skipped, no delimiter closes it before the line {line}, from where on all counts as signature or quoted"


def _lines_within(own: Own, commands: Sequence[Command]) -> Iterator[tuple[Command, str]]:
    """Give the first line of each quote that was cut out of a command, with the command."""
    gaps = iter(own.gaps)
    at, line = next(gaps, (-1, ""))
    for one in commands:
        while 0 <= at < one.end:
            if at > one.start:
                yield one, line
            at, line = next(gaps, (-1, ""))


class _Stray:
    """Tells a line with a stray delimiter from prose."""

    __slots__ = ("_delimiter", "_labels", "_sign")

    def __init__(self, delimiter: str, labels: frozenset[str]) -> None:
        self._delimiter, self._labels = delimiter, labels
        self._sign = re.compile(re.escape(delimiter))

    def is_behind(self, line: str) -> bool:
        """Tell it of the rest of a line behind a command: most likely the value goes on."""
        return line[:1].isalnum() or self._delimiter in line or _ANSWER.search(line) is not None

    def is_alone(self, line: str) -> bool:
        """Tell it of any other line."""
        if _ANSWER.search(line):
            return True
        if self._delimiter not in line:
            return False
        bare = line.strip()
        if bare.startswith(self._delimiter) and bare.endswith(self._delimiter):
            return True
        name, equals, _ = line.partition("=")
        name = name.rpartition(self._delimiter)[2].strip()
        if equals and len(name) <= language.LONGEST_NAME and is_known(name, self._labels):
            return True
        return any(_is_edge(line, one.start(), one.end()) for one in self._sign.finditer(line))


def _is_edge(line: str, start: int, end: int) -> bool:
    """Tell whether a delimiter could open or close something: not at a digit, within a word or between blanks."""
    before, after = line[max(0, start - 2) : start], line[end : end + 2]
    if before.rstrip()[-1:].isdigit() or after.lstrip()[:1].isdigit():
        return False
    if before[-1:].isalnum() and after[:1].isalnum():
        return False
    return bool(before[-1:].strip() or after[:1].strip())
