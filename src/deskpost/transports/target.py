"""Where mail is fetched from or sent by, and as whom: what a protocol is opened with."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from deskpost.transports.connection import Server
from deskpost.transports.logins import Credentials

Gate = Callable[[], AbstractContextManager[None]]
"""Gives one of the places that a provider grants, to be held for one request; waits until one is free."""


class Inbox(Protocol):
    """Keeps the id of the Inbox of a mailbox that has several names: by each of them it is the same."""

    def wanted(self) -> bool:
        """Tell whether the server is to be asked for it now; who is told so asks."""

    def told(self, id: str) -> None:
        """Keep what the server said; raises nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """One mailbox or way to send.

    IMAP, POP and SMTP are found by `server` alone. EWS and Graph are found by `address`, the URL of Exchange.asmx or
    Graph's endpoint with or without a version, and `server` tells how to reach it: certificates, limits of time,
    proxy. `mailbox` is the one to open there, empty for the login's own. `inbox`: who is told by Graph which mailbox
    this is. `known`: it took mail a moment ago, so that a sender need not ask whether it works.
    """

    server: Server
    login: Credentials | None = None
    address: str = ""
    mailbox: str = ""
    gate: Gate = field(default=nullcontext, compare=False)
    inbox: Inbox | None = field(default=None, compare=False)
    known: bool = field(default=False, compare=False)
