"""What a rehearsed mail would leave, noted in the course where it is not what it left."""

from dataclasses import replace
from typing import TYPE_CHECKING

from deskpost.desk.people import fold
from deskpost.inbound.case import Case
from deskpost.inbound.decided import Decided, Written, is_original, is_quiet, sender_account
from deskpost.inbound.newcomers import makes_a_person
from deskpost.inbound.outcome import OPENS, FoundRecord, Joins, NewRequest, Outcome
from deskpost.inbound.rehearsed_course import Change, Past, WouldBe
from deskpost.inbound.view import Earlier, KnownPerson

if TYPE_CHECKING:
    from deskpost.inbound.rehearsed_desk import RehearsedDesk


def note(desk: "RehearsedDesk", case: Case, outcome: Outcome, past: Past) -> None:
    """Note what a mail would leave. What a person did with it stays, and so does whom that made a person."""
    if past.by_person:
        _keep_its_person(desk, case)
        return
    author = case.sender.person_id if hasattr(case, "sender") else None
    if isinstance(outcome, Joins | NewRequest) and makes_a_person(case, outcome):
        author = _make_person(desk, case)
    row = Written(Decided(case, outcome, ()), None)
    if not _is_as_it_was(desk, row, past):
        _note_otherwise(desk, row, past, author)


def _keep_its_person(desk: "RehearsedDesk", case: Case) -> None:
    if hasattr(case, "sender") and case.sender.person_id is None and case.sender.key:
        there = desk.everybody(case.sender.key)
        desk.course.made_by_person.update(one.id for one in there if one.account_id == case.sender.account_id)


def _make_person(desk: "RehearsedDesk", case: Case) -> int:
    sender = case.sender
    there = (one for one in desk.everybody(sender.key) if one.account_id == sender.account_id)
    site = case.mailbox.default_site_id
    new = KnownPerson(
        -case.mail_id, sender.account_id, sender.name or sender.address, False, False, site, False, False
    )
    person = next(there, new)
    desk.course.people[sender.key].append(person)
    return person.id


def _is_as_it_was(desk: "RehearsedDesk", row: Written, past: Past) -> bool:
    case, outcome = row.decided.case, row.decided.outcome
    left = (is_original(row), sender_account(row), case.mailbox.instance_id)
    if left != (past.original, past.sender_account, past.instance_id):
        return False
    if not isinstance(outcome, Joins | NewRequest):
        return past.record_id is None
    if outcome.kind != past.kind or past.record_id is None or case.writer.key != past.writer:
        return False
    if isinstance(outcome, NewRequest):
        return (case.sender.account_id, case.forwarded_by is not None) == (past.account_id, past.forwarded)
    reopened = desk.was_reopened_by(outcome.record.id, case.mail_id)
    return outcome.record.id == past.led_to and outcome.reopens == reopened


def _note_otherwise(desk: "RehearsedDesk", row: Written, past: Past, author: int | None) -> None:
    course, case, outcome = desk.course, row.decided.case, row.decided.outcome
    course.otherwise.add(case.mail_id)
    had_opened = past.record_id if past.kind in OPENS else None
    if had_opened is not None and not isinstance(outcome, NewRequest):
        was = desk.record(had_opened)
        course.gone[had_opened] = was.name if was else f"request {had_opened}"
    record: FoundRecord | None = None
    if isinstance(outcome, NewRequest):
        record = _open(desk, case, had_opened, author)
    elif isinstance(outcome, Joins):
        record = outcome.record
        if outcome.reopens:
            opened = Change(
                case.received_at, case.mail_id, record.status, desk.status_opened(), by_answer=True
            )
            course.reopened[record.id].append(opened)
    if record is not None:
        pairs = (*case.message.to, *case.message.cc)
        course.participants[record.id].update(fold(one.address) for one in pairs if one.address)
        if case.writer.key and not is_quiet(row):
            course.participants[record.id].add(case.writer.key)
        if case.message.message_id:
            course.mails[case.message.message_id].append(record.id)
    if is_original(row):
        name = record.name if record and record.id > 0 else ""
        instance, account = case.mailbox.instance_id, sender_account(row)
        one = Earlier(case.mail_id, instance, account, case.message.message_id, name)
        course.originals[case.content_key].append(one)


def _open(
    desk: "RehearsedDesk", case: Case, had_opened: int | None, author: int | None
) -> FoundRecord | None:
    """Give the request that a mail would open: the one that it did open, else one without number."""
    account, instance = case.sender.account_id, case.mailbox.instance_id
    if had_opened is None:
        status = desk.status_opened()
        record: FoundRecord = WouldBe(
            -case.mail_id, "RE", 0, account, instance, status, "open", None, author, "RE"
        )
    else:
        was = desk.record(had_opened)
        if was is None:  # deleted since
            return None
        record = replace(was, account_id=account, instance_id=instance, requester_id=author)
    desk.course.opened[record.id] = record
    return record
