"""Outgoing servers whose consent is lost: their mail waits, administrators are told once, Reconnect sends at once."""

from django.db import transaction
from django.db.models.functions import Now

from deskpost import wake
from deskpost.access import losses
from deskpost.access.consent import Consent
from deskpost.desk.events import Event
from deskpost.outbound import bell, pool, upkeep
from deskpost.outbound.notify import Rulebook, load_rulebook, notify
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.server_scopes import scope_of
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent

KIND, STOPPED, REGAINED = "needs_consent", "sending_stopped", "sending_regained"


@transaction.atomic
def lost(server: OutgoingServer, words: str, began_with: Consent | None) -> bool:
    """Note that nothing can be sent by a server until somebody consents, and tell of it.

    False: somebody consented after sending began, so nothing is lost.
    """
    if not losses.note(server, words, began_with):
        return False
    _forget_failures(server)
    tell()
    return True


def tell() -> list[str]:
    """Tell of the servers that are not paused and whose consent is lost, each loss once; give their names."""
    return losses.tell(ServerConsent.objects.filter(server__paused=False), "server", _tell)


@transaction.atomic
def regained(server: OutgoingServer) -> None:
    """Send what waits at once, with its whole time for tries: somebody has consented."""
    _forget_failures(server)
    upkeep.whole_time_anew(server)
    wake.sending(server.pk)


def _forget_failures(server: OutgoingServer) -> None:
    """Have it tried as soon as it can be: what failed of late says nothing of what comes."""
    OutgoingServerState.objects.filter(server=server).update(
        failing_since=None, patience_since=None, reason="", not_before=Now()
    )
    pool.forget_failures(server)


@transaction.atomic
def sends_again(server: OutgoingServer) -> None:
    """Tell those who were told of a loss that mail was sent since, once however many processes send."""
    over = ServerConsent.objects.filter(server=server, lost_at=None).exclude(told_at=None)
    told_at = over.values_list("told_at", flat=True).first()
    if told_at is not None and over.update(told_at=None):
        scope, url = _named(server)
        too_old = OutboxMail.objects.filter(
            server=server, state=OutboxMail.State.LAPSED, done_at__gte=told_at
        )
        lapsed = too_old.count()
        bell.ring(bell.administrators(), REGAINED, {"server": scope, "lapsed": lapsed}, url)
        why = "its consent had been lost, and was given anew"
        if lapsed:
            why += f"; notices that became too old meanwhile, and lapsed: {lapsed}"
        _write(REGAINED, {"server": scope, "why": why}, url, load_rulebook())


def _named(server: OutgoingServer) -> tuple[str, str]:
    scope = scope_of(server)
    return scope.name, f"/admin/mail-server-settings/outgoing/{scope.key}/"


def _tell(server: OutgoingServer, reason: str, to_do: str) -> None:
    """Ring at the administrators', and write to the error-notification list by a server that sends, if there is one.

    By this one the mail would leave once it is over.
    """
    scope, url = _named(server)
    first = int(server.consent.never_given)
    bell.ring(bell.administrators(), KIND, {"server": scope, "reason": reason, "first": first}, url)
    rules = load_rulebook()
    if rules.senders.errors_can_leave:
        _write(STOPPED, {"server": scope, "reason": reason, "to_do": to_do}, url, rules)


def _write(event: str, details: dict[str, str], url: str, rules: Rulebook) -> None:
    link = f"{rules.public_url}{url}" if rules.public_url else ""
    notify([Event(event, details={**details, "link": link})], rules)
