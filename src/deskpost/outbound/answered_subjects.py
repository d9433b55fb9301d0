"""Another desk that numbers its own answers in their subject: it is answered a few times, and no more."""

import re
from collections.abc import Iterable

_DIGITS = re.compile(r"\d+")
_ALIKE = 5  # receipts within an hour to one address for subjects that differ in their digits alone


class Answered:
    """The subjects of each folded address that got a receipt."""

    def __init__(self, answered: Iterable[tuple[str, str]]) -> None:
        self._known: dict[tuple[str, str], set[str]] = {}
        for address, subject in answered:
            self._alike(address, subject).add(subject)

    def are_numbered(self, address: str, subject: str) -> bool:
        """Take a subject in, and tell whether several others were answered that differ in their digits alone."""
        alike = self._alike(address, subject)
        others = len(alike - {subject})
        alike.add(subject)
        return others >= _ALIKE

    def _alike(self, address: str, subject: str) -> set[str]:
        return self._known.setdefault((address, _DIGITS.sub("0", subject)), set())
