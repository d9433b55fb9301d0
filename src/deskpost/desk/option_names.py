"""Names that somebody wrote, found among those that there are: values of a list, options of a choice."""

from collections.abc import Iterable
from typing import Generic, TypeVar
from unicodedata import normalize

_T = TypeVar("_T")


class Names(Generic[_T]):
    """Things by their names: in the same letter case first, in another one where only one thing has it.
    Of two with one name it is the first.

    Blanks around and in a name, and around its commas, tell no two apart, nor do two ways to write one letter.
    """

    def __init__(self, named: Iterable[tuple[str, _T]]) -> None:
        self._exact: dict[str, _T] = {}
        self._near: dict[str, list[_T]] = {}
        for name, thing in named:
            written = plain(name)
            if written not in self._exact:
                self._exact[written] = thing
                self._near.setdefault(written.casefold(), []).append(thing)

    def find(self, text: str) -> _T | None:
        """Give the thing of this name, None where there is none or it could be several."""
        written = plain(text)
        if written in self._exact:
            return self._exact[written]
        near = self._near.get(written.casefold(), ())
        return near[0] if len(near) == 1 else None


def plain(name: str) -> str:
    """Give a name as it is compared: letters composed (NFC), one blank where several stand, none at commas."""
    return ",".join(" ".join(part.split()) for part in normalize("NFC", name).split(","))
