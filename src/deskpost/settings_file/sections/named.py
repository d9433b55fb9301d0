"""Finding what a settings file names: accounts, instances, groups, people. Each raises a Mistake with the line."""

from collections.abc import Iterable

from deskpost.desk.accounts import Account, Site
from deskpost.desk.facts import people_facts
from deskpost.desk.fields import Group
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.outbound.servers import OutgoingServer
from deskpost.settings_file.mistakes import Mistake, perhaps
from deskpost.settings_file.rows import Row


def account_named(name: str | None, row: Row, key: str) -> Account | None:
    """Give the account with this name; none for None."""
    if name is None:
        return None
    found = Account.objects.filter(name=name, deleted_at=None).first()
    if found is None:
        names = Account.objects.filter(deleted_at=None).values_list("name", flat=True)
        raise _unknown("account", name, names, row, key)
    return found


def instance_named(name: str, row: Row, key: str) -> Instance:
    """Give the instance with this name."""
    found = Instance.objects.filter(name=name).first()
    if found is None:
        raise _unknown("instance", name, Instance.objects.values_list("name", flat=True), row, key)
    return found


def outgoing_server_named(name: str | None, row: Row, key: str) -> OutgoingServer | None:
    """Give the outgoing server with this name; none for None."""
    if name is None:
        return None
    servers = OutgoingServer.objects.filter(copied=False)
    found = servers.filter(name=name).first()
    if found is None:
        raise _unknown("outgoing server", name, servers.values_list("name", flat=True), row, key)
    return found


def group_named(name: str | None, account: Account | None, row: Row, key: str) -> Group | None:
    """Give the group with this name: the account's own, else that of all accounts."""
    if name is None:
        return None
    found = Group.objects.filter(name=name, account__in=[account] if account else []).first()
    found = found or Group.objects.filter(name=name, account=None).first()
    if found is None:
        raise _unknown("group", name, Group.objects.values_list("name", flat=True), row, key)
    return found


def site_named(name: str | None, account: Account | None, row: Row, key: str) -> Site | None:
    """Give the site of an account."""
    if name is None:
        return None
    if account is None:
        raise row.mistake(
            key, "A site belongs to an account. To do: name the account too, or leave out the site."
        )
    found = Site.objects.filter(account=account, name=name).first()
    if found is None:
        raise _unknown(
            f"site of {account.name}", name, account.sites.values_list("name", flat=True), row, key
        )
    return found


def technician_with(address: str, row: Row, key: str) -> Person:
    """Give the technician with this e-mail address."""
    rows = PersonAddress.objects.filter(key=fold(address), person__deleted_at=None, person__technician=True)
    found = [one.person for one in rows.select_related("person").order_by("person_id")]
    if not found:
        raise row.mistake(
            key,
            f"No technician has the address {address}. To do: enter the person under people, as a technician.",
        )
    if len(found) > 1:
        signed = [person for person in found if person.sign_in_name == address]
        if len(signed) != 1:
            raise row.mistake(
                key,
                f"Several technicians have the address {address}, in different accounts. "
                "To do: name one of them by an address that only this one has.",
            )
        return signed[0]
    return found[0]


def addresses_of(person_ids: Iterable[int]) -> list[str]:
    """Give the addresses by which a file names these people, in their order."""
    ids = list(person_ids)
    known = people_facts(ids)
    return [known[id].address for id in ids]


def _unknown(what: str, name: str, names: Iterable[str], row: Row, key: str) -> Mistake:
    section = _SECTIONS.get(what, "accounts")  # a site stands with its account
    return row.mistake(
        key,
        f"There is no {what} with the name {name}. {perhaps(name, names)}"
        f"To do: correct the name, or enter it under {section}.",
    )


_SECTIONS = {"account": "accounts", "instance": "instances", "group": "groups"}
