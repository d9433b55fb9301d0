"""One's own requests as they stand in lists: by the last mail that one may see, not by the last one there is."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left

from deskpost.desk import text_search
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import fold
from deskpost.desk.records import Record
from deskpost.desk.requests import PREVIEW_LENGTH, preview
from deskpost.desk.roles import Visible

_AT_ONCE = 200  # requests in which a common word is looked for at a time

Key = tuple[datetime, int]  # what lists are ordered by: the time of the last mail, then the request's id


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a request stands in a list."""

    at: datetime
    id: int
    number: int

    @property
    def key(self) -> Key:
        """What lists are ordered by."""
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class LastMail:
    """The last mail of a request as somebody sees it; `mine` tells whether that person wrote it."""

    at: datetime
    direction: str
    preview: str
    mine: bool = False


@dataclass(frozen=True)
class OwnRequests:
    """Those of one's own requests that a list shows. With a text, only those that have it in a mail that one sees."""

    desk: Visible
    rows: QuerySet[Record]
    text: str = ""

    @cached_property
    def places(self) -> list[Place]:
        """Where they stand, the newest first; of one without any mail that one sees, by when it was opened."""
        last = _seen(self.desk).filter(record=OuterRef("pk")).order_by("-at", "-pk").values("at")[:1]
        rows = self.rows.order_by().annotate(seen_at=Coalesce(Subquery(last), "created_at"))
        return sorted((Place(*one) for one in rows.values_list("seen_at", "pk", "number")), reverse=True)

    def beyond(self, key: Key | None, downwards: bool) -> Iterator[Place]:
        """Give the places beyond one, the nearest first; None: from the list's end on."""
        places = self.places if downwards else reversed(self.places)
        found = (one for one in places if key is None or (one.key < key if downwards else one.key > key))
        return self._with_text(found) if self.text else found

    def _with_text(self, places: Iterator[Place]) -> Iterator[Place]:
        """Keep the requests that have the text, looking no further than is asked for."""
        while some := list(islice(places, _AT_ONCE)):
            ids = [one.id for one in some]
            mails = Conversation.objects.filter(
                self.desk.own_mails,
                record__in=text_search.these(ids),
                search=text_search.query(self.text),
            )
            having = set(mails.values_list("record_id", flat=True))
            yield from (one for one in some if one.id in having)


def last_mails(desk: Visible, records: Collection[Record]) -> Mapping[int, LastMail]:
    """Give, by their ids, the last mail that one sees of each of one's own requests; of one without, its opening."""
    mails = _seen(desk).filter(record__in=[record.pk for record in records])
    newest = mails.order_by("record_id", "-at", "-pk").distinct("record_id")
    found = {
        record: LastMail(at, direction, preview(text), _is_mine(desk, author, address))
        for record, at, direction, author, address, text in newest.values_list(
            "record_id", "at", "direction", "author_id", "from_address", Left("text", PREVIEW_LENGTH * 4)
        )
    }
    return {
        record.pk: found.get(record.pk) or LastMail(record.created_at, "in", "", mine=True)
        for record in records
    }


def _seen(desk: Visible) -> QuerySet[Conversation]:
    """Give the mails that move a request in its list: not the automatic ones, which join quietly."""
    return Conversation.objects.filter(desk.own_mails, automatic=False)


def _is_mine(desk: Visible, author: int | None, address: str) -> bool:
    return author == desk.person.pk or fold(address) in desk.addresses
