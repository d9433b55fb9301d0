"""Requesters named on a page: found by their address, or made."""

from django.db import IntegrityError, transaction

from deskpost.desk.accounts import Account
from deskpost.desk.people import Person, PersonAddress, fold


def requester_with(account: Account, address: str, name: str = "") -> Person:
    """Give the person of this account who writes from an address, made when nobody does."""
    found = requester_known(account, address)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            person = Person(account=account, name=name.strip() or address)
            person.set_unusable_password()
            person.save()
            PersonAddress.objects.create(
                account=account, person=person, address=address, key=fold(address), primary=True
            )
            return person
    except IntegrityError:
        found = requester_known(account, address)  # somebody else made the same person at this moment
        if found is None:
            raise
        return found


def requester_known(account: Account, address: str) -> Person | None:
    """Give the person of this account who writes from an address, None when nobody does."""
    known = PersonAddress.objects.filter(account=account, key=fold(address), person__deleted_at=None)
    row = known.select_related("person").first()
    return row.person if row else None
