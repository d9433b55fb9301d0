"""What `deskpost run` supervises, what it says at its start, and what it does for a child that died."""

import sys
from collections.abc import Sequence

from django.db import connections
from django.urls import reverse

from deskpost.access import lanes
from deskpost.desk import first_administrator
from deskpost.inbound import leases
from deskpost.outbound import queue
from deskpost.process import owner_prefix
from deskpost.supervise import Child


def children(host: str, port: int, workers: int) -> Sequence[Child]:
    """Give the parts to keep running. They find folder and database in the environment."""
    start = (sys.executable, "-P", "-m", "deskpost")
    web = Child("web", (*start, "web", "--host", host, "--port", str(port)))
    numbered = range(1, workers + 1)
    names = ["worker" if workers == 1 else f"worker {number}" for number in numbered]
    return (web, *(Child(name, (*start, "worker")) for name in names))


def free_what_died(pid: int, started: str) -> None:
    """Free the leases of a child that died, at once."""
    try:
        leases.release_dead(owner_prefix(pid, started))
        queue.release_dead(owner_prefix(pid, started))
        lanes.release_dead(owner_prefix(pid, started))
    finally:
        connections.close_all()


def address_shown(host: str, port: int) -> str:
    """Give the address that a browser on this machine opens, for pages that listen on `host`."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    named = everywhere.get(host, host)
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"


def welcome(host: str, port: int) -> str:
    """Give the address to open; where nobody can sign in yet, the one-time link for the first administrator."""
    base = address_shown(host, port)
    if not first_administrator.is_needed():
        return f"Deskpost runs at {base}\n"
    link = base + reverse("first_administrator", args=[first_administrator.create_link()])
    return (
        f"Deskpost runs at {base}\n"
        "Nobody can sign in yet. Whoever opens this link becomes the first administrator; "
        f"it works once, within {first_administrator.LINK_LASTS_HOURS} hours:\n  {link}\n"
    )
