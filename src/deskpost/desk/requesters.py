"""Requesters named on a page: found by their address, or made; and a request given to another one."""

from django.db import IntegrityError, transaction

from deskpost.desk.accounts import Account
from deskpost.desk.editing import By, write
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes


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


@transaction.atomic
def give_to(record: Record, actor: Person, via: str, requester: Person) -> bool:
    """Let another person of the record's account be its requester, noted in its history; False: that is so already."""
    record = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if record.requester == requester:
        return False
    write(record, Changes({"Requester": requester}), By(actor, via))
    return True


def requester_known(account: Account, address: str) -> Person | None:
    """Give the person of this account who writes from an address, None when nobody does."""
    known = PersonAddress.objects.filter(account=account, key=fold(address), person__deleted_at=None)
    row = known.select_related("person").first()
    return row.person if row else None
