"""What of a mail its sender wrote, for commands: in doubt a line is quoted, so that no old command runs again.

Where a mail is shown it is the other way round, in doubt everything is new (mime.new_text).
"""

import re
from collections.abc import Sequence

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


def own_words(text: str, delimiter: str) -> str:
    """Give the text without what is quoted or forwarded, marked or not, and without the signature.

    What stands below marked lines is the sender's again; below a quote without marks nothing is. A line that holds a
    command is no head of a quote.
    """
    raw = text.split("\n")
    lines = lines_of(text) or [line.strip() if line != "-- " else line for line in raw]
    own: list[str] = []
    looks = looks_at(lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        if _SIGNATURE.fullmatch(line):
            break
        if _is_quoted(line, delimiter):
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
                    break
                number += 1
                continue
        own.append(raw[number])
        number += 1
    return split_text("\n".join(own)).new.strip()


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
