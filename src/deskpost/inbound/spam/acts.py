"""This is spam: a request is set aside with the mails it came by, and comes back when one is processed after all.

Nothing is erased: the request is deleted as the desk deletes, its mails are dropped, and each act keeps what had become
of its mail before. Outcomes are locked before the request, as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merging import LOOK_AGAIN
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import reprocess
from deskpost.inbound.messages import MailAct, MailOutcome, Undecided
from deskpost.inbound.outcome import OPENS
from deskpost.inbound.reprocess import STEP, NotDone
from deskpost.inbound.steps import by_person
from deskpost.outbound import outbox_acts
from deskpost.outbound.outbox import OutboxAct, standing_at

_DROPPED_WITH_IT = (*OPENS, "conversation", "held")


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was dropped: the mail that opened the request, how many mails, and how many that told of it are not sent."""

    mail_id: int
    mails: int
    unsent: int


@transaction.atomic
def this_is_spam(record_id: int, actor: Person) -> SetAside:
    """Drop the mails of a request and delete it. Raises NotDone."""
    outcomes = _held(record_id)
    record = Record.objects.select_for_update(of=("self",)).get(pk=record_id)
    if {one.pk for one in _outcomes(record_id)} != {one.pk for one in outcomes}:
        raise NotDone(f"A mail came to this request at this moment. {LOOK_AGAIN}")
    _check(record, outcomes)
    unsent = outbox_acts.do(OutboxAct.Kind.CANCELLED, standing_at(record).filter(automatic=True), actor)
    now = timezone.now()
    for one in outcomes:
        _drop(one, record, actor)
    Record.objects.filter(pk=record.pk).update(deleted_at=now, updated_at=now)
    _write_history(record, actor, ["Spam", "no", "yes"])
    opening = next(one for one in outcomes if _opened(one))
    return SetAside(opening.pk, sum(one.kind in _DROPPED_WITH_IT for one in outcomes), unsent)


@transaction.atomic
def process_after_all(mail_id: int, actor: Person, seen: str) -> int | None:
    """Bring back the request that a dropped mail went with, and give its number; else as `process_again`.

    Raises NotDone.
    """
    outcome = reprocess.hold(mail_id, seen)
    record_id = _went_with(outcome) if outcome.kind == "dropped" else None
    if record_id is None:
        reprocess.process_again(mail_id, actor, seen)
        return None
    acts = _acts_of(record_id)
    outcomes = {
        one.pk: one
        for one in MailOutcome.objects.select_for_update(of=("self",))
        .filter(pk__in=acts, record=None)
        .order_by("pk")
    }
    if any(one.raw_erased_at is not None for one in outcomes.values()):
        raise NotDone(by_person.ERASED)  # of another mail of it: the request would come back without that one
    record = Record.objects.select_for_update(of=("self",)).get(pk=record_id)
    if record.deleted_at is None:
        raise NotDone(f"It was brought back meanwhile. {LOOK_AGAIN}")
    now = timezone.now()
    Record.objects.filter(pk=record.pk).update(deleted_at=None, updated_at=now)
    for id, one in outcomes.items():
        _restore(one, acts[id], record, actor)
    _write_history(record, actor, ["Spam", "yes", "no"])
    return record.number


def _opened(outcome: MailOutcome) -> bool:
    return outcome.kind in OPENS and outcome.conversation_id is not None


def _outcomes(record_id: int) -> QuerySet[MailOutcome]:
    return MailOutcome.objects.filter(record=record_id).order_by("pk")


def _held(record_id: int) -> list[MailOutcome]:
    rows = MailOutcome.objects.select_for_update(of=("self",)).select_related("mail", "record")
    return list(rows.filter(record=record_id).order_by("pk"))


def _check(record: Record, outcomes: Sequence[MailOutcome]) -> None:
    """Raise NotDone where a request is more than mail that came in from outside."""
    if record.deleted_at is not None or record.merged_into_id is not None:
        raise NotDone(f"This request was deleted or merged meanwhile. {LOOK_AGAIN}")
    if not any(map(_opened, outcomes)):
        raise NotDone("This request did not come by mail, so there is no mail to drop. To do: close it.")
    ours = Q(mail_id=None) | Q(author__technician=True)
    if Conversation.objects.filter(ours, record=record).exists():
        raise NotDone(
            "People have written in this request, which would go with it. "
            "To do: close it, and define a rule for its sender under Spam filter."
        )
    if Record.objects.filter(Q(merged_into=record) | Q(linked_to=record)).exists():
        raise NotDone("Another request is merged into this one or linked to it. To do: close it.")
    if Undecided.objects.filter(pk__in=[one.pk for one in outcomes]).exists():
        raise NotDone("A mail of it is being processed at this moment. To do: try again in a moment.")


def _drop(outcome: MailOutcome, record: Record, actor: Person) -> None:
    """Let a mail have been dropped; what merely told of the request, as a delivery report, only leaves it."""
    before = reprocess.before_of(outcome)
    before |= {"conversation_id": outcome.conversation_id, "decided_by": outcome.decided_by}
    changes: dict[str, object] = {"record": None, "conversation": None}
    if outcome.kind in _DROPPED_WITH_IT:
        reason = f"{actor.name} said that this is spam. Request {record.number} went with it."
        line = [STEP, "dropped", reason, 0.0]
        changes |= {"kind": "dropped", "reason": reason, "trace": [*outcome.trace, line], "decided_by": None}
    MailOutcome.objects.filter(pk=outcome.pk).update(**changes, processed_at=Now())
    reprocess.note(outcome.mail, actor, MailAct.Kind.SPAM, came_from=record.pk, before=before)


def _restore(outcome: MailOutcome, act: MailAct, record: Record, actor: Person) -> None:
    """Let a mail be again what it was."""
    told = act.before or {}
    reason = f"{actor.name} had it processed after all: request {record.number} is back. {told['reason']}"
    changes: dict[str, object] = {"record": record, "conversation_id": told["conversation_id"]}
    if outcome.kind == "dropped":
        line = [STEP, told["kind"], reason, 0.0]
        changes |= {
            "kind": told["kind"],
            "reason": reason,
            "trace": [*outcome.trace, line],
            "decided_by": told["decided_by"],
            "account_id": record.account_id,
        }
    before = reprocess.before_of(outcome)
    MailOutcome.objects.filter(pk=outcome.pk).update(**changes, processed_at=Now())
    reprocess.note(act.mail, actor, MailAct.Kind.AFTER_ALL, went_to=record.pk, before=before)


def _went_with(outcome: MailOutcome) -> int | None:
    """Give the request that a mail was dropped with, None where it was dropped by itself."""
    last = MailAct.objects.filter(mail=outcome.pk, kind=MailAct.Kind.SPAM).order_by("pk").last()
    if last is None or last.came_from_id is None:
        return None
    deleted = Record.objects.filter(pk=last.came_from_id).exclude(deleted_at=None).exists()
    return last.came_from_id if deleted else None


def _acts_of(record_id: int) -> dict[int, MailAct]:
    """Give the newest act by which each mail went with this request."""
    rows = MailAct.objects.select_related("mail").filter(came_from=record_id, kind=MailAct.Kind.SPAM)
    return {one.mail_id: one for one in rows.order_by("pk")}


def _write_history(record: Record, actor: Person, change: list[str]) -> None:
    HistoryEntry.objects.create(
        record=record,
        account_id=record.account_id,
        at=timezone.now(),
        person=actor,
        by=actor.sign_in_name or actor.name,
        via=HistoryEntry.Via.PAGE,
        changes=[change],
    )
