"""Trying a command: the very steps and judge of a real mail, over a text that somebody typed. Nothing is written."""

from dataclasses import dataclass, replace
from time import perf_counter

from django.utils import timezone

from deskpost.desk.facts import people_facts
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.inbound import whose
from deskpost.inbound.case import Case, MailboxFacts
from deskpost.inbound.command import answers
from deskpost.inbound.command import settings as command_settings
from deskpost.inbound.command.reading import Reading
from deskpost.inbound.outcome import Outcome
from deskpost.inbound.rehearsal import read_only
from deskpost.inbound.standing import Settings
from deskpost.inbound.steps import command, sender
from deskpost.inbound.view import DeskView
from deskpost.mime.authenticity import Verdict
from deskpost.mime.message import Address, Message

LONGEST_TEXT = 200_000  # characters that are tried


@dataclass(frozen=True, slots=True)
class Typed:
    """A mail that somebody typed: of whom it is, with which verdict on its sender (pass, fail, none)."""

    sender: Person
    authenticity: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What would happen. `outcome`: None where the mail would go on as an ordinary one, `remark` says why.

    `reading`: None where its text is not read, or has no command. `answer`: the address and text of the mail that
    would answer it, "" for none. `took`: milliseconds. `other`: whose mail it would be instead of the chosen sender's,
    "" for nobody's; nothing else is said then.
    """

    outcome: Outcome | None
    reading: Reading | None
    remark: str
    answer: tuple[str, str]
    took: float
    other: str = ""


def on(typed: Typed) -> Tried:
    """Give what a mail would do, whether Email Command is on or off. PostgreSQL refuses to write meanwhile."""
    with read_only():
        case, desk = _case(typed)
        started = perf_counter()
        outcome = sender.judge(case, desk)
        case.remark = case.passed = ""  # the sender's line of the trace
        if outcome is not None:
            return Tried(outcome, None, "", ("", ""), _since(started))
        commander = command.commander(case, desk)
        outcome = command.perform(case, desk)
        took = _since(started)
        if case.reading is not None and commander is not None and commander != typed.sender.pk:
            other = Person.objects.select_related("account").get(pk=commander)
            return Tried(None, None, "", ("", ""), took, f"{other.name}, {other.account.name}")
        return Tried(outcome, case.reading, case.remark or case.passed, _answer(outcome), took)


def _since(started: float) -> float:
    return (perf_counter() - started) * 1000


def _case(typed: Typed) -> tuple[Case, DeskView]:
    rules = command_settings.rules_of(command_settings.load(), though_off=True)
    desk = DeskView(replace(Settings().constants, command=rules))
    mailbox = MailboxFacts(
        0, "", Instance.objects.order_by("pk")[0].pk, None, 1, False, frozenset(), frozenset()
    )
    case = Case(0, mailbox, b"", 0, timezone.now())
    case.message = _message(typed)
    case.text = typed.text
    case.sender = whose.sender(case, desk)
    case.verdict = Verdict(typed.authenticity, "as it was chosen for this trial")
    return case, desk


def _message(typed: Typed) -> Message:
    facts = people_facts([typed.sender.pk])[typed.sender.pk]
    return Message(
        message_id=None,
        subject=typed.subject,
        date=None,
        from_=(Address(typed.sender.name, facts.address),),
        reply_to=(),
        to=(),
        cc=(),
        in_reply_to=(),
        references=(),
        text=typed.text,
        html=None,
        attachments=(),
        headers=(),
        defects=(),
        is_report=False,
    )


def _answer(outcome: Outcome | None) -> tuple[str, str]:
    answer = outcome.answer if outcome else None
    if answer is None:
        return "", ""
    return people_facts([answer.person_id])[answer.person_id].address, answers.text_of(answer)
