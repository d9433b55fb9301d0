"""What a batch rings the bell for: mails that wait, at a request or for their sender, and what was not sent on."""

from collections.abc import Iterable, Mapping, Sequence

from deskpost.desk.accounts import Account
from deskpost.desk.delimiters import name_of
from deskpost.desk.events import EVENTS, Event, RecordFacts
from deskpost.desk.facts import record_facts
from deskpost.desk.modules import REQUEST
from deskpost.desk.people import Person
from deskpost.desk.roles import visible
from deskpost.inbound.decided import Written
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.outcome import Joins, Reported
from deskpost.inbound.steps.unknown import COLUMN
from deskpost.inbound.telling import is_for_the_requester
from deskpost.inbound.visible import sees_mailbox
from deskpost.outbound import bell
from deskpost.outbound.audience import told
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.notify import Rulebook

HELD, NOT_SENT_ON, UNDELIVERED = "held_reply", "not_sent_on", "undelivered"
HELD_SENDER = "held_sender"


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
    unknown = [row for row in rows if _is_of_unknown(row)]
    if unknown:
        _ring_of_unknown(unknown[0], rules)
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


def _is_of_unknown(row: Written) -> bool:
    """Tell whether a mail waits anew for its sender to be accepted."""
    outcome = row.decided.outcome
    of_setting = outcome.kind == "held" and outcome.by is not None and outcome.by.column == COLUMN
    return of_setting and not row.decided.case.exempt


def _ring_of_unknown(row: Written, rules: Rulebook) -> None:
    """Tell those who hear of new requests and may accept senders, else the administrators, once until they read it."""
    case = row.decided.case
    mailbox = Mailbox.every.get(pk=case.mailbox.id)
    ids = [person.id for person in rules.alerted.get(case.mailbox.instance_id, ()) if person.id]
    people = [
        person.pk
        for person in Person.objects.filter(pk__in=ids)
        if all(sees_mailbox(visible(person), mailbox, one) for one in ("trace.view", "request.create"))
    ] or bell.administrators()
    know = set(
        BellNotice.objects.filter(person__in=people, kind=HELD_SENDER, read_at=None).values_list(
            "person_id", flat=True
        )
    )
    account = Account.objects.get(pk=case.sender.account_id).name
    what: dict[str, str | int] = {"sender": case.sender.address or "nobody", "account": account}
    bell.ring([id for id in people if id not in know], HELD_SENDER, what, f"/trace/{case.mail_id}/")


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
    """Ring once for a mail, however often it is processed again."""
    wanted, url = set(people), f"/{_page_of(about)}/#{place}"
    if about.module != REQUEST:
        what = {**what, "record": name_of(about)}
    if row.decided.case.exempt:
        before = BellNotice.objects.filter(person__in=wanted, kind=kind, url=url)
        wanted -= set(before.values_list("person_id", flat=True))
    bell.ring(sorted(wanted), kind, what, url)


def _page_of(about: RecordFacts) -> str:
    if about.module == REQUEST:
        return f"requests/{about.number}"
    return f"records/{about.module.lower()}/{about.number}"
