"""What can be wrong in a settings file, always with the line where it stands."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches


class Mistake(Exception):
    """One thing that is wrong, the line where it stands (from 1), and what would be right."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line
        self.said = words


class SettingsMistaken(Exception):
    """The file cannot be applied, and nothing was changed. `words` has one line a mistake."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        ordered = sorted(mistakes, key=lambda mistake: mistake.line)
        self.mistakes = tuple(ordered)
        self.words = "\n".join(
            f"{file}, line {mistake.line}: {mistake.said} Nothing was changed." for mistake in ordered
        )
        super().__init__(self.words)


class Collected:
    """Gathers mistakes, so that a person learns of all of them at once."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    @contextmanager
    def here(self) -> Iterator[None]:
        """Note the mistakes made within, and go on after them."""
        try:
            yield
        except Mistake as mistake:
            self.mistakes.append(mistake)
        except Mistaken as several:
            self.mistakes.extend(several.mistakes)

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
