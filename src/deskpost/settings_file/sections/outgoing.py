"""`outgoing`: by what and under which name mail leaves, for which scope."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from yaml import Node

from deskpost.access import sign_in_rules
from deskpost.outbound.overflow import PROPOSED_LIMIT
from deskpost.outbound.server_rules import after_saving, proposed_port, refusals, warnings
from deskpost.outbound.server_settings import with_pace
from deskpost.outbound.servers import OutgoingServer
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.kinds import address, host, host_and_port
from deskpost.settings_file.mistakes import Mistake, listed
from deskpost.settings_file.rows import Row, mapping, rows
from deskpost.settings_file.secrets import MASK, Kept, secret
from deskpost.settings_file.sections import sign_in
from deskpost.settings_file.sections.named import account_named, instance_named, outgoing_server_named
from deskpost.settings_file.sections.protocol import all_values, protocol
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, each, line_of, or_null, switch, text, whole
from deskpost.transports.protocols import OUTGOING, PROTOCOLS
from deskpost.transports.server_rules import proposed_tls

KEY = "outgoing"
_PLAIN = {
    "protocol": protocol(OUTGOING),
    "server": or_null(host, ""),
    "alternate_server": or_null(host_and_port, ""),
    "port": whole(1, 65535),
    "tls": choice("none", "starttls", "implicit"),
    "verify_certificate": switch,
    "ca_file": or_null(text, ""),
    "authentication": choice(*OutgoingServer.Authentication.values),
    "username": or_null(text, ""),
    "sender_name": or_null(text, ""),
    "reply_to": address,
    "allowed_from": each(address),
    "connections": whole(1, 100),
    "mails_per_minute": or_null(whole(1, 100_000)),
    "certain": switch,
    "sender_pool": each(address),
    "overflow_after_s": or_null(whole(1, 86_400)),
    "paused": switch,
}
_JUDGED = (*_PLAIN, "password", "overflow_to", *sign_in.COLUMNS)


def apply(servers: Sequence[Row], applying: Applying) -> None:
    """Make and change servers. One that the file names is saved anew: it sends by its primary again.

    Those that overflow to another come last, so that the other is there.
    """
    for row in sorted(servers, key=lambda row: bool(row.get("overflow_to"))):
        server = OutgoingServer.objects.filter(name=row["name"]).first() or OutgoingServer(name=row["name"])
        values = _values(row, server)
        judged = all_values(server, _JUDGED, values)
        sign_in.raise_refusals(refusals({**judged, "id": server.pk}), row)
        for words in warnings(judged):
            applying.warn(row.line, words)
        _save(row, server, values, applying)
        if after_saving(server):
            applying.note(KEY, server.name, "sends by", "alternate", "primary")


def _save(row: Row, server: OutgoingServer, values: dict[str, Any], applying: Applying) -> None:
    """Save; where the database refuses a client id that fetches from the same mailbox too, its line says so."""
    try:
        with transaction.atomic():
            applying.save(KEY, server.name, server, values, row.line)
    except IntegrityError as conflict:
        words = sign_in_rules.graph_client_words(conflict)
        if not words:
            raise
        sign_in.raise_refusals([("client_id", words)], row)


def export() -> list[dict[str, Any]]:
    """Give all servers, the password masked."""
    servers = (
        OutgoingServer.objects.filter(copied=False)
        .select_related("instance", "account", "overflow_to")
        .order_by("pk")
    )
    return [
        {
            "name": server.name,
            "scope": _scope_of(server),
            **{key: getattr(server, key) for key in _PLAIN},
            "alternate_server": server.alternate_server or None,
            "ca_file": server.ca_file or None,
            "server": server.server or None,
            "username": server.username or None,
            "sender_name": server.sender_name or None,
            "overflow_to": server.overflow_to.name if server.overflow_to else None,
            "password": sign_in.masked(server, "password"),
            **sign_in.exported(server),
        }
        for server in servers
    ]


def _values(row: Row, server: OutgoingServer) -> dict[str, Any]:
    """Give the columns that the row sets, with what is proposed where a new server leaves something out."""
    values: dict[str, Any] = {key: row[key] for key in _PLAIN if key in row}
    values |= sign_in.read(row, server)
    if isinstance(row.get("password"), Kept):
        if not server.password:
            raise row.mistake(
                "password",
                f"{MASK} stands for a password, and there is none to keep. To do: write the password.",
            )
    elif "password" in row:
        values["password"] = row["password"]
    if server.pk is None:
        address = PROTOCOLS[row["protocol"]].address if "protocol" in row else ""
        needed = ("scope", "protocol", *(() if address else ("server",)), "reply_to")
        missing = [key for key in needed if key not in row]
        if missing:
            words = f"The outgoing server {row['name']} is new and needs the key {listed(missing)}. To do: add it."
            raise Mistake(row.line_of("name"), words, missing[0])
        if not address:
            values.setdefault("tls", proposed_tls(values["protocol"], values["server"]))
            values.setdefault("port", proposed_port(values["protocol"], values["tls"]) or 1)
        values.setdefault("authentication", _proposed_authentication(row, values))
    sign_in.settle(values, server, incoming=False)
    if "overflow_to" in row:
        values["overflow_to"] = outgoing_server_named(row["overflow_to"], row, "overflow_to")
        if values["overflow_to"] and not (server.overflow_after_s or values.get("overflow_after_s")):
            values["overflow_after_s"] = PROPOSED_LIMIT
    if "scope" in row:
        values.update(_scope_values(row["scope"]), copied=False)
    chosen = "connections" in row or "mails_per_minute" in row
    return values if chosen else with_pace(values, server)


def _proposed_authentication(row: Row, values: dict[str, Any]) -> str:
    if row.get("oauth") is not None or values["protocol"] == "graph":
        return OutgoingServer.Authentication.OAUTH
    signs_in = values.get("username") and values.get("password")
    return OutgoingServer.Authentication.BASIC if signs_in else OutgoingServer.Authentication.NONE


def _scope_values(scope: Row) -> dict[str, Any]:
    instance = instance_named(scope["instance"], scope, "instance") if "instance" in scope else None
    return {"instance": instance, "account": account_named(scope.get("account"), scope, "account")}


def _scope_of(server: OutgoingServer) -> dict[str, Any]:
    if server.account:
        return {"account": server.account.name}
    if server.instance:
        return {"instance": server.instance.name}
    return {"directory": True}


_scope_keys = mapping("scope", {"directory": switch, "instance": text, "account": text})


def _scope(node: Node) -> Row:
    """One of {directory: true}, {instance: NAME}, {account: NAME}."""
    row = _scope_keys(node)
    if len(row.values) != 1 or row.get("directory") is False:
        words = "A scope is one of {directory: true}, {instance: NAME} and {account: NAME}. To do: write one of these."
        raise Mistake(line_of(node), words)
    return row


SECTION = Section(
    KEY,
    rows(
        "outgoing",
        {
            "name": text,
            "scope": _scope,
            **_PLAIN,
            "password": or_null(secret, ""),
            **sign_in.KEYS,
            "overflow_to": or_null(text),
        },
        required=("name",),
    ),
    apply,
    export,
)
