"""Who the PostgreSQL server runs as, and how a child process becomes that user."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from deskpost import linux
from deskpost.data_folder import SYSTEM_USER, DataFolder, DataFolderUnusable


@dataclass(frozen=True, slots=True)
class ServerUser:
    """An operating system user. `reads_all` adds CAP_DAC_READ_SEARCH, to pass folders closed to it."""

    name: str
    uid: int
    gid: int
    reads_all: bool = False

    def become(self) -> None:
        """Turn this process into one of the user; for a child between fork and exec.

        Ends with a parent-death signal (SIGINT: PostgreSQL's fast shutdown), which a change of user clears.
        Raises OSError where the capability is not allowed.
        """
        for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_DFL)
        if os.geteuid() == 0:
            if self.reads_all:
                linux.keep_capabilities()
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)
            if self.reads_all:
                linux.hold_read_search()
        os.umask(0o077)
        linux.die_with_parent(signal.SIGINT)

    def first_closed(self, paths: Iterable[Path]) -> Path | None:
        """Give the first path that this user, without any capability, can neither enter nor execute."""
        plain = ServerUser(self.name, self.uid, self.gid)
        listed = list(paths)
        found = _in_child(
            lambda: next((n for n, path in enumerate(listed) if not os.access(path, os.X_OK)), 255), plain
        )
        return listed[found] if found < len(listed) else None

    def may_read_all(self) -> bool:
        """Tell whether this system lets us give the user CAP_DAC_READ_SEARCH."""
        return _in_child(lambda: 0, ServerUser(self.name, self.uid, self.gid, reads_all=True)) == 0


def choose(folder: DataFolder) -> ServerUser:
    """Give the user who runs the server of this data folder. Raises DataFolderUnusable.

    A plain user runs it alone. For root it is whoever owns the cluster, else the person who owns the data
    folder, else the system user `deskpost`, made when missing: PostgreSQL refuses to run as root. That
    user gets the data folder when it is ours alone, else CAP_DAC_READ_SEARCH where a folder is closed to it.
    """
    if os.geteuid() != 0:
        return _named(os.geteuid())
    cluster = folder.path / "postgres"
    owner = (cluster if cluster.exists() else folder.path).stat().st_uid
    user = _named(owner) if owner else _system_user()
    closed = user.first_closed([*reversed(folder.path.parents), folder.path])
    if closed == folder.path and folder.holds_only_ours() and folder.path.stat().st_uid == 0:
        os.chown(folder.path, user.uid, user.gid)
        return user
    if closed is None:
        return user
    if user.may_read_all():
        return ServerUser(user.name, user.uid, user.gid, reads_all=True)
    raise DataFolderUnusable(
        f"The database of {folder.path} cannot run: PostgreSQL runs as the system user {user.name}, who may "
        f"not enter {closed}, and this system does not let Deskpost give it that right. "
        "To do: name a data folder with --data that lies elsewhere, such as /var/lib/deskpost."
    )


def _named(uid: int) -> ServerUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise DataFolderUnusable(
            f"PostgreSQL cannot run as the user with number {uid}, who has no name on this system. "
            "To do: give the user a line in /etc/passwd, or start Deskpost as another one."
        ) from None
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _system_user() -> ServerUser:
    """Give the dedicated system user, and make it on first use."""
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
    return _named(pwd.getpwnam(SYSTEM_USER).pw_uid)


def _add_system_user() -> None:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    tool = shutil.which("useradd", path=path) or "useradd"
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command = [tool, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as refused:
        said = refused.strerror or ""
    else:
        if made.returncode in (0, 9):  # 9: another process was faster
            return
        said = made.stderr.strip()
    raise DataFolderUnusable(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made ({said}). "
        f"To do: make a system user named {SYSTEM_USER}, or start Deskpost as a plain user."
    )


def _in_child(question: Callable[[], int], user: ServerUser) -> int:
    """Answer a question as another user: its number, or 255 when that user cannot be become."""
    pid = os.fork()
    if pid == 0:
        answer = 255
        try:
            user.become()
            answer = question()
        finally:
            os._exit(answer)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
