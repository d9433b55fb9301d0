"""Somebody can always sign in and manage people and roles: a change after which nobody could is refused."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.desk.roles import PERMISSIONS, Grant, permitted_everywhere, visible

PERMISSION = "directory.manage"
_NO_PASSWORD = Q(password="") | Q(password__startswith="!")  # noqa: S106 - Django's sign of one that opens nothing


class LastAdministrator(Exception):
    """After this nobody could sign in and manage people and roles. `words` says so."""

    @property
    def words(self) -> str:
        """What to do."""
        return gettext(
            "Not done: nobody else can sign in and manage people and roles everywhere (directory.manage). "
            "To do: give somebody else who signs in the role SDAdmin in all accounts first."
        )


def administrators() -> QuerySet[Person]:
    """Give those who can sign in and have directory.manage in every account."""
    return permitted_everywhere(PERMISSION).exclude(sign_in_name=None).exclude(_NO_PASSWORD)


@contextmanager
def one_stays() -> Iterator[None]:
    """Change people and roles in a transaction, one writer after the other. Raises LastAdministrator, all undone.

    Where nobody could before (a desk set up by file alone) nothing is refused.
    """
    with transaction.atomic():
        Installation.objects.select_for_update().get()
        could = administrators().exists()
        yield
        if could and not administrators().exists():
            raise LastAdministrator


def beyond(actor: Person, permissions: Iterable[str]) -> list[str]:
    """Give those of these permissions that the actor has not everywhere, and so neither gives nor takes away."""
    desk, asked = visible(actor), set(permissions)
    return [one for one in PERMISSIONS if one in asked and not desk.everywhere(one)]


def beyond_of(actor: Person, *people: Person) -> list[str]:
    """Give what others may, wherever, and the actor may not everywhere: whoever signs in as one of them may it too."""
    ids = [person.pk for person in people if person.pk != actor.pk]
    held = Grant.objects.filter(person_id__in=ids).values_list("role__permissions", flat=True)
    return beyond(actor, [one for permissions in held for one in permissions])
