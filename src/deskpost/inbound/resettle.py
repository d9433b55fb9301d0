"""Writes what a person decided of a mail: beside settle, in the caller's transaction, with the same rows.

A mail that is in a request already keeps its conversation, which goes over with its files.
"""

from django.db.models.functions import Now
from django.utils import timezone

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merging import follow_last_mail
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import dropped_notices, reported, rows
from deskpost.inbound.decided import Decided, Defaults, Written, commanded, reopens
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.outcome import Joins, NewRequest
from deskpost.inbound.settle import draw
from deskpost.inbound.standing import Settings
from deskpost.inbound.telling import events_of
from deskpost.outbound import notify
from deskpost.outbound.outbox import OutboxMail


def write(
    before: MailOutcome, decided: Decided, account_id: int, actor: Person, settings: Settings
) -> Written:
    """Write a mail's new place: its conversation, both requests, their history, its outcome, and who is told."""
    (row,) = draw([decided])
    row.account_id = account_id
    is_in_one = before.conversation_id is not None
    if is_in_one:
        row.conversation_id = before.conversation_id
    if isinstance(decided.outcome, NewRequest):
        row.author_id = _of_account(row.author_id, account_id)
        rows.write_records([row], settings.defaults)
    if is_in_one:
        _carry_over(row, before)
    else:
        rows.write_conversations([row])
        DroppedFile.objects.filter(mail=before.pk).delete()
        rows.write_dropped_files([row])
    here = row.record_id
    assert here is not None  # both outcomes have a request
    left = before.record_id if is_in_one else None
    follow_last_mail([here] if left is None else [here, left])
    if reopens(row):
        Record.objects.filter(pk=here).update(status_id=settings.defaults.open_status_id, closed_at=None)
    if commanded(row):
        rows.write_history([row], settings.defaults)
    _write_history(row, before, actor, settings.defaults)
    MailOutcome.objects.filter(pk=before.pk).update(
        kind=decided.outcome.kind,
        reason=decided.outcome.reason,
        record_id=row.record_id,
        conversation_id=row.conversation_id,
        account_id=row.account_id,
        trace=[line.stored for line in decided.lines],
        decided_by=None,
        processed_at=Now(),
    )
    events = events_of([row], settings.defaults, settings.rulebook.desk_addresses)
    rulebook = settings.rulebook
    of_files = [] if is_in_one else dropped_notices.events_of([row], events, rulebook.public_url)
    notify.notify([*events, *of_files], rulebook)
    rows.note_relayed(events)
    return row


def is_empty(record_id: int) -> bool:
    """Tell whether a request has no mail left."""
    return not Conversation.objects.filter(record_id=record_id).exclude(direction="note").exists()


def _of_account(person_id: int | None, account_id: int) -> int | None:
    """Give the author as requester, who must be of the request's account."""
    if person_id is None or not Person.objects.filter(pk=person_id, account_id=account_id).exists():
        return None
    return person_id


def _carry_over(row: Written, before: MailOutcome) -> None:
    """Move a conversation with its files. What was sent of it to the other account stays with that account."""
    id = before.conversation_id
    assert id is not None
    Conversation.objects.filter(pk=id).update(
        record_id=row.record_id, account_id=row.account_id, relayed_to=None, came_from=None
    )
    if row.account_id != before.account_id:
        Attachment.objects.filter(conversation_id=id).update(account_id=row.account_id)
        OutboxMail.objects.filter(conversation_id=id).update(conversation_id=None)
    elif before.record_id is not None and row.record_id is not None:
        reported.follow(id, before.record_id, row.record_id)


def _write_history(row: Written, before: MailOutcome, actor: Person, defaults: Defaults) -> None:
    """Note on both requests where the mail came from and where it went."""
    outcome = row.decided.outcome
    name = outcome.record.name if isinstance(outcome, Joins) else f"RE-{row.number}"
    came_from = str(before.record) if before.record else None
    moved = ["Mail", came_from, name]
    changes = [moved]
    assert row.record_id is not None and row.account_id is not None
    if isinstance(outcome, Joins) and outcome.reopens:
        changes.append(["Status", outcome.record.status, defaults.open_status])
    places = [(row.record_id, row.account_id, changes)]
    if before.record_id is not None and before.record_id != row.record_id and before.record is not None:
        places.append((before.record_id, before.record.account_id, [moved]))
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            record_id=record_id,
            account_id=account_id,
            at=timezone.now(),
            person=actor,
            by=actor.sign_in_name or actor.name,
            via=HistoryEntry.Via.PAGE,
            changes=told,
            mail_id=before.pk,
        )
        for record_id, account_id, told in places
    )
