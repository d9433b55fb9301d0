"""Merging requests with the mails that came in for them: what waits at one goes over, and comes back with it.

Outcomes are locked before the requests, as everywhere. Outgoing mails stand where their conversations are: an answer
to one is led there, and its trace says so.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from deskpost.desk import merging
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.merges import Merge
from deskpost.desk.merging import NotMerged
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import visible
from deskpost.inbound import reported
from deskpost.inbound.messages import MailOutcome

_TRIES = 3
_TWINS = """
SELECT talk.id FROM conversation talk JOIN mail_outcome one ON one.mail_id = talk.mail_id
WHERE talk.record_id = %(record)s AND EXISTS (
    SELECT FROM conversation other JOIN mail_outcome twin ON twin.mail_id = other.mail_id
    WHERE other.record_id = %(into)s AND other.message_id IS NOT DISTINCT FROM talk.message_id
    AND twin.content_key = one.content_key)
"""
Given = TypeVar("Given")


class _Changed(Exception):
    """A mail came to one of the requests between two looks."""


def merge(record_id: int, into_id: int, actor: Person) -> None:
    """Merge a request into another of its account. Raises NotMerged, also where it would be closed by who may not."""
    merge_all([record_id], into_id, actor)


def merge_all(record_ids: Collection[int], into_id: int, actor: Person) -> None:
    """Merge requests into one of their account, all or none. Raises NotMerged, as `merge` does."""
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
    return merging.brought_to(record.pk, [end.pk]).count()


def _merge(record_ids: Sequence[int], into_id: int, actor: Person) -> None:
    here = MailOutcome.objects.filter(record__in=record_ids)
    outcomes = _hold(here)
    held = merging.hold([*record_ids, into_id])
    for id in record_ids:
        if id in held and held[id].status.kind != Status.Kind.CLOSED:
            _needs_close(actor, held[id])
    if _ids(here) != [one.pk for one in outcomes]:
        raise _Changed
    stay: set[int] = set()
    for id in record_ids:
        waiting = [one.pk for one in outcomes if one.record_id == id and one.conversation_id is None]
        twins = _twins(id, into_id)
        merging.merge(id, into_id, waiting, actor, stay=twins)
        stay |= twins
    here.exclude(conversation__in=stay).update(record=into_id)


def _take_back(record_id: int, actor: Person, seen: str) -> int:
    record, merge = Record.objects.get(pk=record_id), Merge.objects.filter(record=record_id).first()
    if merge is not None and seen_of(record) != seen:
        raise NotMerged(f"This request was merged anew meanwhile. {merging.LOOK_AGAIN}")
    if merge is not None and merge.status_before.kind != Status.Kind.CLOSED:
        _needs_close(actor, record)
    way, below = merging.leads_to(record_id), merging.merged_here([record_id])
    brought = list(merging.brought_to(record_id, way[1:]).values_list("pk", flat=True))
    stayed = list(Conversation.objects.filter(record__in=below).values_list("pk", flat=True))
    waited = merge.mails if merge else []
    outcomes = _hold(_of(brought, stayed, waited, below, way[1:]))
    was_at, conversations = merging.take_back(record_id, actor)
    back = _of(brought, stayed, waited, below, way[1:])
    if was_at != way[-1] or set(conversations) != set(brought) or _ids(back) != [one.pk for one in outcomes]:
        raise _Changed
    back.update(record=record_id)
    return was_at


def _needs_close(actor: Person, record: Record) -> None:
    """Raise NotMerged where somebody may not close a request or open it again: a merge, and taking it back, does."""
    if not visible(actor).may("request.close", record):
        words = gettext(
            "Request %(number)d would be closed or opened again by this, which needs request.close there. "
            "Nothing was done. To do: ask somebody who has it, or let this request be the one that stays."
        )
        raise NotMerged(words % {"number": record.number})


def _of(
    conversations: Collection[int],
    stayed: Collection[int],
    waited: Collection[int],
    below: Collection[int],
    at: Collection[int],
) -> QuerySet[MailOutcome]:
    """Give the outcomes at some records that go back with a request, the ids of those merged into it in `below`.

    Those of its conversations, those that `waited` at it, and the reports about its mails of ours: also about those of
    conversations that `stayed` at it, which the other one had already.
    """
    reports = (reported.of_conversations([*conversations, *stayed], at), reported.of_records(below, at))
    ids = {one for rows in reports for one in rows.values_list("pk", flat=True)}
    waiting = Q(pk__in={*ids, *waited}, conversation=None)
    return MailOutcome.objects.filter(Q(conversation__in=conversations) | waiting, record__in=at)


def _twins(record_id: int, into_id: int) -> set[int]:
    """Give the conversations of a request whose mail the other one has already: no mail stands twice at a request."""
    with connection.cursor() as cursor:
        cursor.execute(_TWINS, {"record": record_id, "into": into_id})
        return {id for (id,) in cursor.fetchall()}


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
