"""The keeper: a small process that holds the PostgreSQL server of a data folder as its child.

    user of the folder --shared lock on postgres.users--+
    user of the folder --shared lock on postgres.users--+--> keeper --parent of--> postgres
                                                              holds postgres.keeper

Everybody who works on the folder holds the users' lock, which the system frees when they are gone, however
they went. The keeper starts the server, restarts it when it dies, and stops it as soon as it can take the
users' lock for itself; newcomers wait until it has. One keeper at a time holds the keeper's lock; a killed
one is replaced by any user that notices (`deskpost.postgres`), and the server it leaves shuts down.
"""

import fcntl
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import IO

from deskpost.data_folder import DataFolder, DataFolderUnusable, told_in_words, try_lock
from deskpost.linux import adopt_orphans
from deskpost.postgres import server
from deskpost.postgres.binaries import Binaries, find, within_reach
from deskpost.postgres.cluster import ensure
from deskpost.postgres.places import KEEPER, OUTPUT, READY, USERS, cluster_folder, socket_folder
from deskpost.postgres.server_user import ServerUser, choose
from deskpost.postgres.words import not_started

_LOOK_EVERY = 0.05  # seconds
_PASSING = ("shared memory block", "lock file", "Address already in use")
_PASSING_PATIENCE = 15.0  # seconds


def main(path: str) -> int:
    """Keep the server of the data folder at `path` until nobody uses it. 0, or 1 when it could not start.

    In that case the sentence for people goes to standard output, where the process that started it reads it.
    """
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # its users get those; it goes when they have gone
    folder = DataFolder(path)
    with ExitStack() as open_files:
        users = open_files.enter_context(folder.open_lock(USERS))
        if not _lock_patiently(open_files.enter_context(folder.open_lock(KEEPER))):
            return 0  # another keeper is at work
        try:
            output = open_files.enter_context((folder.path / OUTPUT).open("ab"))
            folder.adopt(output.fileno())
            _Keeping(folder, users, output).until_unused()
        except DataFolderUnusable as unusable:
            print(unusable.words, flush=True)
            return 1
        return 0


class _Keeping:
    """One server under one keeper."""

    def __init__(self, folder: DataFolder, users: int, output: IO[bytes]) -> None:
        self.folder, self.users, self.output = folder, users, output
        self.ready = folder.path / READY
        adopt_orphans()
        self.user: ServerUser = choose(folder)
        found = find(cluster_folder(folder))
        self.binaries: Binaries = within_reach(found, self.user, folder)
        ensure(folder, self.binaries, self.user)

    def until_unused(self) -> None:
        """Run the server, and run it again when it dies, until the users' lock is free."""
        running, pause = self._first_start(), 0.0
        while not try_lock(self.users, fcntl.LOCK_EX):
            server.reap(running)
            if running.poll() is None:
                time.sleep(_LOOK_EVERY)
                continue
            time.sleep(pause)
            began = time.monotonic()
            running = self._start()
            self._wait_ready(running)
            # One that dies again at once is given a little more time each round, never 3 s.
            pause = 0.0 if time.monotonic() - began > 5 else min(2.0, pause * 2 or 0.25)
        self.ready.unlink(missing_ok=True)
        server.stop(running)
        server.clear_leftovers(self.folder)
        if not socket_folder(self.folder).is_relative_to(self.folder.path):
            socket_folder(self.folder).rmdir()

    def _first_start(self) -> subprocess.Popen[bytes]:
        """Start the server. Tries again only when it met the end of an earlier one, or was killed by a signal."""
        give_up = time.monotonic() + _PASSING_PATIENCE
        while True:
            running = self._start()
            if self._wait_ready(running):
                return running
            told = server.last_words(self.folder)
            passing = any(words in told for words in _PASSING) or (running.returncode or 0) < 0
            if not passing or time.monotonic() > give_up:
                raise not_started(self.folder, told)
            time.sleep(0.2)

    def _start(self) -> subprocess.Popen[bytes]:
        self.ready.unlink(missing_ok=True)
        server.clear_leftovers(self.folder)
        self.output.truncate(0)
        return server.start(self.folder, self.binaries, self.user, self.output)

    def _wait_ready(self, running: subprocess.Popen[bytes]) -> bool:
        """Wait until the server takes connections; recovery may take its time. False when it died instead."""
        while not server.is_ready(self.folder, running):
            server.reap(running)
            if running.poll() is not None:
                return False
            time.sleep(0.01)
        with told_in_words(self.folder.path):
            self.ready.touch(mode=0o600)
            self.folder.adopt(self.ready)
        return True


def _lock_patiently(descriptor: int) -> bool:
    """Take the keeper's lock; those who only look whether it is free hold it for a moment."""
    for _ in range(50):
        if try_lock(descriptor, fcntl.LOCK_EX):
            return True
        time.sleep(0.01)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
