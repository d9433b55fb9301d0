"""What people do to records of the modules beside requests: open one by hand, change it. Each gives its events."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.delimiters import name_of
from deskpost.desk.events import Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.fields import Status
from deskpost.desk.former_numbers import numbered
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Instance
from deskpost.desk.modules import OTHERS
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.requests import Upload, add_conversation, note_history, preview

FIELDS: Mapping[str, str] = {"subject": "Title", "status": "Status", "technician": "Owner"}
"""What people change of a record, each with its name in the history."""
BELONGS_TO = "Belongs to"  # as the history names it
TASK = "Task"

Value = str | Status | Person | None


@transaction.atomic
def open_record(
    *,
    module: str,
    actor: Person,
    via: str,
    account: Account,
    subject: str,
    text: str,
    technician: Person | None = None,
    belongs_to: Record | None = None,
    number: int | None = None,
    files: Sequence[Upload] = (),
) -> tuple[Record, list[Event]]:
    """Open a record by hand; its text is the first conversation, by who opened it.

    `number`: the one it had in a former system whose tokens are mapped. Raises NumberTaken. `belongs_to` is the
    request of a task: of the same account, and the database holds to that.
    """
    assert module in OTHERS
    now = timezone.now()
    record = Record(
        module=module,
        instance=belongs_to.instance if belongs_to else Instance.objects.order_by("pk")[0],
        account=account,
        subject=subject,
        status=Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "id")[0],
        technician=technician,
        belongs_to=belongs_to,
        created_at=now,
        updated_at=now,
        last_mail_at=now,
        preview=preview(text),
    )
    with numbered(module, number) as record.number:
        record.save(force_insert=True)
    by = people_facts([actor.pk])[actor.pk]
    conversation = add_conversation(
        record,
        direction=Conversation.Direction.IN,
        author=actor,
        sender=(actor.name, by.address),
        text=text,
        subject=subject,
        at=now,
        files=files,
    )
    changes = [(BELONGS_TO, None, name_of(belongs_to))] if belongs_to else []
    note_history(record, actor, via, changes, now)
    if belongs_to:
        note_history(belongs_to, actor, via, [(TASK, None, name_of(record))], now)
    about = record_facts([record.pk])[record.pk]
    events = [Event("record_assigned", about, by, text, conversation.pk)] if technician else []
    return record, events


@transaction.atomic
def change_record(record: Record, actor: Person, values: Mapping[str, Value]) -> list[Event]:
    """Set some of FIELDS on a record, note it in the history, and give what is to be told of it."""
    record = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
    changes: list[tuple[str, str | None, str | None]] = []
    before = record.status
    for name, value in values.items():
        old = getattr(record, name)
        if old != value:
            changes.append((FIELDS[name], str(old) if old else None, str(value) if value else None))
            setattr(record, name, value)
    if not changes:
        return []
    now = timezone.now()
    if record.status != before:
        ended = record.status.kind in (Status.Kind.CLOSED, Status.Kind.RESOLVED)
        record.closed_at = (record.closed_at or now) if ended else None
    record.updated_at = now
    record.save(update_fields=[*values, "closed_at", "updated_at"])
    note_history(record, actor, HistoryEntry.Via.PAGE, changes, now)
    if not record.technician or FIELDS["technician"] not in {name for name, _, _ in changes}:
        return []
    about, by = record_facts([record.pk])[record.pk], people_facts([actor.pk]).get(actor.pk)
    return [Event("record_assigned", about, by, record.preview)]
