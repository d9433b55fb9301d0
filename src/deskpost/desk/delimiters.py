"""Changing the base delimiter and the modules' codes. Earlier ones are kept: their tokens still thread."""

import re
from typing import Protocol

from django.db import transaction
from django.db.models.functions import Now

from deskpost.desk import settings
from deskpost.desk.installation import Delimiter
from deskpost.desk.people import Person

SIGNS = "!@#$%^&"
LONGEST_BASE = 10


class DelimiterRefused(Exception):
    """This text cannot be the base delimiter or a code. `words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def refusal(module: str, text: str) -> str | None:
    """Give in words why a text cannot be a module's code, or (module empty) the base; None when it can."""
    if module:
        if not re.fullmatch("[A-Z]{2,4}", text):
            return f"{text} cannot be the code of {module}: a code is 2 to 4 capital letters from A to Z."
        return None
    wrong = "".join(dict.fromkeys(sign for sign in text if sign not in SIGNS))
    if wrong or not text:
        allowed = ", ".join(SIGNS)
        return f"The base delimiter cannot have {wrong or 'no sign'}. The allowed special characters are {allowed}."
    if len(text) > LONGEST_BASE:
        return f"The base delimiter has {len(text)} characters; the maximum is {LONGEST_BASE}."
    return None


@transaction.atomic
def change(actor: Person | None, via: str, module: str, text: str) -> str | None:
    """Put a base (module empty) or a module's code into use and give what it replaces; None: nothing changed.

    Raises DelimiterRefused.
    """
    words = refusal(module, text)
    if words:
        raise DelimiterRefused(words)
    present = Delimiter.objects.select_for_update().get(module=module, current=True)
    if present.text == text:
        return None
    taken = Delimiter.objects.filter(text=text).exclude(module__in=["", module]).first() if module else None
    if taken:
        since = "is" if taken.current else "was"
        raise DelimiterRefused(
            f"{text} {since} the code of {taken.module}, whose mails would be taken for {module}. "
            "To do: choose another code."
        )
    before = present.text
    settings.change(actor, via, present, {"current": False})
    row = Delimiter.objects.filter(module=module, text=text).first() or Delimiter(module=module, text=text)
    settings.change(actor, via, row, {"current": True, "since": Now()})
    return before


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
