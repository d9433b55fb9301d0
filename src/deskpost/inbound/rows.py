"""The rows of a settled batch, written by COPY: requests, conversations, attachments, history, outcomes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Model

from deskpost import bulk
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import ENDED, Made, insert_fields, opening_changes
from deskpost.desk.events import Event
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.records import Record
from deskpost.desk.request_values import Value
from deskpost.desk.requests import preview
from deskpost.inbound.case import MailboxFacts
from deskpost.inbound.decided import (
    SUBJECT_LENGTH,
    Defaults,
    Written,
    commanded,
    is_original,
    sender_account,
    subject_of,
    text_of,
    writer_id,
)
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.finding import words_of
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.outcome import Ends, Joins, NewRequest
from deskpost.inbound.steps import authenticity
from deskpost.mime.message import Message
from deskpost.outbound.outbox import OutboxMail


def write_records(opening: Sequence[Written], defaults: Defaults) -> None:
    """Write the requests that mails open."""
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
        "technician",
        "linked_to",
        "module",
        "created_at",
        "updated_at",
        "closed_at",
        "last_mail_at",
        "last_mail_direction",
        "preview",
    ]
    rows = []
    for row in opening:
        case, outcome = row.decided.case, row.decided.outcome
        at = case.received_at
        linked = outcome.linked_to.id if isinstance(outcome, NewRequest) and outcome.linked_to else None
        status, priority, group, technician, closed_at = _own_columns(row, defaults)
        rows.append(
            (
                row.record_id,
                row.number,
                case.mailbox.instance_id,
                row.account_id,
                subject_of(row),
                status,
                priority,
                group,
                row.author_id,
                technician,
                linked,
                "RE",
                at,
                at,
                closed_at,
                at,
                "in",
                preview(text_of(row)),
            )
        )
    bulk.copy(Record, fields, rows)
    insert_fields(
        Made(row.record_id or 0, row.account_id or 0, made.changes, made.template)
        for row in opening
        if (made := commanded(row))
    )
    write_details(
        Begun(row.record_id, row.account_id, row.decided.case.mailbox)
        for row in opening
        if not commanded(row)
    )


def _own_columns(row: Written, defaults: Defaults) -> tuple[int | datetime | None, ...]:
    """Give status, priority, group, technician and the time of closing: the mailbox's, or those of a command."""
    case, made = row.decided.case, commanded(row)
    if made is None:
        mailbox = case.mailbox
        return defaults.open_status_id, mailbox.default_priority_id, mailbox.default_group_id, None, None
    fields = made.changes.fields
    status = fields.get("Status")
    ended = isinstance(status, Status) and status.kind in ENDED
    return (
        _id(status) or defaults.open_status_id,
        _id(fields.get("Priority")),
        _id(fields.get("Group")),
        _id(fields.get("Technician")),
        case.received_at if ended else None,
    )


def _id(value: Value) -> int | None:
    return value.pk if isinstance(value, Model) else None


_DETAILS = """
    INSERT INTO request_details (record_id, account_id, template_id, category_id, site_id)
    SELECT t.record, t.account, p.id, c.id, s.id
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS t(record, account, template, category, site)
    LEFT JOIN site s ON s.id = t.site AND s.account_id = t.account
    LEFT JOIN category c ON c.id = t.category
    LEFT JOIN request_template p ON p.id = t.template AND p.deleted_at IS NULL AND (
        NOT EXISTS (SELECT FROM request_template_account a WHERE a.template_id = p.id)
        OR EXISTS (SELECT FROM request_template_account a WHERE a.template_id = p.id AND a.account_id = t.account)
    )
    WHERE coalesce(p.id, c.id, s.id) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that is made as its mailbox says."""

    record_id: int | None
    account_id: int | None
    mailbox: MailboxFacts


def write_details(begun: Iterable[Begun]) -> None:
    """Write what mailboxes give to new requests beyond the columns of records.

    Left out is a site of another account, a template that is removed or not offered to the account, and what was
    removed since the mailbox was read.
    """
    rows = [
        (
            one.record_id,
            one.account_id,
            box.default_template_id,
            box.default_category_id,
            box.default_site_id,
        )
        for one in begun
        for box in (one.mailbox,)
        if box.default_template_id or box.default_category_id or box.default_site_id
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_DETAILS, [list(column) for column in zip(*rows, strict=True)])


def note_relayed(events: Sequence[Event]) -> None:
    """Note which technicians' mails were sent on to the requester: they are then seen on the requester's page too."""
    relayed = {
        event.conversation_id: event.about.requester.id
        for event in events
        if event.kind == "reply_from_technician" and event.about and event.about.requester
    }
    if not relayed:
        return
    sent = OutboxMail.objects.filter(event="reply_from_technician", conversation_id__in=relayed)
    for id in sent.values_list("conversation_id", flat=True):
        Conversation.objects.filter(pk=id).update(relayed_to=relayed[id])


def write_conversations(rows: Sequence[Written]) -> None:
    """Write the conversations that mails become, with the attachments that stay."""
    if not rows:
        return
    conversations, attachments = [], []
    for row in rows:
        case = row.decided.case
        message, outcome, writer = case.message, row.decided.outcome, case.writer
        made = commanded(row)  # its text alone is shown: the HTML holds the commands, too
        conversations.append(
            (
                row.conversation_id,
                row.record_id,
                row.account_id,
                "in",
                writer_id(row),
                writer.name or writer.person_name,
                writer.address,
                [[address.name, address.address] for address in message.to],
                [[address.name, address.address] for address in message.cc],
                made.subject if made else message.subject[:SUBJECT_LENGTH],
                message.message_id,
                case.received_at,
                text_of(row),
                None if made else case.html,
                isinstance(outcome, Joins) and outcome.quietly,
                case.mail_id,
            )
        )
        dropped = {file.part for file in case.dropped_files or ()}
        for file in message.attachments:
            if file.part in dropped:
                continue
            attachments.append(
                (
                    row.conversation_id,
                    row.account_id,
                    file.name,
                    file.content_type,
                    file.size,
                    file.sha256,
                    file.inline and not made,
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


def write_dropped_files(rows: Iterable[Written]) -> None:
    """Write which files of mails did not stay."""
    dropped = [
        (row.decided.case.mail_id, file.part, file.name, file.size, file.why, file.detail)
        for row in rows
        for file in row.decided.case.dropped_files or ()
    ]
    if dropped:
        bulk.copy(DroppedFile, ["mail", "part", "name", "size", "why", "detail"], dropped)


def write_history(rows: Sequence[Written], defaults: Defaults) -> None:
    """Note in the history who opened a request by mail, and that a mail reopened one."""
    entries = []
    for row in rows:
        outcome, case = row.decided.outcome, row.decided.case
        changes: list[list[str | None]]
        if isinstance(outcome, NewRequest):
            made = commanded(row)
            changes = [list(one) for one in opening_changes(made.changes, made.begins)] if made else []
        elif isinstance(outcome, Joins) and outcome.reopens:
            changes = [["Status", outcome.record.status, defaults.open_status]]
        else:
            continue
        by = case.writer.address or case.writer.name or "unknown sender"
        entries.append(
            (
                row.record_id,
                row.account_id,
                case.received_at,
                writer_id(row),
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


def write_outcomes(rows: Iterable[Written]) -> None:
    """Write what became of each mail, with its trace."""
    outcomes = []
    for row in rows:
        case, outcome = row.decided.case, row.decided.outcome
        message: Message | None = getattr(case, "message", None)
        sender = message.from_[0].address[:SUBJECT_LENGTH] if message and message.from_ else ""
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
                sender_account(row),
                is_original(row),
                getattr(case, "written_at", None),
                words_of(message) if message else [],
                [line.stored for line in row.decided.lines],
                outcome.by and outcome.by.stored,
                authenticity.shown(case),
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
            "sender_account",
            "original",
            "written_at",
            "words",
            "trace",
            "decided_by",
            "authenticity",
        ],
        outcomes,
    )
