"""What a mail holds for criteria to compare with, each read once, when the first criterion asks for it."""

from time import monotonic

from deskpost.domain_names import one_spelling
from deskpost.inbound.rules.fields import Facts, Field, field_of
from deskpost.mime.message import Message

SECONDS = 0.05  # that all regular expressions together may take over one mail


class Values:
    """One mail. `texts` and `joined` have letter case folded and blanks made one; `raw` is as the mail says it."""

    __slots__ = ("facts", "joined", "message", "numbers", "out_of_time", "raw", "texts", "until")

    def __init__(self, message: Message, facts: Facts) -> None:
        self.message = message
        self.facts = facts
        self.raw = _Raw(self)
        self.texts = _Texts(self)
        self.joined = _Joined(self)
        self.numbers = _Numbers(self)
        self.out_of_time: set[str] = set()  # regular expressions that did not end
        self.until: float | None = None

    def seconds_left(self) -> float:
        """Give how long regular expressions may still take over this mail; the clock begins with the first."""
        now = monotonic()
        if self.until is None:
            self.until = now + SECONDS
        return self.until - now


def folded(text: str) -> str:
    """Give a text as it is compared: letter case ignored, and any run of blanks and line breaks as one blank."""
    return " ".join(text.casefold().split())


def spelled(field: Field, text: str) -> str:
    """Give a text of this field as it is compared; of a domain the one spelling that all of its spellings share."""
    return one_spelling(text.strip().removeprefix("@")) if field.domain else folded(text)


class _Raw(dict[str, tuple[str, ...]]):
    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        self._values = values

    def __missing__(self, key: str) -> tuple[str, ...]:
        field = field_of(key)
        texts = field.read(self._values.message, self._values.facts) if field else ()
        self[key] = found = tuple(str(text) for text in texts)
        return found


class _Texts(_Raw):
    def __missing__(self, key: str) -> tuple[str, ...]:
        field = field_of(key)
        self[key] = found = tuple(spelled(field, text) for text in self._values.raw[key]) if field else ()
        return found


class _Joined(dict[str, str]):
    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        self._values = values

    def __missing__(self, key: str) -> str:
        self[key] = found = "\n".join(self._values.texts[key])  # no entry holds a line break
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
