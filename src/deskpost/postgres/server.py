"""The running PostgreSQL server of a data folder: started, watched, stopped, cleared up after."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from deskpost.data_folder import DataFolder, told_in_words
from deskpost.postgres.binaries import Binaries
from deskpost.postgres.cluster import environment, own
from deskpost.postgres.places import OUTPUT, ROLE, cluster_folder, socket_file, socket_folder
from deskpost.postgres.server_user import ServerUser
from deskpost.postgres.words import not_started, said

_READY_LINE = 7  # of postmaster.pid, counted from 0; src/include/utils/pidfile.h


def start(
    folder: DataFolder, binaries: Binaries, user: ServerUser, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start the server as a child of this process. It is not ready yet. Raises DataFolderUnusable.

    No TCP. Who may connect is who the system says they are (peer): root and the server's own user, mapped
    by pg_ident to the application's role and, for upkeep, to the superuser.
    """
    cluster = cluster_folder(folder)
    with told_in_words(folder.path):
        own(socket_folder(folder), user)
        _write(cluster / "pg_hba.conf", "local all,replication all peer map=deskpost\n", user)
        _write(cluster / "pg_ident.conf", _ident({"root", user.name}), user)
    sockets = str(socket_folder(folder)).replace('"', '""')
    settings: dict[str, str | Path] = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "hba_file": cluster / "pg_hba.conf",
        "ident_file": cluster / "pg_ident.conf",
        "cluster_name": "deskpost",
    }
    if sys.platform == "linux":
        # After a crash every file is made durable first: by one call, not by one for each of 1,300 files.
        settings["recovery_init_sync_method"] = "syncfs"
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    try:
        return subprocess.Popen(
            [binaries.program("postgres"), "-D", cluster, *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment(),
            preexec_fn=user.become,  # the keeper has one thread
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError) as refused:
        raise not_started(folder, said(refused)) from refused


def is_ready(folder: DataFolder, server: subprocess.Popen[bytes]) -> bool:
    """Tell whether the server says in postmaster.pid that it takes connections."""
    lines = _lines(cluster_folder(folder) / "postmaster.pid")
    return len(lines) > _READY_LINE and lines[0] == str(server.pid) and lines[_READY_LINE] == "ready"


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop the server within 3 s: fast, else at once (it recovers at the next start), else by SIGKILL."""
    for how, patience in ((signal.SIGINT, 2.0), (signal.SIGQUIT, 0.5), (signal.SIGKILL, 0.5)):
        if server.poll() is None:
            server.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(patience)


def clear_leftovers(folder: DataFolder) -> None:
    """End what an earlier server of this cluster left running, and lock files that name a stranger.

    A killed server's backends end by themselves, and its shared memory with the last of them; those that
    do not are ended here, for the new server waits for that. One whose keeper was killed is shutting down.
    """
    cluster = cluster_folder(folder)
    locks = (cluster / "postmaster.pid", socket_file(folder).with_name(f"{socket_file(folder).name}.lock"))
    steps = [(signal.SIGINT, 4.0), (signal.SIGQUIT, 0.5), (signal.SIGKILL, 2.0)]
    for how, patience in steps if _named_in(locks[0]) in _processes_of(cluster) else steps[1:]:
        left = _processes_of(cluster)
        if not left:
            break
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        _wait_until(lambda: not _processes_of(cluster), patience)
    # Numbers of processes come again after a restart of the machine or container; PostgreSQL would take a
    # stranger, or its own unreaped dead self, for a running server. Where the number is free it sees to its
    # files itself, and looks whether old shared memory is in use.
    for lock in locks:
        if Path("/proc", str(_named_in(lock))).exists() and not _processes_of(cluster):
            lock.unlink(missing_ok=True)


def reap(server: subprocess.Popen[bytes]) -> None:
    """Take note of ended children: the server, and backends that a killed one left to us."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid == server.pid:
                server.returncode = os.waitstatus_to_exitcode(status)


def last_words(folder: DataFolder) -> str:
    """Give what the server printed since its last start, before its log opened and in it."""
    logs = sorted((cluster_folder(folder) / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)
    logged = logs[-1].read_text(errors="replace") if logs else ""
    printed = (folder.path / OUTPUT).read_text(errors="replace")
    return printed + logged[max(logged.rfind("starting PostgreSQL"), 0) :]


def _write(file: Path, content: str, user: ServerUser) -> None:
    new = file.with_suffix(".new")
    new.write_text(content)
    new.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(new, user.uid, user.gid)
    new.rename(file)


def _ident(names: Iterable[str]) -> str:
    lines = (f'deskpost "{name}" {role}\n' for name in sorted(names) for role in (ROLE, "postgres"))
    return "".join(lines)


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text(errors="replace").splitlines()]
    except OSError:
        return []


def _named_in(lock: Path) -> int:
    """Give the process that a lock file of PostgreSQL names, 0 when there is no such file."""
    first = next(iter(_lines(lock)), "").lstrip("-")
    return int(first) if first.isdigit() else 0


def _processes_of(cluster: Path) -> list[int]:
    """Give the living processes of a server on this cluster: they work in its folder, or name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            name = (process / "comm").read_text().strip()
            if name.startswith("postgres") and state not in "ZX" and _works_in(process, cluster):
                found.append(int(process.name))
        except OSError:
            continue  # it ended while we looked
    return found


def _works_in(process: Path, cluster: Path) -> bool:
    try:
        return (process / "cwd").samefile(cluster)
    except PermissionError:
        words = (process / "cmdline").read_bytes().split(b"\0")
        return os.fsencode(cluster) in words


def _wait_until(done: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
