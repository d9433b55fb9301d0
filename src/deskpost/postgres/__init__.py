"""The embedded PostgreSQL: one server a data folder, shared by every process that works on it.

    with embedded(DataFolder()) as url:
        ...                             # the server runs, whoever started it

The first process on a folder starts a keeper (`keeper.py`), the last one to leave makes it stop the server.
`DESKPOST_DATABASE_URL` names another server; then nothing is started.
"""

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import deskpost
from deskpost.data_folder import DataFolder, DataFolderUnusable, NoInstallation, told_in_words, try_lock
from deskpost.postgres.binaries import client
from deskpost.postgres.places import KEEPER, READY, USERS, address, cluster_folder, socket_file
from deskpost.postgres.words import not_started, said

__all__ = ["database_url", "embedded", "psql_command", "require_installation"]

_LOOK_EVERY = 0.02  # seconds
_GUARD_EVERY = 0.5  # seconds


def database_url(folder: DataFolder) -> str:
    """Give the address of the installation's database; starts nothing and does not look whether it runs."""
    return os.environ.get("DESKPOST_DATABASE_URL") or address(folder)


def require_installation(folder: DataFolder) -> None:
    """Raise NoInstallation unless a database was made in the folder, DataFolderUnusable where that cannot be seen."""
    with told_in_words(folder.path):
        try:
            cluster_folder(folder).stat()
        except FileNotFoundError:
            raise NoInstallation(folder.path) from None


@contextlib.contextmanager
def embedded(folder: DataFolder) -> Iterator[str]:
    """Hold the folder's database up and give its address: join the running server, or start it.

    It takes connections when this gives the address; one that was killed first recovers. While held, a
    server that dies is up again within 3 s. The last process to leave waits until it has stopped (at most
    3 s), and a process that is killed counts as gone. Raises DataFolderUnusable with the reason.
    """
    if os.environ.get("DESKPOST_DATABASE_URL"):
        yield os.environ["DESKPOST_DATABASE_URL"]
        return
    keeping = _Membership(folder)
    with folder.open_lock(USERS) as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
        keeping.join()
        try:
            yield address(folder)
        finally:
            keeping.leave(users)


def psql_command(folder: DataFolder) -> tuple[list[str], dict[str, str]]:
    """Give argv and environment of psql on the installation's database; a password is in neither's sight.

    Raises DataFolderUnusable where there is no psql.
    """
    url = database_url(folder)
    parts = urlsplit(url)
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
        name = quote(unquote(parts.username or ""), safe="")
        url = parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}").geturl()
    return [str(client("psql")), url], environment  # put together anew, postgresql:///name loses its slashes


class _Membership:
    """This process among the users of a folder's server."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.left = threading.Event()
        self.keeper: subprocess.Popen[bytes] | None = None
        self.guard = threading.Thread(target=self._guard, name="postgres guard", daemon=True)

    def join(self) -> None:
        """Wait until the server is ready, starting a keeper where none is at work."""
        while not self._is_ready():
            time.sleep(_LOOK_EVERY)
        self.guard.start()

    def leave(self, users: int) -> None:
        """Give up the users' lock; when nobody else holds it, wait until the server has stopped."""
        self.left.set()
        self.guard.join()
        fcntl.flock(users, fcntl.LOCK_UN)
        while self._is_kept() and not self._others_stay(users):
            time.sleep(_LOOK_EVERY)
        if self.keeper:
            self.keeper.poll()

    def _others_stay(self, users: int) -> bool:
        """Tell whether others use the server: shared use is possible and sole use is not."""
        shared = try_lock(users, fcntl.LOCK_SH)
        sole = shared and try_lock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        return shared and not sole

    def _is_kept(self) -> bool:
        """Tell whether a keeper is at work, reaping ours when it has ended."""
        if self.keeper and self.keeper.poll() is None:
            return True
        with self.folder.open_lock(KEEPER) as descriptor:
            if not try_lock(descriptor, fcntl.LOCK_SH):
                return True
            (self.folder.path / READY).unlink(missing_ok=True)  # left by a keeper that was killed
            return False

    def _is_ready(self) -> bool:
        """Tell whether the server takes connections. Raises DataFolderUnusable when our keeper gave up."""
        if not self._is_kept():
            if self.keeper and self.keeper.stdout and (words := self.keeper.stdout.read()):
                raise DataFolderUnusable(words.decode().strip())
            self._start_keeper()
        return (self.folder.path / READY).exists() and _answers(socket_file(self.folder))

    def _start_keeper(self) -> None:
        source = str(Path(deskpost.__file__).parent.parent)
        search = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            self.keeper = subprocess.Popen(
                [sys.executable, "-P", "-m", "deskpost.postgres.keeper", str(self.folder.path)],
                env={**os.environ, "PYTHONPATH": search},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C on the terminal is for its users
                cwd="/",
            )
        except OSError as refused:
            raise not_started(self.folder, said(refused)) from refused

    def _guard(self) -> None:
        """Put a new keeper in the place of one that was killed."""
        while not self.left.wait(_GUARD_EVERY):
            with contextlib.suppress(DataFolderUnusable):
                if not self._is_kept():
                    self._start_keeper()


def _answers(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(file))
        except OSError:
            return False
    return True
