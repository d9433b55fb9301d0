"""Lists of requests: views, filters and search over a million rows, a page at a time, by key and never by offset."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import OuterRef, Q, QuerySet, Subquery

from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.records import Record
from deskpost.desk.roles import Visible

PAGE = 50
MOST_FOUND = 10_000  # conversations with a text, beyond which it is a common one
MOST_COUNTED = 10_000  # beyond, a list says "10,000+": counting a million rows helps nobody
NOBODY = 0  # the technician of requests that have none

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
OWN_VIEWS: tuple[View, ...] = (View("open", "Open"), View("all", "All", ended=True))


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
class Page:
    """Some rows of a list, and the places where the ones before and after begin."""

    rows: tuple[Record, ...]
    previous: Cursor | None
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows, counted up to MOST_COUNTED."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The requests beside one in a list, and its place in it (None: far down, or no longer in it)."""

    previous: int | None
    next: int | None
    position: int | None


class _Words(SearchQuery):
    """A search as people type it, whose last word may be only begun."""

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(*args, **kwargs)
        return f"regexp_replace(({sql})::text, '''$', ''':*')::tsquery", params


def views_of(desk: Visible) -> tuple[View, ...]:
    """Give the views a person has: those who see only their own requests have fewer."""
    return WORK_VIEWS if desk.may("request.view") else OWN_VIEWS


@dataclass(frozen=True)
class Listing:
    """One list of requests as one person sees it."""

    desk: Visible
    wanted: Wanted

    @cached_property
    def rows(self) -> QuerySet[Record]:
        """The requests of the list, unordered. Only what the person may see."""
        wanted = self.wanted
        rows = self.desk.records.filter(_of_view(self.desk, wanted.view), module="RE")
        chosen: Mapping[str, int | None] = {
            "status_id": wanted.status,
            "account_id": wanted.account,
            "technician_id": wanted.technician or None,
            "priority_id": wanted.priority,
        }
        rows = rows.filter(**{name: value for name, value in chosen.items() if value is not None})
        if wanted.technician == NOBODY:
            rows = rows.filter(technician=None)
        return self._with_text(rows) if wanted.text else rows

    def page(self, cursor: Cursor | None) -> Page:
        """Give the rows from a place on, with what a list shows of them."""
        back = cursor is not None and cursor.back
        downwards = self.wanted.newest_first != back
        rows = self.rows.select_related("account", "status", "priority", "technician", "requester")
        if cursor is not None:
            rows = rows.filter(_beyond(cursor.at, cursor.id, downwards))
        found = list(_ordered(rows, downwards)[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE]
        if back:
            found.reverse()
        if not found:
            return Page((), None, None)
        first = Cursor(found[0].last_mail_at, found[0].pk, back=True)
        last = Cursor(found[-1].last_mail_at, found[-1].pk)
        before, after = (more, True) if back else (cursor is not None, more)
        return Page(tuple(found), first if before else None, last if after else None)

    def count(self) -> Count:
        """Give how many requests the list holds, up to MOST_COUNTED; of a common word, up to a page."""
        if self._common:  # found by walking down the list, as the page is
            most = PAGE
            number = len(_ordered(self.rows, self.wanted.newest_first).values_list("pk")[: most + 1])
        else:
            most = MOST_COUNTED
            number = self.rows.values("pk")[: most + 1].count()
        return Count(min(number, most), number > most)

    def neighbours(self, record: Record) -> Neighbours:
        """Give what stands beside a request in the list, and its place among the first 1,000."""
        rows = self.rows
        newer = _ordered(rows.filter(_beyond(record.last_mail_at, record.pk, downwards=False)), False)
        older = _ordered(rows.filter(_beyond(record.last_mail_at, record.pk, downwards=True)), True)
        before, after = (newer, older) if self.wanted.newest_first else (older, newer)
        position = None
        if rows.filter(pk=record.pk).exists():
            place = before.order_by().values("pk")[:1000].count()
            position = place + 1 if place < 1000 else None
        previous, next = (side.values_list("number", flat=True).first() for side in (before, after))
        return Neighbours(previous, next, position)

    def news(self, after: int) -> int:
        """Give how many mails came since the conversation with this id; at most 100."""
        mails = self.desk.conversations.filter(pk__gt=after, record__in=self.rows)
        mails = mails.exclude(direction=Conversation.Direction.NOTE).exclude(author=self.desk.person)
        return mails.values("pk")[:100].count()

    @cached_property
    def _found(self) -> list[int]:
        """Conversations with the text searched for, whoever may see them, up to MOST_FOUND and one more."""
        if not self.wanted.text:
            return []
        rows = Conversation.objects.filter(search=self._query).values_list("pk", flat=True)
        return list(rows[: MOST_FOUND + 1])

    @property
    def _common(self) -> bool:
        return len(self._found) > MOST_FOUND

    @property
    def _query(self) -> SearchQuery:
        return _Words(self.wanted.text, config="deskpost", search_type="websearch")

    def _with_text(self, rows: QuerySet[Record]) -> QuerySet[Record]:
        """Keep the requests with the text in a conversation that the person may see.

        PostgreSQL cannot tell beforehand how many have it, so it is asked first. Of few, the requests are looked
        up; a common word is looked for in one request after the other, from the top of the list, until a page is
        full.
        """
        if not self._common:
            return rows.filter(pk__in=self.desk.conversations.filter(pk__in=self._found).values("record_id"))
        having = self.desk.conversations.filter(record=OuterRef("pk"), search=self._query)
        return rows.annotate(has_text=Subquery(having.values("pk")[:1])).filter(has_text__isnull=False)


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
            return opened & Q(status=waiting_status())
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
