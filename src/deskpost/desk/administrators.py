"""Somebody can always sign in and manage people and roles: a change after which nobody could is refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from deskpost.desk.installation import Installation
from deskpost.desk.people import Person
from deskpost.desk.roles import permitted_everywhere

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
