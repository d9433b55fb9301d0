"""Lists of people: by what they are, a page at a time, and found by name or address. There may be a million."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.utils import OperationalError

from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.search import Count

PAGE = 50
MOST_FOUND = 100
LONGEST_LOOK = 800  # milliseconds; beyond, only a whole address is looked up

TECHNICIANS, REQUESTERS, NO_LOGIN = SHOWS = ("technicians", "requesters", "no-login")
_WHICH = {
    TECHNICIANS: Q(technician=True),
    REQUESTERS: Q(technician=False) & ~Q(sign_in_name=None),
    NO_LOGIN: Q(technician=False, sign_in_name=None),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some people of a list, and the places where the ones before and after begin: a person's id, "-" for before."""

    people: tuple[Person, ...]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found. `more`: there are more of them; `whole`: only a whole address was looked up, for want of time."""

    people: tuple[Person, ...]
    more: bool = False
    whole: bool = False


def of(shown: str) -> QuerySet[Person]:
    """Give the people of a list, unordered."""
    return Person.objects.filter(_WHICH[shown], deleted_at=None)


def list_of(person: Person) -> str:
    """Give the list that a person is in."""
    if person.technician:
        return TECHNICIANS
    return REQUESTERS if person.sign_in_name is not None else NO_LOGIN


def count(shown: str) -> Count:
    """Give how many people a list has, counted up to 10,000."""
    return Count.of(of(shown).values("pk"))


def page(shown: str, place: str) -> Page:
    """Give a page from a place on. By name; those without login, whom mail made, the newest first."""
    back, id = place.startswith("-"), place.removeprefix("-")
    at = Person.objects.filter(pk=int(id)).first() if id.isascii() and id.isdigit() and len(id) < 19 else None
    back = back and at is not None
    rows = of(shown)
    if at is not None:
        rows = rows.filter(_beyond(shown, at, back))
    found = list(_with_facts(_ordered(rows, shown, back))[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    if not found:
        return Page(())
    before, after = (more, True) if back else (at is not None, more)
    return Page(tuple(found), f"-{found[0].pk}" if before else "", str(found[-1].pk) if after else "")


def find(shown: str, text: str) -> Found:
    """Give those of a list with a text in their name or one of their addresses, at most so many."""
    found = _in_time(lambda: _part_of(shown, text))
    whole = found is None
    ids = _with_address(text) if found is None else found
    people = list(_with_facts(_ordered(of(shown).filter(pk__in=ids), shown, False))[: MOST_FOUND + 1])
    return Found(tuple(people[:MOST_FOUND]), len(people) > MOST_FOUND, whole)


def _part_of(shown: str, text: str) -> set[int]:
    """Give the ids of people with the text in name or address: of each so many that a common text ends the look."""
    most = MOST_FOUND + 1
    named = _ordered(of(shown).filter(name__icontains=text), shown, False).values_list("pk", flat=True)
    which = {f"person__{name}": value for name, value in _columns(shown).items()}
    written = PersonAddress.objects.filter(key__contains=text.lower(), **which)
    return {*named[:most], *written.values_list("person_id", flat=True)[:most], *_with_address(text)}


def _columns(shown: str) -> dict[str, object]:
    """Give the conditions of a list as they are asked of another table."""
    if shown == TECHNICIANS:
        return {"technician": True, "deleted_at": None}
    return {"technician": False, "deleted_at": None, "sign_in_name__isnull": shown == NO_LOGIN}


def _with_address(text: str) -> set[int]:
    return set(PersonAddress.objects.filter(key=fold(text)).values_list("person_id", flat=True)[:MOST_FOUND])


def _in_time(look: Callable[[], set[int]]) -> set[int] | None:
    """Look, unless it takes too long: None then."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LONGEST_LOOK)])
            found = look()
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
            return found
    except OperationalError as ended:
        if getattr(ended.__cause__, "sqlstate", "") != "57014":  # query_canceled
            raise
        return None


def _beyond(shown: str, at: Person, back: bool) -> Q:
    if shown == NO_LOGIN:
        return Q(pk__gt=at.pk) if back else Q(pk__lt=at.pk)
    if back:
        return Q(name__lte=at.name) & (Q(name__lt=at.name) | Q(pk__lt=at.pk))
    return Q(name__gte=at.name) & (Q(name__gt=at.name) | Q(pk__gt=at.pk))


def _ordered(rows: QuerySet[Person], shown: str, back: bool) -> QuerySet[Person]:
    if shown == NO_LOGIN:
        return rows.order_by("pk") if back else rows.order_by("-pk")
    return rows.order_by("-name", "-pk") if back else rows.order_by("name", "pk")


def _with_facts(rows: QuerySet[Person]) -> QuerySet[Person]:
    return rows.select_related("account").prefetch_related("addresses", "grants__role")
