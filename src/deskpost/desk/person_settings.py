"""A person as settings: saved with addresses and groups, or removed. Called with `administrators.one_stays` held."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from deskpost.desk import settings, settings_history
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.installation import InstanceAlert
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.settings_history import Wanted


class AddressTaken(Exception):
    """Somebody else of the same account has one of the addresses: `address`, of `holder`."""

    def __init__(self, address: str, holder: Person) -> None:
        super().__init__(address)
        self.address, self.holder = address, holder


class PreferredElsewhere(Exception):
    """Mail of one of the addresses belongs to somebody of another account already: `address`, `holder`."""

    def __init__(self, address: str, holder: Person) -> None:
        super().__init__(address)
        self.address, self.holder = address, holder


class SignInNameTaken(Exception):
    """Somebody else signs in with this address: `holder`."""

    def __init__(self, holder: Person) -> None:
        super().__init__(holder.sign_in_name)
        self.holder = holder


def save(
    actor: Person | None,
    via: str,
    person: Person,
    values: dict[str, Any],
    addresses: Sequence[str],
    groups: Iterable[Group],
    preferred: bool | None = None,
) -> tuple[str, ...]:
    """Save a person, new or old, and give what changed. `addresses`: the primary first.

    `preferred`: mail of these addresses belongs to this person where several accounts know them; None: as it is.
    Raises AddressTaken, PreferredElsewhere and SignInNameTaken, with nothing written.
    """
    new = person.pk is None
    try:
        with transaction.atomic():
            note_as_known(actor, via, person)
            changed = list(settings.change(actor, via, person, values))
            if set_addresses(actor, via, person, addresses, preferred) is not None:
                changed.append("addresses")
            if _set_groups(actor, via, person, list(groups)):
                changed.append("groups")
            if not changed:
                transaction.set_rollback(True)  # what was noted as known before an edit that was none
    except IntegrityError as refused:
        if new:
            person.pk, person._state.adding = None, True
        taken = _taken(person, values, addresses, preferred)
        if taken is None:
            raise
        raise taken from refused
    return tuple(changed)


def is_so(
    person: Person,
    values: dict[str, Any],
    addresses: Sequence[str],
    groups: Iterable[Group],
    preferred: bool | None = None,
) -> bool:
    """Tell whether saving this would change nothing: what somebody sends twice is no conflict with oneself."""
    kept = {one.key: one.address.lower() for one in person.addresses.order_by("-primary", "pk")}
    wanted = {fold(one): one.lower() for one in reversed(addresses)}
    members = set(GroupMember.objects.filter(person=person).values_list("group_id", flat=True))
    return (
        not any(settings.differs(person, name, value) for name, value in values.items())
        and kept == wanted
        and next(iter(kept), None) == fold(addresses[0])
        and members == {group.pk for group in groups}
        and (preferred is None or preferred == is_preferred(person))
    )


def is_preferred(person: Person) -> bool:
    """Tell whether mail of the person's addresses belongs to this person where several accounts know them."""
    return person.pk is not None and person.addresses.filter(preferred=True).exists()


def others_with_addresses_of(person: Person) -> list[Person]:
    """Give the people of other accounts who are known by one of the person's addresses."""
    keys = person.addresses.values("key")
    people = Person.objects.filter(addresses__key__in=keys, deleted_at=None, account__deleted_at=None)
    return list(
        people.exclude(pk=person.pk).select_related("account").distinct().order_by("account__name", "pk")
    )


def set_addresses(
    actor: Person | None, via: str, person: Person, addresses: Sequence[str], preferred: bool | None = None
) -> tuple[list[str], list[str]] | None:
    """Make a person's addresses these, the first the primary; give the earlier and the present keys, None: the same.

    Letter case and a plus-tag make no other address. Raises IntegrityError where one is somebody else's, or is
    `preferred` elsewhere.
    """
    present = {one.key: one for one in person.addresses.order_by("-primary", "pk")}
    wanted = {fold(address): address for address in reversed(addresses)}
    wanted = {key: wanted[key] for key in dict.fromkeys(map(fold, addresses))}
    primary = next(iter(wanted), None)
    prefers = is_preferred(person) if preferred is None else preferred
    changed = False
    if prefers:  # nobody edits the people of a removed account
        gone = PersonAddress.objects.filter(preferred=True, key__in=wanted, account__deleted_at__isnull=False)
        for one in gone:
            _change(actor, via, one, {"preferred": False})
    for one in present.values():
        if one.primary and one.key != primary:
            changed |= _change(actor, via, one, {"primary": False})
    for key in [key for key in present if key not in wanted]:
        _note(actor, via, present[key], "delete")
        settings.remove(actor, via, present[key])
        changed = True
    for key, address in wanted.items():
        row = present.get(key) or PersonAddress(account_id=person.account_id, person=person, key=key)
        same = row.pk is not None and row.address.lower() == address.lower()
        kept = row.address if same else address
        changed |= _change(
            actor, via, row, {"address": kept, "primary": key == primary, "preferred": prefers}
        )
    return (list(present), list(wanted)) if changed else None


def remove(actor: Person | None, via: str, person: Person) -> None:
    """Remove a person: signed out at once, without roles, groups and addresses. Requests and mails stay.

    The addresses go, so that the next mail from one of them makes somebody new.
    """
    note_as_known(actor, via, person)
    kept = (person.grants, GroupMember.objects, InstanceAlert.objects)
    for row in [row for rows in kept for row in rows.filter(person=person)]:
        settings.remove(actor, via, row)
    set_addresses(actor, via, person, ())
    values = {"deleted_at": timezone.now(), "sign_in_name": None, "password": make_password(None)}
    settings.change(actor, via, person, values)


def note_as_known(actor: Person | None, via: str, person: Person) -> None:
    """Keep how somebody whom mail made was before the first edit: the making left no history."""
    if person.pk is not None and not settings_history.versions(Wanted(("person",), row=person.pk), 1):
        _note(actor, via, person, "known")


def _change(actor: Person | None, via: str, row: PersonAddress, values: dict[str, Any]) -> bool:
    act = "insert" if row.pk is None else "update"
    if not settings.change(actor, via, row, values):
        return False
    _note(actor, via, row, act)
    return True


def _note(actor: Person | None, via: str, row: Person | PersonAddress, act: str) -> None:
    """Write a version of the row as it stands in its table, which no trigger writes."""
    event: Any = row.pgh_event_model  # type: ignore[union-attr]
    fields = [one for one in event._meta.concrete_fields if not one.name.startswith("pgh_")]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    with settings.context(actor, via), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {event._meta.db_table} "  # noqa: S608 - names of our own tables and columns
            f"({columns}, pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) "
            f"SELECT {columns}, id, %s, now(), _pgh_attach_context() FROM {row._meta.db_table} WHERE id = %s",
            [act, row.pk],
        )


def _set_groups(actor: Person | None, via: str, person: Person, groups: list[Group]) -> bool:
    present = {one.group_id: one for one in GroupMember.objects.filter(person=person)}
    wanted = {group.pk: group for group in groups}
    for id in present.keys() - wanted.keys():
        settings.remove(actor, via, present[id])
    for id in wanted.keys() - present.keys():
        settings.change(actor, via, GroupMember(group=wanted[id], person=person), {})
    return present.keys() != wanted.keys()


def _taken(
    person: Person, values: dict[str, Any], addresses: Sequence[str], preferred: bool | None
) -> AddressTaken | PreferredElsewhere | SignInNameTaken | None:
    """Give whose address or sign-in name the database found taken, or where mail of an address belongs already."""
    held = PersonAddress.objects.filter(account_id=person.account_id).exclude(person_id=person.pk)
    for address in addresses:
        row = held.filter(key=fold(address)).select_related("person").first()
        if row is not None:
            return AddressTaken(address, row.person)
    if preferred or (preferred is None and is_preferred(person)):
        others = PersonAddress.objects.filter(preferred=True).exclude(person_id=person.pk)
        for address in addresses:
            row = others.filter(key=fold(address)).select_related("person__account").first()
            if row is not None:
                return PreferredElsewhere(address, row.person)
    name = values.get("sign_in_name")
    other = Person.objects.filter(sign_in_name=name).exclude(pk=person.pk).first() if name else None
    return SignInNameTaken(other) if other is not None else None
