"""Many entries sought in one text: which of them it contains, without going through it once for each."""

from collections.abc import Callable, Sequence
from functools import cached_property

_SHORT = 20_000  # characters, and
_FEW = 30  # entries, up to which it is the quickest to seek one after the other
_GRAM = 4  # characters
_STEP, _RUN = 4, 6  # characters: every fourth place of a text lies within the first four of what stands in it
_AT_ONCE = 16  # entries between two looks at the clock

Check = Callable[[], None]


class Searched:
    """A text, with what tells at a glance that an entry is not in it; made when many entries are sought first."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> str:
        """Each word of the text once: of a large text in earnest a small part of it."""
        return "\n".join(set(self.text.split()))

    @cached_property
    def grams(self) -> frozenset[str]:
        """Each run of four characters in a word."""
        words = self.words
        return frozenset([words[at : at + _GRAM] for at in range(len(words) - _GRAM + 1)])

    @cached_property
    def runs(self) -> frozenset[str]:
        """The six characters at every fourth place: few, and rarely those of something else."""
        text = self.text
        return frozenset([text[at : at + _RUN] for at in range(0, len(text), _STEP)])

    def may_hold(self, entry: str) -> bool:
        """Tell whether its runs are in the text, and each of its words in a word, as they must be where it is."""
        if len(entry) >= _STEP + _RUN - 1 and not any(self._runs_through(entry, at) for at in range(_STEP)):
            return False
        for word in entry.split():
            if any(word[at : at + _GRAM] not in self.grams for at in range(len(word) - _GRAM + 1)):
                return False
            if word not in self.words:
                return False
        return True

    def _runs_through(self, entry: str, start: int) -> bool:
        places = range(start, len(entry) - _RUN + 1, _STEP)
        return all(entry[at : at + _RUN] in self.runs for at in places)


def sought(entries: Sequence[str]) -> Callable[[Searched, Check], str | None]:
    """Make what gives the first of these entries that a text contains. It calls `check` now and then."""

    def few(searched: Searched, check: Check) -> str | None:
        text = searched.text
        if len(text) > _SHORT:
            check()
        for entry in entries:
            if entry in text:
                return entry
        return None

    def many(searched: Searched, check: Check) -> str | None:
        if len(searched.text) <= _SHORT:
            return few(searched, check)
        for place, entry in enumerate(entries):
            if not place % _AT_ONCE:
                check()
            if searched.may_hold(entry) and entry in searched.text:
                return entry
        return None

    return few if len(entries) <= _FEW else many
