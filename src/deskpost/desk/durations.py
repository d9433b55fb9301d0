"""Times as people say them."""

from collections.abc import Callable

from django.utils.translation import ngettext

_UNITS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (3600, lambda n: ngettext("%(n)d h", "%(n)d h", n) % {"n": n}),
    (60, lambda n: ngettext("%(n)d min", "%(n)d min", n) % {"n": n}),
    (1, lambda n: ngettext("%(n)d s", "%(n)d s", n) % {"n": n}),
)


def duration(seconds: int) -> str:
    """Give a time as people say it: "22 s", "5 min", "1 h"; odd ones with their seconds."""
    parts = []
    for unit, words in _UNITS:
        if seconds >= unit:
            parts.append(words(seconds // unit))
            seconds %= unit
    return " ".join(parts[:2]) or "0 s"
