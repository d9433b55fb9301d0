"""Technician groups as settings: made, changed with their members, removed."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from deskpost.desk import settings
from deskpost.desk.accounts import Account
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.search import Count


class GroupNameTaken(Exception):
    """Another group of the same account, or of all, has this name."""


class GroupMuchUsed(Exception):
    """More requests name the group than can be let go at once."""


def save(
    actor: Person | None,
    via: str,
    group: Group,
    name: str,
    account: Account | None,
    members: Iterable[Person],
) -> tuple[str, ...]:
    """Save a group, new or old, with its members, and give what changed. Raises GroupNameTaken."""
    try:
        with transaction.atomic():
            changed = list(settings.change(actor, via, group, {"name": name, "account": account}))
            if _set_members(actor, via, group, members):
                changed.append("members")
    except IntegrityError as refused:
        raise GroupNameTaken from refused
    return tuple(changed)


def remove(actor: Person | None, via: str, group: Group) -> None:
    """Remove a group: its requests have none then, its mailboxes give new requests none. Raises GroupMuchUsed."""
    locked = Group.objects.select_for_update().get(pk=group.pk)
    if requests_of(locked).more:
        raise GroupMuchUsed
    settings.remove(actor, via, locked)


def requests_of(group: Group) -> Count:
    """Give how many requests name a group, counted up to 10,000."""
    return Count.of(Record.objects.filter(group=group).values("pk"))


def _set_members(actor: Person | None, via: str, group: Group, people: Iterable[Person]) -> bool:
    present = {one.person_id: one for one in GroupMember.objects.filter(group=group)}
    wanted = {person.pk: person for person in people}
    for id in present.keys() - wanted.keys():
        settings.remove(actor, via, present[id])
    for id in wanted.keys() - present.keys():
        settings.change(actor, via, GroupMember(group=group, person=wanted[id]), {})
    return present.keys() != wanted.keys()
