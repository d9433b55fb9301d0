"""The outside of a demo, as both its mail servers and its pages know it: where it lies, its ports, its faults."""

import json
import secrets
import socket
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from deskpost.sandbox.post_office import PostOffice

LOOPBACK = "127.0.0.1"
FAULTS = ("outgoing", "answers", "incoming")
"""What can be broken: taking the desk's mail, telling the desk that it was taken, and holding the desk's mailboxes."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the mail servers of the outside listen, and what opens them.

    `cloud` is the simulated cloud with Graph, EWS and their sign-in, `imap` holds the mailbox beside it, with this
    UIDVALIDITY. `password` opens the mailboxes by EWS and IMAP; the two secrets are of the desk's applications.
    """

    cloud: int
    imap: int
    uid_validity: int
    password: str = field(repr=False)
    admin_token: str = field(repr=False)
    fetching_secret: str = field(repr=False)
    sending_secret: str = field(repr=False)

    @property
    def base(self) -> str:
        """The address of the cloud."""
        return f"https://{LOOPBACK}:{self.cloud}"


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
        before = self._kept() if self.exists() else {}
        cloud, imap = free_ports((before.get("cloud", 0), before.get("imap", 0)))
        drawn = {
            "uid_validity": int(time.time()),
            "password": secrets.token_urlsafe(18),
            "admin_token": secrets.token_urlsafe(32),
            "fetching_secret": secrets.token_urlsafe(30),
            "sending_secret": secrets.token_urlsafe(30),
        }
        chosen = Servers(**{**drawn, **before, "cloud": cloud, "imap": imap})
        self._file.touch(mode=0o600)
        self._file.write_text(json.dumps(asdict(chosen)))
        return chosen

    def exists(self) -> bool:
        """Tell whether a demo was played in this folder."""
        return self._file.exists()

    def servers(self) -> Servers:
        """Give where the mail servers listen."""
        return Servers(**self._kept())

    @property
    def certificates(self) -> Path:
        """The folder of the cloud's certificate authority."""
        return self.folder / "cloud"

    @property
    def ca_file(self) -> Path:
        """What has to be trusted to reach the cloud."""
        return self.certificates / "ca.pem"

    def is_broken(self, what: str) -> bool:
        """Tell whether this (of FAULTS) is broken."""
        return self._fault(what).exists()

    def broken(self) -> list[str]:
        """Give what is broken, of FAULTS."""
        return [what for what in FAULTS if self.is_broken(what)]

    def break_down(self, what: str) -> None:
        """Break this (of FAULTS) within a moment."""
        self._fault(what).touch()

    def mend(self, what: str) -> None:
        """Mend this (of FAULTS) within a moment."""
        self._fault(what).unlink(missing_ok=True)

    def _kept(self) -> dict[str, Any]:
        """Give what the file says; one of an earlier version says less, and what is no more."""
        names = {one.name for one in fields(Servers)}
        kept = json.loads(self._file.read_text())
        return {name: value for name, value in kept.items() if name in names}

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
