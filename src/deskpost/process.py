"""Who this process is to all others: host, pid and the time the kernel started it."""

import os
import socket
from pathlib import Path

HOST = socket.gethostname()


def start_time(pid: int) -> str:
    """Give the kernel's start time of a process in clock ticks since boot, "" when there is no such process.

    A pid alone is used again; pid and start time together are not (proc(5), field 22 of stat).
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def owner(what: str = "") -> str:
    """Give the name under which this process holds a lease: host/pid/start, and what in the process it is."""
    pid = os.getpid()
    return f"{HOST}/{pid}/{start_time(pid)}/{what}"


def owner_prefix(pid: int, started: str) -> str:
    """Give what the leases of a process of this host begin with."""
    return f"{HOST}/{pid}/{started}/"
