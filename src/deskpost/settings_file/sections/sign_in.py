"""Where a mail server is on the web and how Deskpost signs in there: the keys that `mailboxes` and `outgoing` share."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from yaml import Node

from deskpost.access import proposals, wire_logs
from deskpost.access.columns import MailServerSettings, has_mailbox_to_open
from deskpost.secret_field import readable
from deskpost.settings_file.mistakes import Mistake, Mistaken
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.secrets import MASK, Kept, secret
from deskpost.settings_file.values import Reader, choice, line_of, or_null, switch, text
from deskpost.transports.host_names import is_this_machine
from deskpost.transports.protocols import PROTOCOLS

_OAUTH = MailServerSettings.Authentication.OAUTH


def _day(node: Node) -> date:
    """A date."""
    value = text(node)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Mistake(line_of(node), f"{value} is no date. To do: write one such as 2028-11-24.") from None


_INNER: dict[str, Reader] = {
    "client_id": or_null(text, ""),
    "client_secret": or_null(secret, ""),
    "secret_ends": or_null(_day),
    "authorization_url": or_null(text, ""),
    "token_url": or_null(text, ""),
    "scope": or_null(text, ""),
    "grant": choice(*MailServerSettings.Grant.values),
}
KEYS: dict[str, Reader] = {
    "connect_url": or_null(text, ""),
    "graph_endpoint": or_null(text, ""),
    "mailbox": or_null(text, ""),
    "oauth": or_null(mapping("oauth", _INNER)),
    "proxy": switch,
    "debug": switch,
}
"""The keys and how each is read; `authentication` and `password` are each section's own."""
_COLUMNS = {
    "mailbox": "mailbox_to_open",
    "secret_ends": "client_secret_ends",
}
_OF_OAUTH = (*(_COLUMNS.get(key, key) for key in _INNER),)
COLUMNS = (*("connect_url", "graph_endpoint", "mailbox_to_open", "proxy", "debug_until"), *_OF_OAUTH)
"""The columns that these keys set."""
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(_OF_OAUTH, ""),
    "client_secret_ends": None,
    "grant": MailServerSettings.Grant.AUTHORIZATION_CODE,
}


def read(row: Row, saved: MailServerSettings) -> dict[str, Any]:
    """Give the columns that the row sets. Raises Mistake where it masks a client secret, and there is none to keep."""
    values = {
        _COLUMNS.get(key, key): row[key] for key in KEYS if key in row and key not in ("oauth", "debug")
    }
    if "debug" in row:
        values["debug_until"] = wire_logs.until(row["debug"], saved)
    inner = row.get("oauth")
    if inner is None:
        return values
    values |= {_COLUMNS.get(key, key): value for key, value in inner.values.items()}
    if isinstance(values.get("client_secret"), Kept):
        del values["client_secret"]
        if not saved.client_secret:
            words = f"{MASK} stands for a client secret, and there is none to keep. To do: write the client secret."
            raise inner.mistake("client_secret", words)
    return values


def settle(values: dict[str, Any], saved: MailServerSettings, *, incoming: bool) -> None:
    """Add what is proposed to the columns that a row sets, and empty those for which protocol and login have no use.

    `values` needs `protocol` and `authentication` where `saved` is new.
    """
    last = proposals.choice_of(_as_it_is(saved), incoming=incoming).key if saved.pk is not None else None
    protocol = PROTOCOLS[values.get("protocol") or saved.protocol]
    if protocol.address:
        address = values.get(protocol.address, getattr(saved, protocol.address))
        asked = values.get("tls", saved.tls if saved.protocol == protocol.key else "implicit")
        values |= {"server": "", "port": 443, "tls": _tls_of(address, allowed=asked == "none")}
    for name in ("connect_url", "graph_endpoint"):
        if name != protocol.address:
            values[name] = ""
    oauth = values.get("authentication", saved.authentication) == _OAUTH
    by_consent = oauth and values.get("grant", saved.grant) == MailServerSettings.Grant.AUTHORIZATION_CODE
    if not has_mailbox_to_open(protocol.key, by_consent=by_consent):
        values["mailbox_to_open"] = ""
    if oauth:
        values["password"] = ""
    else:
        values |= _EMPTY
    values |= proposals.proposed({**_as_it_is(saved), **values}, incoming=incoming, last=last)


def exported(row: MailServerSettings) -> dict[str, Any]:
    """Give the keys of a row, the secret masked."""
    values = {
        key: getattr(row, _COLUMNS.get(key, key)) or None
        for key in ("connect_url", "graph_endpoint", "mailbox")
    }
    inner = {
        key: getattr(row, _COLUMNS.get(key, key)) or None
        for key in _INNER
        if key not in ("client_secret", "secret_ends")
    }
    ends = row.client_secret_ends
    inner |= {
        "client_secret": masked(row, "client_secret"),
        "secret_ends": ends.isoformat() if ends else None,
    }
    oauth = {key: inner[key] for key in _INNER} if row.authentication == _OAUTH else None
    return {**values, "oauth": oauth, "proxy": row.proxy, "debug": wire_logs.is_on(row)}


def masked(row: MailServerSettings, name: str) -> str | None:
    """Give what export writes for a secret, None where there is none."""
    return None if readable(row, name) == "" else MASK


def raise_refusals(refusals: Iterable[tuple[str, str]], row: Row) -> None:
    """Raise what rules say about columns as mistakes at the lines of their keys, those within `oauth` too."""
    known = {column: key for key, column in _COLUMNS.items()}
    inner, found = row.get("oauth"), []
    for column, words in refusals:
        key = known.get(column, column)
        within = isinstance(inner, Row) and column in _OF_OAUTH
        found.append((inner if within and inner is not None else row).mistake(key, words))
    if found:
        raise Mistaken(found)


def _as_it_is(saved: MailServerSettings) -> dict[str, Any]:
    names = (
        *(
            "protocol",
            "server",
            "username",
            "authentication",
            "connect_url",
            "graph_endpoint",
            "mailbox_to_open",
        ),
        *("grant", "authorization_url", "token_url", "scope"),
    )
    return {name: getattr(saved, name) for name in names}


def _tls_of(address: str, *, allowed: bool) -> str:
    """Give the TLS that goes with an address: http is taken by itself on this machine alone."""
    try:
        found = urlsplit(address)
        plain = found.scheme.lower() == "http" and (allowed or is_this_machine(found.hostname or ""))
    except ValueError:
        plain = False
    return "none" if plain else "implicit"
