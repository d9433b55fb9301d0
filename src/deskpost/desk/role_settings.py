"""Roles as settings: made, changed, removed, given and taken away. Called with `administrators.one_stays` held."""

from collections.abc import Collection

from django.db import IntegrityError

from deskpost.desk import settings
from deskpost.desk.accounts import Account, Site
from deskpost.desk.people import Person
from deskpost.desk.roles import PERMISSIONS, SHIPPED_ROLES, Grant, Role


class RoleNameTaken(Exception):
    """Another role has this name."""


class RoleShipped(Exception):
    """The role came with Deskpost, which knows it by its name: it is neither renamed nor removed."""


class RoleHeld(Exception):
    """Somebody has the role."""


def is_shipped(role: Role) -> bool:
    """Tell whether the role came with Deskpost."""
    return role.name in SHIPPED_ROLES


def save(
    actor: Person | None, via: str, role: Role, name: str, permissions: Collection[str]
) -> tuple[str, ...]:
    """Save a role, new or old, and give what changed. Raises RoleNameTaken, RoleShipped."""
    if role.pk is not None and is_shipped(role) and name != role.name:
        raise RoleShipped
    had = role.permissions
    ordered = [one for one in PERMISSIONS if one in permissions]
    values = {"name": name, "permissions": had if set(ordered) == set(had) else ordered}
    try:
        return settings.change(actor, via, role, values)
    except IntegrityError as refused:
        raise RoleNameTaken from refused


def remove(actor: Person | None, via: str, role: Role) -> None:
    """Remove a role that nobody has. Raises RoleShipped, RoleHeld."""
    locked = Role.objects.select_for_update().get(pk=role.pk)  # nobody is given it from here on
    if is_shipped(locked):
        raise RoleShipped
    if Grant.objects.filter(role=locked).exists():
        raise RoleHeld
    settings.remove(actor, via, locked)


def give(
    actor: Person | None, via: str, person: Person, role: Role, account: Account | None, site: Site | None
) -> bool:
    """Give a person a role: everywhere, in an account, or at one of its sites. False: has it there already."""
    try:
        settings.change(actor, via, Grant(person=person, role=role, account=account, site=site), {})
    except IntegrityError:
        return False
    return True


def take(actor: Person | None, via: str, grant: Grant) -> None:
    """Take a role away where it was given."""
    settings.remove(actor, via, grant)
