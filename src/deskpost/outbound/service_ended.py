"""Outgoing servers whose provider ends the service: they rest, their mail waits and is not given up, people are told.

Once an hour it is tried whether the provider let them in again, and at once when the settings are saved or somebody
asks for it.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from deskpost import wake
from deskpost.desk.events import Event
from deskpost.outbound import bell, upkeep
from deskpost.outbound.notify import Rulebook, load_rulebook, notify
from deskpost.outbound.server_scopes import scope_of
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState

KIND, STOPPED, REGAINED = "sending_stopped", "sending_stopped", "sending_regained"
AGAIN = 3600.0  # seconds until it is tried again: what an administrator changes there takes up to a day


@transaction.atomic
def note(server: OutgoingServer, words: str) -> None:
    """Note that nothing can be sent by a server until its provider lets it in again, and tell of it once."""
    if not OutgoingServer.objects.select_for_update(no_key=True).filter(pk=server.pk).exists():
        return
    OutgoingServerState.objects.get_or_create(server=server)
    states = OutgoingServerState.objects.filter(server=server)
    is_new = states.filter(ended_since=None).update(ended_since=Now())
    states.update(
        failing_since=None,
        patience_since=None,
        reason=words,
        broke_off=[],
        not_before=Now() + timedelta(seconds=AGAIN),
    )
    if is_new:
        _tell(server, words)


@transaction.atomic
def over(server: OutgoingServer, *, sends: bool = False) -> None:
    """Note that it is over, or that something else is wrong now: what waited gets its whole time anew.

    `sends`: a mail was sent, of which those hear who were told, once however many processes send.
    """
    ended = OutgoingServerState.objects.filter(server=server).exclude(ended_since=None)
    if not ended.update(ended_since=None):
        return
    upkeep.whole_time_anew(server)
    if sends:
        scope, url = _named(server)
        bell.ring(bell.administrators(), REGAINED, {"server": scope, "ended": 1}, url)
        why = "its provider lets Deskpost in again"
        _write(REGAINED, {"server": scope, "why": why}, url, load_rulebook())


def try_now(server: OutgoingServer) -> None:
    """Try at once whether it sends again."""
    with transaction.atomic():
        OutgoingServerState.objects.filter(server=server).update(not_before=Now())
        wake.sending(server.pk)


def _named(server: OutgoingServer) -> tuple[str, str]:
    scope = scope_of(server)
    return scope.name, f"/admin/mail-server-settings/outgoing/{scope.key}/"


def _tell(server: OutgoingServer, words: str) -> None:
    """Ring at the administrators', and write to the error-notification list by a server that sends, if there is one."""
    scope, url = _named(server)
    reason, _found, to_do = words.partition(" To do: ")
    bell.ring(bell.administrators(), KIND, {"server": scope, "reason": reason}, url)
    rules = load_rulebook()
    if rules.senders.errors_can_leave:
        _write(STOPPED, {"server": scope, "reason": reason, "to_do": to_do}, url, rules)


def _write(event: str, details: dict[str, str], url: str, rules: Rulebook) -> None:
    link = f"{rules.public_url}{url}" if rules.public_url else ""
    notify([Event(event, details={**details, "link": link})], rules)
