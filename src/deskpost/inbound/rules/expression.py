"""Regular expressions of people's own, bounded: in what they may say, in the text they see, and in time.

The engine (the `regex` package) stops a search in time, but not the making of a pattern: it copies what is counted,
so that a few nested counts take gigabytes before any search begins. And a recursion takes memory as fast as time. So
counts are bounded here, and what recurses or is matched with errors is refused: no filter needs it.
"""

import unicodedata
from collections.abc import Iterable
from time import monotonic

import regex

LONGEST = 500  # characters of a pattern
MOST_COPIES = 5000  # that the counts of a pattern ask for, multiplied
LOOKED_AT = 100_000  # characters of a text that a pattern sees
_FLAGS = regex.IGNORECASE | regex.MULTILINE | regex.VERSION0
# Neither leaves out what stands in [ ] or in a comment: to tell where those end would be a second engine.
_RECURSION = regex.compile(r"(\\L<)|\\.|(\(\?(?:R\)|[+-]?[0-9]+\)|&|P>))", regex.DOTALL)
_BRACES = regex.compile(r"\\[pPN]\{[^}]*\}|\\.|\{([^{}]*)\}", regex.DOTALL)
_COUNT = regex.compile(r"\s*([0-9]*)\s*(?:,\s*([0-9]*)\s*)?")
_WITH_ERRORS = regex.compile(r"\s*(?:[0-9]+\s*<=?\s*)?[0-9]*\s*[eids]\s*(?:[<+,:].*)?", regex.DOTALL)


class ExpressionRefused(ValueError):
    """This pattern cannot be used. `words` says why, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Expression:
    """One pattern, made ready. Letter case is ignored; ^ and $ are also the beginning and end of a line."""

    __slots__ = ("_pattern", "written")

    def __init__(self, written: str) -> None:
        """Make it ready. Raises ExpressionRefused."""
        _check(written)
        self.written = written
        try:
            self._pattern = regex.compile(unicodedata.normalize("NFC", written), _FLAGS)
        except regex.error as wrong:
            raise ExpressionRefused(
                f"{written} is no regular expression: {wrong}. To do: correct it."
            ) from wrong
        except (RecursionError, MemoryError, OverflowError, ValueError) as much:
            raise ExpressionRefused(f"{written} is too deeply nested. To do: make it simpler.") from much

    def found_in(self, texts: Iterable[str], seconds: float) -> bool | None:
        """Tell whether the pattern is found in any of the texts; None where it did not end within the seconds."""
        end = monotonic() + seconds
        for text in texts:
            left = end - monotonic()
            if left <= 0:
                return None
            try:
                if self._pattern.search(text[:LOOKED_AT], timeout=left, concurrent=True) is not None:
                    return True
            except (TimeoutError, MemoryError):
                return None
        return False

    def span(self, text: str) -> tuple[int, int] | None:
        """Give where it is first found in a short text, None where it is not, or not in time."""
        try:
            found = self._pattern.search(text[:1000], timeout=0.02)
        except (TimeoutError, MemoryError):
            return None
        return found.span() if found else None


def _check(written: str) -> None:
    if len(written) > LONGEST:
        raise ExpressionRefused(
            f"This regular expression has {len(written)} characters; {LONGEST} are allowed. To do: shorten it."
        )
    if any(match[1] or match[2] for match in _RECURSION.finditer(written)):
        raise ExpressionRefused(
            f"{written} calls itself or a named list, which is not possible here. To do: write it without."
        )
    copies = 1
    for match in _BRACES.finditer(written):
        inside = match[1]
        if inside is None:
            continue
        count = _COUNT.fullmatch(inside)
        if count is None:
            if _WITH_ERRORS.fullmatch(inside):
                raise ExpressionRefused(
                    f"{{{inside}}} asks for a match with errors, which is not possible here. To do: leave it out, or "
                    f"write \\{{ for a brace."
                )
            continue
        digits = [part for part in count.groups() if part]
        copies *= max([1, *(int(part[:9]) for part in digits)])
        if copies > MOST_COPIES:
            raise ExpressionRefused(
                f"The counts in braces of {written} ask for more than {MOST_COPIES} copies, multiplied. "
                "To do: use smaller counts, or * and +."
            )
