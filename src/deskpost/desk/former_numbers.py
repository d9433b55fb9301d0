"""Numbers of new records: the next of the module, or the one that a record had in a former system."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from deskpost.bulk import draw_numbers
from deskpost.desk import former_tokens
from deskpost.desk.delimiters import name_of
from deskpost.desk.records import Record
from deskpost.desk.requests import number_sequence


class NumberTaken(Exception):
    """The number that a record had in the former system is none that it can have. `words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@contextmanager
def numbered(module: str, former: int | None) -> Iterator[int]:
    """Give the number of a record that is made meanwhile: `former`, or (None) the next one. Raises NumberTaken."""
    if former is None:
        yield draw_numbers(number_sequence(module), 1)[0]
        return
    below = max((one.below for one in former_tokens.present() if one.module == module), default=0)
    if not below:
        raise NumberTaken(
            "No token of a former system is mapped to this module. To do: leave the number empty."
        )
    if not 1 <= former < below:
        raise NumberTaken(
            f"{former} is no number that a former system's token of this module can bear. "
            f"To do: choose one below {below}, or leave the field empty."
        )
    try:
        with transaction.atomic():
            yield former
    except IntegrityError as refused:
        taken = Record.objects.filter(module=module, number=former).first()
        if taken is None:
            raise
        words = f"{name_of(taken)} exists already. To do: choose another number, or leave the field empty."
        raise NumberTaken(words) from refused
