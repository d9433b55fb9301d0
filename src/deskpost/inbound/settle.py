"""The only writer of what became of mails: a batch at a time, in one transaction, with set-based statements."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db import connection, transaction

from deskpost import bulk
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.desk.requests import number_sequence, preview
from deskpost.inbound import dropped_notices, minutes, ringing, rows
from deskpost.inbound.command import writing as commands
from deskpost.inbound.decided import Decided, Defaults, Written, is_quiet, reopens
from deskpost.inbound.error_folder import requests as error_requests
from deskpost.inbound.error_folder import writing as error_writing
from deskpost.inbound.leases import Held
from deskpost.inbound.newcomers import people_of
from deskpost.inbound.outcome import Edits, Ends, Joins, NewRequest
from deskpost.inbound.reports import reports_of, senders_of
from deskpost.inbound.telling import events_of
from deskpost.outbound import bounced, failures, notify
from deskpost.outbound.notify import Rulebook


class Outdated(Exception):
    """A record changed between deciding and settling: the batch must be decided again."""


def settle(batch: Sequence[Decided], lease: Held, rulebook: Rulebook, defaults: Defaults) -> int:
    """Write the outcomes of a batch, and give how many were written. Either all of it is there or none.

    Raises LeaseLost, Outdated, and the database's errors.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Foreign-key checks planned on empty tables keep sequential scans for the life of the connection.
            cursor.execute("SET LOCAL enable_seqscan = off")
        lease.confirm()
        batch = error_writing.until_the_limit(batch)
        batch = _still_undecided(batch)
        missed = bounced.mark(reports_of(batch))  # before records are locked, as sending does
        _hold_records([decided for decided in batch if isinstance(decided.outcome, Joins)])
        if not commands.hold(batch):
            raise Outdated
        written = draw(batch)
        rows.write_records([w for w in written if isinstance(w.decided.outcome, NewRequest)], defaults)
        rows.write_conversations([w for w in written if w.conversation_id is not None])
        _update_records([w for w in written if isinstance(w.decided.outcome, Joins)], defaults)
        rows.write_history([w for w in written if w.conversation_id is not None], defaults)
        rows.write_outcomes(written)
        told = commands.write_edits(written)
        if told is None:
            raise Outdated
        error_writing.write(written)
        of_errors = error_requests.open_for(written)
        rows.write_dropped_files(written)
        events = events_of(written, defaults, rulebook.desk_addresses)
        of_files = dropped_notices.events_of(written, events, rulebook.public_url)
        notify.notify([*events, *told, *of_files, *of_errors], rulebook)
        rows.note_relayed(events)
        failures.tell_authors(missed)
        bounced.alive(senders_of(written))
        ringing.ring(written, rulebook, missed)
        minutes.decided(_outcomes(written))
    return len(batch)


def _outcomes(written: Sequence[Written]) -> dict[int, Counter[str]]:
    outcomes: dict[int, Counter[str]] = defaultdict(Counter)
    for row in written:
        outcomes[row.decided.case.mailbox.id][row.decided.outcome.kind] += 1
    return outcomes


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
            cursor.execute("DELETE FROM dropped_file WHERE mail_id = ANY(%s)", [again])
    return [decided for decided in batch if decided.case.mail_id in taken]


def _hold_records(joining: Sequence[Decided]) -> None:
    """Lock the records that mails join, in order; raise Outdated when one was merged, deleted or reopened since.

    And where the same mail came to stand there by another mailbox.
    """
    joins = [decided.outcome for decided in joining if isinstance(decided.outcome, Joins)]
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
    decided_on = {
        join.record.id: join.record.status_kind for join in reversed(joins)
    }  # the first of each record
    if any(kinds.get(id) != kind for id, kind in decided_on.items()) or _stand_there(joining):
        raise Outdated


def _stand_there(joining: Sequence[Decided]) -> bool:
    """Tell whether one of these mails stands at its record already, as a mail of another mailbox."""
    cases = [decided.case for decided in joining]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bigint[]) "
            "AS t(record, name, content, mail) JOIN conversation c ON c.message_id = t.name "
            "AND c.record_id = t.record JOIN mail_outcome o ON o.mail_id = c.mail_id "
            "AND o.content_key = t.content AND o.mail_id <> t.mail)",
            [
                [one.outcome.record.id for one in joining if isinstance(one.outcome, Joins)],
                [case.message.message_id for case in cases],
                [case.content_key for case in cases],
                [case.mail_id for case in cases],
            ],
        )
        row = cursor.fetchone()
        return bool(row and row[0])


def draw(batch: Sequence[Decided]) -> list[Written]:
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
        row = Written(decided, sender.account_id if sender else None)
        if isinstance(outcome, NewRequest):
            row.record_id, row.number, row.conversation_id = next(records), next(numbers), next(conversations)
        elif isinstance(outcome, Joins):
            row.record_id, row.conversation_id = outcome.record.id, next(conversations)
            row.account_id = outcome.record.account_id
        elif isinstance(outcome, Ends | Edits) and outcome.record is not None:
            row.record_id, row.account_id = outcome.record.id, outcome.record.account_id
        row.author_id = authors.get(decided.case.mail_id)
        written.append(row)
    return written


def _update_records(joining: Sequence[Written], defaults: Defaults) -> None:
    """Move the records that mails joined to the top of the lists; reopen those that are to be open again."""
    last = {row.record_id: row for row in joining if not is_quiet(row)}
    if last:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE record r SET last_mail_at = t.at, updated_at = t.at, last_mail_direction = 'in', "
                "preview = t.preview FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS t(id, at, preview) "
                "WHERE r.id = t.id",
                [
                    list(last),
                    [row.decided.case.received_at for row in last.values()],
                    [preview(row.decided.case.text) for row in last.values()],
                ],
            )
    reopened = [row.record_id for row in joining if reopens(row)]
    if reopened:
        Record.objects.filter(pk__in=reopened).update(status_id=defaults.open_status_id, closed_at=None)
