"""`proxy`: what mail servers are reached through where their own settings say so. Null: there is none."""

from typing import Any

from yaml import Node

from deskpost.access import proxy
from deskpost.access.proxy import ProxySettings
from deskpost.desk import settings
from deskpost.inbound.proxy_users import users
from deskpost.secret_field import readable
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.kinds import host
from deskpost.settings_file.mistakes import Mistake, listed
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.secrets import MASK, Kept, secret
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, is_null, line_of, or_null, text, whole

KEY = "proxy"
_NEEDED = ("kind", "host", "port")


def apply(row: Row | int, applying: Applying) -> None:
    """Set what the file names; a number is the line of a null."""
    present = ProxySettings.objects.select_for_update().first()
    if isinstance(row, int):
        _remove(present, row, applying)
        return
    values: dict[str, Any] = {key: row[key] for key in (*_NEEDED, "username", "password") if key in row}
    if isinstance(values.get("password"), Kept):
        del values["password"]
        if present is None or not present.__dict__["password"]:
            words = f"{MASK} stands for a password, and there is none to keep. To do: write the password."
            raise row.mistake("password", words)
        if row.get("host", present.host) != present.host:
            words = f"{MASK} keeps the password for {present.host} alone. To do: write the password of the new host."
            raise row.mistake("password", words)
    missing = [key for key in _NEEDED if key not in row] if present is None else []
    if missing:
        raise Mistake(row.line, f"A new proxy needs the key {listed(missing)}. To do: add it.", missing[0])
    if "username" in values and not values["username"]:
        values["password"] = ""
    applying.save(KEY, "", present or ProxySettings(), values, row.line)


def export() -> dict[str, Any] | None:
    """Give the proxy, its password masked; null where there is none."""
    row = proxy.settings()
    if row is None:
        return None
    password = None if readable(row, "password") == "" else MASK
    return {
        **{key: getattr(row, key) for key in _NEEDED},
        "username": row.username or None,
        "password": password,
    }


def _remove(present: ProxySettings | None, line: int, applying: Applying) -> None:
    if present is None:
        return
    using = users()
    if using:
        words = f"The proxy is used by {listed(using)}. To do: set proxy to false there first, or leave the proxy."
        raise Mistake(line, words, KEY)
    settings.remove(None, VIA, present)
    applying.note(KEY, "", KEY, str(present), None)


_keys = mapping(
    KEY,
    {
        "kind": choice(*ProxySettings.Kind.values),
        "host": host,
        "port": whole(1, 65535),
        "username": or_null(text, ""),
        "password": or_null(secret, ""),
    },
)


def _read(node: Node) -> Row | int:
    return line_of(node) if is_null(node) else _keys(node)


SECTION = Section(KEY, _read, apply, export)
