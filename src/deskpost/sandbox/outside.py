"""The outside of a demo, as both its mail servers and its pages know it: where it lies, its ports, its faults."""

import json
import secrets
import socket
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deskpost.sandbox.post_office import PostOffice

LOOPBACK = "127.0.0.1"
FAULTS = ("smtp", "imap")
"""What can be broken: the server that takes the desk's mail, and the one that holds its mailbox."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the mail servers of the outside listen, and password and UIDVALIDITY of the desk's mailbox.

    `smtp` takes what the desk sends, `submission` what customers send, `imap` holds the desk's mailbox.
    """

    smtp: int
    submission: int
    imap: int
    uid_validity: int
    password: str = field(repr=False)


class Outside:
    """The folder of a demo's outside world."""

    def __init__(self, data: Path) -> None:
        """Take the data folder of the demo; the outside lies within."""
        self.folder = data / "outside"
        self.post = PostOffice(self.folder / "post")

    def create(self, addresses: Iterable[str]) -> Servers:
        """Make the folder and mailboxes for these addresses; choose ports, those of last time if they are free."""
        self.post.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for address in addresses:
            self.post.open_mailbox(address)
        before = self.servers() if self.exists() else None
        wanted = (before.smtp, before.submission, before.imap) if before else (0, 0, 0)
        smtp, submission, imap = free_ports(wanted)
        chosen = Servers(
            smtp=smtp,
            submission=submission,
            imap=imap,
            uid_validity=before.uid_validity if before else int(time.time()),
            password=before.password if before else secrets.token_urlsafe(18),
        )
        self._file.touch(mode=0o600)
        self._file.write_text(json.dumps(asdict(chosen)))
        return chosen

    def exists(self) -> bool:
        """Tell whether a demo was played in this folder."""
        return self._file.exists()

    def servers(self) -> Servers:
        """Give where the mail servers listen."""
        return Servers(**json.loads(self._file.read_text()))

    def is_broken(self, what: str) -> bool:
        """Tell whether this server (of FAULTS) is to be down."""
        return self._fault(what).exists()

    def break_down(self, what: str) -> None:
        """Have this server (of FAULTS) stop within a moment."""
        self._fault(what).touch()

    def mend(self, what: str) -> None:
        """Have this server (of FAULTS) start again within a moment."""
        self._fault(what).unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.folder / "servers.json"

    def _fault(self, what: str) -> Path:
        assert what in FAULTS
        return self.folder / f"{what} is down"


def free_ports(wanted: tuple[int, ...]) -> list[int]:
    """Give a free port of this machine for each one wanted: that one if it is free, any other if not or 0."""
    held = [_bound(port) for port in wanted]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def _bound(port: int) -> socket.socket:
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((LOOPBACK, port))
    except OSError:
        probe.bind((LOOPBACK, 0))
    return probe
