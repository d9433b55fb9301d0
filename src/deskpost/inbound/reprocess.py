"""What a person does with a mail: move it to another request, make it a request of its own, process it again.

Each act is one transaction that holds the mail's outcome: of two people who act at once the second is told. A mail
that waits to be processed is the worker's, and nobody else's. What is decided is decided in steps.by_person.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

from django.db import transaction

from deskpost import raw_store, wake
from deskpost.desk import delimiters
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.merging import LOOK_AGAIN, gone_words
from deskpost.desk.modules import REQUEST
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import reported, resettle
from deskpost.inbound.batches import begin_all, decide_batch
from deskpost.inbound.case import AutomaticMail, Case
from deskpost.inbound.decided import Decided
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome, Undecided
from deskpost.inbound.outcome import OPENS, FoundRecord, Joins, Line, NewRequest
from deskpost.inbound.standing import Settings, facts_of
from deskpost.inbound.steps import attachments, by_person, command, from_alone
from deskpost.inbound.steps.by_person import Declined, Known
from deskpost.inbound.view import DeskView

STEP = "by a person"  # as the trace names it


class NotDone(Exception):
    """The act was not done; `words` says why, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act: the request the mail is in now, and the one that has no mail left.

    `name`, `left_name`: of a record of another module its name, such as TA-5; empty: it is a request.
    """

    number: int
    reopened: bool = False
    left_empty: int | None = None
    name: str = ""
    left_name: str = ""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A mail in hand: its locked outcome, what is known of it, and how it would be decided now."""

    outcome: MailOutcome
    known: Known
    decided: Decided
    settings: Settings
    began: float


def seen_of(outcome: MailOutcome | None) -> str:
    """Give what a page saw of a mail, to be handed back with an act."""
    if outcome is None:
        return ""
    return f"{outcome.kind}.{outcome.record_id or 0}.{outcome.conversation_id or 0}"


def known_of(outcome: MailOutcome) -> Known:
    """Give what a mail's rows tell, without reading the mail: enough to say which acts are offered."""
    record, talk = outcome.record, outcome.conversation
    is_in_it = talk is not None
    return Known(
        kind=outcome.kind,
        record=_found(record) if record else None,
        is_in_it=is_in_it,
        opened_it=talk is not None and outcome.kind in OPENS and talk.came_from_id is None,
        accounts=frozenset(),
        anybodys=False,
        automatic=False,
        whole=not (outcome.mail.truncated or outcome.mail.refusal),
        erased=outcome.raw_erased_at is not None,
        set_aside=outcome.kind == "dropped" and Conversation.objects.filter(mail_id=outcome.pk).exists(),
    )


@transaction.atomic
def move(mail_id: int, to_id: int, actor: Person, seen: str) -> Done:
    """Move a mail to another request, or put one into a request that is in none. Raises NotDone."""
    taken = _take(mail_id, seen, to_id)
    to = _held_record(to_id)
    if to is None:
        raise NotDone(gone_words(to_id))
    twin = (
        DeskView(taken.settings.constants).twin_in(to.id, taken.decided.case)
        if taken.known.readable
        else None
    )
    outcome = by_person.move(taken.known, to, actor.name, twin)
    if isinstance(outcome, Declined):
        raise NotDone(outcome.words)
    return _write(taken, outcome, to.account_id, actor, MailAct.Kind.MOVED)


@transaction.atomic
def open_own(mail_id: int, actor: Person, seen: str, may_open: Callable[[int, int | None], bool]) -> Done:
    """Make a mail a request of its own. `may_open`: whether the person may at an account and site. Raises NotDone.

    Of a command that was held for the one it names, the request is what it commands.
    """
    taken = _take(mail_id, seen, opens=True)
    account_id = _account_of_own(taken)
    outcome = by_person.open_own(taken.known, account_id, actor.name)
    if isinstance(outcome, Declined):
        raise NotDone(outcome.words)
    assert account_id is not None  # else it was declined
    if not may_open(account_id, taken.decided.case.sender.site_id):
        raise NotDone(
            "Its sender belongs to an account or a site where you open no requests. Nothing was done. "
            "To do: ask somebody who opens requests there."
        )
    if is_held_command(taken.outcome):
        outcome = _as_commanded(taken, outcome)
    return _write(taken, outcome, account_id, actor, MailAct.Kind.OWN)


@transaction.atomic
def as_sent(
    mail_id: int, technician: Person, actor: Person, seen: str, may_open: Callable[[int, int | None], bool]
) -> Done:
    """Make a technician's forward that became another account's request one of the technician. Raises NotDone.

    No request changes its account: the mail opens one in the technician's, and the other stays without it.
    """
    taken = _take(mail_id, seen)
    case, account_id = taken.decided.case, technician.account_id
    if taken.known.passed_on:
        assert taken.known.record is not None  # its files went out from there
        raise NotDone(by_person.passed_on(taken.known.record).words)
    if not may_open(account_id, technician.site_id):
        raise NotDone(
            "You open no requests in the account of who forwarded it. Nothing was done. "
            "To do: ask somebody who opens requests there."
        )
    outcome = by_person.open_own(replace(taken.known, opened_it=False), account_id, actor.name)
    if isinstance(outcome, Declined):
        raise NotDone(outcome.words)
    case.sender = replace(case.writer, account_id=account_id, person_id=technician.pk)
    case.forwarded_by = None
    return _write(taken, outcome, account_id, actor, MailAct.Kind.OWN)


@transaction.atomic
def process_again(mail_id: int, actor: Person, seen: str) -> None:
    """Put a mail back into its mailbox's queue: a worker takes it through the steps at once. Raises NotDone.

    One that was dropped is not asked of the spam rules any more, now and whenever it is processed again.
    """
    outcome = hold(mail_id, seen)
    declined = by_person.process_again(known_of(outcome))
    if declined is not None:
        raise NotDone(declined.words)
    past = MailAct.objects.filter(mail=outcome.mail, kind=MailAct.Kind.AFTER_ALL)
    after_all = outcome.kind == "dropped" or past.exists()
    kind = MailAct.Kind.AFTER_ALL if outcome.kind == "dropped" else MailAct.Kind.AGAIN
    note(outcome.mail, actor, kind, before=before_of(outcome))
    Undecided.objects.create(
        mail=outcome.mail, mailbox_id=outcome.mail.mailbox_id, exempt=True, after_all=after_all
    )
    wake.processing(outcome.mail.mailbox_id)


@transaction.atomic
def as_ordinary(mail_id: int, actor: Person, seen: str) -> None:
    """Let a mail whose command was refused go on as an ordinary one: a worker takes it up at once. Raises NotDone."""
    outcome = hold(mail_id, seen)
    if not is_refused_command(outcome):
        raise NotDone("It is no refused command. Nothing was done: look at it again.")
    note(outcome.mail, actor, MailAct.Kind.ORDINARY, before=before_of(outcome))
    after_all = MailAct.objects.filter(mail=outcome.mail, kind=MailAct.Kind.AFTER_ALL).exists()
    Undecided.objects.create(
        mail=outcome.mail, mailbox_id=outcome.mail.mailbox_id, exempt=True, after_all=after_all, ordinary=True
    )
    wake.processing(outcome.mail.mailbox_id)


def is_refused_command(outcome: MailOutcome) -> bool:
    """Tell whether a mail was refused for what it commands, and not for another reason."""
    return outcome.kind == "refused" and bool(outcome.trace) and outcome.trace[-1][0] == command.NAME


def is_held_command(outcome: MailOutcome) -> bool:
    """Tell whether a mail commands a request for somebody whom nobody knew, and none was made of it since."""
    steps = {(step, verdict) for step, verdict, *_ in outcome.trace}
    return outcome.conversation_id is None and (command.NAME, "held") in steps


def note(
    mail: InboundMessage,
    actor: Person,
    kind: str,
    *,
    came_from: int | None = None,
    went_to: int | None = None,
    before: dict[str, object] | None = None,
) -> None:
    """Write down what a person did with a mail."""
    MailAct.objects.create(
        mail=mail,
        person=actor,
        by=actor.name,
        kind=kind,
        came_from_id=came_from,
        went_to_id=went_to,
        before=before,
    )


def hold(mail_id: int, seen: str) -> MailOutcome:
    """Lock a mail's outcome; tell who was faster when it is no longer what the page showed."""
    outcome = (
        MailOutcome.objects.select_for_update(of=("self",))
        .select_related("mail__mailbox", "record__status")
        .filter(pk=mail_id)
        .first()
    )
    if outcome is None or Undecided.objects.filter(pk=mail_id).exists():
        raise NotDone(
            "It waits to be processed at this moment: what it becomes is decided first. "
            "To do: try again in a moment."
        )
    if seen_of(outcome) != seen:
        raise NotDone(_meanwhile(mail_id))
    if outcome.raw_erased_at is not None:
        raise NotDone(by_person.ERASED)
    return outcome


def _take(mail_id: int, seen: str, besides: int | None = None, *, opens: bool = False) -> _Taken:
    """Take a mail in hand: lock it with its requests, read it, and look up its sender as the pipeline does.

    `opens`: a request is to be made of it, so that a held command is decided as if its requester were known.
    """
    began = perf_counter()
    outcome = hold(mail_id, seen)
    if outcome.conversation_id is not None and outcome.record_id is not None:
        reported.hold([outcome.conversation_id], [outcome.record_id])
    ids = sorted({id for id in (outcome.record_id, besides) if id is not None})
    list(Record.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values("pk"))
    mail, settings = outcome.mail, Settings()
    raw = raw_store.load([mail.pk])[mail.pk]
    case = Case(
        mail.pk, facts_of(mail.mailbox), raw, mail.size, mail.received_at, exempt=True, after_all=True
    )
    case.accepted = opens and is_held_command(outcome)
    (decided,) = decide_batch(begin_all([case]), settings.constants)
    if case.dropped_files is None:  # a step before that one decided
        attachments.judge_files(case, settings.constants.file_rules)
    if case.automatic is None and decided.outcome.kind in ("automatic", "bounce"):
        case.automatic = AutomaticMail("report", decided.outcome.reason)  # nobody answers a delivery report
    return _Taken(outcome, _known(outcome, case, settings), decided, settings, began)


def _known(outcome: MailOutcome, case: Case, settings: Settings) -> Known:
    rows = known_of(outcome)
    sender = getattr(case, "sender", None)
    accounts = {outcome.record.account_id} if outcome.record and rows.is_in_it else set()
    if sender is not None:
        accounts |= {sender.account_id, *sender.ambiguous}
    files = Attachment.objects.filter(mail_id=outcome.pk).exclude(conversation=outcome.conversation_id)
    return replace(
        rows,
        accounts=frozenset(accounts),
        anybodys=sender is not None
        and not sender.belongs
        and sender.account_id == settings.constants.default_account_id,
        automatic=case.automatic is not None,
        without_sender=sender is not None and not sender.key,
        readable=sender is not None,
        passed_on=rows.is_in_it and files.exists(),
        from_alone=sender is not None and from_alone.is_it(case, DeskView(settings.constants)),
    )


def _account_of_own(taken: _Taken) -> int | None:
    """Give the account that a request of its own belongs to: its request's, else the sender's if there is one.

    A mail that a person let in across accounts goes back to its sender's: who belongs to another account, and may not
    see the request.
    """
    sender = getattr(taken.decided.case, "sender", None)
    own = None if sender is None or sender.ambiguous else sender.account_id
    record = taken.known.record
    if not taken.known.is_in_it or record is None:
        return own
    let_in = own is not None and taken.decided.case.sender.belongs and not _is_at_home(taken, record)
    return own if let_in else record.account_id


def _is_at_home(taken: _Taken, record: FoundRecord) -> bool:
    """Tell whether a mail may belong to its request's account: its author or who forwarded it does, or works there."""
    case = taken.decided.case
    if record.account_id in (case.sender.account_id, case.writer.account_id):
        return True
    desk, id = DeskView(taken.settings.constants), case.sender.person_id
    return case.sender.sign_in and id is not None and desk.may_see(id, record)


def _as_commanded(taken: _Taken, own: NewRequest) -> NewRequest:
    """Give the request that a held command makes by the settings and rights of now. Raises NotDone."""
    outcome = taken.decided.outcome
    if isinstance(outcome, NewRequest) and outcome.commanded:
        return replace(outcome, reason=f"{own.reason} {outcome.reason}")
    if taken.decided.lines[-1].step == command.NAME:
        raise NotDone(
            f"What it commands is not possible now. Its sender would be told: {outcome.reason} Nothing was done. "
            "To do: have it processed again, which tells its sender, or refuse it."
        )
    raise NotDone(
        "It commanded something when it came, and by the settings of now it is no command. Nothing was done. "
        "To do: have it processed again: it goes on as an ordinary mail."
    )


def _write(
    taken: _Taken, outcome: Joins | NewRequest, account_id: int, actor: Person, kind: MailAct.Kind
) -> Done:
    """Write what the person decided; the trace goes on where it ended."""
    case, record = taken.decided.case, taken.known.record
    ms = round((perf_counter() - taken.began) * 1000, 3)
    line = Line(STEP, outcome.kind, outcome.reason, ms)
    steps = (
        tuple(Line.of(one) for one in taken.outcome.trace) if taken.known.is_in_it else taken.decided.lines
    )
    decided = Decided(case, outcome, (*steps, line))
    before = before_of(taken.outcome)
    row = resettle.write(taken.outcome, decided, account_id, actor, taken.settings)
    came_from = record.id if record else None
    note(taken.outcome.mail, actor, kind, came_from=came_from, went_to=row.record_id, before=before)
    joined = outcome.record if isinstance(outcome, Joins) else None
    left = record if record and taken.known.is_in_it and resettle.is_empty(record.id) else None
    return Done(
        number=joined.number if joined else row.number or 0,
        reopened=isinstance(outcome, Joins) and outcome.reopens,
        left_empty=left.number if left else None,
        name=joined.name if joined and joined.module != REQUEST else "",
        left_name=left.name if left and left.module != REQUEST else "",
    )


def _held_record(id: int) -> FoundRecord | None:
    rows = Record.objects.select_related("status").filter(pk=id, merged_into=None, deleted_at=None)
    record = rows.first()
    return _found(record) if record else None


def _found(record: Record) -> FoundRecord:
    return FoundRecord(
        id=record.pk,
        module=record.module,
        number=record.number,
        account_id=record.account_id,
        instance_id=record.instance_id,
        status=record.status.name,
        status_kind=record.status.kind,
        closed_at=record.closed_at,
        requester_id=record.requester_id,
        code=delimiters.current().get(record.module, record.module),
    )


def before_of(outcome: MailOutcome) -> dict[str, object]:
    """Give what had become of a mail, to be kept beside what becomes of it now."""
    return {
        "kind": outcome.kind,
        "reason": outcome.reason,
        "record": str(outcome.record) if outcome.record else None,
        "steps": outcome.trace,
        "at": outcome.processed_at.isoformat(),
    }


def _meanwhile(mail_id: int) -> str:
    """Say who changed a mail since the page was loaded."""
    changing = (
        *(MailAct.Kind.MOVED, MailAct.Kind.OWN, MailAct.Kind.AGAIN),
        *(MailAct.Kind.AFTER_ALL, MailAct.Kind.SPAM, MailAct.Kind.REFUSED, MailAct.Kind.ORDINARY),
    )
    last = MailAct.objects.select_related("went_to").filter(mail=mail_id, kind__in=changing).last()
    if last is None:
        return f"It was processed meanwhile, and has become something else. {LOOK_AGAIN}"
    what = {
        MailAct.Kind.MOVED: f"moved it to {_named(last.went_to)}",
        MailAct.Kind.OWN: "made it a request of its own",
        MailAct.Kind.SPAM: "said that it is spam",
        MailAct.Kind.REFUSED: "refused its sender",
    }.get(MailAct.Kind(last.kind), "had it processed again")
    return f"{last.by} {what} meanwhile. {LOOK_AGAIN}"


def _named(record: Record | None) -> str:
    if record is None:
        return "another request"
    return f"request {record.number}" if record.module == REQUEST else delimiters.name_of(record)
