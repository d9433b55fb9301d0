"""Writes what commands change of requests, in settle's transaction: fields and history, never a conversation."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from deskpost import bulk
from deskpost.desk.attachments import Attachment
from deskpost.desk.editing import By, ClosingRefused, note, presents_of, write
from deskpost.desk.events import Event
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.decided import Decided, Written
from deskpost.inbound.outcome import Edits

FILES = "Files"
"""What the history calls a change that brought files alone."""
_FIELDS = [
    *("history_entry", "account", "name", "content_type", "size", "sha256", "inline", "content_id"),
    *("mail_id", "part"),
]


def hold(batch: Sequence[Decided]) -> bool:
    """Lock the requests that commands change; False when one is no longer as it was when that was decided."""
    edits = [one.outcome for one in batch if isinstance(one.outcome, Edits)]
    if not edits:
        return True
    ids = {one.record.id for one in edits}
    rows = Record.objects.select_for_update(of=("self",)).select_related("requester", "technician", "group")
    records = {
        one.pk: one for one in rows.filter(pk__in=ids, merged_into=None, deleted_at=None).order_by("pk")
    }
    if len(records) < len(ids):
        return False
    presents = presents_of(list(records.values()))
    return all(presents[one.record.id] == one.present for one in edits)


def write_edits(written: Sequence[Written]) -> list[Event] | None:
    """Write the changes with their files, and give what is to be told of them; None: a rule of closing changed."""
    events: list[Event] = []
    for row in written:
        outcome = row.decided.outcome
        if isinstance(outcome, Edits):
            try:
                events += _write(row, outcome)
            except ClosingRefused:
                return None
    return events


def _write(row: Written, outcome: Edits) -> list[Event]:
    case = row.decided.case
    person = Person.objects.get(pk=outcome.person_id)
    record = Record.objects.get(pk=outcome.record.id)
    by = By(person, HistoryEntry.Via.MAIL, mail_id=case.mail_id, name=case.writer.address)
    before = _entries(case.mail_id).count()  # a mail that is processed again may have changed it before
    events = write(record, outcome.changes, by)
    dropped = {file.part for file in case.dropped_files or ()}
    dropped |= _kept_before(case.mail_id, record)
    files = [file for file in case.message.attachments if file.part not in dropped]
    if not files:
        return events
    entry = _entries(case.mail_id).last() if _entries(case.mail_id).count() > before else None
    if entry is None:
        if all(file.inline for file in files):
            return events  # a signature's picture alone is no change
        names = ", ".join(file.name or "unnamed" for file in files)
        entry = note(record, by, [(FILES, None, names)], timezone.now())
    bulk.copy(
        Attachment,
        _FIELDS,
        [
            (
                *(entry.pk, record.account_id, file.name, file.content_type, file.size, file.sha256),
                *(file.inline, file.content_id, case.mail_id, file.part),
            )
            for file in files
        ],
    )
    return events


def _kept_before(mail_id: int, record: Record) -> set[str]:
    """Give the parts of a mail that the request's history has already: it was processed before."""
    rows = Attachment.objects.filter(mail_id=mail_id, history_entry__record=record)
    return {part for part in rows.values_list("part", flat=True) if part}


def _entries(mail_id: int) -> QuerySet[HistoryEntry]:
    return HistoryEntry.objects.filter(mail_id=mail_id, via=HistoryEntry.Via.MAIL).order_by("pk")
