"""Whether somebody wrote into the quoted part of an HTML mail, by its colours, or below its block. In doubt so.

An HTML document is given as `new_html` reads it: `tokens` are texts, tags and attributes in turn; `lines` are what a
reader sees, those within a marked quote beginning with ">", and `ends` the text at which each of them ends (-1: none).
"""

import re
from collections.abc import Sequence, Set

from deskpost.mime.html_colours import colours_of, has_colours
from deskpost.mime.quote_cut import Cut, looks_at
from deskpost.mime.quote_lines import (
    BEGINNINGS,
    HEAD_LINES,
    attribution,
    is_device,
    is_divider,
    is_head,
    is_original,
    labelled,
)
from deskpost.mime.quote_signature import first_signature

_Colours = tuple[str, str, bool]  # of text: its colour, its highlight, and whether it is a link
_DASHES = frozenset("-—–_=*")
_VOID = frozenset(("br", "hr", "img", "col", "wbr"))
_LABELLED = re.compile(r"[^:：]{1,25}[:：]")
_ENTITY = re.compile(r"&#?\w+;")
_LETTER = re.compile(r"\w")


def is_answered(
    tokens: Sequence[str], lines: Sequence[str], ends: Sequence[int], cut: Cut, coloured: bool
) -> bool:
    """Say whether there may be answers from the line on where the quote begins. Pure; time is linear.

    `coloured`: some tag says something of colours.
    """
    coloured = coloured and has_colours(tokens)
    if cut.quote is None or (cut.marked and not coloured):
        return False  # below a marked quote nothing stands: that was looked at
    last_new = next((ends[line] for line in range(cut.quote - 1, -1, -1) if ends[line] >= 0), 0)
    if coloured:
        heads = _heads(lines, ends, cut.quote)
        if heads is None or _colours_differ(tokens, _parts(ends, heads, last_new, cut.quote)):
            return True
    return not cut.marked and _goes_on_below(tokens, lines, ends, cut.quote, last_new)


def _heads(lines: Sequence[str], ends: Sequence[int], quote: int) -> Set[int] | None:
    """Give the lines that tell of the quoted mail, and of those that it quotes.

    None where more lines than in any letter look like that.
    """
    found: set[int] = set()
    plain = [line.lstrip(">") for line in lines]
    looks = looks_at(plain)
    past = quote
    for number in range(quote, len(plain)):
        line = plain[number]
        if number < past or not line:
            continue
        ends_it = line[-1] in ":：" or line[-5:] == "wrote"
        if not ends_it and line[0] not in _DASHES and line[:3].casefold() not in BEGINNINGS:
            continue
        looks -= 1
        if looks < 0:
            return None
        begin = attribution(plain, number, False) if ends_it else None
        past = _end_of_head(plain, ends, number) if begin is None else number + 1
        found.update(range(number if begin is None else begin, past))
    return found


def _end_of_head(lines: Sequence[str], ends: Sequence[int], start: int) -> int:
    """Give the line behind the head, or the words above a quote, that begin at a line; the line for neither."""
    line = lines[start]
    if not line:
        return start
    if is_original(line):
        end = start + 1
        while ends[start] < 0 and end < len(lines) and _LABELLED.match(lines[end]):  # in any language
            end += 1
        return end
    if line[:3].casefold() in BEGINNINGS and is_head(lines, start):
        last = start
        for number in range(start, min(start + HEAD_LINES, len(lines))):
            if labelled(lines[number])[0] is not None:
                last = number
            elif number > last + 1 or not lines[number]:
                break
        return last + 1
    for end in range(start, min(start + 4, len(lines))):
        if lines[end][-1:] in (":", "：") or lines[end].endswith("wrote"):
            return end + 1 if attribution(lines, end, False) == start else start
    return start


def _parts(ends: Sequence[int], heads: Set[int], last_new: int, quote: int) -> list[tuple[int, int]]:
    """Give the texts of each mail within the quote as ranges of tokens, without their heads: (after, up to)."""
    parts: list[tuple[int, int]] = []
    before, fresh = last_new, True
    for line in range(quote, len(ends)):
        if ends[line] < 0:
            continue
        if line in heads:
            fresh = True
        elif fresh:
            parts.append((before, ends[line]))
            fresh = False
        else:
            parts[-1] = parts[-1][0], ends[line]
        before = ends[line]
    return parts


def _colours_differ(tokens: Sequence[str], parts: Sequence[tuple[int, int]]) -> bool:
    """Say whether one of these parts has text in several colours or highlights; links and pictures do not count."""
    above: list[_Colours] = [("", "", False)]
    known: dict[tuple[_Colours, str, str], _Colours] = {}
    seen: set[_Colours] = set()
    rest = iter(parts)
    after, until = next(rest, (0, -1))
    tags = zip(range(3, len(tokens), 3), tokens[1::3], tokens[2::3], tokens[3::3], strict=True)
    for token, tag, attributes, text in tags:
        if tag[0] == "/":
            above.pop()
        elif tag not in _VOID:
            wanted = above[-1], tag, attributes
            below = known.get(wanted)
            if below is None:
                below = known[wanted] = _below(*wanted)
            above.append(below)
        if token > until:
            seen.clear()
            after, until = next(rest, (len(tokens), len(tokens)))
        colours = above[-1]
        if token <= after or colours in seen or colours[2] or not _LETTER.search(_ENTITY.sub("", text)):
            continue
        if seen:
            return True
        seen.add(colours)
    return False


def _below(above: _Colours, tag: str, attributes: str) -> _Colours:
    colour, marked = colours_of(tag, attributes)
    return (
        above[0] if colour is None else colour,
        above[1] if marked is None else marked,
        above[2] or tag == "a",
    )


def _body(lines: Sequence[str], ends: Sequence[int], quote: int) -> int:
    """Give the first line below the head of the quoted mail; the last line where there is nothing else."""
    line = quote
    while line < len(lines) - 1:
        words = lines[line]
        end = line + 1 if not words or is_divider(words) else _end_of_head(lines, ends, line)
        if end == line:
            break
        line = end
    return min(line, len(lines) - 1)


def _goes_on_below(
    tokens: Sequence[str], lines: Sequence[str], ends: Sequence[int], quote: int, last_new: int
) -> bool:
    """Say whether text stands below the element that holds the quoted mail alone, and is no signature.

    An element that holds nothing but the head of the mail tells nothing of where the mail ends.
    """
    first = next((ends[line] for line in range(quote, len(ends)) if ends[line] >= 0), None)
    over = None if first is None else _end_of_block(tokens, last_new, first)
    if over is None:
        return False
    body = _body(lines, ends, quote)
    if not any(0 <= end < over for end in ends[body:]):
        return False
    for line in range(body, len(lines)):
        words = lines[line]
        if ends[line] < over or words[:1] in ("", ">") or is_divider(words) or is_device(words):
            continue
        return first_signature(lines, [line], len(lines)) is None
    return False


def _end_of_block(tokens: Sequence[str], last_new: int, first: int) -> int | None:
    """Give the text behind the outermost element that holds the first quoted text and nothing new; None: no such."""
    depth = lowest = 0
    for place in range(last_new + 1, first, 3):
        depth += _step(tokens[place])
        lowest = min(lowest, depth)
    if depth == lowest:
        return None
    for place in range(first + 1, len(tokens), 3):
        depth += _step(tokens[place])
        if depth == lowest:
            return place + 2
    return None


def _step(tag: str) -> int:
    return -1 if tag[0] == "/" else 0 if tag in _VOID else 1
