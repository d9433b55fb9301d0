"""An outgoing server's settings as values: what is saved for a scope, what is proposed, what was seen of them."""

from collections.abc import Mapping
from typing import Any

from deskpost.access.columns import SECRETS
from deskpost.desk import settings_history
from deskpost.desk.settings_history import Version, Wanted
from deskpost.outbound.server_rules import proposed_port
from deskpost.outbound.server_scopes import Scope, help_desk, server_of
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import readable
from deskpost.transports import microsoft
from deskpost.transports.protocols import PROTOCOLS

KIND = "outgoingserver"  # as the history names it
COLUMNS = (
    *("protocol", "server", "alternate_server", "sender_name", "reply_to", "tls", "port", "authentication"),
    *(
        "username",
        "password",
        "verify_certificate",
        "ca_file",
        "allowed_from",
        "connections",
        "mails_per_minute",
    ),
    *("connect_url", "graph_endpoint", "mailbox_to_open", "client_id", "client_secret", "client_secret_ends"),
    *("authorization_url", "token_url", "scope", "grant", "proxy", "debug_until"),
    *("certain", "sender_pool", "overflow_to", "overflow_after_s"),
)
_OTHERS = ("paused", "name", "copied")  # acts of their own: they make no form old


def values_of(scope: Scope) -> dict[str, Any]:
    """Give the settings of a scope: its own; for the ESM Directory without any, the IT Help Desk's; else proposals."""
    row = server_of(scope) or copied_by(scope)
    if row is not None:
        return {name: readable(row, name) if name in SECRETS else getattr(row, name) for name in COLUMNS}
    new = OutgoingServer(protocol="smtp", tls="starttls", port=proposed_port("smtp", "starttls") or 587)
    return {name: getattr(new, name) for name in COLUMNS}


def copied_by(scope: Scope) -> OutgoingServer | None:
    """Give the server whose settings a scope follows: the IT Help Desk's for an ESM Directory without its own."""
    first = help_desk()
    if scope.kind != "directory" or first is None or server_of(scope) is not None:
        return None
    return server_of(first)


def tls_of(protocol: str, enabled: bool) -> str:
    """Give the kind of TLS for Yes or No: STARTTLS required or none for SMTP, always from the first byte for SMTPS."""
    kinds = PROTOCOLS[protocol].tls_kinds
    wanted = "starttls" if enabled else "none"
    return wanted if wanted in kinds else kinds[0]


def port_for(protocol: str, tls: str, typed: str, proposed_before: str) -> str:
    """Give the port to show: the one proposed, or the one that somebody typed over the proposal before."""
    if typed.strip() and typed.strip() != proposed_before.strip():
        return typed
    return str(proposed_port(protocol, tls) or "")


def with_pace(values: Mapping[str, Any], row: OutgoingServer) -> dict[str, Any]:
    """Give what is to be saved in a row, with the pace proposed for a host new to it, where none was chosen.

    Microsoft's SMTP takes three connections, and over 30 mails a minute it delays them.
    """
    kept = ("protocol", "server", "connections", "mails_per_minute")
    whole = {**{name: getattr(row, name) for name in kept}, **values}
    moves = row.pk is None or (whole["protocol"], whole["server"]) != (row.protocol, row.server)
    chosen = whole["mails_per_minute"] is not None or whole["connections"] != OutgoingServer().connections
    by_smtp = not PROTOCOLS[whole["protocol"]].address
    if not moves or chosen or not by_smtp or microsoft.basic_ending(whole["server"]) is None:
        return dict(values)
    return {**values, "connections": 3, "mails_per_minute": 30}


def newest_version(server: OutgoingServer | None) -> Version | None:
    """Give the newest version of a server's settings in the history."""
    if server is None:
        return None
    return next(iter(settings_history.versions(Wanted((KIND,), row=server.pk), 1)), None)


def seen(scope: Scope) -> str:
    """Give what a form was made from, to be compared when it is saved; empty for a scope without a server."""
    version = newest_version(server_of(scope))
    return str(version.id) if version else ""


def changed_since(server: OutgoingServer, seen: str) -> tuple[str, ...]:
    """Give the settings that were saved since a form was made from the version `seen`."""
    newest = newest_version(server)
    if newest is None or str(newest.id) == seen:
        return ()
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0
    version = settings_history.version(KIND, number) if number else None
    old = version.new if version and version.row == server.pk else {}
    return tuple(name for name, value in newest.new.items() if name not in _OTHERS and old.get(name) != value)
