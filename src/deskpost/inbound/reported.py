"""Delivery reports stand where the mail of ours stands that they are about, and go where people put that."""

from collections.abc import Collection

from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.outcome import OF_OURS
from deskpost.outbound.outbox import OutboxMail


def of_conversations(ids: Collection[int], at: Collection[int]) -> QuerySet[MailOutcome]:
    """Give the reports at some records about mails of ours that belong to these conversations."""
    return _about(OutboxMail.objects.filter(conversation__in=ids), at)


def of_records(ids: Collection[int], at: Collection[int]) -> QuerySet[MailOutcome]:
    """Give the reports at some records about mails of ours that tell of these records, and of no conversation."""
    return _about(OutboxMail.objects.filter(record__in=ids, conversation=None), at)


def hold(ids: Collection[int], at: Collection[int]) -> None:
    """Lock the reports about these conversations, in their order: to be called before records are locked."""
    list(of_conversations(ids, at).select_for_update(of=("self",)).order_by("pk").values("pk"))


def follow(conversation_id: int, left: int, to: int) -> None:
    """Let the reports about the mails of a conversation that was put elsewhere stand there too."""
    of_conversations([conversation_id], [left]).update(record=to)


def _about(mails: QuerySet[OutboxMail], at: Collection[int]) -> QuerySet[MailOutcome]:
    about = Cast(KeyTextTransform("id", "decided_by"), BigIntegerField())
    reports = MailOutcome.objects.filter(
        Q(kind="bounce", conversation=None, decided_by__kind=OF_OURS), record__in=at
    )
    return reports.annotate(about=about).filter(about__in=mails.values("pk"))
