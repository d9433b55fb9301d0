"""The token that ties a subject to a record: `##RE-123##`."""

import re
from collections.abc import Mapping
from typing import NamedTuple

_LARGEST = 2**63 - 1
_MOST_DIGITS = 40
_BASE_SIGNS = frozenset("!@#$%^&")


class Token(NamedTuple):
    """A token of a subject: the module and number that it names, and the base and code by which it does."""

    module: str
    number: int
    base: str
    code: str


class Delimiters:
    """Writes tokens, and finds them in subjects with every base and code that was ever in use.

    `bases` are the base delimiters, present and earlier (1 to 10 of the signs ! @ # $ % ^ & each); `codes`
    leads from each module code, present and earlier, in upper case, to its module ("RE", "TA" ...).
    """

    __slots__ = ("_codes", "_patterns")

    def __init__(self, bases: tuple[str, ...], codes: Mapping[str, str]) -> None:
        for base in bases:
            if not 1 <= len(base) <= 10 or not _BASE_SIGNS.issuperset(base):
                raise ValueError(f"{base!r} is no base delimiter")
        self._codes = {code.upper(): module for code, module in codes.items()}
        # Longest first: a base that another one begins with must not hide it.
        ordered = sorted(set(bases), key=lambda base: (-len(base), base))
        self._patterns = tuple((base, _pattern(base, tuple(self._codes))) for base in ordered if self._codes)

    def find(self, subject: str) -> tuple[tuple[str, int], ...]:
        """Give the module and number of every token in a subject, in their order, each once."""
        return tuple(dict.fromkeys((token.module, token.number) for token in self.tokens(subject)))

    def tokens(self, subject: str) -> tuple[Token, ...]:
        """Give every token of a subject, in their order.

        Blanks that mail clients put in when they fold are no hindrance. A number over 2**63-1 is none.
        """
        found: dict[int, Token] = {}
        for base, pattern in self._patterns:
            for token in pattern.finditer(subject):
                number = _number(token[2])
                if number:
                    code = "".join(token[1].split()).upper()
                    found.setdefault(token.start(1), Token(self._codes[code], number, base, code))
        return tuple(found[place] for place in sorted(found))

    def without(self, subject: str, module: str) -> str:
        """Give a subject with a blank in place of every token of a module."""
        for _, pattern in self._patterns:
            subject = pattern.sub(
                lambda token: " " if self._codes["".join(token[1].split()).upper()] == module else token[0],
                subject,
            )
        return subject

    def module_of(self, code: str) -> str | None:
        """Give the module that a code, present or earlier, belongs to."""
        return self._codes.get(code.upper())

    @staticmethod
    def write(base: str, code: str, number: int) -> str:
        """Give the token of a record, as it stands in a subject."""
        return f"{base}{code}-{number}{base}"


def _pattern(base: str, codes: tuple[str, ...]) -> re.Pattern[str]:
    spaced_base = r"\s{0,3}+".join(re.escape(sign) for sign in base)
    any_code = "|".join(r"\s?".join(map(re.escape, code)) for code in sorted(codes, key=len, reverse=True))
    return re.compile(
        rf"{spaced_base}\s{{0,3}}+({any_code})\s{{0,3}}+-\s{{0,3}}+([0-9](?:\s{{0,3}}[0-9]){{0,{_MOST_DIGITS}}})\s{{0,3}}+{spaced_base}",
        re.IGNORECASE,
    )


def _number(digits: str) -> int:
    plain = "".join(digits.split())
    number = int(plain) if len(plain) <= _MOST_DIGITS else 0
    return number if number <= _LARGEST else 0
