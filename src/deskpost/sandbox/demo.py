"""`deskpost demo`: the whole of Deskpost on one machine, with a simulated mail cloud around it."""

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskpost.commands.database import database
from deskpost.commands.options import DEFAULT_PORT
from deskpost.commands.output import write
from deskpost.data_folder import DataFolder, DataFolderUnusable
from deskpost.postgres.places import cluster_folder
from deskpost.sandbox.cast import ADDRESSES
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.outside import LOOPBACK, Outside
from deskpost.supervise import Child, PortUnusable, Supervisor, require_port

_PORTS = 100  # tried from the default one on
_NOT_OURS = ("DESKPOST_DATABASE_URL", "DESKPOST_KEYS")  # the demo touches no other installation


def run(data: DataFolder | Path | None, port: int | None, keep: bool) -> None:
    """Run the demo until SIGTERM or SIGINT; then everything it started ends within 10 s.

    The data is in a temporary folder, or with `keep` in `data` (the folder demo within the default data folder)
    and taken up again the next time. Without `port` it is 8025, or the next that is free.
    Raises DataFolderUnusable and PortUnusable.
    """
    for name in _NOT_OURS:
        os.environ.pop(name, None)
    os.environ["DESKPOST_DEMO"] = "1"
    signal.signal(signal.SIGTERM, _interrupt)  # until the supervisor takes over
    with _folder(data, keep) as folder, folder.lock_run():
        port = _port(port)
        write("Starting the demo. This takes a few seconds.\n")
        with database(folder.path, begin=True):
            _play(folder, port, keep)


def _play(folder: DataFolder, port: int, keep: bool) -> None:
    from deskpost import running
    from deskpost.sandbox.stage import Stage
    from deskpost.tick import Pulse

    outside = Outside(folder.path)
    outside.create(ADDRESSES)
    Authority(outside.certificates)
    stage = Stage(outside, LOOPBACK, port)
    ending = f"The data stays in {folder.path}." if keep else "All its data is removed then."
    servers = Child(
        "outside", (sys.executable, "-P", "-m", "deskpost.sandbox.mail_servers", str(folder.path))
    )
    with Pulse("run"), stage.prepared(f"Ctrl-C ends the demo. {ending}\n"):
        children = (servers, *running.children(LOOPBACK, port, workers=1))
        Supervisor(children, running.free_what_died, sys.stderr).run()


@contextmanager
def _folder(data: DataFolder | Path | None, keep: bool) -> Iterator[DataFolder]:
    """Give the folder to play in, and remove it afterwards unless it is kept."""
    named = data.path if isinstance(data, DataFolder) else data
    if keep:
        folder = DataFolder(named or DataFolder().path / "demo")
        if cluster_folder(folder).exists() and not Outside(folder.path).exists():
            raise DataFolderUnusable(
                f"{folder.path} holds an installation that is no demo's, and the demo would change its settings. "
                "To do: name another folder with --data."
            )
        yield folder
        return
    if named is not None:
        DataFolder(named).create()
    with tempfile.TemporaryDirectory(
        prefix="deskpost-demo-", dir=named, ignore_cleanup_errors=True
    ) as temporary:
        yield DataFolder(temporary)


def _port(wanted: int | None) -> int:
    """Give the port of the pages. Raises PortUnusable when the one wanted, or every one tried, is taken."""
    if wanted is not None:
        require_port(LOOPBACK, wanted)
        return wanted
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _PORTS):
        try:
            require_port(LOOPBACK, port)
        except PortUnusable:
            continue
        return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
