"""The new text of a mail, told from the quoted mail and the signature below it."""

import re
from typing import NamedTuple

from deskpost.mime.quote_cut import UNSEEN, Kind, find_cut
from deskpost.mime.quote_lines import writer_of
from deskpost.mime.quote_words import FORWARD_PREFIXES

_FEW_LINES = 1_000
_FORWARD = re.compile(
    rf"\s*+(?:{'|'.join(map(re.escape, FORWARD_PREFIXES.split()))})\s?+(?:\[\d+\])?[:：]", re.IGNORECASE
)
_ENDS_AN_ATTRIBUTION = re.compile(r">[^>\n]{0,40}[:：]")


class Pieces(NamedTuple):
    """What is new in a mail, the rest below it, and what that rest is. Joined they are the whole.

    `writer` is the address of whose mail is quoted, in small letters; "" where the quote names none.
    """

    new: str
    rest: str
    kind: Kind
    writer: str = ""


def split_text(text: str) -> Pieces:
    """Tell the new text of a mail from the quoted mail and the signature. Pure; never raises; time is linear.

    `new + rest` is the text, to the letter. In doubt all of it is new: forwarded mails, answers between or below
    quoted lines, mails that would be left empty, and texts with more lines than any letter has. Signatures are those
    of RFC 3676 section 4.3, and what phones put below.
    """
    whole = Pieces(text, "", Kind.NONE)
    lines = lines_of(text)
    cut = find_cut(lines) if lines is not None else None
    if lines is None or cut is None:
        return whole
    raw = text.split("\n")
    above = cut.line
    while above and not lines[above - 1]:
        above -= 1
    end = sum(map(len, raw[:above])) + above - 1
    writer = "" if cut.quote is None else writer_of(lines, cut.quote)
    return Pieces(text[:end], text[end:], cut.kind, writer)


def lines_of(text: str) -> list[str] | None:
    """Give the lines as the quote modules read them; None for a text with more of them than any letter has."""
    if text.count("\n") > _FEW_LINES + len(text) // 12:
        return None
    unseen = None if text.isascii() else UNSEEN
    lines = [line if line == "-- " else line.strip(unseen) for line in text.split("\n")]
    if ">" in text:
        _join_broken_addresses(lines)
    return lines


def is_forward(subject: str) -> bool:
    """Say whether a subject says that the mail was forwarded: what it quotes is what it is about."""
    return _FORWARD.match(subject) is not None


def _join_broken_addresses(lines: list[str]) -> None:
    """Mark the end of "On ... <ann@x.example\\n> wrote:" as no quoted line: the bracket closes an address."""
    for number in range(1, len(lines)):
        line, before = lines[number], lines[number - 1]
        if line[:1] != ">" or line[-1] not in ":：" or before[:1] in ("", ">"):
            continue
        if before.rfind("<") > before.rfind(">") and _ENDS_AN_ATTRIBUTION.fullmatch(line):
            lines[number] = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}" + line[1:]
