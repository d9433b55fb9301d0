"""What a batch of mails rings the bell for: a reply that waits at a request, and what was not sent on by From alone."""

from collections.abc import Iterable, Mapping, Sequence

from deskpost.desk.events import EVENTS, Event, RecordFacts
from deskpost.desk.facts import record_facts
from deskpost.inbound.decided import Written
from deskpost.inbound.outcome import Joins, Reported
from deskpost.inbound.telling import is_for_the_requester
from deskpost.outbound import bell
from deskpost.outbound.audience import told
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.notify import Rulebook

HELD, NOT_SENT_ON, UNDELIVERED = "held_reply", "not_sent_on", "undelivered"


def ring(rows: Sequence[Written], rules: Rulebook, missed: Mapping[int, Sequence[str]]) -> None:
    """Tell those who work on a request of each reply that waits at it, and of mails about it that were not delivered.

    Technicians hear of what was not sent on. `missed`: mail of the outbox -> who did not get it, as reports say.
    """
    held = [row for row in rows if row.decided.outcome.kind == "held" and row.record_id is not None]
    alone = [row for row in rows if _is_from_alone(row)]
    reports = [(row, report) for row in rows if (report := _news(row, missed))]
    ids = {row.record_id for row in (*held, *alone)} | {
        report.record.id for _, report in reports if report.record
    }
    facts = record_facts({id for id in ids if id is not None})
    for row, report in reports:
        if report.record is not None:
            _ring_of_undelivered(row, facts[report.record.id], rules, missed[report.mail_id])
    for row in held:
        _ring_of_held(row, facts[row.record_id or 0], rules)
    if "reply_from_technician" in rules.enabled:
        for row in alone:
            if is_for_the_requester(row, facts, rules.desk_addresses):
                _ring_of_not_sent_on(row, facts[row.record_id or 0])


def _ring_of_held(row: Written, about: RecordFacts, rules: Rulebook) -> None:
    kind, sender = EVENTS["reply_from_requester"], row.decided.case.sender
    people = [person.id for person in told(Event(kind.name, about), kind, rules)]
    what: dict[str, str | int] = {"number": about.number, "sender": sender.address or sender.name or "nobody"}
    _ring(row, about, people, HELD, what, f"held-{row.decided.case.mail_id}")


def _ring_of_not_sent_on(row: Written, about: RecordFacts) -> None:
    person = row.decided.case.sender.person_id
    if person is not None:
        _ring(row, about, [person], NOT_SENT_ON, {"number": about.number}, f"message-{row.conversation_id}")


def _ring_of_undelivered(row: Written, about: RecordFacts, rules: Rulebook, addresses: Sequence[str]) -> None:
    kind = EVENTS["reply_from_requester"]
    people = [person.id for person in told(Event(kind.name, about), kind, rules)]
    what: dict[str, str | int] = {"number": about.number, "addresses": ", ".join(addresses)}
    _ring(row, about, people, UNDELIVERED, what, "conversation")


def _news(row: Written, missed: Mapping[int, Sequence[str]]) -> Reported | None:
    """Give what a mail reports of a request's mail, where nobody knew it yet."""
    report = row.decided.case.report
    return report if report is not None and report.record is not None and missed.get(report.mail_id) else None


def _is_from_alone(row: Written) -> bool:
    return isinstance(row.decided.outcome, Joins) and row.decided.outcome.from_alone


def _ring(
    row: Written,
    about: RecordFacts,
    people: Iterable[int],
    kind: str,
    what: dict[str, str | int],
    place: str,
) -> None:
    """Ring once for a mail, however often it is processed again. Only requests have pages to look at it."""
    if about.module != "RE":
        return
    wanted, url = set(people), f"/requests/{about.number}/#{place}"
    if row.decided.case.exempt:
        before = BellNotice.objects.filter(person__in=wanted, kind=kind, url=url)
        wanted -= set(before.values_list("person_id", flat=True))
    bell.ring(sorted(wanted), kind, what, url)
