"""The only writer of what became of mails: a batch at a time, in one transaction, with set-based statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from deskpost import bulk
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.events import Event, PersonFacts, RecordFacts
from deskpost.desk.facts import record_facts
from deskpost.desk.history import HistoryEntry
from deskpost.desk.records import Record
from deskpost.desk.requests import number_sequence, preview
from deskpost.inbound.case import Case
from deskpost.inbound.leases import Held
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.newcomers import people_of
from deskpost.inbound.outcome import Ends, Joins, Line, NewRequest, Outcome
from deskpost.mime.message import Message
from deskpost.outbound import notify
from deskpost.outbound.notify import Rulebook

TEXT_LENGTH = 1_000_000  # characters of a mail's text kept with its conversation; the rest is in the raw mail
SUBJECT_LENGTH = 500


class Outdated(Exception):
    """A record changed between deciding and settling: the batch must be decided again."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A mail with its outcome and trace."""

    case: Case
    outcome: Outcome
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new request begins with."""

    open_status_id: int
    open_status: str
    account_names: dict[int, str]


@dataclass(slots=True)
class _Written:
    """What one mail has become: ids drawn before anything is written."""

    decided: Decided
    account_id: int | None
    record_id: int | None = None
    number: int | None = None
    conversation_id: int | None = None
    author_id: int | None = None


def settle(batch: Sequence[Decided], lease: Held, rulebook: Rulebook, defaults: Defaults) -> int:
    """Write the outcomes of a batch, and give how many were written. Either all of it is there or none.

    Raises LeaseLost, Outdated, and the database's errors.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Foreign-key checks planned on empty tables keep sequential scans for the life of the connection.
            cursor.execute("SET LOCAL enable_seqscan = off")
        lease.confirm()
        batch = _still_undecided(batch)
        _hold_records([d.outcome for d in batch if isinstance(d.outcome, Joins)])
        written = _draw(batch)
        _write_records([w for w in written if isinstance(w.decided.outcome, NewRequest)], defaults)
        _write_conversations([w for w in written if w.conversation_id is not None])
        _update_records([w for w in written if isinstance(w.decided.outcome, Joins)], defaults)
        _write_history([w for w in written if w.conversation_id is not None], defaults)
        _write_outcomes(written)
        notify.notify(_events(written, defaults), rulebook)
    return len(batch)


def _still_undecided(batch: Sequence[Decided]) -> list[Decided]:
    """Take the mails out of the queue; one that is no longer there was settled by somebody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM inbound_undecided WHERE mail_id = ANY(%s) RETURNING mail_id",
            [[decided.case.mail_id for decided in batch]],
        )
        taken = {mail_id for (mail_id,) in cursor.fetchall()}
        again = [decided.case.mail_id for decided in batch if decided.case.exempt]
        if again:
            cursor.execute("DELETE FROM mail_outcome WHERE mail_id = ANY(%s)", [again])
    return [decided for decided in batch if decided.case.mail_id in taken]


def _hold_records(joins: Sequence[Joins]) -> None:
    """Lock the records that mails join, in order; raise Outdated when one was merged, deleted or reopened since."""
    if not joins:
        return
    ids = sorted({join.record.id for join in joins})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, s.kind FROM record r JOIN status s ON s.id = r.status_id WHERE r.id = ANY(%s) "
            "AND r.merged_into_id IS NULL AND r.deleted_at IS NULL ORDER BY r.id FOR UPDATE OF r",
            [ids],
        )
        kinds = dict(cursor.fetchall())
    if any(kinds.get(join.record.id) != join.record.status_kind for join in joins):
        raise Outdated


def _draw(batch: Sequence[Decided]) -> list[_Written]:
    """Draw the ids and numbers of all that will be written, and make the people who write for the first time."""
    opening = [decided for decided in batch if isinstance(decided.outcome, NewRequest)]
    joining = [decided for decided in batch if isinstance(decided.outcome, Joins)]
    authors = people_of([*opening, *joining])
    records = iter(bulk.draw_ids(Record, len(opening)))
    numbers = iter(bulk.draw_numbers(number_sequence("RE"), len(opening)))
    conversations = iter(bulk.draw_ids(Conversation, len(opening) + len(joining)))
    written = []
    for decided in batch:
        outcome, sender = decided.outcome, getattr(decided.case, "sender", None)
        row = _Written(decided, sender.account_id if sender else None)
        if isinstance(outcome, NewRequest):
            row.record_id, row.number, row.conversation_id = next(records), next(numbers), next(conversations)
        elif isinstance(outcome, Joins):
            row.record_id, row.conversation_id = outcome.record.id, next(conversations)
            row.account_id = outcome.record.account_id
        elif isinstance(outcome, Ends) and outcome.record is not None:
            row.record_id, row.account_id = outcome.record.id, outcome.record.account_id
        row.author_id = authors.get(decided.case.mail_id)
        written.append(row)
    return written


def _write_records(opening: Sequence[_Written], defaults: Defaults) -> None:
    if not opening:
        return
    fields = [
        "id",
        "number",
        "instance",
        "account",
        "subject",
        "status",
        "priority",
        "group",
        "requester",
        "linked_to",
        "module",
        "created_at",
        "updated_at",
        "last_mail_at",
        "last_mail_direction",
        "preview",
    ]
    rows = []
    for row in opening:
        case, outcome = row.decided.case, row.decided.outcome
        at = case.received_at
        linked = outcome.linked_to.id if isinstance(outcome, NewRequest) and outcome.linked_to else None
        rows.append(
            (
                row.record_id,
                row.number,
                case.mailbox.instance_id,
                row.account_id,
                subject_of(case.message),
                defaults.open_status_id,
                case.mailbox.default_priority_id,
                case.mailbox.default_group_id,
                row.author_id,
                linked,
                "RE",
                at,
                at,
                at,
                "in",
                preview(case.message.text),
            )
        )
    bulk.copy(Record, fields, rows)


def _write_conversations(rows: Sequence[_Written]) -> None:
    if not rows:
        return
    conversations, attachments = [], []
    for row in rows:
        case = row.decided.case
        message, outcome = case.message, row.decided.outcome
        conversations.append(
            (
                row.conversation_id,
                row.record_id,
                row.account_id,
                "in",
                row.author_id,
                case.sender.name or case.sender.person_name,
                case.sender.address,
                [[address.name, address.address] for address in message.to],
                [[address.name, address.address] for address in message.cc],
                message.subject[:SUBJECT_LENGTH],
                message.message_id,
                case.received_at,
                message.text[:TEXT_LENGTH],
                case.html,
                isinstance(outcome, Joins) and outcome.quietly,
                case.mail_id,
            )
        )
        for file in message.attachments:
            attachments.append(
                (
                    row.conversation_id,
                    row.account_id,
                    file.name,
                    file.content_type,
                    file.size,
                    file.sha256,
                    file.inline,
                    file.content_id,
                    case.mail_id,
                    file.part,
                )
            )
    bulk.copy(
        Conversation,
        [
            "id",
            "record",
            "account",
            "direction",
            "author",
            "from_name",
            "from_address",
            "to",
            "cc",
            "subject",
            "message_id",
            "at",
            "text",
            "html",
            "automatic",
            "mail_id",
        ],
        conversations,
    )
    if attachments:
        fields = [
            "conversation",
            "account",
            "name",
            "content_type",
            "size",
            "sha256",
            "inline",
            "content_id",
            "mail_id",
            "part",
        ]
        bulk.copy(Attachment, fields, attachments)


def _update_records(joining: Sequence[_Written], defaults: Defaults) -> None:
    """Move the records that mails joined to the top of the lists; reopen those that are to be open again."""
    last = {row.record_id: row for row in joining if not _quiet(row)}
    if last:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE record r SET last_mail_at = t.at, updated_at = t.at, last_mail_direction = 'in', "
                "preview = t.preview FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS t(id, at, preview) "
                "WHERE r.id = t.id",
                [
                    list(last),
                    [row.decided.case.received_at for row in last.values()],
                    [preview(row.decided.case.message.text) for row in last.values()],
                ],
            )
    reopened = [row.record_id for row in joining if _reopens(row)]
    if reopened:
        Record.objects.filter(pk__in=reopened).update(status_id=defaults.open_status_id, closed_at=None)


def _write_history(rows: Sequence[_Written], defaults: Defaults) -> None:
    """Note in the history who opened a request by mail, and that a mail reopened one."""
    entries = []
    for row in rows:
        outcome, case = row.decided.outcome, row.decided.case
        if isinstance(outcome, NewRequest):
            changes: list[list[str]] = []
        elif isinstance(outcome, Joins) and outcome.reopens:
            changes = [["Status", outcome.record.status_kind.capitalize(), defaults.open_status]]
        else:
            continue
        by = case.sender.address or case.sender.name or "unknown sender"
        entries.append(
            (
                row.record_id,
                row.account_id,
                case.received_at,
                row.author_id,
                by,
                "mail",
                changes,
                case.mail_id,
            )
        )
    if entries:
        bulk.copy(
            HistoryEntry, ["record", "account", "at", "person", "by", "via", "changes", "mail_id"], entries
        )


def _write_outcomes(rows: Iterable[_Written]) -> None:
    outcomes = []
    for row in rows:
        case, outcome = row.decided.case, row.decided.outcome
        message: Message | None = getattr(case, "message", None)
        sender = message.from_[0].address if message and message.from_ else ""
        outcomes.append(
            (
                case.mail_id,
                case.mailbox.instance_id,
                row.account_id,
                outcome.kind,
                outcome.reason,
                row.record_id,
                row.conversation_id,
                outcome.duplicate_of if isinstance(outcome, Ends) else None,
                message.message_id if message else None,
                getattr(case, "content_key", None),
                sender,
                message.subject[:SUBJECT_LENGTH] if message else "",
                case.loop_key,
                [[line.step, line.verdict, line.reason, line.ms] for line in row.decided.lines],
            )
        )
    bulk.copy(
        MailOutcome,
        [
            "mail",
            "instance",
            "account",
            "kind",
            "reason",
            "record",
            "conversation",
            "duplicate_of",
            "message_id",
            "content_key",
            "from_address",
            "subject",
            "loop_key",
            "trace",
        ],
        outcomes,
    )


def _events(rows: Sequence[_Written], defaults: Defaults) -> list[Event]:
    """Say what people are to be told of this batch."""
    facts = record_facts({row.record_id for row in rows if _joins_aloud(row) and row.record_id is not None})
    events: list[Event] = []
    for row in rows:
        case, outcome = row.decided.case, row.decided.outcome
        if isinstance(outcome, NewRequest):
            events.extend(_events_of_new(row, defaults))
        elif _joins_aloud(row) and row.record_id is not None:
            text = case.message.text[:TEXT_LENGTH]
            automatic = case.automatic is not None
            actor = PersonFacts(
                row.author_id or 0, case.sender.name or case.sender.address, case.sender.address
            )
            about = facts[row.record_id]
            events.append(Event("reply_from_requester", about, actor, text, row.conversation_id, automatic))
        elif outcome.kind == "error":
            events.append(Event("application_error", details=_error_details(row)))
    return events


def _events_of_new(row: _Written, defaults: Defaults) -> list[Event]:
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


def _error_details(row: _Written) -> dict[str, str]:
    case = row.decided.case
    message: Message | None = getattr(case, "message", None)
    return {
        "mailbox": case.mailbox.name,
        "from": message.from_[0].address if message and message.from_ else "unknown",
        "mail_subject": message.subject[:SUBJECT_LENGTH] if message else "unknown",
        "reason": row.decided.outcome.reason,
        "message_id": (message.message_id if message else None) or "",
    }


def _quiet(row: _Written) -> bool:
    return isinstance(row.decided.outcome, Joins) and row.decided.outcome.quietly


def _joins_aloud(row: _Written) -> bool:
    return isinstance(row.decided.outcome, Joins) and not _quiet(row)


def _reopens(row: _Written) -> bool:
    return isinstance(row.decided.outcome, Joins) and row.decided.outcome.reopens


def subject_of(message: Message) -> str:
    """Give what a request is called that this mail opens."""
    return " ".join(message.subject.split())[:SUBJECT_LENGTH] or "(no subject)"
