"""What new text says of the mail below it: that it is part of the message, or that answers stand in it."""

import re
from collections.abc import Sequence
from itertools import pairwise

from deskpost.mime import quote_words

_WORD = re.compile(r"\w+")
_NO_BLANKS = "\u2e80"  # from here on: Chinese, Japanese
_SPOKEN_OF = 4_000  # letters at the beginning and at the end in which it is said what stands below


class _Phrases:
    """Words and groups of words that are looked for in a text."""

    def __init__(self, table: str) -> None:
        entries = quote_words.words(table)
        self._within = tuple(entry for entry in entries if entry[0] >= _NO_BLANKS)
        self._words: set[str] = set()
        self._groups: dict[tuple[str, str], list[str]] = {}  # by their first two words
        for entry in entries:
            group = _WORD.findall(entry)
            if len(group) == 1:
                self._words.add(group[0])
            else:
                self._groups.setdefault((group[0], group[1]), []).append(f" {' '.join(group)} ")

    def are_in(self, text: str) -> bool:
        """Say whether one of them is there."""
        words = _WORD.findall(text)
        if not self._words.isdisjoint(words):
            return True
        if pairs := self._groups.keys() & pairwise(words):
            whole = f" {' '.join(words)} "
            if any(group in whole for pair in pairs for group in self._groups[pair]):
                return True
        return not text.isascii() and any(entry in text for entry in self._within)


_SEE_BELOW, _ANSWERED_INSIDE = _Phrases(quote_words.SEE_BELOW), _Phrases(quote_words.ANSWERED_INSIDE)


def speaks_of_what_follows(new: Sequence[str]) -> bool:
    """Say whether new text leads on to what is below: by a colon at its end, by words, or as a mere "Hello Ann,"."""
    if not new:
        return False
    if new[-1].endswith((":", "：")) or (new[-1].endswith((",", "，")) and not any(new[:-1])):
        return True
    return _SEE_BELOW.are_in(_said(new))


def says_answered_inside(new: Sequence[str]) -> bool:
    """Say whether new text tells of answers within the quoted mail."""
    return _ANSWERED_INSIDE.are_in(_said(new))


def _said(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    if len(text) > 2 * _SPOKEN_OF:
        text = f"{text[:_SPOKEN_OF]}\n{text[-_SPOKEN_OF:]}"
    return text.casefold()
