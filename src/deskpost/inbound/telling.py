"""What people are to be told of a batch: its events, with all that a notification needs."""

from collections.abc import Mapping, Sequence, Set

from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import closes
from deskpost.desk.events import Event, PersonFacts, RecordFacts
from deskpost.desk.facts import record_facts
from deskpost.desk.fields import Status
from deskpost.desk.own_mails import own_among
from deskpost.desk.people import fold
from deskpost.inbound.command import answers as command_answers
from deskpost.inbound.decided import (
    SUBJECT_LENGTH,
    Defaults,
    Written,
    commanded,
    joins_aloud,
    subject_of,
    text_of,
    writer_id,
)
from deskpost.inbound.outcome import Joins, NewRequest
from deskpost.inbound.steps import authenticity
from deskpost.mime.message import Address, Message
from deskpost.outbound.outbox import OutboxMail


def events_of(rows: Sequence[Written], defaults: Defaults, desk_addresses: Set[str]) -> list[Event]:
    """Say what people are to be told of this batch. `desk_addresses` are the desk's own, folded."""
    looked_up = (row for row in rows if joins_aloud(row) or commanded(row) or row.decided.outcome.answer)
    facts = record_facts({row.record_id for row in looked_up if row.record_id is not None})
    relayed = {
        row.conversation_id
        for row in rows
        if not (isinstance(row.decided.outcome, Joins) and row.decided.outcome.from_alone)
        and is_for_the_requester(row, facts, desk_addresses)
    }
    events: list[Event] = []
    for row in rows:
        case, outcome = row.decided.case, row.decided.outcome
        if isinstance(outcome, NewRequest):
            events.extend(_events_of_new(row, defaults, facts))
        elif joins_aloud(row) and row.record_id is not None:
            text = text_of(row)
            automatic = case.automatic is not None
            actor = _writer(row)
            about = facts[row.record_id]
            kind = "reply_from_technician" if row.conversation_id in relayed else "reply_from_requester"
            events.append(Event(kind, about, actor, text, row.conversation_id, automatic))
        elif outcome.kind == "error" and (case.mailbox.error_notify or not case.mailbox.error_folder):
            events.append(Event("application_error", details=_error_details(row)))
    return [*events, *command_answers.events_of(rows, facts)]


def _events_of_new(row: Written, defaults: Defaults, facts: Mapping[int, RecordFacts]) -> list[Event]:
    case, made = row.decided.case, commanded(row)
    about = facts[row.record_id or 0] if made else _about_new(row, defaults)
    actor = _writer(row) if case.forwarded_by else about.requester
    text = text_of(row)
    no_receipt = (
        case.automatic is not None
        or authenticity.failed(case)  # whoever is named in it would be answered for what others wrote
        or (case.old and not case.mailbox.receipts_for_old)
        or (made is not None and made.person_id == row.author_id)  # has the answer to the command
    )
    events = (
        [] if no_receipt else [Event("request_received", about, about.requester, text, row.conversation_id)]
    )
    events.append(Event("request_created", about, actor, text, row.conversation_id))
    if about.group_id is not None or about.technician is not None:
        events.append(Event("request_assigned", about, actor, text, row.conversation_id))
    status = made.changes.fields.get("Status") if made else None
    if isinstance(status, Status) and closes(None, status):
        events.append(Event("request_closed", about, actor))
    return events


def _about_new(row: Written, defaults: Defaults) -> RecordFacts:
    case, message = row.decided.case, row.decided.case.message
    name = case.sender.person_name or case.sender.name or case.sender.address or "Unknown sender"
    site = case.sender.site_id if case.sender.person_id else case.mailbox.default_site_id
    requester = (
        PersonFacts(row.author_id or 0, name, case.sender.address, site) if case.sender.address else None
    )
    return RecordFacts(
        id=row.record_id or 0,
        module="RE",
        number=row.number or 0,
        account_id=row.account_id or 0,
        account=defaults.account_names.get(row.account_id or 0, ""),
        instance_id=case.mailbox.instance_id,
        subject=subject_of(row),
        status=defaults.open_status,
        requester=requester,
        technician=None,
        group_id=case.mailbox.default_group_id,
        in_reply_to=message.message_id,
        references=(*message.references[-10:], *([message.message_id] if message.message_id else [])),
    )


def _writer(row: Written) -> PersonFacts:
    writer = row.decided.case.writer
    return PersonFacts(writer_id(row) or 0, writer.name or writer.address, writer.address)


def is_for_the_requester(row: Written, facts: Mapping[int, RecordFacts], desk_addresses: Set[str]) -> bool:
    """Tell whether the requester is to have a mail: what a technician answered by mail, to the desk alone.

    What names anybody else was written to them: the requester has it already, or is not to have it. Nor is what
    answers a mail that is not the requester's own: a forward, a vendor's offer, the notice that told of it.
    """
    return (
        joins_aloud(row)
        and row.record_id is not None
        and _answers_as_technician(row, facts[row.record_id])
        and all(fold(one.address) in desk_addresses for one in _recipients(row))
        and _answers_the_requester(row, facts[row.record_id])
    )


def _answers_the_requester(row: Written, about: RecordFacts) -> bool:
    """Tell whether all known mails that this one answers are the requester's own. References tell the whole thread."""
    answered = row.decided.case.message.in_reply_to
    if about.requester is None:
        return False
    if not answered:
        return True
    sent = OutboxMail.objects.filter(message_id__in=answered).values_list("event", "conversation_id")
    if any(event == "forward" for event, _ in sent):
        return False
    known = {id for _, id in sent if id is not None}
    known.update(Conversation.objects.filter(message_id__in=answered).values_list("pk", flat=True))
    return known <= own_among(about.requester.id, known)


def _recipients(row: Written) -> tuple[Address, ...]:
    message = row.decided.case.message
    return (*message.to, *message.cc)


def _answers_as_technician(row: Written, about: RecordFacts) -> bool:
    """Tell whether a technician answered by mail who is not the requester."""
    sender = row.decided.case.sender
    return sender.technician and not (about.requester and about.requester.id == sender.person_id)


def _error_details(row: Written) -> dict[str, str]:
    case = row.decided.case
    message: Message | None = getattr(case, "message", None)
    return {
        "mailbox": case.mailbox.name,
        "from": message.from_[0].address if message and message.from_ else "unknown",
        "mail_subject": message.subject[:SUBJECT_LENGTH] if message else "unknown",
        "reason": row.decided.outcome.reason,
        "message_id": (message.message_id if message else None) or "",
    }
