"""Tokens of a former system: how it wrote a record's number into subjects, and whose numbers those are here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pghistory
from django.db import models, transaction
from django.db.models import Q

from deskpost.desk import settings
from deskpost.desk.installation import Delimiter
from deskpost.desk.modules import MODULES
from deskpost.desk.people import Person

LONGEST = 40  # characters before, and after, the number
MOST = 20  # of the installation
LARGEST = 10**12  # no former number reaches it


@pghistory.track()
class FormerToken(models.Model):
    """A token as a former system wrote it. It names records of a module whose numbers are below `below`.

    The module's own numbers go on from there: a trigger of the migration moves them, at the commit.
    """

    module = models.TextField()
    before = models.TextField()
    after = models.TextField(blank=True, default="")
    below = models.BigIntegerField()

    class Meta:
        db_table = "former_token"
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="former_token_once"),
            models.CheckConstraint(condition=Q(module__in=list(MODULES)), name="former_token_module_exists"),
            models.CheckConstraint(
                condition=Q(below__gte=2, below__lte=LARGEST), name="former_token_number_bounded"
            ),
            models.CheckConstraint(  # a sign in it, and no digit beside the number
                condition=Q(before__regex=r"^(?=.*[^A-Za-z0-9\s]).{1,39}[^0-9]$"),
                name="former_token_text_before",
            ),
            models.CheckConstraint(
                condition=Q(after="") | Q(after__regex=r"^[^0-9].{0,39}$"), name="former_token_text_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before}1{self.after}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token as a form or a file names it."""

    module: str
    before: str
    after: str
    below: int

    @property
    def sample(self) -> str:
        """The token with a number, as a subject may hold it."""
        return _sample(self.before, self.after)


class TokenRefused(Exception):
    """This token cannot be mapped. `words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def refusal(wanted: Wanted) -> str | None:
    """Give in words why a token cannot be, whatever else is in use; None when it can."""
    before, after = wanted.before, wanted.after
    shown = f"{before}1{after}"
    if wanted.module not in MODULES:
        return f"{wanted.module} is no module. To do: name one of {', '.join(MODULES)}."
    if not 2 <= wanted.below <= LARGEST:
        return f"Numbers below {wanted.below} are none that a token has. To do: choose 2 to {LARGEST}."
    if len(before) > LONGEST or len(after) > LONGEST:
        return (
            f"The text before the number, or after it, has more than {LONGEST} characters. To do: shorten it."
        )
    if not (before + after).isprintable() or before != before.lstrip() or after != after.rstrip():
        return f"{shown!r} begins or ends with a blank, or has a sign that is not seen. To do: remove it."
    if len(before) < 2 or not re.search(r"[^\w\s]|_", before, re.ASCII):
        return (
            f"{shown} has too little before its number: subjects that mean something else would be taken for it. "
            "To do: write at least 2 characters before the number, a sign among them that is neither letter nor digit."
        )
    if before[-1].isdecimal() or after[:1].isdecimal():
        return (
            f"{shown} has a digit beside its number, so nobody can tell the two apart. To do: leave it out."
        )
    return None


def own_clash(samples: Iterable[str], tokens: Iterable[tuple[str, str]]) -> str | None:
    """Give the former token that would be taken for one of Deskpost's own, or the other way round; None: none.

    `tokens`: pairs of a module, or empty for a base, and its text, present and earlier.
    """
    texts = list(tokens)
    own = [
        _plain(f"{base}{code}-1{base}") for of, base in texts if not of for module, code in texts if module
    ]
    for sample in samples:
        plain = _plain(sample)
        if any(plain in one or one in plain for one in own):
            return sample
    return None


def present() -> tuple[Wanted, ...]:
    """Give the tokens that are mapped, in the order in which they were made."""
    rows = FormerToken.objects.order_by("pk").values_list("module", "before", "after", "below")
    return tuple(Wanted(*row) for row in rows)


def clash_words(sample: str) -> str:
    """Say that a former token and Deskpost's own look alike."""
    return (
        f"The former system's token {sample} would look like one of Deskpost's own, and mails would be taken for "
        "another record. To do: choose another delimiter or code, or remove the former token."
    )


@transaction.atomic
def change(actor: Person | None, via: str, row: FormerToken | None, wanted: Wanted) -> FormerToken:
    """Map a token, new or (row) another one than before. Raises TokenRefused."""
    hold()
    words = refusal(wanted) or _taken(row, wanted)
    if words:
        raise TokenRefused(words)
    held = row or FormerToken()
    values = {"module": wanted.module, "before": wanted.before, "after": wanted.after, "below": wanted.below}
    settings.change(actor, via, held, values)
    return held


def hold() -> None:
    """Let nobody else change delimiters or former tokens until the transaction ends."""
    list(Delimiter.objects.select_for_update().filter(module="", current=True))


def _taken(row: FormerToken | None, wanted: Wanted) -> str | None:
    others = FormerToken.objects.exclude(pk=row.pk) if row else FormerToken.objects.all()
    if own_clash([wanted.sample], Delimiter.objects.values_list("module", "text")):
        return (
            f"{wanted.before}1{wanted.after} looks like one of Deskpost's own tokens, present or earlier. "
            "To do: write the text that the former system put around its numbers."
        )
    plain = _plain(wanted.sample)
    rows = list(others)
    for other in rows:
        one = _plain(_sample(other.before, other.after))
        if plain in one or one in plain:
            return (
                f"{other} is mapped already, and one of the two stands in the other. To do: keep one of them."
            )
    if len(rows) >= MOST and (row is None or row._state.adding):
        return f"There are {MOST} tokens of former systems, and no more are possible. To do: remove one."
    return None


def _sample(before: str, after: str) -> str:
    return f"{before}1{after}"


def _plain(text: str) -> str:
    """Give a text as it is compared: blanks and letter case make no difference in subjects."""
    return "".join(text.split()).casefold()
