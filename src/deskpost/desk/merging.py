"""Merging requests: one is closed and leads to another, where its conversations go, and comes back with them.

Each act is for a transaction of the caller's, locks the requests by their ids, and is told when somebody was faster.
Nobody is notified: whoever wrote in either request is answered at the one that stays.
"""

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, Left, Now
from django.utils import timezone

from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merges import Merge
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.requests import PREVIEW_LENGTH, note_history, preview

MERGED = "Merged into"  # as the history names it
TAKEN_IN = "Merged request"

LOOK_AGAIN = "Nothing was done. To do: look at it again, as it is now."

_UP = """
WITH RECURSIVE up(id, place) AS (
    SELECT %s::bigint, 0 UNION ALL
    SELECT r.merged_into_id, place + 1 FROM up JOIN record r ON r.id = up.id WHERE r.merged_into_id IS NOT NULL
) CYCLE id SET again USING met
SELECT id FROM up ORDER BY place
"""
_BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT unnest(%s::bigint[]) UNION SELECT r.id FROM below JOIN record r ON r.merged_into_id = below.id
)
SELECT id FROM below
"""
_OWN_ENDS = """
WITH RECURSIVE up(id) AS (
    SELECT merged_into_id FROM record WHERE requester_id = %s AND merged_into_id IS NOT NULL
    UNION SELECT r.merged_into_id FROM up JOIN record r ON r.id = up.id WHERE r.merged_into_id IS NOT NULL
)
SELECT id FROM up
"""


class NotMerged(Exception):
    """It was not done; `words` says why, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def leads_to(record_id: int) -> list[int]:
    """Give the ids from a record up to the one that it leads to: itself alone where it is not merged."""
    return _ids(_UP, record_id)


def merged_here(record_ids: Collection[int]) -> list[int]:
    """Give the ids of these records and of all that were merged into them, at once or by way of another."""
    return _ids(_BELOW, list(record_ids))


def own_lead_to(person_id: int) -> list[int]:
    """Give the ids of the records that a person's own merged requests lead to."""
    return _ids(_OWN_ENDS, person_id)


def end_of(record: Record) -> Record:
    """Give the record that this one leads to in the end: itself where it is not merged."""
    return record if record.merged_into_id is None else Record.objects.get(pk=leads_to(record.pk)[-1])


def brought_to(record_id: int, way: Sequence[int]) -> QuerySet[Conversation]:
    """Give the conversations that merges brought from a record to one of those on its way up, and are there still."""
    return Conversation.objects.filter(record__in=way, came_from__in=merged_here([record_id]))


def hold(ids: Collection[int]) -> dict[int, Record]:
    """Lock records, in the order of their ids, and give them."""
    rows = Record.objects.filter(pk__in=ids).order_by("pk")
    list(
        rows.select_for_update().values("pk")
    )  # by itself: joined, a row whose status changed meanwhile is left out
    return {one.pk: one for one in rows.select_related("status")}


def merge(
    record_id: int, into_id: int, mails: Sequence[int], actor: Person, stay: Collection[int] = ()
) -> None:
    """Close a request and let it lead to another, with its conversations. Raises NotMerged.

    `mails`: incoming mails that wait at it, kept so that they can be given back. `stay`: conversations that the other
    one has already, and which are left here.
    """
    held = hold([record_id, into_id])
    record, into = held.get(record_id), held.get(into_id)
    _check(record, into)
    assert record is not None and into is not None
    closed = Status.objects.filter(kind=Status.Kind.CLOSED).order_by("position", "pk").first()
    if closed is None:
        raise NotMerged(
            "There is no status in which a request is closed. Nothing was done. To do: add one of that kind."
        )
    now = timezone.now()
    status = record.status if record.status.kind == Status.Kind.CLOSED else closed
    Merge.objects.create(
        record=record,
        account_id=record.account_id,
        person=actor,
        by=actor.name,
        status_before=record.status,
        closed_before=record.closed_at,
        mails=list(mails),
    )
    Record.objects.filter(pk=record.pk).update(
        merged_into=into, status=status, closed_at=record.closed_at or now, updated_at=now
    )
    Conversation.objects.filter(record=record).exclude(pk__in=stay).update(
        record=into, came_from=Coalesce("came_from", Value(record.pk))
    )
    follow_last_mail([into.pk])
    changed = [(MERGED, None, str(into)), *_status_change(record.status, status)]
    note_history(record, actor, HistoryEntry.Via.PAGE, changed, now)
    note_history(into, actor, HistoryEntry.Via.PAGE, [(TAKEN_IN, None, str(record))], now)


def take_back(record_id: int, actor: Person) -> tuple[int, list[int]]:
    """Undo a merge: what came from the request goes back, and it is in the status it had. Raises NotMerged.

    Gives the request where its conversations were, and their ids. What was put elsewhere since stays there, and what
    was written since belongs to the request that it was written in.
    """
    way = leads_to(record_id)
    held = hold(way)
    if leads_to(record_id) != way:
        raise NotMerged(f"One of these requests was merged at this moment. {LOOK_AGAIN}")
    merge = Merge.objects.filter(record=record_id).select_related("status_before").first()
    if merge is None or len(way) == 1:
        raise NotMerged(_taken_back_words(record_id))
    record, into, end = held[record_id], held[way[1]], held[way[-1]]
    if record.deleted_at is not None or end.deleted_at is not None:
        raise NotMerged(f"One of these requests was deleted. {LOOK_AGAIN}")
    back = brought_to(record.pk, way[1:])
    ids = list(back.values_list("pk", flat=True))
    own = When(came_from=record, then=Value(None))
    back.update(record=record, came_from=Case(own, default=F("came_from")))
    now = timezone.now()
    Record.objects.filter(pk=record.pk).update(
        merged_into=None, status=merge.status_before, closed_at=merge.closed_before, updated_at=now
    )
    changed = [(MERGED, str(into), None), *_status_change(record.status, merge.status_before)]
    _forget(merge.mails, way[1:])
    merge.delete()
    follow_last_mail([record.pk, end.pk])
    note_history(record, actor, HistoryEntry.Via.PAGE, changed, now)
    for one in {into, end}:
        note_history(one, actor, HistoryEntry.Via.PAGE, [(TAKEN_IN, str(record), None)], now)
    return end.pk, ids


def follow_last_mail(record_ids: Collection[int]) -> None:
    """Let requests show the newest mail that they have now. Automatic answers move none, as in settle."""
    for id in record_ids:
        mails = Conversation.objects.filter(record_id=id, automatic=False).exclude(direction="note")
        newest = mails.annotate(start=Left("text", PREVIEW_LENGTH * 4)).order_by("-at", "-pk")
        last = newest.values_list("at", "direction", "start").first()
        if last is not None:
            at, direction, start = last
            Record.objects.filter(pk=id).update(
                last_mail_at=at, last_mail_direction=direction, preview=preview(start), updated_at=Now()
            )


def merged_words(record: Record) -> str:
    """Say who merged a request into which, and that nothing is done with it."""
    merge = Merge.objects.filter(record=record).first()
    who, number = merge.by if merge else "Somebody", end_of(record).number
    return (
        f"{who} merged request {record.number} into request {number} meanwhile. Nothing was done. "
        f"To do: choose request {number}."
    )


def gone_words(record_id: int) -> str:
    """Say why nothing is put into a request: it was merged into another one, or deleted."""
    record = Record.objects.get(pk=record_id)
    if record.merged_into_id is None:
        return f"Request {record.number} was deleted meanwhile. Nothing was done. To do: choose another one."
    return merged_words(record)


def _forget(mails: Sequence[int], way: Sequence[int]) -> None:
    """Let the merges above forget the mails that went back from there: these wait by another one's leave no more."""
    for above in Merge.objects.filter(record__in=way, mails__overlap=list(mails)):
        kept = [one for one in above.mails if one not in mails]
        Merge.objects.filter(pk=above.pk).update(mails=kept)


def _check(record: Record | None, into: Record | None) -> None:
    """Raise NotMerged where a request cannot be merged into another."""
    if record is None or into is None or record.deleted_at is not None or into.deleted_at is not None:
        raise NotMerged(
            "One of these requests was deleted meanwhile. Nothing was done. To do: choose another one."
        )
    if record == into:
        raise NotMerged("This is the request itself. Nothing was done. To do: choose another one.")
    if record.account_id != into.account_id:
        raise NotMerged(
            "These requests are of two accounts, which never mix. Nothing was done. "
            "To do: choose one of the same account."
        )
    if (record.module, into.module) != ("RE", "RE"):
        raise NotMerged("Requests alone are merged. Nothing was done. To do: choose two requests.")
    for one in (record, into):
        if one.merged_into_id is not None:
            raise NotMerged(merged_words(one))


def _taken_back_words(record_id: int) -> str:
    entries = HistoryEntry.objects.filter(record=record_id, changes__contains=[[MERGED]])
    last = entries.select_related("person").order_by("-at", "-pk").first()
    if last is None:
        return "This request is not merged. Nothing was done. To do: work on it here."
    who = last.person.name if last.person else last.by
    return f"{who} took the merge back meanwhile. {LOOK_AGAIN}"


def _status_change(old: Status, new: Status) -> list[tuple[str, str | None, str | None]]:
    return [] if old == new else [("Status", old.name, new.name)]


def _ids(statement: str, start: int | list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [start])
        return [id for (id,) in cursor.fetchall()]
