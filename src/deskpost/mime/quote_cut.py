"""Where the new text of a mail ends, and the quoted mail or the signature begins. In doubt nowhere.

Works on lines without blanks around them (only "-- " keeps its own), those that are quoted beginning with ">".
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from deskpost.mime import quote_lines
from deskpost.mime.quote_hints import says_answered_inside, speaks_of_what_follows
from deskpost.mime.quote_history import is_answered_within
from deskpost.mime.quote_lines import is_device, is_divider, is_forwarded, is_head, is_original
from deskpost.mime.quote_signature import SIGNATURE_END, allowed, first_signature

# What is not seen: blanks, marks of the direction of writing, signs of no width.
UNSEEN = (
    " \t\n\r\f\v\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
    + "".join(map(chr, (*range(0x2000, 0x200B), *range(0x202A, 0x2030), *range(0x2066, 0x206A))))
)
_DASHES = frozenset("-—–_=*")
_ENDS = frozenset(":：-*")
_WRAPPED_AT = range(70, 81)  # letters of a line that a mail program broke


class Kind(StrEnum):
    """What stands below the new text."""

    NONE = ""
    QUOTE = "quote"
    SIGNATURE = "signature"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Cut:
    """The first line that is not new, what begins there, and the first line of the quote, if there is one.

    `marked`: all lines of the quote but the words above it begin with ">".
    """

    line: int
    kind: Kind
    quote: int | None = None
    marked: bool = False


def find_cut(lines: Sequence[str]) -> Cut | None:
    """Give the place where new text ends; None: show everything.

    That is so for forwarded mails, for answers between or below quotes, where nothing new would be left, and where
    more lines than in any letter look like the beginning of a quote.
    """
    signatures: deque[int] = deque(maxlen=4)
    looks = looks_at(lines)
    for number, line in enumerate(lines):
        if not line:
            continue
        first = line[0]
        if first == ">":
            return _at_quoted(lines, number, signatures)
        ends = line[-1] in _ENDS or line[-5:] == "wrote"
        if not ends and first not in _DASHES and line[:3].casefold() not in quote_lines.BEGINNINGS:
            continue
        looks -= 1
        if looks < 0:
            return None
        if is_forwarded(line):
            return None
        if is_original(line) or is_head(lines, number):
            return _at_history(lines, number, signatures)
        if ends:
            quoted = _quoted_follows(lines, number)
            begin = quote_lines.attribution(lines, number, quoted)
            if begin is not None:
                return _at_attribution(lines, begin, number, quoted, signatures)
        if allowed(lines, number) is not None or is_device(line):
            signatures.append(number)
    begin = first_signature(lines, signatures, len(lines))
    return None if begin is None else _unless_empty(lines, Cut(begin, Kind.SIGNATURE))


def looks_at(lines: Sequence[str]) -> int:
    """Give at how many lines to look closely: more than look like the beginning of a quote in any letter."""
    return 20 + sum(map(len, lines)) // 500


def _quoted_follows(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number + 1 : number + 5] if line), "")
    return following[:1] == ">"


def _at_attribution(
    lines: Sequence[str], begin: int, end: int, quoted: bool, signatures: Sequence[int]
) -> Cut | None:
    if quoted:
        return _before_quote(lines, begin, end + 1, signatures)
    if any(line[:1] == ">" for line in lines[end + 1 :]):
        return None
    return _at_history(lines, begin, signatures)


def _at_quoted(lines: Sequence[str], number: int, signatures: Sequence[int]) -> Cut | None:
    """Decide at the first quoted line: only a quote that says itself whose words it holds is one for certain."""
    inner = [line.lstrip("> \t") for line in lines[number : number + 16] if line[:1] == ">"]
    start = next((place for place, line in enumerate(inner[:4]) if line and not is_divider(line)), 0)
    said = (
        any(map(is_original, inner[:2]))
        or is_head(inner, start)
        or any(
            quote_lines.attribution(inner[start:], end, True) == 0
            for end in range(min(4, len(inner) - start))
        )
    )
    if not said or any(map(is_forwarded, inner[:4])):
        return None
    return _before_quote(lines, number, number, signatures)


def _before_quote(lines: Sequence[str], begin: int, quoted: int, signatures: Sequence[int]) -> Cut | None:
    """Cut before a quote, unless something else than a signature stands below it."""
    kind = Kind.QUOTE
    for number in range(quoted, len(lines)):
        line = lines[number]
        if not line or line[0] == ">" or line == SIGNATURE_END or _is_wrapped(lines, number):
            continue
        if is_divider(line) and allowed(lines, number) is None:
            continue
        if first_signature(lines, [number], len(lines)) is None:
            return None
        kind = Kind.BOTH
        break
    return _cut(lines, begin, signatures, kind, True)


def _is_wrapped(lines: Sequence[str], number: int) -> bool:
    """Say whether a line between quoted ones is the end of the one before, which did not fit on it."""
    line, before = lines[number], lines[number - 1] if number else ""
    after = lines[number + 1] if number + 1 < len(lines) else ""
    if (
        before[:1] != ">"
        or after[:1] != ">"
        or not line[0].islower()
        or not (before[-1].isalnum() or before[-1] == ",")
    ):
        return False
    return len(before) in _WRAPPED_AT and len(before) + 1 + len(line.split(None, 1)[0]) > _WRAPPED_AT.stop - 2


def _at_history(lines: Sequence[str], begin: int, signatures: Sequence[int]) -> Cut | None:
    """Cut before a mail that is quoted without marks, unless the new text speaks of what is below."""
    head = begin
    while begin and (not lines[begin - 1] or is_divider(lines[begin - 1])):
        begin -= 1
    quoted = quote_lines.quoted_below(lines, head)
    if quoted is not None:
        return _before_quote(lines, begin, quoted, signatures)
    if speaks_of_what_follows(lines[:begin]) or is_answered_within(lines[head:]):
        return None
    return _cut(lines, begin, signatures, Kind.QUOTE, False)


def _cut(lines: Sequence[str], begin: int, signatures: Sequence[int], kind: Kind, marked: bool) -> Cut | None:
    if says_answered_inside(lines[:begin]):
        return None
    signed = first_signature(lines, signatures, begin)
    if signed is None:
        return _unless_empty(lines, Cut(begin, kind, begin, marked))
    return _unless_empty(lines, Cut(signed, Kind.BOTH, begin, marked))


def _unless_empty(lines: Sequence[str], cut: Cut) -> Cut | None:
    """Give the cut, if something is left above it: a word, or a sign that is a picture."""
    for line in lines[: cut.line]:
        if line and not is_divider(line) and not is_device(line) and line != SIGNATURE_END:
            return cut
    return None
