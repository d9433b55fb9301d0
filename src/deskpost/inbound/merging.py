"""Merging requests with the mails that came in for them: what waits at one goes over, and comes back with it.

Outcomes are locked before the requests, as everywhere. Outgoing mails stay with the request that they were written
for: an answer to one is led on, and its trace says so.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from deskpost.desk import merging
from deskpost.desk.merges import Merge
from deskpost.desk.merging import NotMerged
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.messages import MailOutcome

_TRIES = 3
Given = TypeVar("Given")


class _Changed(Exception):
    """A mail came to one of the requests between two looks."""


def merge(record_id: int, into_id: int, actor: Person) -> None:
    """Merge a request into another of its account and instance. Raises NotMerged."""
    merge_all([record_id], into_id, actor)


def merge_all(record_ids: Collection[int], into_id: int, actor: Person) -> None:
    """Merge requests into one of their account and instance, all or none. Raises NotMerged."""
    _try(lambda: _merge(sorted(set(record_ids)), into_id, actor))


def take_back(record_id: int, actor: Person, seen: str) -> int:
    """Undo a merge, and give the id of the request that had the conversations. Raises NotMerged.

    `seen` is what `seen_of` gave the page.
    """
    return _try(lambda: _take_back(record_id, actor, seen))


def seen_of(record: Record) -> str:
    """Give which merge of a request a page shows, to be handed back when it is taken back."""
    merge = Merge.objects.filter(record=record).first()
    return merge.at.isoformat() if merge else ""


def count_of(record: Record, end: Record) -> int:
    """Give how many conversations came from a merged request and are at the one that it leads to."""
    return merging.brought_to(record.pk, end.pk).count()


def _merge(record_ids: Sequence[int], into_id: int, actor: Person) -> None:
    here = MailOutcome.objects.filter(record__in=record_ids)
    outcomes = _hold(here)
    merging.hold([*record_ids, into_id])
    if _ids(here) != [one.pk for one in outcomes]:
        raise _Changed
    for id in record_ids:
        waiting = [one.pk for one in outcomes if one.record_id == id and one.conversation_id is None]
        merging.merge(id, into_id, waiting, actor)
    here.update(record=into_id)


def _take_back(record_id: int, actor: Person, seen: str) -> int:
    record, merge = Record.objects.get(pk=record_id), Merge.objects.filter(record=record_id).first()
    if merge is not None and seen_of(record) != seen:
        raise NotMerged("This request was merged anew meanwhile. Nothing was done: look at it again.")
    end_id = merging.leads_to(record_id)[-1]
    came = Q(conversation__in=merging.brought_to(record_id, end_id))
    waiting = Q(pk__in=merge.mails if merge else [], conversation=None)
    outcomes = _hold(MailOutcome.objects.filter(came | waiting, record=end_id))
    was_at, conversations = merging.take_back(record_id, actor)
    back = MailOutcome.objects.filter(Q(conversation__in=conversations) | waiting, record=end_id)
    if was_at != end_id or _ids(back) != [one.pk for one in outcomes]:
        raise _Changed
    back.update(record=record_id)
    return was_at


def _hold(rows: QuerySet[MailOutcome]) -> list[MailOutcome]:
    return list(rows.select_for_update(of=("self",)).defer("trace", "words").order_by("pk"))


def _ids(rows: QuerySet[MailOutcome]) -> Sequence[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _try(act: Callable[[], Given]) -> Given:
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return act()
        except _Changed:
            continue
    raise NotMerged("Mails come to these requests at this moment. To do: try again in a moment.")
