"""Lists of requests: views, filters and search over a million rows, a page at a time, by key and never by offset."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, Self

from django.db.models import OuterRef, Q, QuerySet, Subquery

from deskpost.desk import text_search
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.own_requests import Key, LastMail, OwnRequests, Place, last_mails
from deskpost.desk.records import Record
from deskpost.desk.roles import Visible

PAGE = 50
MOST_COUNTED = 10_000  # beyond, a list says "10,000+": counting a million rows helps nobody
NOBODY = 0  # the technician of requests that have none

_SHOWN = ("account", "status", "priority", "technician", "requester")  # of a request in a list
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class View:
    """A named list. `ended` tells whether resolved and closed requests are in it."""

    key: str
    name: str
    ended: bool = False


WORK_VIEWS: tuple[View, ...] = (
    View("mine", "My open"),
    View("unassigned", "Unassigned"),
    View("open", "All open"),
    View("waiting", "Waiting for customer"),
    View("all", "All", ended=True),
)
OWN_VIEWS: tuple[View, ...] = (
    View("open", "Open"),
    View("done", "Done", ended=True),
    View("all", "All", ended=True),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests a list shows, in which order."""

    view: str = "open"
    status: int | None = None
    account: int | None = None
    technician: int | None = None  # NOBODY: those without one
    priority: int | None = None
    text: str = ""
    newest_first: bool = True


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: just after the row with this key, or (towards the start) just before it."""

    at: datetime
    id: int
    back: bool = False

    def __str__(self) -> str:
        sign = "-" if self.back else ""
        return f"{sign}{(self.at - _EPOCH) // timedelta(microseconds=1)}.{self.id}"

    @classmethod
    def read(cls, written: str) -> "Cursor | None":
        """Give the place that an address names, None where it names none."""
        microseconds, point, id = written.removeprefix("-").partition(".")
        if not (
            point and microseconds.isascii() and microseconds.isdigit() and id.isascii() and id.isdigit()
        ):
            return None
        if len(microseconds) > 17 or len(id) > 18:
            return None
        return cls(_EPOCH + timedelta(microseconds=int(microseconds)), int(id), written.startswith("-"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A request in a list, with its last mail as the person sees it."""

    record: Record
    last: LastMail

    @property
    def key(self) -> Key:
        """What the list is ordered by."""
        return self.last.at, self.record.pk


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the places where the ones before and after begin."""

    rows: tuple[Listed, ...]
    previous: Cursor | None
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows, counted up to MOST_COUNTED."""

    number: int
    more: bool = False

    @classmethod
    def of(cls, *rows: QuerySet[Any]) -> Self:
        """Count rows, no further than that; of each of several parts as far."""
        found = sum(part.order_by()[: MOST_COUNTED + 1].count() for part in rows)
        return cls(min(found, MOST_COUNTED), found > MOST_COUNTED)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The requests beside one in a list, and its place in it (None: far down, or no longer in it)."""

    previous: int | None
    next: int | None
    position: int | None


def views_of(desk: Visible) -> tuple[View, ...]:
    """Give the views a person has: those who see only their own requests have fewer."""
    return WORK_VIEWS if desk.may("request.view") else OWN_VIEWS


@dataclass(frozen=True)
class Listing:
    """One list of requests as one person sees it.

    The requests in scope stand by their last mail, as an index has them. One's own stand by the last mail that one
    sees: nothing of the others shows in the order. Most people have only the ones or only the others.
    """

    desk: Visible
    wanted: Wanted

    @cached_property
    def rows(self) -> QuerySet[Record]:
        """The requests of the list, unordered. Only what the person may see."""
        rows = self._chosen(self.desk.records)
        return self._with_text(rows) if self.wanted.text else rows

    def page(self, cursor: Cursor | None) -> Page:
        """Give the rows from a place on, with what a list shows of them."""
        back = cursor is not None and cursor.back
        found = self._top if cursor is None else self._from(cursor)
        more, found = len(found) > PAGE, found[:PAGE]
        if back:
            found.reverse()
        if not found:
            return Page((), None, None)
        first, last = Cursor(*found[0].key, back=True), Cursor(*found[-1].key)
        before, after = (more, True) if back else (cursor is not None, more)
        return Page(tuple(found), first if before else None, last if after else None)

    def count(self) -> Count:
        """Give how many requests the list holds, up to MOST_COUNTED; of a common word, up to a page."""
        if self._common:  # found by walking down the list, as the page is
            return Count(min(len(self._top), PAGE), len(self._top) > PAGE)
        if self._keys is not None:
            return Count(len(self._keys) + len(self._own.places))
        return Count.of(self.rows.values("pk"))

    def neighbours(self, record: Record) -> Neighbours:
        """Give what stands beside a request in the list, and its place among the first 1,000."""
        key = self._key_of(record)
        before, after = not self.wanted.newest_first, self.wanted.newest_first
        position = None
        if self.rows.filter(pk=record.pk).exists():
            worked = self._worked_beyond(key, before).order_by().values("pk")[:1000].count()
            place = worked + sum(1 for _ in self._own.beyond(key, before)) + 1
            position = place if place <= 1000 else None
        return Neighbours(self._nearest(key, before), self._nearest(key, after), position)

    def news(self, after: int) -> int:
        """Give how many mails came since the conversation with this id; at most 100."""
        mails = self.desk.conversations.filter(pk__gt=after, record__in=self.rows)
        mails = mails.exclude(direction=Conversation.Direction.NOTE).exclude(author=self.desk.person)
        return mails.values("pk")[:100].count()

    @cached_property
    def _worked(self) -> QuerySet[Record]:
        rows = self._chosen(self.desk.worked_records)
        return self._with_text(rows) if self.wanted.text else rows

    @cached_property
    def _own(self) -> OwnRequests:
        rows = self._chosen(self.desk.own_records)
        if self._common:
            return OwnRequests(self.desk, rows, self.wanted.text)
        return OwnRequests(self.desk, self._with_text(rows) if self.wanted.text else rows)

    @cached_property
    def _top(self) -> list[Listed]:
        """The first rows, one more than a page has."""
        return self._some(None, self.wanted.newest_first)

    def _from(self, cursor: Cursor) -> list[Listed]:
        """Give as many rows beyond a place, in the order in which they are met there."""
        return self._some((cursor.at, cursor.id), self.wanted.newest_first != cursor.back)

    def _some(self, key: Key | None, downwards: bool) -> list[Listed]:
        found = [*self._some_worked(key, downwards), *self._some_own(key, downwards)]
        return sorted(found, key=lambda one: one.key, reverse=downwards)[: PAGE + 1]

    def _some_worked(self, key: Key | None, downwards: bool) -> list[Listed]:
        if self._keys is not None:
            keys = self._keys if downwards else self._keys[::-1]
            if key is not None:
                keys = [one for one in keys if (one < key if downwards else one > key)]
            rows = self.desk.worked_records.filter(pk__in=[id for _, id in keys[: PAGE + 1]])
            rows = _ordered(rows, downwards)
        else:
            rows = self._worked_beyond(key, downwards)
        return [
            Listed(one, LastMail(one.last_mail_at, one.last_mail_direction, one.preview))
            for one in rows.select_related(*_SHOWN)[: PAGE + 1]
        ]

    def _some_own(self, key: Key | None, downwards: bool) -> list[Listed]:
        ids = [place.id for place in islice(self._own.beyond(key, downwards), PAGE + 1)]
        if not ids:
            return []
        records = list(self.desk.own_records.filter(pk__in=ids).select_related(*_SHOWN))
        last = last_mails(self.desk, records)
        return [Listed(one, last[one.pk]) for one in records]

    def _key_of(self, record: Record) -> Key:
        """Give where a request stands, be it in the list or not."""
        if self.desk.works_on(record):
            return record.last_mail_at, record.pk
        return last_mails(self.desk, [record])[record.pk].at, record.pk

    def _nearest(self, key: Key, downwards: bool) -> int | None:
        """Give the number of the request next to a place."""
        worked = self._worked_beyond(key, downwards).values_list("last_mail_at", "pk", "number")[:1]
        found = [*(Place(*one) for one in worked), *islice(self._own.beyond(key, downwards), 1)]
        return (max if downwards else min)(found).number if found else None

    def _worked_beyond(self, key: Key | None, downwards: bool) -> QuerySet[Record]:
        rows = self._worked if key is None else self._worked.filter(_beyond(*key, downwards))
        return _ordered(rows, downwards)

    @cached_property
    def _keys(self) -> list[Key] | None:
        """Where the requests in scope with a rare text stand, the newest first; None of any other list."""
        if not self.wanted.text or self._common:
            return None
        return sorted(self._worked.values_list("last_mail_at", "pk"), reverse=True)

    @cached_property
    def _found(self) -> list[tuple[int, int]]:
        return text_search.found(self.wanted.text)

    @cached_property
    def _common(self) -> bool:
        text = self.wanted.text
        if not text:
            return False
        return text_search.is_known_to_be_common(text) or len(self._found) > text_search.MOST_FOUND

    def _chosen(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        """Keep the requests of the view that the filters let through."""
        wanted = self.wanted
        rows = rows.filter(_of_view(self.desk, wanted.view), module="RE")
        chosen: Mapping[str, int | None] = {
            "status_id": wanted.status,
            "account_id": wanted.account,
            "technician_id": wanted.technician or None,
            "priority_id": wanted.priority,
        }
        rows = rows.filter(**{name: value for name, value in chosen.items() if value is not None})
        return rows.filter(technician=None) if wanted.technician == NOBODY else rows

    def _with_text(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        """Keep the requests with the text in a conversation that the person may see.

        Of a rare text the conversations are found first, and their requests are looked up. A common one is looked
        for in one request after the other, from the top of the list, until a page is full: to find all that have
        it would take long.
        """
        if self._common:
            having = self.desk.conversations.filter(
                record=OuterRef("pk"), search=text_search.query(self.wanted.text)
            )
            return rows.annotate(has_text=Subquery(having.values("pk")[:1])).filter(has_text__isnull=False)
        if self.desk.everywhere("request.view"):
            return rows.filter(pk__in=text_search.these({record for _, record in self._found}))
        seen = self.desk.conversations.filter(pk__in=text_search.these([one for one, _ in self._found]))
        return rows.filter(pk__in=seen.values("record_id"))


def newest_conversation() -> int:
    """Give the id of the last conversation written: what comes later is news."""
    return Conversation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def waiting_status() -> Status | None:
    """Give the status in which a request waits for its customer: the first of that kind."""
    return Status.objects.filter(kind=Status.Kind.WAITING).order_by("position", "pk").first()


def _of_view(desk: Visible, view: str) -> Q:
    opened = Q(closed_at=None)
    match view:
        case "mine":
            return opened & Q(technician=desk.person)
        case "unassigned":
            return opened & Q(technician=None)
        case "waiting":
            return Q(status=waiting_status())  # which only open requests have
        case "done":
            return ~opened
        case "all":
            return Q()
    return opened


def _ordered(rows: QuerySet[Record], downwards: bool) -> QuerySet[Record]:
    return rows.order_by("-last_mail_at", "-pk") if downwards else rows.order_by("last_mail_at", "pk")


def _beyond(at: datetime, id: int, downwards: bool) -> Q:
    """Give the rows beyond a key; the first condition is what the index is entered by."""
    if downwards:
        return Q(last_mail_at__lte=at) & (Q(last_mail_at__lt=at) | Q(pk__lt=id))
    return Q(last_mail_at__gte=at) & (Q(last_mail_at__gt=at) | Q(pk__gt=id))
