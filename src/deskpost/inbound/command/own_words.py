"""What of a mail its sender wrote, for commands: in doubt a line is quoted, so that no old command runs again.

Where a mail is shown it is the other way round, in doubt everything is new (mime.new_text).
"""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from deskpost.inbound.command import language
from deskpost.mime import quote_lines
from deskpost.mime.new_text import lines_of, split_text
from deskpost.mime.quote_cut import looks_at
from deskpost.mime.quote_words import FROM, SENT, SUBJECT, TO

_SIGNATURE = re.compile(
    r"[-—–]{2,} ?|_{3,}"
)  # RFC 3676 section 4.3 has "-- "; mail programs and people draw others
_QUOTED = re.compile(r">|[^\W\d_][\w.-]{0,20}>")  # ">" alone, or behind the name of who is quoted
_BAR = "|"
_HEAD = frozenset((FROM, SENT, TO, SUBJECT))
_HEAD_LINES = 6
_DASHES = frozenset("-—–_=*")
_ENDS = frozenset(":：-*")


class Own(NamedTuple):
    """What of a mail is its sender's own, and where something was cut out of it: the place, and the first line cut."""

    text: str
    gaps: tuple[tuple[int, str], ...] = ()


def own_words(text: str, delimiter: str) -> Own:
    """Give the text without what is quoted or forwarded, marked or not, and without the signature.

    What stands below marked lines is the sender's again; below a quote without marks nothing is. A line that holds a
    command is no head of a quote.
    """
    raw = text.split("\n")
    lines = lines_of(text) or [line.strip() if line != "-- " else line for line in raw]
    own: list[str] = []
    cut: dict[int, str] = {}  # by the line of the own ones before which it was
    looks = looks_at(lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        if _SIGNATURE.fullmatch(line):
            break
        if _is_quoted(line, delimiter):
            cut.setdefault(len(own), line)
            number += 1
            continue
        if _may_begin_a_quote(line) and not language.read(raw[number], delimiter):
            looks -= 1
            if looks < 0 or quote_lines.is_forwarded(line):
                break
            if quote_lines.is_original(line) or _is_head(lines, number):
                break
            marked = _is_quoted_below(lines, number)
            begin = quote_lines.attribution(lines, number, True)
            if begin is not None:
                del own[max(0, len(own) - (number - begin)) :]
                if not marked:
                    number = begin
                    break
                cut.setdefault(len(own), lines[begin])
                number += 1
                continue
        own.append(raw[number])
        number += 1
    if number < len(lines):
        cut.setdefault(len(own), lines[number])
    return _joined(own, cut)


def _joined(own: Sequence[str], cut: Mapping[int, str]) -> Own:
    """Cut as well what is below the new text where mails are shown, and say where all that was cut stood."""
    pieces = split_text("\n".join(own))
    left = len(pieces.new) - len(pieces.new.lstrip())
    text = pieces.new.strip()
    places = [0, *accumulate(len(line) + 1 for line in own)]
    gaps = {
        min(max(places[min(line, len(own))] - left, 0), len(text)): cut[line]
        for line in sorted(cut, reverse=True)
    }
    if pieces.rest.strip():
        gaps[len(text)] = pieces.rest.strip().split("\n", 1)[0]
    return Own(text, tuple(sorted(gaps.items())))


def _is_quoted(line: str, delimiter: str) -> bool:
    return _QUOTED.match(line) is not None or (line[:1] == _BAR and _BAR not in delimiter)


def _is_head(lines: Sequence[str], number: int) -> bool:
    """Tell whether a head begins at a line, whatever stands above it: three labels of one are enough."""
    labels = [quote_lines.labelled(line)[0] for line in lines[number : number + _HEAD_LINES]]
    return labels[0] in (FROM, SENT) and len(_HEAD.intersection(labels)) > 2


def _may_begin_a_quote(line: str) -> bool:
    if not line:
        return False
    ends = line[-1] in _ENDS or line[-5:] == "wrote"
    return ends or line[0] in _DASHES or line[:3].casefold() in quote_lines.BEGINNINGS


def _is_quoted_below(lines: Sequence[str], number: int) -> bool:
    return next((line for line in lines[number + 1 : number + 5] if line), "")[:1] == ">"
