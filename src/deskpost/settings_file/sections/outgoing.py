"""`outgoing`: by what and under which name mail leaves, for which scope."""

from collections.abc import Sequence
from typing import Any

from yaml import Node

from deskpost.outbound.server_rules import after_saving, proposed_port, refusals, warnings
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import readable
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.kinds import address, host, host_and_port
from deskpost.settings_file.mistakes import Mistake, listed
from deskpost.settings_file.rows import Row, mapping, rows
from deskpost.settings_file.secrets import MASK, Kept, secret
from deskpost.settings_file.sections.named import account_named, instance_named
from deskpost.settings_file.sections.protocol import all_values, protocol, raise_refusals
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, each, line_of, only, or_null, switch, text, whole
from deskpost.transports.server_rules import proposed_tls

KEY = "outgoing"
_PLAIN = {
    "protocol": protocol("outgoing"),
    "server": host,
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
    "paused": switch,
}
_JUDGED = (*_PLAIN, "password")


def apply(servers: Sequence[Row], applying: Applying) -> None:
    """Make and change servers. One that the file names is saved anew: it sends by its primary again."""
    for row in servers:
        server = OutgoingServer.objects.filter(name=row["name"]).first() or OutgoingServer(name=row["name"])
        values = _values(row, server)
        judged = all_values(server, _JUDGED, values)
        raise_refusals(refusals(judged), row)
        for words in warnings(judged):
            applying.warn(row.line, words)
        applying.save(KEY, server.name, server, values, row.line)
        if after_saving(server):
            applying.note(KEY, server.name, "sends by", "alternate", "primary")


def export() -> list[dict[str, Any]]:
    """Give all servers, the password masked."""
    servers = OutgoingServer.objects.filter(copied=False).select_related("instance", "account").order_by("pk")
    return [
        {
            "name": server.name,
            "scope": _scope_of(server),
            **{key: getattr(server, key) for key in _PLAIN},
            "alternate_server": server.alternate_server or None,
            "ca_file": server.ca_file or None,
            "username": server.username or None,
            "sender_name": server.sender_name or None,
            "password": None if readable(server, "password") == "" else MASK,
        }
        for server in servers
    ]


def _values(row: Row, server: OutgoingServer) -> dict[str, Any]:
    """Give the columns that the row sets, with what is proposed where a new server leaves something out."""
    values: dict[str, Any] = {key: row[key] for key in _PLAIN if key in row}
    if isinstance(row.get("password"), Kept):
        if not server.password:
            raise row.mistake(
                "password",
                f"{MASK} stands for a password, and there is none to keep. To do: write the password.",
            )
    elif "password" in row:
        values["password"] = row["password"]
    if server.pk is None:
        missing = [key for key in ("scope", "protocol", "server", "reply_to") if key not in row]
        if missing:
            words = f"The outgoing server {row['name']} is new and needs the key {listed(missing)}. To do: add it."
            raise Mistake(row.line_of("name"), words, missing[0])
        values.setdefault("tls", proposed_tls(values["protocol"], values["server"]))
        values.setdefault("port", proposed_port(values["protocol"], values["tls"]) or 1)
        signs_in = values.get("username") and values.get("password")
        values.setdefault("authentication", "basic" if signs_in else "none")
    if "scope" in row:
        values.update(_scope_values(row["scope"]), copied=False)
    return values


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
            # what later versions have more choices for
            "mailbox": only(None),
            "oauth": only(None),
            "sender_pool": only([]),
            "overflow_to": only(None),
            "overflow_after_s": only(None),
            "proxy": only(False),
            "debug": only(False),
        },
        required=("name",),
        later=("connect_url", "graph_endpoint"),
    ),
    apply,
    export,
)
