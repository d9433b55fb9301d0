"""Changing the base delimiter and the modules' codes. Earlier ones are kept: their tokens still thread."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from deskpost.desk import former_tokens, settings, settings_history
from deskpost.desk.conversations import Conversation
from deskpost.desk.installation import Delimiter
from deskpost.desk.modules import MODULES
from deskpost.desk.people import Person

SIGNS = "!@#$%^&"
LONGEST_BASE = 10
APART = "command_delimiter_apart"
"""What the database says where a base and the delimiter of Email Command would be taken for each other."""


class DelimiterRefused(Exception):
    """This text cannot be the base delimiter or a code. `words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        self.module = ""


def refusal(module: str, text: str) -> str | None:
    """Give in words why a text cannot be a module's code, or (module empty) the base; None when it can."""
    if module:
        if not re.fullmatch("[A-Z]{2,4}", text):
            return (
                f"{text} cannot be the code of {module}: a code is 2 to 4 capital letters from A to Z. "
                "To do: choose another one."
            )
        return None
    wrong = dict.fromkeys(_shown(sign) for sign in text if sign not in SIGNS)
    if wrong or not text:
        allowed = ", ".join(SIGNS)
        return (
            f"The base delimiter cannot have {' or '.join(wrong) or 'no sign'}. The allowed special characters are "
            f"{allowed}. To do: use these alone."
        )
    if len(text) > LONGEST_BASE:
        return f"The base delimiter has {len(text)} characters; the maximum is {LONGEST_BASE}. To do: shorten it."
    return None


def _shown(sign: str) -> str:
    """Give a sign as a sentence can name it."""
    if sign.isspace():
        return "a blank"
    return sign if sign.isprintable() else "a sign that is not seen"


@transaction.atomic
def change(actor: Person | None, via: str, module: str, text: str) -> str | None:
    """Put a base (module empty) or a module's code into use and give what it replaces; None: nothing changed.

    Raises DelimiterRefused.
    """
    words = refusal(module, text)
    if words:
        raise DelimiterRefused(words)
    former_tokens.hold()
    present = Delimiter.objects.select_for_update().get(module=module, current=True)
    if present.text == text:
        return None
    words = taken(module, text) or like_former(module, text)
    if words:
        raise DelimiterRefused(words)
    before = present.text
    row = Delimiter.objects.filter(module=module, text=text).first() or Delimiter(module=module, text=text)
    try:
        with transaction.atomic():
            settings.change(actor, via, present, {"current": False})
            settings.change(actor, via, row, {"current": True, "since": Now()})
    except IntegrityError as conflict:
        if APART not in str(conflict):
            raise
        raise DelimiterRefused(_like_the_commands(text)) from conflict
    return before


def _like_the_commands(base: str) -> str:
    return (
        f"{base} cannot be told from the delimiter of Email Command: one is in the other, so that a command could not "
        "name a request. To do: choose other signs, or change the command delimiter first."
    )


def apart_words(delimiter: str, base: str, current: bool) -> str:
    """Say why a text cannot be the delimiter of Email Command: a base has it, or it has a base."""
    since = "is" if current else "was"
    threads = "" if current else ", with which older subjects still thread"
    return (
        f"{delimiter} cannot be told from {base}, which {since} the base delimiter of subjects{threads}: one is in the "
        "other, so that a command could not name a request. To do: choose other signs."
    )


def taken(module: str, text: str) -> str | None:
    """Say which other module has, or had, a module's code; None when the code is free."""
    other = Delimiter.objects.filter(text=text).exclude(module__in=["", module]).first() if module else None
    if other is None:
        return None
    since = "is" if other.current else "was"
    return (
        f"{text} {since} the code of {other.module}, whose mails would be taken for {module}. "
        "To do: choose another code."
    )


def like_former(module: str, text: str) -> str | None:
    """Say which token of a former system would look like one with this base (module empty) or code; None: none."""
    samples = [one.sample for one in former_tokens.present()]
    if not samples:
        return None
    texts = [*Delimiter.objects.values_list("module", "text"), (module, text)]
    clash = former_tokens.own_clash(samples, texts)
    return former_tokens.clash_words(clash) if clash else None


def current() -> dict[str, str]:
    """Give what is in use: module to code, and the base under the empty module."""
    rows = Delimiter.objects.filter(current=True).order_by("pk").values_list("module", "text")
    return dict(rows)


class Numbered(Protocol):
    """What has a number of a module."""

    @property
    def module(self) -> str: ...

    @property
    def number(self) -> int: ...


def name_of(record: Numbered) -> str:
    """Give a record's name with the present code of its module, such as RE-12."""
    return f"{current().get(record.module, record.module)}-{record.number}"


def module_of(code: str) -> str | None:
    """Give the module that a code, present or earlier, belongs to."""
    rows = Delimiter.objects.filter(text=code).exclude(module="")
    return rows.values_list("module", flat=True).first()


@dataclass(frozen=True, slots=True)
class Earlier:
    """A base (module empty) or a code that is no longer written and still threads."""

    module: str
    text: str
    since: datetime
    until: datetime | None  # when it was last replaced; None: nobody noted it
    last_used: datetime | None  # of the newest subjects the last that bears it; None: none of them does


NEWEST_SUBJECTS = 2000  # so many are looked through for the last use of an earlier one


def earlier() -> tuple[Earlier, ...]:
    """Give what is no longer written, newest first, with its last use among the newest subjects."""
    rows = list(Delimiter.objects.filter(current=False).order_by("-since", "-pk"))
    if not rows:
        return ()
    ends = settings_history.last_saved(Delimiter, [row.pk for row in rows])
    newest = list(Conversation.objects.order_by("-pk").values_list("subject", "at")[:NEWEST_SUBJECTS])
    return tuple(
        Earlier(row.module, row.text, row.since, ends.get(row.pk), _last_use(row, newest)) for row in rows
    )


def _last_use(row: Delimiter, newest: list[tuple[str, datetime]]) -> datetime | None:
    """Give when a subject last bore this base, or this code before a number."""
    sign = re.escape(row.text)
    signs = re.escape(SIGNS)
    token = (
        rf"[{signs}]\s?{sign}\s?-\s?\d" if row.module else rf"(?<![{signs}]){sign}\s?[A-Z]{{2,4}}\s?-\s?\d"
    )
    return next((at for subject, at in newest if re.search(token, subject, re.IGNORECASE)), None)


def state() -> str:
    """Give what is in use as one text: what a form was made from, and is compared with when it is saved."""
    present = current()
    return " ".join([present[""], *(f"{module}={present[module]}" for module in MODULES)])


@transaction.atomic
def change_all(actor: Person | None, via: str, wanted: Mapping[str, str], seen: str) -> tuple[str, ...]:
    """Put the base (under "") and codes of a form into use, all or none; gives the modules that changed.

    `seen` is the `state` that the form was made from. Raises SavedMeanwhile and, with its `module`, DelimiterRefused.
    """
    list(Delimiter.objects.select_for_update().filter(current=True).order_by("pk"))
    if state() != seen:
        raise SavedMeanwhile(settings_history.last_by(Delimiter))
    changed = []
    for module, text in wanted.items():
        try:
            if change(actor, via, module, text) is not None:
                changed.append(module)
        except DelimiterRefused as refused:
            refused.module = module
            raise
    return tuple(changed)


class SavedMeanwhile(Exception):
    """Somebody else saved these settings after the form was made. `who` is their name, empty when unknown."""

    def __init__(self, who: str) -> None:
        super().__init__(who)
        self.who = who
