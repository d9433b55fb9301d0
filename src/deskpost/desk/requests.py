"""What people do to requests: open one by hand, change its fields, answer it. Each gives the events it made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from deskpost.bulk import draw_numbers
from deskpost.desk.accounts import Account
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.events import Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.fields import Group, Priority, Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record

FIELDS: Mapping[str, str] = {
    "status": "Status",
    "priority": "Priority",
    "group": "Group",
    "technician": "Technician",
}
PREVIEW_LENGTH = 160  # characters of the last mail shown in lists


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody attached on a page."""

    name: str
    content_type: str
    content: bytes
    sha256: str


def number_sequence(module: str) -> str:
    """Give the name of the sequence that numbers a module's records."""
    return f"record_number_{module.lower()}"


def preview(text: str) -> str:
    """Give the start of a text on one line, as lists show it."""
    return " ".join(text[: PREVIEW_LENGTH * 4].split())[:PREVIEW_LENGTH]


@transaction.atomic
def open_request(
    *,
    actor: Person,
    via: str,
    instance: Instance,
    account: Account,
    requester: Person,
    subject: str,
    text: str,
    priority: Priority | None = None,
    group: Group | None = None,
    technician: Person | None = None,
    files: Sequence[Upload] = (),
    number: int | None = None,
) -> tuple[Record, list[Event]]:
    """Open a request by hand; its text is the first conversation, from the requester. `number`: None for the next."""
    now = timezone.now()
    if number is None:
        (number,) = draw_numbers(number_sequence("RE"), 1)
    status = Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "id")[0]
    record = Record.objects.create(
        module="RE",
        number=number,
        instance=instance,
        account=account,
        subject=subject,
        status=status,
        priority=priority,
        group=group,
        technician=technician,
        requester=requester,
        created_at=now,
        updated_at=now,
        last_mail_at=now,
        preview=preview(text),
    )
    people = people_facts([requester.pk, actor.pk])
    who, by = people.get(requester.pk), people.get(actor.pk)
    conversation = add_conversation(
        record,
        direction=Conversation.Direction.IN,
        author=requester,
        sender=(requester.name, who.address if who else ""),
        text=text,
        subject=subject,
        at=now,
        files=files,
    )
    note_history(record, actor, via, [], now)
    about = record_facts([record.pk])[record.pk]
    events = [Event("request_received", about, by, text, conversation.pk)]
    events.append(Event("request_created", about, by, text, conversation.pk))
    if technician or group:
        events.append(Event("request_assigned", about, by, text, conversation.pk))
    return record, events


@transaction.atomic
def change_fields(
    record: Record, actor: Person, via: str, values: Mapping[str, Status | Priority | Group | Person | None]
) -> list[Event]:
    """Set some of FIELDS on a record, note the change in its history, and give what is to be told of it."""
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
    ended = (Status.Kind.CLOSED, Status.Kind.RESOLVED)
    closing = record.status.kind == Status.Kind.CLOSED and before.kind != Status.Kind.CLOSED
    if record.status != before:
        record.closed_at = (record.closed_at or now) if record.status.kind in ended else None
    record.updated_at = now
    record.save(update_fields=[*values, "closed_at", "updated_at"])
    note_history(record, actor, via, changes, now)
    about, by = record_facts([record.pk])[record.pk], people_facts([actor.pk]).get(actor.pk)
    events = [Event("request_closed", about, by)] if closing else []
    if {"Technician", "Group"} & {name for name, _, _ in changes} and (record.technician or record.group):
        events.append(Event("request_assigned", about, by, record.preview))
    return events


def add_conversation(
    record: Record,
    *,
    direction: str,
    author: Person | None,
    sender: tuple[str, str],
    text: str,
    subject: str,
    at: datetime,
    to: Sequence[tuple[str, str]] = (),
    cc: Sequence[tuple[str, str]] = (),
    files: Sequence[Upload] = (),
) -> Conversation:
    """Write a conversation of a record with its files; of a mail, the record's last-mail columns follow."""
    conversation = Conversation.objects.create(
        record=record,
        account_id=record.account_id,
        direction=direction,
        author=author,
        from_name=sender[0],
        from_address=sender[1],
        to=[list(pair) for pair in to],
        cc=[list(pair) for pair in cc],
        subject=subject,
        at=at,
        text=text,
    )
    Attachment.objects.bulk_create(
        Attachment(
            conversation=conversation,
            account_id=record.account_id,
            name=upload.name,
            content_type=upload.content_type,
            size=len(upload.content),
            sha256=upload.sha256,
            content=upload.content,
        )
        for upload in files
    )
    if direction != Conversation.Direction.NOTE:
        Record.objects.filter(pk=record.pk).update(
            last_mail_at=at, last_mail_direction=direction, preview=preview(text), updated_at=at
        )
    return conversation


def note_history(
    record: Record,
    actor: Person,
    via: str,
    changes: Sequence[tuple[str, str | None, str | None]],
    at: datetime,
) -> None:
    """Write one history entry of a record; no changes means that it was opened."""
    HistoryEntry.objects.create(
        record=record,
        account_id=record.account_id,
        at=at,
        person=actor,
        by=actor.sign_in_name or actor.name,
        via=via,
        changes=[list(change) for change in changes],
    )


def mark_seen(record: Record, person: Person) -> None:
    """Note that this person has looked at the record now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_seen (record_id, person_id, at) VALUES (%s, %s, now()) "
            "ON CONFLICT (record_id, person_id) DO UPDATE SET at = now()",
            [record.pk, person.pk],
        )
