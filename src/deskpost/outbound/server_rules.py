"""What must fit together in an outgoing server's settings, and what saving them does to its queue."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models.functions import Now

from deskpost import wake
from deskpost.outbound import failover, upkeep
from deskpost.outbound.endpoints import split_port
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports import microsoft, server_rules
from deskpost.transports.protocols import PROTOCOLS


def refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give (field, words) for what cannot be saved. `values` has every field of the server."""
    yield from server_rules.refusals(values, basic=_signs_in(values))
    if values["alternate_server"]:
        host, port = split_port(values["alternate_server"])
        yield from server_rules.host_refusals("alternate_server", host)
        if host.lower() == values["server"].lower() and (port or values["port"]) == values["port"]:
            words = "This is the primary server itself. To do: name another server, or leave this empty."
            yield "alternate_server", words
    if not values["reply_to"]:
        yield "reply_to", "An address is needed: mails are sent from it. To do: write it."


def warnings(values: Mapping[str, Any]) -> Iterator[str]:
    """Give in words what can be saved and is better known."""
    basic = _signs_in(values)
    yield from server_rules.warnings(values, basic=basic)
    ending = microsoft.basic_ending(values["server"]) if basic else None
    if ending:
        yield ending


def proposed_port(protocol: str, tls: str) -> int | None:
    """Give the port proposed for a protocol and its TLS, None for a TLS that it does not allow."""
    return {str(kind): port for kind, port in PROTOCOLS[protocol].ports.items()}.get(tls)


def after_saving(server: OutgoingServer) -> bool:
    """Send by the primary again, and try at once what waits; gives whether it had been on the alternate."""
    was_on_alternate = failover.is_on_alternate(server)
    failover.back_to_primary(server)
    OutboxMail.objects.filter(server=server, state=OutboxMail.State.QUEUED).update(next_try_at=Now())
    upkeep.take_up_held()
    wake.sending(server.pk)
    return was_on_alternate


def _signs_in(values: Mapping[str, Any]) -> bool:
    return bool(values["authentication"] == OutgoingServer.Authentication.BASIC)
