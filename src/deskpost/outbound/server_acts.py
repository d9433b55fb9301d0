"""What an administrator does to an outgoing server: save, pause, resume, go back to the primary, remove."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from deskpost import wake
from deskpost.access import sign_in_rules
from deskpost.desk import settings
from deskpost.desk.people import Person
from deskpost.outbound import failover, queue, server_rules, server_settings, upkeep
from deskpost.outbound.server_scopes import Scope, rows_of
from deskpost.outbound.servers import OutgoingServer


class SharedApplication(Exception):
    """The application fetches for the same Graph mailbox; `words` says so, and what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class SavedMeanwhile(Exception):
    """Somebody else saved this server after the form was made: `who`, and the columns that differ."""

    def __init__(self, who: str, columns: tuple[str, ...]) -> None:
        super().__init__(who)
        self.who = who
        self.columns = columns


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did: the columns that changed, what is better known, and whether it led back to the primary."""

    server: OutgoingServer
    changed: tuple[str, ...]
    warnings: tuple[str, ...]
    was_on_alternate: bool


@transaction.atomic
def save(actor: Person | None, via: str, scope: Scope, values: Mapping[str, Any], seen: str) -> Saved:
    """Save a scope's server, new or old; its sending waits for this moment, then goes by the primary.

    `seen` is server_settings.seen of when the form was made. Values that are saved already are no conflict: a form
    that was sent twice saves once. The values must have passed server_rules.refusals. Raises SavedMeanwhile and
    SharedApplication.
    """
    server = rows_of(scope).first()
    if server is not None:
        queue.hold(server.pk)
        server = rows_of(scope).select_for_update(no_key=True).first()
    if server is None:
        if seen:  # it was removed meanwhile
            raise SavedMeanwhile("", ())
        row, changes = OutgoingServer(**scope.columns), {"name": _free_name(scope), **values}
    else:
        row, changes = server, dict(values)
        theirs = server_settings.changed_since(server, seen)
        if theirs and any(settings.differs(server, name, value) for name, value in values.items()):
            newest = server_settings.newest_version(server)
            raise SavedMeanwhile(newest.who if newest else "", theirs)
    try:
        with transaction.atomic():
            changed = settings.change(actor, via, row, changes)
            sign_in_rules.refuse_shared_client(row)
    except IntegrityError as refused:
        if shared := sign_in_rules.graph_client_words(refused):
            raise SharedApplication(shared) from refused
        # else the scope got its server in this very moment
        raise SavedMeanwhile("", ()) from refused
    warnings = tuple(server_rules.warnings(values))
    return Saved(row, changed, warnings, server_rules.after_saving(row))


@transaction.atomic
def set_paused(actor: Person | None, via: str, server: OutgoingServer, paused: bool) -> bool:
    """Send nothing by a server, or send again and begin at once; False: somebody did so already.

    What waited through a pause gets its whole time for tries.
    """
    present = OutgoingServer.objects.select_for_update(no_key=True).get(pk=server.pk)
    changed = settings.change(actor, via, present, {"paused": paused})
    if not paused:
        upkeep.whole_time_anew(server)
        wake.sending(server.pk)
    return bool(changed)


@transaction.atomic
def back_to_primary(server: OutgoingServer) -> bool:
    """Send by the primary again, at once; False: it does already."""
    queue.hold(server.pk)
    was_on_alternate = failover.is_on_alternate(server)
    if was_on_alternate:
        failover.back_to_primary(server)
    return was_on_alternate


@transaction.atomic
def remove(actor: Person | None, via: str, server: OutgoingServer) -> None:
    """Remove a server. Its waiting mails leave by the next scope's server, or are held while there is none."""
    queue.hold(server.pk)
    settings.remove(actor, via, server)
    upkeep.take_up_held()


def _free_name(scope: Scope) -> str:
    """Give the name of a new server: its scope's, with a number where that is taken."""
    taken = set(OutgoingServer.objects.filter(name__startswith=scope.name).values_list("name", flat=True))
    names = (scope.name, *(f"{scope.name} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
