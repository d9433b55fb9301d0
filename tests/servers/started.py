"""Starting a server as a child of our own, and the list of all that were started, with their versions."""

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path

STARTED: Counter[str] = Counter()  # "Dovecot 2.3.19.1" -> how often; `make test` closes with it

UNPRIVILEGED = "nobody"


class ServerDidNotStart(Exception):
    """The server ended or never listened; the message holds the end of its log."""


def am_root() -> bool:
    """Whether this process is root."""
    return os.geteuid() == 0


def user_of_servers() -> str:
    """The unprivileged user that servers run as: ourselves, or nobody when we are root."""
    return UNPRIVILEGED if am_root() else pwd.getpwuid(os.geteuid()).pw_name


def give_to_server_user(*paths: Path) -> None:
    """Hand files over to the user of the servers when we are root."""
    if am_root():
        owner = pwd.getpwnam(UNPRIVILEGED)
        for path in paths:
            os.chown(path, owner.pw_uid, owner.pw_gid)


def program(name: str, *folders: str) -> str | None:
    """The path of a program, looked for where system programs are even if a user's PATH leaves those out."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", *folders])
    return shutil.which(name, path=path)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody uses at this moment, none of which the system gives to others.

    Those from which it gives to whoever asks for any one begin at 32768; another could get one before it is used.
    """
    given = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports: list[int] = []
    while len(ports) < count:
        wanted = random.SystemRandom().randrange(10_000, given) if given > 20_000 else 0
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", wanted)) as probe:
            port = probe.getsockname()[1]
            ports += [] if port in ports else [port]
    return ports


def wait_for_ports(
    process: subprocess.Popen[bytes], ports: list[int], log: Path, seconds: float = 60
) -> None:
    """Return when all ports take connections; raise ServerDidNotStart when the process ends before."""
    ends = time.monotonic() + seconds
    for port in ports:
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > ends:
                how = "ended" if process.poll() is not None else "hangs"
                raise ServerDidNotStart(f"It {how}, and port {port} takes no connection.\n{tail(log)}")
            time.sleep(0.02)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def tail(log: Path) -> str:
    """The last 2,000 characters of a log."""
    return log.read_text(errors="replace")[-2000:] if log.exists() else "(no log)"


def stop_group(process: subprocess.Popen[bytes], seconds: float = 5) -> None:
    """End a server that we started in a session of its own, with all its parts at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(seconds)
