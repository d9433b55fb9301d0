"""One writer of settings: page, settings file, command line and REST all change them here."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
from django.db import models, transaction

from deskpost.desk.people import Person
from deskpost.secret_field import SecretUnreadable

_Row = TypeVar("_Row", bound=models.Model)


def change(actor: Person | None, via: str, row: models.Model, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Set these fields of a settings row, new or old, and give the names of those that changed.

    The database's triggers write the history; `actor` and `via` (page, file, cli, api) are its context.
    Nothing is written when nothing changes. Raises Django's IntegrityError where a constraint says no.
    """
    changed = tuple(name for name, value in values.items() if row.pk is None or differs(row, name, value))
    if not changed and not row._state.adding:
        return ()
    for name, value in values.items():
        setattr(row, name, value)
    with context(actor, via), transaction.atomic():
        if row._state.adding:
            row.save(force_insert=True)
        else:
            row.save(update_fields=changed)
    return changed


def moved(rows: Iterable[_Row], row: _Row, by: int) -> list[_Row] | None:
    """Give rows with one of them moved up (-1) or down (1) by one place; None where it is not there or at the end."""
    held = list(rows)
    place = held.index(row) if row in held else -1
    if place < 0 or not 0 <= place + by < len(held):
        return None
    held.insert(place + by, held.pop(place))
    return held


def differs(row: models.Model, name: str, value: Any) -> bool:
    """Tell whether a column holds something else than this. A secret that cannot be read is never the same."""
    try:
        return bool(getattr(row, name) != value)
    except SecretUnreadable:
        return True


def remove(actor: Person | None, via: str, row: models.Model) -> None:
    """Delete a settings row; the history keeps what it was."""
    with context(actor, via), transaction.atomic():
        row.delete()


@contextmanager
def reasoned(reason: str) -> Iterator[None]:
    """Let what is changed meanwhile bear the reason that somebody typed; empty: none."""
    if not reason:
        yield
        return
    with pghistory.context(reason=reason):
        yield


def context(actor: Person | None, via: str) -> pghistory.context:
    """Give the history context under which triggers note who changes settings, and by what."""
    return pghistory.context(actor=actor.pk if actor else None, name=actor.name if actor else "", via=via)
