"""What was written on a page, put into another request of its account, or made the beginning of one."""

from django.utils import timezone

from deskpost.bulk import draw_numbers
from deskpost.desk.conversations import Conversation
from deskpost.desk.events import Event
from deskpost.desk.facts import people_facts, record_facts
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merging import follow_last_mail
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.requests import note_history, number_sequence


def carry(conversation: Conversation, to: Record, actor: Person) -> None:
    """Put a conversation with its files into another request of its account; both note it in their history."""
    left = conversation.record
    Conversation.objects.filter(pk=conversation.pk).update(record=to, came_from=None)
    follow_last_mail([left.pk, to.pk])
    what = "Note" if conversation.direction == Conversation.Direction.NOTE else "Mail"
    for one in (left, to):
        note_history(one, actor, HistoryEntry.Via.PAGE, [(what, str(left), str(to))], timezone.now())


def begin_with(conversation: Conversation, actor: Person) -> tuple[Record, list[Event]]:
    """Open a request that begins with a conversation, from who wrote it; and give the events that it made."""
    left, writer, now = conversation.record, conversation.author, timezone.now()
    ours = writer is not None and writer.account_id == left.account_id
    (number,) = draw_numbers(number_sequence("RE"), 1)
    record = Record.objects.create(
        module="RE",
        number=number,
        instance_id=left.instance_id,
        account_id=left.account_id,
        subject=conversation.subject or left.subject,
        status=Status.objects.filter(kind=Status.Kind.OPEN).order_by("position", "id")[0],
        requester=writer if ours else left.requester,
        created_at=now,
        updated_at=now,
    )
    note_history(record, actor, HistoryEntry.Via.PAGE, [], now)
    carry(conversation, record, actor)
    about, by = record_facts([record.pk])[record.pk], people_facts([actor.pk]).get(actor.pk)
    return record, [Event("request_created", about, by, conversation.text, conversation.pk)]
