"""Batches: the next mails of a mailbox's queue, parsed, and cut where one refers to an earlier one."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from deskpost import raw_store
from deskpost.inbound import own_check, pipeline
from deskpost.inbound.case import Case, MailboxFacts
from deskpost.inbound.command.rules import CommandRules
from deskpost.inbound.decided import Decided
from deskpost.inbound.outcome import Line, Outcome
from deskpost.inbound.view import Constants, DeskView

BATCH_MAILS = 500
BATCH_BYTES = 8_000_000

Begun = tuple[Case, Outcome | None, list[Line]]  # a parsed mail, with its outcome if parsing decided


def next_cases(
    mailbox: MailboxFacts, besides: Sequence[int] = (), *, only_exempt: bool = False
) -> list[Case]:
    """Read the next mails in the queue but these: at most BATCH_MAILS and about BATCH_BYTES of them.

    `only_exempt`: those that a person has processed again, where the others wait for a start.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, m.size, m.received_at, m.truncated, m.refusal, u.exempt, u.after_all, u.old, u.ordinary, "
            "u.exempt AND EXISTS (SELECT FROM mail_outcome o WHERE o.mail_id = m.id AND o.kind = 'error') "
            "FROM inbound_undecided u JOIN inbound_message m ON m.id = u.mail_id "
            "WHERE u.mailbox_id = %s AND u.mail_id <> ALL(%s) AND (u.exempt OR NOT %s) ORDER BY u.mail_id LIMIT %s",
            [mailbox.id, list(besides), only_exempt, BATCH_MAILS],
        )
        rows = cursor.fetchall()
    chosen: list[tuple[Any, ...]] = []
    total = 0
    for row in rows:
        total += 0 if row[3] else row[1]
        if chosen and total > BATCH_BYTES:
            break
        chosen.append(row)
    raws = raw_store.load(row[0] for row in chosen)
    return [
        Case(
            id,
            mailbox,
            raws[id],
            size,
            at,
            truncated=truncated,
            refusal=refusal,
            exempt=exempt,
            after_all=after_all,
            old=old,
            ordinary=ordinary,
            failed=failed,
        )
        for id, size, at, truncated, refusal, exempt, after_all, old, ordinary, failed in chosen
    ]


def begin(case: Case) -> Begun:
    """Take the first step with a mail, which needs nothing of the desk."""
    lines: list[Line] = []
    outcome = pipeline.begin(case, lines)
    return case, outcome, lines


def begin_all(cases: Sequence[Case]) -> list[Begun]:
    """Take the first step with mails, and look up what of them is asked outside."""
    begun = [begin(case) for case in cases]
    own_check.look_up([case for case, outcome, _ in begun if outcome is None])
    return begun


def cut(mails: Sequence[Begun], command: CommandRules | None = None) -> Iterator[list[Begun]]:
    """Cut before each mail that refers to an earlier one of its batch: a reply to it, or the same mail.

    A mail that may command is decided by itself: it sees what those before it left, as do those behind it.
    """
    batch: list[Begun] = []
    names: set[str] = set()
    contents: set[bytes] = set()
    commanded = False
    for begun in mails:
        case = begun[0]
        message = getattr(case, "message", None)
        refers = {*message.in_reply_to, *message.references, message.message_id} if message else set()
        commands = command is not None and message is not None and command.identifier in message.subject
        if batch and (
            commands or commanded or names & refers or getattr(case, "content_key", b"") in contents
        ):
            yield batch
            batch, names, contents = [], set(), set()
        batch.append(begun)
        commanded = commands
        if message is not None:
            contents.add(case.content_key)
            if message.message_id:
                names.add(message.message_id)
    if batch:
        yield batch


def decide_batch(batch: Sequence[Begun], constants: Constants) -> list[Decided]:
    """Decide a parsed batch against the desk as it is now, reading what they ask at once."""
    desk = DeskView(constants)
    desk.prepare([case for case, outcome, _ in batch if outcome is None])
    decided = []
    for case, outcome, lines in batch:
        found, trace = pipeline.go_on(case, desk, outcome, list(lines))
        desk.note(case, found)
        decided.append(Decided(case, found, trace))
    return decided
