"""Links between requests: two about the same matter that stay two. One names the other, and both show it."""

from django.db import transaction
from django.utils import timezone

from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.requests import note_history

LINKED = "Linked to"  # as the history names it


@transaction.atomic
def link(record_id: int, to_id: int, actor: Person) -> bool:
    """Link a request to another of its account; False where the two are linked already, or it is the same one."""
    record, to = _hold(record_id, to_id)
    if record == to or record.account_id != to.account_id or _are_linked(record, to):
        return False
    before = record.linked_to
    _set(record, to)
    _note(record, actor, str(before) if before else None, str(to))
    _note(to, actor, None, str(record))
    return True


@transaction.atomic
def unlink(record_id: int, from_id: int, actor: Person) -> bool:
    """Take the link between two requests away, whichever names the other; False where there is none."""
    record, other = _hold(record_id, from_id)
    if not _are_linked(record, other):
        return False
    naming, named = (record, other) if record.linked_to_id == other.pk else (other, record)
    _set(naming, None)
    _note(naming, actor, str(named), None)
    _note(named, actor, str(naming), None)
    return True


def _hold(*ids: int) -> tuple[Record, Record]:
    rows = Record.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    held = {one.pk: one for one in rows}
    return held[ids[0]], held[ids[1]]


def _are_linked(one: Record, other: Record) -> bool:
    return one.linked_to_id == other.pk or other.linked_to_id == one.pk


def _set(record: Record, to: Record | None) -> None:
    Record.objects.filter(pk=record.pk).update(linked_to=to, updated_at=timezone.now())


def _note(record: Record, actor: Person, old: str | None, new: str | None) -> None:
    note_history(record, actor, HistoryEntry.Via.PAGE, [(LINKED, old, new)], timezone.now())
