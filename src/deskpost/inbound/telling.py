"""What people are to be told of a batch: its events, with all that a notification needs."""

from collections.abc import Sequence

from deskpost.desk.events import Event, PersonFacts, RecordFacts
from deskpost.desk.facts import record_facts
from deskpost.inbound.decided import SUBJECT_LENGTH, TEXT_LENGTH, Defaults, Written, joins_aloud, subject_of
from deskpost.inbound.outcome import NewRequest
from deskpost.mime.message import Message


def events_of(rows: Sequence[Written], defaults: Defaults) -> list[Event]:
    """Say what people are to be told of this batch."""
    facts = record_facts({row.record_id for row in rows if joins_aloud(row) and row.record_id is not None})
    events: list[Event] = []
    for row in rows:
        case, outcome = row.decided.case, row.decided.outcome
        if isinstance(outcome, NewRequest):
            events.extend(_events_of_new(row, defaults))
        elif joins_aloud(row) and row.record_id is not None:
            text = case.message.text[:TEXT_LENGTH]
            automatic = case.automatic is not None
            actor = PersonFacts(
                row.author_id or 0, case.sender.name or case.sender.address, case.sender.address
            )
            about = facts[row.record_id]
            kind = "reply_from_technician" if _answers_as_technician(row, about) else "reply_from_requester"
            events.append(Event(kind, about, actor, text, row.conversation_id, automatic))
        elif outcome.kind == "error":
            events.append(Event("application_error", details=_error_details(row)))
    return events


def _events_of_new(row: Written, defaults: Defaults) -> list[Event]:
    case, message = row.decided.case, row.decided.case.message
    name = case.sender.person_name or case.sender.name or case.sender.address or "Unknown sender"
    requester = PersonFacts(row.author_id or 0, name, case.sender.address) if case.sender.address else None
    about = RecordFacts(
        id=row.record_id or 0,
        module="RE",
        number=row.number or 0,
        account_id=row.account_id or 0,
        account=defaults.account_names.get(row.account_id or 0, ""),
        instance_id=case.mailbox.instance_id,
        subject=subject_of(message),
        status=defaults.open_status,
        requester=requester,
        technician=None,
        group_id=case.mailbox.default_group_id,
        in_reply_to=message.message_id,
        references=(*message.references[-10:], *([message.message_id] if message.message_id else [])),
    )
    text = message.text[:TEXT_LENGTH]
    no_receipt = case.automatic is not None or (case.old and not case.mailbox.receipts_for_old)
    events = [] if no_receipt else [Event("request_received", about, requester, text, row.conversation_id)]
    events.append(Event("request_created", about, requester, text, row.conversation_id))
    if about.group_id is not None:
        events.append(Event("request_assigned", about, requester, text, row.conversation_id))
    return events


def _answers_as_technician(row: Written, about: RecordFacts) -> bool:
    """Tell whether a technician answered by mail: then the requester is to have it."""
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
