"""Mails that wait until somebody accepts or refuses their senders, whom nobody knew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from deskpost.desk.merging import LOOK_AGAIN
from deskpost.desk.people import Person, fold
from deskpost.desk.records import Record
from deskpost.inbound import reprocess
from deskpost.inbound.messages import MailAct, MailOutcome, Undecided
from deskpost.inbound.reprocess import STEP, NotDone
from deskpost.inbound.steps.unknown import COLUMN, WITHOUT_SENDER

_AT_ONCE = 100  # further mails of a sender that is accepted


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request that the mail is, its requester, and how many further mails that wait for them are processed now.

    `person` is None where the mail names no sender with an address; `made`: it is a person since now.
    """

    number: int
    others: int
    person: Person | None
    made: bool


def waits(outcome: MailOutcome) -> bool:
    """Tell whether a mail is held for its sender to be accepted."""
    return outcome.kind == "held" and (outcome.decided_by or {}).get("column") == COLUMN


def names_nobody(outcome: MailOutcome) -> bool:
    """Tell whether a mail that waits names no sender with an address: accepted it makes nobody a person."""
    return waits(outcome) and outcome.reason == WITHOUT_SENDER["held"]


def waiting() -> "QuerySet[MailOutcome]":
    """Give those that wait, but for what a worker takes up again just now."""
    rows = MailOutcome.objects.filter(kind="held", decided_by__column=COLUMN)
    return rows.exclude(pk__in=Undecided.objects.values("pk"))


@transaction.atomic
def accept(mail_id: int, actor: Person, seen: str, may_open: Callable[[int, int | None], bool]) -> Accepted:
    """Make the mail a request and its sender a person; what else waits for them is processed. Raises NotDone.

    Of a command the person is whom it names, and the request what it commands. Who has no address is nobody, so
    nobody is the request's requester.
    `may_open`: whether the person may open requests at an account and site.
    """
    outcome = _held(mail_id, seen)
    newest = Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    done = reprocess.open_own(mail_id, actor, seen, may_open)
    person = Record.objects.select_related("requester").get(module="RE", number=done.number).requester
    others = _others(outcome, person) if person is not None else []
    for one in others:
        reprocess.process_again(one.pk, actor, reprocess.seen_of(one))
    return Accepted(done.number, len(others), person, person is not None and person.pk > newest)


@transaction.atomic
def refuse(mail_id: int, actor: Person, seen: str) -> None:
    """Let a mail be refused; nobody is told, and it can still be accepted later. Raises NotDone."""
    outcome = _held(mail_id, seen)
    reason = (
        f"{actor.name} refused it: nobody knows its sender. Nothing was opened, and the sender was not told."
    )
    trace: list[Any] = [*outcome.trace, [STEP, "refused", reason, 0.0]]
    MailOutcome.objects.filter(pk=mail_id).update(
        kind="refused", reason=reason, trace=trace, decided_by=None, processed_at=Now()
    )
    reprocess.note(outcome.mail, actor, MailAct.Kind.REFUSED, before=reprocess.before_of(outcome))


def _held(mail_id: int, seen: str) -> MailOutcome:
    outcome = reprocess.hold(mail_id, seen)
    if not waits(outcome):
        raise NotDone(f"It does not wait for its sender to be accepted. {LOOK_AGAIN}")
    return outcome


def _others(outcome: MailOutcome, person: Person) -> Sequence[MailOutcome]:
    """Give the other mails that wait in the same account for this person: their own, and commands for them."""
    keys = set(person.addresses.values_list("key", flat=True))
    rows = waiting().filter(account=outcome.account_id).exclude(pk=outcome.pk).select_related("record")
    found = [
        one
        for one in rows.order_by("pk")[: 10 * _AT_ONCE]
        if one.reason == outcome.reason or (one.from_address and fold(one.from_address) in keys)
    ]
    return found[:_AT_ONCE]
