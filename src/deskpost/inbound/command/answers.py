"""The one mail that answers a command: what was done, what was skipped and why, to its sender's stored address.

Nobody is answered for an automatic mail, so that no answer meets another one; refusals are as few to an address as
all automatic answers, for anybody can write somebody's name into From.
"""

from collections.abc import Iterable, Mapping, Sequence

from deskpost.desk.events import Event, PersonFacts, RecordFacts
from deskpost.desk.facts import people_facts
from deskpost.inbound.command.words import short
from deskpost.inbound.decided import Written
from deskpost.inbound.outcome import Answer

DONE, REFUSED = "command_done", "command_refused"


def events_of(rows: Iterable[Written], facts: Mapping[int, RecordFacts]) -> list[Event]:
    """Give what is answered of a batch. `facts`: of the records that are answered about."""
    answered = [(row, row.decided.outcome.answer) for row in rows if _may_be_answered(row)]
    people = people_facts({answer.person_id for _, answer in answered if answer})
    return [
        _event(row, answer, people[answer.person_id], facts)
        for row, answer in answered
        if answer is not None and answer.person_id in people
    ]


def _event(row: Written, answer: Answer, who: PersonFacts, facts: Mapping[int, RecordFacts]) -> Event:
    kind = DONE if row.decided.outcome.kind == "command" else REFUSED
    about = facts.get(row.record_id) if row.record_id is not None else None
    details = {"command_subject": short(row.decided.case.message.subject, 100)}
    return Event(kind, about, who, text_of(answer), row.conversation_id, details=details)


def text_of(answer: Answer) -> str:
    """Give the text of the answer: what was done, and what was not."""
    parts = []
    if answer.done:
        parts.append(_list("Done:", answer.done))
    if answer.skipped:
        parts.append(_list("Skipped:" if answer.done else "Not done:", answer.skipped))
    return "\n\n".join(parts)


def _list(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)])


def _may_be_answered(row: Written) -> bool:
    case, outcome = row.decided.case, row.decided.outcome
    wanted = not case.old or case.mailbox.receipts_for_old
    return outcome.answer is not None and case.automatic is None and wanted
