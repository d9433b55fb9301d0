"""The scopes that may have an outgoing server of their own: an account, an instance, the ESM Directory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q, QuerySet

from deskpost.desk.accounts import Account
from deskpost.desk.installation import Instance
from deskpost.outbound.servers import OutgoingServer

DIRECTORY = OutgoingServer.DIRECTORY
Kind = Literal["instance", "account", "directory"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an outgoing server is for. `key` names it in an address: instance-1, account-7, directory."""

    kind: Kind
    id: int | None
    name: str

    @property
    def key(self) -> str:
        """The scope as an address names it."""
        return self.kind if self.id is None else f"{self.kind}-{self.id}"

    @property
    def columns(self) -> dict[str, int | None]:
        """The columns of OutgoingServer that say so."""
        return {
            "instance_id": self.id if self.kind == "instance" else None,
            "account_id": self.id if self.kind == "account" else None,
        }


def scope_named(key: str) -> Scope | None:
    """Give the scope that an address names, None when there is none such."""
    if key == "directory":
        return Scope("directory", None, DIRECTORY)
    kind, _, number = key.partition("-")
    id = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    if kind == "instance":
        name = Instance.objects.filter(pk=id).values_list("name", flat=True).first()
        return Scope("instance", id, name) if name is not None else None
    if kind == "account":
        return scope_of_account(id)
    return None


def scope_of_account(id: int) -> Scope | None:
    """Give the scope of an account, None when there is none with this id."""
    name = Account.objects.filter(pk=id, deleted_at=None).values_list("name", flat=True).first()
    return Scope("account", id, name) if name is not None else None


def help_desk() -> Scope | None:
    """Give the scope of the first instance, the IT Help Desk, which the ESM Directory follows."""
    row = Instance.objects.order_by("pk").values_list("pk", "name").first()
    return Scope("instance", *row) if row else None


def server_of(scope: Scope) -> OutgoingServer | None:
    """Give the scope's own server, None where it has none."""
    return rows_of(scope).select_related("state").first()


def rows_of(scope: Scope) -> QuerySet[OutgoingServer]:
    """Give the scope's own server as rows: one or none."""
    return OutgoingServer.objects.filter(copied=False, **scope.columns)


def scope_of(server: OutgoingServer) -> Scope:
    """Give the scope of a server; its account and instance are read when they are not yet."""
    if server.account is not None:
        return Scope("account", server.account.pk, server.account.name)
    if server.instance is not None:
        return Scope("instance", server.instance.pk, server.instance.name)
    return Scope("directory", None, DIRECTORY)


def with_server() -> list[tuple[Scope, OutgoingServer]]:
    """Give every scope that has a server of its own: instances, then accounts by name, then the directory."""
    rows = OutgoingServer.objects.filter(copied=False).select_related("instance", "account", "state")
    order = {"instance": 0, "account": 1, "directory": 2}
    found = [(scope_of(server), server) for server in rows]
    return sorted(
        found,
        key=lambda one: (order[one[0].kind], one[0].kind == "account" and one[0].name.lower(), one[1].pk),
    )


def by_scope(servers: QuerySet[OutgoingServer]) -> list[OutgoingServer]:
    """Give servers in the order in which people look for them: by what each is the server of."""
    rows = servers.select_related("instance", "account")
    return sorted(rows, key=lambda one: (one.scope_name.lower(), one.pk))


def without_server(most: int) -> Iterator[Scope]:
    """Give scopes that have no server of their own: instances, the directory, then at most so many accounts by name."""
    taken = OutgoingServer.objects.filter(copied=False)
    for id, name in Instance.objects.exclude(
        pk__in=taken.exclude(instance=None).values("instance")
    ).values_list("pk", "name"):
        yield Scope("instance", id, name)
    if not taken.filter(instance=None, account=None).exists():
        yield Scope("directory", None, DIRECTORY)
    accounts = Account.objects.filter(deleted_at=None).exclude(
        pk__in=taken.exclude(account=None).values("account")
    )
    for id, name in accounts.order_by("name").values_list("pk", "name")[:most]:
        yield Scope("account", id, name)


def accounts_without_server() -> tuple[int, int]:
    """Give how many accounts have no server of their own, and how many accounts there are."""
    accounts = Account.objects.filter(deleted_at=None)
    own = OutgoingServer.objects.filter(~Q(account=None), account__deleted_at=None)
    total = accounts.count()
    return total - own.count(), total


def used_by(account: Scope) -> Scope | None:
    """Give the scope whose server carries this account's mail of the IT Help Desk, None while there is no server."""
    return _first_with_server(account, help_desk(), Scope("directory", None, DIRECTORY))


def used_without(scope: Scope) -> Scope | None:
    """Give the scope whose server takes over when this one's is removed, None while there is no other."""
    directory, first = Scope("directory", None, DIRECTORY), help_desk()
    if scope.kind == "account":
        return _first_with_server(first, directory)
    return _first_with_server(directory) if scope.kind == "instance" else _first_with_server(first)


def _first_with_server(*scopes: Scope | None) -> Scope | None:
    return next((scope for scope in scopes if scope is not None and rows_of(scope).exists()), None)
