"""What of a mail its sender wrote, for commands: in doubt a line is quoted, so that no old command runs again.

Where a mail is shown it is the other way round, in doubt everything is new (mime.new_text).
"""

from collections.abc import Sequence

from deskpost.inbound.command import language
from deskpost.mime import quote_lines
from deskpost.mime.new_text import lines_of, split_text
from deskpost.mime.quote_cut import looks_at

_SIGNATURE = ("-- ", "--")  # RFC 3676 section 4.3, and what is left of it where blanks at the end were cut
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
        if line in _SIGNATURE:
            break
        if line[:1] == ">":
            number += 1
            continue
        if _may_begin_a_quote(line) and not language.read(raw[number], delimiter):
            looks -= 1
            if looks < 0 or quote_lines.is_forwarded(line):
                break
            if quote_lines.is_original(line) or quote_lines.is_head(lines, number):
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


def _may_begin_a_quote(line: str) -> bool:
    if not line:
        return False
    ends = line[-1] in _ENDS or line[-5:] == "wrote"
    return ends or line[0] in _DASHES or line[:3].casefold() in quote_lines.BEGINNINGS


def _is_quoted_below(lines: Sequence[str], number: int) -> bool:
    return next((line for line in lines[number + 1 : number + 5] if line), "")[:1] == ">"
