"""Which outgoing server a mail leaves by: the account's, else the instance's, else the ESM Directory's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deskpost.desk.installation import Instance
from deskpost.desk.people import fold
from deskpost.outbound.servers import OutgoingServer


@dataclass(frozen=True, slots=True)
class Sender:
    """Through which server a mail leaves, and under which name and address."""

    server_id: int
    name: str
    address: str
    allowed: tuple[str, ...] = ()  # further addresses that the server lets us write as

    def written_as(self, written_to: Sequence[str]) -> str:
        """Give the From address of a reply: the one that was written to where the server allows it."""
        allowed = {fold(address): address for address in (*self.allowed, self.address)}
        return next((allowed[fold(to)] for to in written_to if fold(to) in allowed), self.address)


@dataclass(frozen=True, slots=True)
class Senders:
    """All outgoing servers by their scope."""

    accounts: Mapping[int, Sender]
    instances: Mapping[int, Sender]
    directory: Sender | None
    at_rest: frozenset[int] = frozenset()  # servers whose mail waits for somebody: consent, provider, a pause
    failing: frozenset[int] = frozenset()

    def choose(self, account_id: int | None, instance_id: int | None) -> Sender | None:
        """Give what holds for a record's account and instance; for neither, the directory's."""
        if account_id is not None and account_id in self.accounts:
            return self.accounts[account_id]
        if instance_id is not None and instance_id in self.instances:
            return self.instances[instance_id]
        return self.directory

    @property
    def for_errors(self) -> Sender | None:
        """Give by what people are told of troubles: the directory's, where just that one sends nothing another.

        That of an instance. Of no account: its server is the client's own, and the troubles may be another's.
        """
        everybody = [one for _, one in sorted(self.instances.items())]
        if self.directory is not None:
            everybody.insert(0, self.directory)
        for hit in (self.at_rest | self.failing, self.at_rest):
            if sends := [one for one in everybody if one.server_id not in hit]:
                return sends[0]
        return self.directory

    @property
    def errors_can_leave(self) -> bool:
        """Whether what tells of troubles need not wait for just somebody whom it tells."""
        by = self.for_errors
        return by is None or by.server_id not in self.at_rest

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses that the desk itself writes as, folded."""
        everybody = [*self.accounts.values(), *self.instances.values()]
        if self.directory:
            everybody.append(self.directory)
        return frozenset(fold(address) for one in everybody for address in (one.address, *one.allowed))


def load_senders() -> Senders:
    """Read all scopes at once.

    The directory follows the first instance, the IT Help Desk, as long as it has no settings of its own.
    """
    accounts: dict[int, Sender] = {}
    instances: dict[int, Sender] = {}
    directory: Sender | None = None
    at_rest: set[int] = set()
    failing: set[int] = set()
    rows = OutgoingServer.objects.values_list(
        *("pk", "sender_name", "reply_to", "allowed_from", "account_id", "instance_id", "copied"),
        *("paused", "consent__lost_at", "state__ended_since", "state__failing_since"),
    )
    for server_id, name, address, allowed, account_id, instance_id, copied, *states in rows:
        sender = Sender(server_id, name, address, tuple(allowed))
        paused, lost_at, ended_since, failing_since = states
        if paused or lost_at is not None or ended_since is not None:
            at_rest.add(server_id)
        elif failing_since is not None:
            failing.add(server_id)
        if account_id is not None:
            accounts[account_id] = sender
        elif instance_id is not None:
            instances[instance_id] = sender
        elif not copied:
            directory = sender
    if directory is None and instances:
        directory = instances.get(Instance.objects.order_by("pk").values_list("pk", flat=True)[0])
    return Senders(accounts, instances, directory, frozenset(at_rest), frozenset(failing))


def server_for(account_id: int | None, instance_id: int | None) -> OutgoingServer | None:
    """Give the server that mail of this account and instance leaves by, None where none is set."""
    sender = load_senders().choose(account_id, instance_id)
    return OutgoingServer.objects.get(pk=sender.server_id) if sender else None
