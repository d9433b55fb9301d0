"""What a mail holds for criteria to compare with, each read once, when the first criterion asks for it."""

import unicodedata
from collections.abc import Iterable, Iterator
from time import monotonic

from deskpost.domain_names import in_ascii, one_spelling
from deskpost.inbound.rules.expression import Expression
from deskpost.inbound.rules.fields import Facts, Field, field_of
from deskpost.inbound.rules.searching import Searched
from deskpost.mime.message import Message

SECONDS = 1.0  # that all rules together may take over one mail
SECONDS_OF_ONE = 0.05  # that one regular expression may take over what one criterion looks at
LOOKED_AT = 1_000_000  # characters of what a criterion looks at that it sees

Late = tuple[str, str, tuple[str, ...]]  # field, condition and entries of what ran out of time


class OutOfTime(Exception):
    """The rules have had their time of this mail."""


class Values:
    """One mail. `texts` and `joined` have letter case folded and blanks made one; `raw` is as the mail says it.

    `until`: when the time is up at the latest, as `time.monotonic` counts it.
    """

    __slots__ = (
        "_end",
        "_found",
        "facts",
        "joined",
        "message",
        "numbers",
        "out_of_time",
        "raw",
        "texts",
        "until",
    )

    def __init__(self, message: Message, facts: Facts, until: float | None = None) -> None:
        self.message = message
        self.facts = facts
        self.raw = _Raw(self)
        self.texts = _Texts(self)
        self.joined = _Joined(self)
        self.numbers = _Numbers(self)
        self.out_of_time: set[Late] = set()  # each counts as not fitting
        self.until = until
        self._end: float | None = None
        self._found: dict[tuple[str, str], bool] = {}

    def seconds_left(self) -> float:
        """Give how long rules may still take over this mail; the clock begins with the first call."""
        now = monotonic()
        if self._end is None:
            self._end = now + SECONDS if self.until is None else min(self.until, now + SECONDS)
        return self._end - now

    def check_time(self) -> None:
        """Raise OutOfTime where no time is left."""
        if self.seconds_left() <= 0:
            raise OutOfTime

    def finds(self, key: str, expression: Expression) -> bool:
        """Tell whether an expression is found in a field; one that does not end in time is not, and is noted."""
        asked = (key, expression.written)
        found = self._found.get(asked)
        if found is None:
            left = min(SECONDS_OF_ONE, self.seconds_left())
            ended = expression.found_in(self.raw[key], left) if left > 0 else None
            if ended is None:
                self.out_of_time.add((key, "matches", (expression.written,)))
            self._found[asked] = found = bool(ended)
        return found


def folded(text: str) -> str:
    """Give a text as it is compared: letter case and how accents are written ignored, any run of blanks one blank."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
        return " ".join(text.split())
    return " ".join(text.lower().split())


def spelled(field: Field, text: str) -> str:
    """Give a text of this field as it is compared; of a domain the one spelling that all of its spellings share."""
    if field.domain:
        return one_spelling(text.strip().removeprefix("@"))
    if not field.address:
        return folded(text)
    local, at, domain = text.rpartition("@")
    is_domain = at or "xn--" in text.lower()
    return folded(local) + at + (one_spelling(domain.strip()) if is_domain else folded(domain))


class _Raw(dict[str, tuple[str, ...]]):
    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        self._values = values

    def __missing__(self, key: str) -> tuple[str, ...]:
        field = field_of(key)
        texts: Iterable[object] = field.read(self._values.message, self._values.facts) if field else ()
        if field and (field.domain or field.address):
            texts = _in_both_spellings(texts)
        self[key] = found = tuple(_seen(texts))
        return found


class _Texts(_Raw):
    def __missing__(self, key: str) -> tuple[str, ...]:
        field = field_of(key)
        raw = self._values.raw[key]
        self[key] = found = tuple(dict.fromkeys(spelled(field, text) for text in raw)) if field else ()
        return found


class _Joined(dict[str, Searched]):
    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        self._values = values

    def __missing__(self, key: str) -> Searched:
        text = "\n".join(self._values.texts[key])  # no entry holds a line break
        self[key] = found = Searched(text)
        return found


class _Numbers(dict[str, tuple[float, ...]]):
    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        self._values = values

    def __missing__(self, key: str) -> tuple[float, ...]:
        field = field_of(key)
        numbers = field.read(self._values.message, self._values.facts) if field else ()
        self[key] = found = tuple(float(number) for number in numbers)
        return found


def _seen(texts: Iterable[object]) -> Iterator[str]:
    """Give of texts what criteria see, with each accent composed with its letter where Unicode has such a sign."""
    left = LOOKED_AT
    for one in texts:
        text = str(one)[:left]
        left -= len(text)
        yield text if text.isascii() else unicodedata.normalize("NFC", text)
        if left <= 0:
            return


def _in_both_spellings(texts: Iterable[object]) -> Iterator[str]:
    """Give addresses or domains as they are, and where there is another spelling of their domain, in that too."""
    for one in texts:
        text = str(one)
        yield text
        if text.isascii() and "xn--" not in text:
            continue
        local, at, domain = text.rpartition("@")
        for other in (one_spelling(domain), in_ascii(domain)):
            if other != domain:
                yield local + at + other
