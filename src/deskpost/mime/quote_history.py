"""Whether somebody wrote into a mail that is quoted without marks, or below it. In doubt so.

Lines are given without blanks around them, from the first of the quoted mail on.
"""

import re
from collections.abc import Sequence

from deskpost.mime.quote_lines import (
    attribution,
    is_device,
    is_divider,
    is_end,
    is_forwarded,
    is_head,
    is_original,
    labelled,
)
from deskpost.mime.quote_signature import SIGNATURE_END, first_signature

_ARROWS = ("=>", "->", "-->", "==>", "→", "⇒", "➔", "➜", "»", "＞")
_NAMED = re.compile(r"\[([^\W\d_][\w .'-]{0,40})\]:? ?\S")


def is_answered_within(history: Sequence[str]) -> bool:
    """Say whether a quoted mail holds lines that are marked as answers, or goes on below its end.

    Marked are quoted lines that follow others with no words like "Ann wrote:" between, lines that begin in an arrow,
    and those that several times begin in the same name in brackets, as Outlook writes it.
    """
    before, at, named = ">", 0, set()
    for number, line in enumerate(history):
        if not line or line == SIGNATURE_END:
            continue
        first = line[0]
        if first == ">":
            if before[0] != ">" and not _leads_to_a_quote(history, at):
                return True
        elif first == "[":
            found = _NAMED.match(line)
            if found:
                if found[1] in named:
                    return True
                named.add(found[1])
        elif line.startswith(_ARROWS) or (is_end(line) and not _is_over(history, number + 1)):
            return True
        before, at = line, number
    return False


def _leads_to_a_quote(lines: Sequence[str], number: int) -> bool:
    """Say whether a line ends words like "Ann wrote:", or is of a head or a drawn line."""
    line = lines[number]
    if labelled(line)[0] is not None or is_original(line) or is_divider(line):
        return True
    return attribution(lines, number, True) is not None


def _is_over(history: Sequence[str], start: int) -> bool:
    """Say whether below the end of a quoted mail there is nothing, a signature, or the next quoted mail."""
    for number in range(start, len(history)):
        line = history[number]
        if not line or is_divider(line) or is_device(line):
            continue
        if is_original(line) or is_forwarded(line) or is_head(history, number):
            return True
        return first_signature(history, [number], len(history)) is not None
    return True
