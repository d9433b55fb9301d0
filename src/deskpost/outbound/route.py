"""The way that mails of one mailbox of a server take at this moment, shared by all connections of a process."""

import threading
from dataclasses import dataclass, field

from deskpost.access.columns import SECRETS, SIGN_IN
from deskpost.outbound import endpoints, pool
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.connection import Server
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.sender import Sender


@dataclass(frozen=True, slots=True)
class Hop:
    """One server to connect to, as whom, and whether it is the alternate. The token is got when it is connected to.

    `mailbox`: one of its pool, "" for its own.
    """

    server: Server
    alternate: bool
    signs_in: tuple[str, ...] = field(repr=False)
    row: OutgoingServer = field(compare=False)
    mailbox: str = ""

    @property
    def place(self) -> str:
        """Where mails leave from, for their trace."""
        return f"{self.server.place}, {self.mailbox}" if self.mailbox else self.server.place

    def open(self, *, known: bool = False) -> Sender:
        """Give the way to send; one that is `known` to work is not asked whether it does. Raises as a token does."""
        return endpoints.open_sender(self.row, by_alternate=self.alternate, known=known)


class Route:
    """Primary until it cannot be reached, then the alternate; follows the settings when they change.

    `mailbox`: one of the server's pool, "" for its own. `marked`: whether it may give mails another Message-ID, so
    that their bodies name them too.
    """

    def __init__(self, server: OutgoingServer, on_alternate: bool, mailbox: str = "") -> None:
        self._lock = threading.Lock()
        self.mailbox = mailbox
        self.follow(server, on_alternate)

    def follow(self, server: OutgoingServer, on_alternate: bool) -> None:
        """Take the way that settings and state name now. Raises SecretUnreadable."""
        keeps_copies = PROTOCOLS[server.protocol].keeps_copies
        self.marked = keeps_copies and pool.keeps_message_id(server.pk, self.mailbox) is not True
        server = pool.row_of(server, self.mailbox)
        signs_in = tuple(getattr(server, name) for name in (*SIGN_IN, "mailbox_to_open", *SECRETS))
        alternate = endpoints.alternate(server)
        with self._lock:
            self._primary = Hop(endpoints.primary(server), False, signs_in, server, self.mailbox)
            self._alternate = Hop(alternate, True, signs_in, server) if alternate else None
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
