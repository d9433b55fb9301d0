"""The chain of a sign-in, and at which link it breaks: what a provider checks one after another."""

import re
from collections.abc import Mapping
from typing import Literal

from deskpost.transports.errors import (
    ConsentLost,
    LoginRefused,
    ProtocolViolated,
    ServerUnreachable,
    TransportError,
)

Key = Literal["addresses", "client_id", "client_secret", "redirect_url", "consent", "scope", "mailbox"]
State = Literal["fine", "broken", "unknown"]

BY_PERSON: tuple[Key, ...] = (
    *("addresses", "client_id", "client_secret", "redirect_url", "consent", "scope", "mailbox"),
)
ON_ITS_OWN: tuple[Key, ...] = ("addresses", "client_id", "client_secret", "scope", "mailbox")
# In this order a sign-in comes by them: the browser first, then the token endpoint, then the mail server.
_CHECKED: tuple[Key, ...] = (
    *("addresses", "client_id", "redirect_url", "scope", "consent", "client_secret", "mailbox"),
)
_NUMBERS: Mapping[Key, tuple[int, ...]] = {
    "addresses": (900021, 900023, 90002, 90013, 90038, 900382, 900432, 50059, 50194),
    "client_id": (70001, 700016, 7000229, 7000112, 700025, 700054),
    "client_secret": (70002, 7000215, 7000222, 7000218),
    "redirect_url": (50011, 500112, 500113, 700084, 9002325, 9002326),
    "scope": (28000, 500011, 500014, 65005, 650052, 650053, 650057, 70011, 1002012),
}
_NAMES: Mapping[str, Key] = {
    "unauthorized_client": "client_id",
    "deleted_client": "client_id",
    "disabled_client": "client_id",
    "invalid_client": "client_secret",
    "redirect_uri_mismatch": "redirect_url",
    "invalid_scope": "scope",
    "invalid_request": "addresses",
    "unsupported_grant_type": "addresses",
    "unsupported_response_type": "addresses",
}
_BY_NUMBER: Mapping[int, Key] = {number: key for key, numbers in _NUMBERS.items() for number in numbers}
_CODE = re.compile(r"\((AADSTS[0-9]+|[a-z]+(?:_[a-z]+)+)\)")


def broken_at(error: TransportError) -> Key | None:
    """Give the link at which a sign-in broke, None where the error does not tell."""
    found = _CODE.search(error.words)
    code = found[1] if found else ""
    if code.startswith("AADSTS"):
        return _BY_NUMBER.get(int(code[6:]), "consent" if isinstance(error, ConsentLost) else None)
    if code in _NAMES:
        return _NAMES[code]
    if isinstance(error, ConsentLost):
        return "consent"
    if isinstance(error, LoginRefused):
        return "scope" if "Scope" in error.words or "scopes" in error.words else "addresses"
    return "addresses" if isinstance(error, (ServerUnreachable, ProtocolViolated)) else None


def walked(keys: tuple[Key, ...], broken: Key | None) -> tuple[tuple[Key, State], ...]:
    """Give each link with its state: what is checked before the broken one is fine, what comes after is unknown."""
    if broken is None:
        return tuple((key, "unknown") for key in keys)
    at = _CHECKED.index(broken)
    states: dict[Key, State] = {
        key: "broken" if place == at else "fine" if place < at else "unknown"
        for place, key in enumerate(_CHECKED)
    }
    return tuple((key, states[key]) for key in keys)


def by_another(keys: tuple[Key, ...]) -> tuple[tuple[Key, State], ...]:
    """Give each link once tokens came of somebody else than was meant: they are not tried at the mail server."""
    states: dict[Key, State] = {"consent": "broken", "mailbox": "unknown"}
    return tuple((key, states.get(key, "fine")) for key in keys)


def whole(keys: tuple[Key, ...], mailbox: State) -> tuple[tuple[Key, State], ...]:
    """Give each link once tokens came; `mailbox`: whether it opened with them."""
    return tuple((key, mailbox if key == "mailbox" else "fine") for key in keys)
