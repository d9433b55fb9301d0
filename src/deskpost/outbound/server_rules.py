"""What must fit together in an outgoing server's settings, and what saving them does to its queue."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from deskpost import wake
from deskpost.access import inboxes, sign_in_rules
from deskpost.outbound import failover, overflow, pool, service_ended, upkeep
from deskpost.outbound.endpoints import split_port
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports import microsoft, server_rules
from deskpost.transports.protocols import PROTOCOLS


def refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give (field, words) for what cannot be saved. `values` has every field of the server."""
    signs_in = _with_user(values)
    if values["authentication"] not in PROTOCOLS[values["protocol"]].logins:
        yield from sign_in_rules.refusals(signs_in)
        return
    yield from server_rules.refusals(signs_in, basic=_signs_in(values))
    yield from sign_in_rules.refusals(signs_in)
    yield from _graph_refusals(values)
    if values["alternate_server"] and PROTOCOLS[values["protocol"]].address:
        yield "alternate_server", "Only SMTP has an alternate server. To do: leave this empty."
    elif values["alternate_server"]:
        host, port = split_port(values["alternate_server"])
        yield from server_rules.host_refusals("alternate_server", host)
        gone = microsoft.basic_refused(host) if _signs_in(values) else None
        if gone:
            yield "alternate_server", gone
        if host.lower() == values["server"].lower() and (port or values["port"]) == values["port"]:
            words = "This is the primary server itself. To do: name another server, or leave this empty."
            yield "alternate_server", words
    yield from pool.refusals(values)
    yield from overflow.refusals(values)
    if values["certain"] and values["protocol"] != "graph":
        yield "certain", "Only a server by Microsoft Graph can be certain. To do: leave this off."
    if not values["reply_to"]:
        yield "reply_to", "An address is needed: mails are sent from it. To do: write it."


def warnings(values: Mapping[str, Any]) -> Iterator[str]:
    """Give in words what can be saved and is better known."""
    basic = _signs_in(values)
    yield from server_rules.warnings(values, basic=basic)
    yield from sign_in_rules.warnings(_with_user(values), timezone.localdate())
    hosts = dict.fromkeys((values["server"], split_port(values["alternate_server"].strip())[0]))
    for host in hosts if basic else ():
        ending = microsoft.basic_ending(host)
        if ending:
            yield ending


def proposed_port(protocol: str, tls: str) -> int | None:
    """Give the port proposed for a protocol and its TLS, None for a TLS that it does not allow."""
    return {str(kind): port for kind, port in PROTOCOLS[protocol].ports.items()}.get(tls)


def after_saving(server: OutgoingServer) -> bool:
    """Send by the primary again, and try at once what waits; gives whether it had been on the alternate."""
    was_on_alternate = failover.is_on_alternate(server)
    service_ended.over(server)
    failover.back_to_primary(server)
    OutboxMail.objects.filter(server=server, state=OutboxMail.State.QUEUED).update(next_try_at=Now())
    upkeep.whole_time_anew(server)  # a consent that was lost goes with the sign-in that it was given for
    upkeep.take_up_held()
    overflow.judge(server.pk)
    wake.sending(server.pk)
    return was_on_alternate


def _with_user(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the values as whoever signs in: Graph sends as the address itself where no user is named."""
    if values["protocol"] == "graph" and not values["username"]:
        return {**values, "username": values["reply_to"]}
    return values


def _graph_refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Refuse an application that sends for the same mailbox already, for another scope: both would share four lanes.

    So a copied configuration is not saved before client id and address are its own.
    """
    if values["protocol"] != "graph":
        return
    opened = (values["mailbox_to_open"] or values["username"] or values["reply_to"]).lower()
    ours = inboxes.names(values["graph_endpoint"], [opened])
    for other in OutgoingServer.objects.filter(protocol="graph", copied=False).exclude(
        pk=values.get("id") or 0
    ):
        if other.client_id.lower() == values["client_id"].lower() and ours & inboxes.names(
            other.graph_endpoint, [other.mailbox_opened]
        ):
            yield (
                "client_id",
                f"The server of {other.scope_name} sends for {opened} with this application already, and Microsoft "
                "allows both together four requests at a time. To do: write another Client ID, and another Reply to.",
            )


def _signs_in(values: Mapping[str, Any]) -> bool:
    return bool(values["authentication"] == OutgoingServer.Authentication.BASIC)
