"""The way that mails of one server take at this moment, shared by all connections of a process."""

import threading
from dataclasses import dataclass

from deskpost.outbound import endpoints
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.connection import Server
from deskpost.transports.logins import Login


@dataclass(frozen=True, slots=True)
class Hop:
    """One server to connect to, as whom, and whether it is the alternate."""

    server: Server
    login: Login | None
    alternate: bool


class Route:
    """Primary until it cannot be reached, then the alternate; follows the settings when they change."""

    def __init__(self, server: OutgoingServer, on_alternate: bool) -> None:
        self._lock = threading.Lock()
        self.follow(server, on_alternate)

    def follow(self, server: OutgoingServer, on_alternate: bool) -> None:
        """Take the way that settings and state name now."""
        login = endpoints.login(server)
        alternate = endpoints.alternate(server)
        with self._lock:
            self._primary = Hop(endpoints.primary(server), login, False)
            self._alternate = Hop(alternate, login, True) if alternate else None
            self._present = self._alternate if on_alternate and self._alternate else self._primary

    @property
    def present(self) -> Hop:
        """Where the next mail goes."""
        return self._present

    def beside(self, failed: Hop) -> Hop | None:
        """Give where to go instead of a hop that cannot be reached, None when there is nowhere.

        The alternate stays in use: from there nothing leads back but saving, restarting, or an administrator.
        """
        with self._lock:
            if self._present != failed:
                return self._present  # another connection went over already
            return self._alternate if not failed.alternate else None

    def go_over(self) -> bool:
        """Use the alternate from now on; tell whether that is new."""
        with self._lock:
            if self._alternate is None or self._present == self._alternate:
                return False
            self._present = self._alternate
            return True
