"""What can be wrong in a settings file, always with the line where it stands, and the key."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches


class Mistake(Exception):
    """One thing that is wrong, the line where it stands (from 1), what would be right and what to do.

    `key` is the innermost key whose value is wrong, "" where the mistake is about no value; whoever reads the
    value of a key fills it in (see Collected.here).
    """

    def __init__(self, line: int, words: str, key: str = "") -> None:
        super().__init__(words)
        self.line = line
        self.said = words
        self.key = key

    @property
    def place(self) -> str:
        """Give the line, and the key where the words do not name it themselves."""
        named = re.search(rf"(?<![\w-]){re.escape(self.key)}(?![\w-])", self.said)
        return f"line {self.line}" if named else f"line {self.line}, key {self.key}"


class SettingsMistaken(Exception):
    """The file cannot be applied, and nothing was changed. `words` has one line a mistake."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        ordered = sorted(mistakes, key=lambda mistake: mistake.line)
        self.mistakes = tuple(ordered)
        self.words = "\n".join(
            f"{file}, {mistake.place}: {mistake.said} Nothing was changed." for mistake in ordered
        )
        super().__init__(self.words)


class Collected:
    """Gathers mistakes, so that a person learns of all of them at once."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    @contextmanager
    def here(self, key: str = "") -> Iterator[None]:
        """Note the mistakes made within, as those of this key where they name none, and go on after them."""
        try:
            yield
        except Mistake as mistake:
            self._note(mistake, key)
        except Mistaken as several:
            for one in several.mistakes:
                self._note(one, key)

    def _note(self, mistake: Mistake, key: str) -> None:
        mistake.key = mistake.key or key
        self.mistakes.append(mistake)

    def raise_if_any(self) -> None:
        """Raise what was gathered."""
        if self.mistakes:
            raise Mistaken(self.mistakes)


class Mistaken(Exception):
    """Several mistakes in one part of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        super().__init__()
        self.mistakes = tuple(mistakes)


def listed(values: Iterable[object]) -> str:
    """Give values as a list in words."""
    return ", ".join(str(value) for value in values)


def perhaps(given: str, allowed: Iterable[str]) -> str:
    """Give "Did you mean ...? " where something allowed is close to what was given, else nothing."""
    close = get_close_matches(given, list(allowed), n=1)
    return f"Did you mean {close[0]}? " if close else ""
