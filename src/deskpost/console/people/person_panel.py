"""One person: addresses and groups, roles with where they count and who gave them, and what follows at one place."""

from dataclasses import dataclass
from datetime import datetime

from deskpost.console.dead_addresses import warnings
from deskpost.console.page import Viewer
from deskpost.console.people import places
from deskpost.desk import settings_history
from deskpost.desk.fields import Group
from deskpost.desk.people import Person
from deskpost.desk.roles import PERMISSIONS, Grant, Role, visible
from deskpost.desk.settings_history import Wanted
from deskpost.desk.settings_words import BY

_LOOKED_AT = 500  # newest versions of a person's roles, in which their giving is looked for


@dataclass(frozen=True, slots=True)
class Given:
    """A role that the person has: where it counts, when it was given and by whom (None, "": not known)."""

    grant: Grant
    account: str
    site: str
    at: datetime | None
    who: str


@dataclass(frozen=True, slots=True)
class Line:
    """A permission: which roles have it, in the order of the roles, and whether the person has it at the place."""

    permission: str
    roles: tuple[bool, ...]
    here: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """What is shown of a person."""

    person: Person
    addresses: list[str]
    dead: tuple[str, ...]  # a sentence for each that mail cannot be delivered to
    groups: list[Group]
    you: bool
    home: str
    given: list[Given]
    roles: list[Role]  # all there are
    own: frozenset[int]  # ids of those the person has, wherever
    places: list[tuple[str, str]]
    at: str
    at_words: str
    lines: list[Line]

    @property
    def first_name(self) -> str:
        """What the last column of the matrix calls the person."""
        return (self.person.name.split() or [""])[0][:20]


def panel_of(person: Person, viewer: Viewer, at: str) -> Panel:
    """Give what is shown of a person; `at`: the place of the menu, the person's own where it names none."""
    grants = list(person.grants.select_related("role", "account", "site").order_by("role__name", "pk"))
    roles = list(Role.objects.order_by("pk"))
    place = places.read(at)
    account, site = place if place and place[0] else _first_place(person, grants)
    desk = visible(person)
    assert account is not None
    may = {one: desk.may_at(one, account.pk, site.pk if site else None) for one in PERMISSIONS}
    addresses = list(person.addresses.order_by("-primary", "pk").values_list("address", flat=True))
    return Panel(
        person=person,
        addresses=addresses,
        dead=tuple(warnings(person.account_id, addresses)),
        groups=list(Group.objects.filter(members=person)),
        you=person.pk == viewer.person.pk,
        home=places.words_of(*places.home_of(person)),
        given=list(_given(person, grants)),
        roles=roles,
        own=frozenset(grant.role_id for grant in grants),
        places=list(places.offered()),
        at=places.key_of((account, site)),
        at_words=places.words_of(account, site),
        lines=[Line(one, tuple(one in role.permissions for role in roles), may[one]) for one in PERMISSIONS],
    )


def _first_place(person: Person, grants: list[Grant]) -> places.Place:
    """Give where the reach is looked at first: where a role counts that counts not everywhere, else at home."""
    limited = next((grant for grant in grants if grant.account_id is not None), None)
    if limited is None or any(grant.account_id is None for grant in grants):
        return places.home_of(person)
    return limited.account, limited.site


def _given(person: Person, grants: list[Grant]) -> list[Given]:
    found = settings_history.versions(Wanted(("grant",), about=("person_id", person.pk)), _LOOKED_AT)
    made = {version.row: version for version in found if version.act == "insert"}
    return [
        Given(
            grant,
            places.words_of(grant.account, None),
            grant.site.name if grant.site else "",
            made[grant.pk].at if grant.pk in made else None,
            made[grant.pk].who or str(BY.get(made[grant.pk].via, "")) if grant.pk in made else "",
        )
        for grant in grants
    ]
