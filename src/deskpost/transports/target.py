"""Where mail is fetched from or sent by, and as whom: what a protocol is opened with."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from deskpost.transports.connection import Server
from deskpost.transports.logins import Credentials

Gate = Callable[[], AbstractContextManager[None]]
"""Gives one of the places that a provider grants, to be held for one request; waits until one is free."""


@dataclass(frozen=True, slots=True)
class Target:
    """One mailbox or way to send.

    IMAP, POP and SMTP are found by `server` alone. EWS and Graph are found by `address`, the URL of Exchange.asmx or
    Graph's endpoint with or without a version, and `server` tells how to reach it: certificates, limits of time,
    proxy. `mailbox` is the one to open there, empty for the login's own. `known`: it took mail a moment ago, so that a
    sender need not ask whether it works.
    """

    server: Server
    login: Credentials | None = None
    address: str = ""
    mailbox: str = ""
    gate: Gate = field(default=nullcontext, compare=False)
    known: bool = field(default=False, compare=False)
