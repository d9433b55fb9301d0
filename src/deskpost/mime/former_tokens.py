"""Tokens of a former system: a number between two texts, such as `[Request ID :##123##]`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class FormerToken:
    """How a former system named a record of a module: text before its number and after it; numbers below `below`."""

    module: str
    before: str
    after: str
    below: int


class FormerTokens:
    """Finds the tokens of former systems in subjects. Letter case and blanks make no difference."""

    __slots__ = ("_known",)

    def __init__(self, tokens: Iterable[FormerToken] = ()) -> None:
        self._known = tuple((one, _pattern(one)) for one in tokens)

    def find(self, subject: str) -> tuple[tuple[str, int], ...]:
        """Give the module and number of every token in a subject, in their order, each once."""
        return tuple(dict.fromkeys((token.module, number) for token, number in self.tokens(subject)))

    def tokens(self, subject: str) -> tuple[tuple[FormerToken, int], ...]:
        """Give every token in a subject with its number, in their order."""
        found: list[tuple[int, FormerToken, int]] = []
        for token, pattern in self._known:
            for match in pattern.finditer(subject):
                if _is_below(token, match):
                    found.append((match.start(1), token, int(match[1])))
        found.sort(key=lambda one: (one[0], one[1].module, one[2]))
        return tuple((token, number) for _, token, number in found)

    def named(self, text: str) -> tuple[str, int] | None:
        """Give the module and number of a text that is one token and nothing else."""
        for token, pattern in self._known:
            match = pattern.fullmatch(text.strip())
            if match and _is_below(token, match):
                return token.module, int(match[1])
        return None

    def without(self, subject: str, module: str) -> str:
        """Give a subject with a blank in place of every token of a module."""
        for token, pattern in self._known:
            if token.module == module:
                subject = pattern.sub(partial(_blank, token), subject)
        return subject


def _is_below(token: FormerToken, match: re.Match[str]) -> bool:
    return 0 < int(match[1]) < token.below


def _blank(token: FormerToken, match: re.Match[str]) -> str:
    return " " if _is_below(token, match) else match[0]


def _pattern(token: FormerToken) -> re.Pattern[str]:
    """Give the pattern of a token: literal signs, with a few blanks between them that mail clients may put in."""
    start = r"(?<!\w)" if token.before[:1].isalnum() else ""
    end = r"(?!\w)" if token.after[-1:].isalnum() else ""
    return re.compile(
        rf"{start}{_spaced(token.before)}\s{{0,3}}+([0-9]{{1,{_MOST_DIGITS}}}+)\s{{0,3}}+{_spaced(token.after)}{end}"
        if token.after
        else rf"{start}{_spaced(token.before)}\s{{0,3}}+([0-9]{{1,{_MOST_DIGITS}}}+)(?![0-9])",
        re.IGNORECASE,
    )


def _spaced(text: str) -> str:
    return r"\s{0,3}+".join(re.escape(sign) for sign in text if not sign.isspace())
