"""The values of requests' fields as settings: added, renamed, ordered, and removed while no request has them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deskpost.desk import settings
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.choices import Impact, Level, Mode, RequestType, Urgency
from deskpost.desk.fields import Priority, Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_details import RequestDetails
from deskpost.desk.search import Count

MOST = 1_000  # values of a list, or of one parent
LONGEST_NAME = 100  # characters
ENDED = (Status.Kind.RESOLVED, Status.Kind.CLOSED)
"""The kinds of status with which a request counts as ended."""
NEEDED = (Status.Kind.OPEN, Status.Kind.CLOSED)
"""The kinds of which one status stays: requests begin with one, and end with one."""


class ValueRefused(Exception):
    """A value cannot be so, or cannot go. `field`: the form's field that it is about; `words` say why."""

    def __init__(self, words: str, field: str = "name") -> None:
        super().__init__(words)
        self.words, self.field = words, field


@dataclass(frozen=True, slots=True)
class ValueList:
    """One list. `key`: what addresses and settings files call it; `column`: of a request, where it has a value of it.

    `parent`: the column that names what a value is a part of; `order`: the column of its place, which begins at
    `first`.
    """

    key: str
    name: str | Promise
    model: type[Any]
    column: str
    parent: str = ""
    order: str = "position"
    first: int = 0
    of_record: bool = False

    @property
    def kind(self) -> str:
        """What the history of settings calls its values."""
        return str(self.model._meta.model_name)


LISTS: Mapping[str, ValueList] = MappingProxyType(
    {
        one.key: one
        for one in (
            ValueList("priorities", _("Priorities"), Priority, "priority", "", "level", 1, of_record=True),
            ValueList("statuses", _("Statuses"), Status, "status", of_record=True),
            ValueList("levels", _("Levels"), Level, "level"),
            ValueList("modes", _("Modes"), Mode, "mode"),
            ValueList("urgencies", _("Urgencies"), Urgency, "urgency"),
            ValueList("impacts", _("Impacts"), Impact, "impact"),
            ValueList("request_types", _("Request types"), RequestType, "request_type"),
            ValueList("categories", _("Categories"), Category, "category"),
            ValueList("subcategories", _("Subcategories"), Subcategory, "subcategory", "category"),
            ValueList("items", _("Items"), Item, "item", "subcategory"),
        )
    }
)
_OF_MODEL = {one.model: one for one in LISTS.values()}


def list_of(row: models.Model) -> ValueList:
    """Give the list that a value stands in."""
    return _OF_MODEL[type(row)]


def order_of(model: type[models.Model]) -> str:
    """Give the column that holds the place of such a value in its list."""
    return _OF_MODEL[model].order


def in_order(of: ValueList, parent_id: int | None = None) -> list[Any]:
    """Give the values of a list, or those of one parent, in their order."""
    return list(_beside(of, parent_id))


def requests_with(row: models.Model) -> Count:
    """Give how many requests have a value, counted up to 10,000; also those that are deleted, which keep it."""
    of = list_of(row)
    requests: Any = Record if of.of_record else RequestDetails
    return Count.of(requests.objects.filter(**{of.column: row}).values("pk"))


@transaction.atomic
def save(actor: Person | None, via: str, row: Any, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Save a value, a new one behind the others, and give what changed. Raises ValueRefused."""
    of = list_of(row)
    held = _hold(of, _parent_of(row, of))
    name = values.get("name", row.name)
    if any(one.name.casefold() == name.casefold() and one.pk != row.pk for one in held):
        words = gettext("%(name)s stands in this list already; letter case does not tell two apart.")
        raise ValueRefused(f"{words % {'name': name}} {gettext('To do: choose another name.')}")
    if row._state.adding:
        if len(held) >= MOST:
            words = gettext("This list is full: it has %(n)s values. To do: remove one first.")
            raise ValueRefused(words % {"n": MOST})
        last = getattr(held[-1], of.order) + 1 if held else of.first
        values = {of.order: last, **values}
    elif of.model is Status and (kind := values.get("kind", row.kind)) != _kind_of(row):
        _refuse_last(row, _kind_of(row))
        refuse_ending(row, kind)
    try:
        with transaction.atomic():
            return settings.change(actor, via, row, values)
    except IntegrityError as refused:  # somebody was quicker
        raise ValueRefused(
            gettext("%(name)s stands in this list already. To do: choose another name.") % {"name": name}
        ) from refused


def refuse_ending(status: Status, kind: str) -> None:
    """Refuse a kind that would end, or open again, requests which have the status. Raises ValueRefused."""
    if (kind in ENDED) == (_kind_of(status) in ENDED):
        return
    Status.objects.select_for_update().get(pk=status.pk)  # whoever gives it to a request waits, or is seen
    if (count := requests_with(status)).number:
        words = ngettext(
            "%(n)s request has %(name)s, and would end or open again with another kind. To do: give it another "
            "status first, or add a status of the kind that you want.",
            "%(n)s requests have %(name)s, and would end or open again with another kind. To do: give them another "
            "status first, or add a status of the kind that you want.",
            count.number,
        )
        raise ValueRefused(words % {"n": shown(count), "name": status.name}, "kind")


@transaction.atomic
def move(actor: Person | None, via: str, row: Any, by: int) -> bool:
    """Move a value up (-1) or down (1) by one place; False where it stands there already."""
    of = list_of(row)
    order = settings.moved(_hold(of, _parent_of(row, of)), row, by)
    return order is not None and _number(actor, via, of, order)


@transaction.atomic
def remove(actor: Person | None, via: str, row: Any) -> None:
    """Remove a value, with what is a part of it. Raises ValueRefused while requests have it, or where it is needed."""
    of = list_of(row)
    _hold(of, _parent_of(row, of))
    refuse_removal(row)
    try:
        with at_once():
            settings.remove(actor, via, row)
    except IntegrityError as refused:  # ProtectedError is one: a request has got it in this moment
        raise ValueRefused(used_words(row.name, requests_with(row))) from refused


def refuse_removal(row: Any) -> None:
    """Refuse to remove what requests have, and what the desk cannot be without. Raises ValueRefused."""
    if (count := requests_with(row)).number:
        raise ValueRefused(used_words(row.name, count))
    if isinstance(row, Status):
        _refuse_last(row, row.kind)
    if isinstance(row, Priority) and Priority.objects.count() == 1:
        raise ValueRefused(gettext("It is the last priority. To do: add another one first."))


def used_words(name: str, count: Count) -> str:
    """Say that requests have a value, how many, and what to do."""
    words = ngettext(
        "%(n)s request has %(name)s, so it stays. To do: give this request another value first, or rename it.",
        "%(n)s requests have %(name)s, so it stays. To do: give these requests another value first, or rename it.",
        count.number,
    )
    return words % {"n": shown(count), "name": name}


def shown(count: Count) -> str:
    """Give a count as sentences say it: "10,000+" beyond what is counted."""
    return f"{count.number:,}{'+' if count.more else ''}"


@contextmanager
def at_once() -> Iterator[None]:
    """Let the database check what is written meanwhile at its end, while it can be told, and not at the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _kind_of(status: Status) -> str:
    return Status.objects.values_list("kind", flat=True).get(pk=status.pk)


def _refuse_last(status: Status, kind: str) -> None:
    others = Status.objects.filter(kind=kind).exclude(pk=status.pk)
    if kind in NEEDED and not others.exists():
        words = gettext(
            "%(name)s is the last status of the kind %(kind)s, and requests need one. To do: add another one first."
        )
        raise ValueRefused(words % {"name": status.name, "kind": Status.Kind(kind).label}, "kind")


def _number(actor: Person | None, via: str, of: ValueList, rows: Sequence[Any]) -> bool:
    changed = False
    for place, one in enumerate(rows, of.first):
        changed |= bool(settings.change(actor, via, one, {of.order: place}))
    return changed


def _parent_of(row: Any, of: ValueList) -> int | None:
    return getattr(row, f"{of.parent}_id") if of.parent else None


def _beside(of: ValueList, parent_id: int | None) -> Any:
    rows = of.model.objects.all()
    return rows.filter(**{of.parent: parent_id}) if of.parent and parent_id is not None else rows


def _hold(of: ValueList, parent_id: int | None) -> list[Any]:
    """Lock a list in its order, and what it is a part of: who waits here sees what the other has made of it.

    Mails that come in refer to the values meanwhile.
    """
    if of.parent:
        above = of.model._meta.get_field(of.parent).related_model
        list(above.objects.select_for_update(no_key=True).filter(pk=parent_id))
    return list(_beside(of, parent_id).select_for_update(no_key=True))
