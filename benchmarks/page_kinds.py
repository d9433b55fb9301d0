"""The kinds of pages that benchmarks/pages.py asks for: who asks, and which address the n-th time."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from benchmarks.filling import WORDS
from benchmarks.settings_pages import addresses

SMALL = "Client 60"  # of 200 accounts, from the largest: one in 500 requests is its own
EVERYWHERE, ONE_ACCOUNT, CUSTOMER, ADMIN = (
    "everywhere@desk.example",
    "one-account@desk.example",
    "customer@client.example",
    "admin@desk.example",
)
TARGETS = {"list": 200, "detail": 100, "search": 300, "settings": 200}
"""Milliseconds of the 95th percentile."""

Addresses = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page."""

    who: str
    target: str
    name: str
    address: Addresses


@dataclass(frozen=True, slots=True)
class Filled:
    """What the database holds."""

    last: int
    large: int
    small: int
    closed: int
    priority: int
    technician: int
    of_small: tuple[int, ...]
    of_customer: tuple[int, ...]

    def some(self, number: int) -> int:
        """Give the number of a request, each time another, from all over the years."""
        return self.last - (number * 7919) % self.last


def look(url: str) -> Filled:
    """Find in the database what the addresses name."""
    with psycopg.connect(url) as database:
        (row,) = database.execute(
            "SELECT (SELECT max(number) FROM record), (SELECT id FROM account WHERE name = 'Client 0'), "
            "(SELECT id FROM account WHERE name = %s), (SELECT id FROM status WHERE name = 'Closed'), "
            "(SELECT max(id) FROM priority), (SELECT id FROM person WHERE name = 'Tech 2')",
            [SMALL],
        ).fetchall()
        numbers = (
            "SELECT number FROM record JOIN person ON person.id = requester_id JOIN account ON account.id = "
            "record.account_id WHERE %s IN (sign_in_name, account.name) ORDER BY number DESC LIMIT 200"
        )
        small, own = (database.execute(numbers, [name]).fetchall() for name in (SMALL, CUSTOMER))
        return Filled(*row, tuple(number for (number,) in small), tuple(number for (number,) in own))


def kinds(filled: Filled) -> list[Kind]:
    """Give all kinds, in the order in which they are asked for."""
    return [*_lists(filled), *_details(filled), *_searches(filled), *_traces(filled), *_settings()]


def _lists(filled: Filled) -> list[Kind]:
    narrow = f"view=unassigned&priority={filled.priority}&account={filled.small}"
    names = {
        **{f"view {view}": f"view={view}" for view in ("mine", "unassigned", "open", "waiting", "all")},
        "all, oldest first": "view=all&sort=oldest",
        "open, page 50": "view=open",
        "all, page 50": "view=all",
        "all, a large account": f"view=all&account={filled.large}",
        "open, a small account": f"view=open&account={filled.small}",
        "all, closed": f"view=all&status={filled.closed}",
        "all, a technician": f"view=all&technician={filled.technician}",
        "unassigned, a priority, a small account": narrow,
    }
    others = [(who, f"view={view}") for who in (ONE_ACCOUNT, CUSTOMER) for view in ("open", "all")]
    return [
        *(Kind(EVERYWHERE, "list", name, _always(query)) for name, query in names.items()),
        *(Kind(who, "list", query.replace("=", " "), _always(query)) for who, query in others),
    ]


def _details(filled: Filled) -> list[Kind]:
    small, own = filled.of_small, filled.of_customer
    return [
        Kind(EVERYWHERE, "detail", "one", lambda n: f"/requests/{filled.some(n)}/"),
        Kind(EVERYWHERE, "detail", "from the list of all", lambda n: f"/requests/{filled.some(n)}/?view=all"),
        Kind(EVERYWHERE, "detail", "of 200 mails", lambda _: "/requests/1/"),
        Kind(ONE_ACCOUNT, "detail", "one", lambda n: f"/requests/{small[n % len(small)]}/"),
        Kind(CUSTOMER, "detail", "one", lambda n: f"/requests/{own[n % len(own)]}/"),
    ]


def _searches(filled: Filled) -> list[Kind]:
    begun, small = WORDS[500][:3], f"view=all&account={filled.small}&"
    everywhere: dict[str, Addresses] = {
        "a word of one mail": lambda n: f"/requests/?view=all&q=sn{filled.some(n)}x",
        "a rare word": _words(12_000),
        "a word of three mails in 1,000": _words(3_000),
        "a word of one mail in 100": _words(1_000),
        "a word of one mail in ten": _words(100),
        "the most common word": _always(f"view=all&q={WORDS[0]}"),
        "two common words": lambda n: f"/requests/?view=all&q={WORDS[20 + n]}+{WORDS[90 + n]}",
        "a common word and one of one mail": lambda n: (
            f"/requests/?view=all&q={WORDS[n]}+sn{filled.some(n)}x"
        ),
        "three letters": _always(f"view=all&q={begun}"),
        "no mail": _always("view=all&q=zebracrossing"),
        "one mail in 100, among my open": _words(1_000, "view=mine&"),
        "one mail in ten, among all open": _words(100, "view=open&"),
        "one mail in 100, in a small account": _words(1_000, small),
        "one mail in ten, in a small account": _words(100, small),
    }
    others = [
        Kind(who, "search", name, _words(rank))
        for who in (ONE_ACCOUNT, CUSTOMER)
        for name, rank in (("a word of one mail in 100", 1_000), ("a word of one mail in ten", 100))
    ]
    return [*(Kind(EVERYWHERE, "search", name, address) for name, address in everywhere.items()), *others]


def _traces(filled: Filled) -> list[Kind]:
    lists = {
        "trace, the newest": lambda _: "/trace/",
        "trace, an outcome": lambda _: "/trace/?outcome=conversation",
        "trace, errors, of which there are none": lambda _: "/trace/?outcome=error",
    }
    searches: dict[str, Addresses] = {
        "trace, a sender": lambda n: f"/trace/?sender=filled{1 + n}",
        "trace, a recipient of all": lambda _: "/trace/?recipient=help@desk.example",
        "trace, a subject": lambda n: f"/trace/?subject=trouble+{filled.some(n)}",
        "trace, a word of every subject": lambda _: "/trace/?subject=trouble",
        "trace, a word of none": lambda _: "/trace/?subject=zebracrossing",
        "trace, a Message-ID": lambda n: f"/trace/?message_id=%3C{n}.0@filled.example%3E",
    }
    return [
        *(Kind(EVERYWHERE, "list", name, address) for name, address in lists.items()),
        *(Kind(EVERYWHERE, "search", name, address) for name, address in searches.items()),
        Kind(EVERYWHERE, "detail", "the trace of a mail", lambda n: f"/trace/{1 + n}/"),
    ]


def _settings() -> list[Kind]:
    return [Kind(ADMIN, "settings", name, address) for name, address in addresses().items()]


def _always(query: str) -> Addresses:
    return lambda _: f"/requests/?{query}"


def _words(rank: int, where: str = "view=all&") -> Addresses:
    return lambda n: f"/requests/?{where}q={WORDS[rank + n]}"
