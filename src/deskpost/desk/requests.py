"""What people do to requests: open one by hand, answer it. `editing` changes their fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from deskpost.bulk import draw_numbers
from deskpost.desk.accounts import Account
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import ENDED, By, Made, closes, insert_fields, note, opening_changes
from deskpost.desk.events import Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.fields import Group, Priority, Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_fields import FIELDS
from deskpost.desk.request_values import Changes
from deskpost.desk.templates import Template

DESK = "Deskpost"
"""Who opened a request that nobody asked for."""
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
    changes: Changes = Changes(),  # noqa: B008 - a frozen value
    template: Template | None = None,
    files: Sequence[Upload] = (),
    number: int | None = None,
) -> tuple[Record, list[Event]]:
    """Open a request by hand, with these fields; its text is the first conversation, from the requester.

    `template`: the one that it is made by; None: the default one. `number`: None for the next one.
    """
    now = timezone.now()
    if number is None:
        (number,) = draw_numbers(number_sequence("RE"), 1)
    opened = Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "id")
    first = {"Status": opened[0], **changes.fields, "Requester": requester}
    status = first["Status"]
    assert isinstance(status, Status)
    record = Record.objects.create(
        module="RE",
        number=number,
        instance=instance,
        account=account,
        subject=subject,
        created_at=now,
        updated_at=now,
        closed_at=now if status.kind in ENDED else None,
        last_mail_at=now,
        preview=preview(text),
        **{field.column: first.get(name) for name, field in FIELDS.items() if not field.in_details},
    )
    insert_fields([Made(record.pk, account.pk, changes, template)])
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
    note_history(record, actor, via, opening_changes(changes), now)
    about = record_facts([record.pk])[record.pk]
    events = [Event("request_received", about, by, text, conversation.pk)]
    events.append(Event("request_created", about, by, text, conversation.pk))
    if record.technician_id or record.group_id:
        events.append(Event("request_assigned", about, by, text, conversation.pk))
    if closes(None, status):
        events.append(Event("request_closed", about, by))
    return record, events


@transaction.atomic
def open_unasked(
    *,
    instance: Instance,
    account: Account,
    subject: str,
    text: str,
    priority: Priority | None = None,
    group: Group | None = None,
    files: Sequence[Upload] = (),
) -> tuple[Record, list[Event]]:
    """Open a request that nobody asked for: the desk's own, without a requester. Its text is a note of it."""
    now = timezone.now()
    (number,) = draw_numbers(number_sequence("RE"), 1)
    record = Record.objects.create(
        module="RE",
        number=number,
        instance=instance,
        account=account,
        subject=subject,
        status=Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "id")[0],
        priority=priority,
        group=group,
        created_at=now,
        updated_at=now,
        last_mail_at=now,
        preview=preview(text),
    )
    words = add_conversation(
        record,
        direction=Conversation.Direction.NOTE,
        author=None,
        sender=(DESK, ""),
        text=text,
        subject=subject,
        at=now,
        files=files,
    )
    note(record, By(None, HistoryEntry.Via.MAIL, name=DESK), [], now)
    about = record_facts([record.pk])[record.pk]
    kinds = ("request_created", "request_assigned") if group else ("request_created",)
    return record, [Event(kind, about, None, text, words.pk) for kind in kinds]


def is_of_desk(one: Conversation) -> bool:
    """Tell whether a note is the desk's own, as `open_unasked` writes it."""
    return one.direction == Conversation.Direction.NOTE and one.author_id is None and one.from_name == DESK


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
    """Write one history entry of a record; the first one says what it was opened with."""
    note(record, By(actor, via), changes, at)


def mark_seen(record: Record, person: Person) -> None:
    """Note that this person has looked at the record now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_seen (record_id, person_id, at) VALUES (%s, %s, now()) "
            "ON CONFLICT (record_id, person_id) DO UPDATE SET at = now()",
            [record.pk, person.pk],
        )
