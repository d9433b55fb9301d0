"""How soon a mail that is pushed is a request: from its delivery until others can read the request, one worker.

    .venv/bin/python benchmarks/push.py [--mails 40] [--idle 0]

Three servers: Dovecot, which itself waits half a second before it tells of new mail (a bare client that idles beside
shows it), pymap, which tells at once, and the sandbox's Graph, which calls the web server of Deskpost. With `--idle`
the same worker listens to so many further mailboxes. Fetching at intervals is put off, so that push alone is measured.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import psutil
import psycopg
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.idling_imap import IdlingImap
from tests.transports.graph_world import cloud_served, fresh

from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded
from deskpost.sandbox.imap_server import ImapServer
from deskpost.transports.connection import Server
from deskpost.transports.imap_idle import IdleFolder, open_idle
from deskpost.transports.logins import Login

NEVER = 86_400  # seconds between two fetches at intervals
PATIENCE = 60.0


@dataclass
class Times:
    """What was measured of one server, in ms."""

    name: str
    request: list[float] = field(default_factory=list)  # from delivery to the request
    told: list[float] = field(default_factory=list)  # from delivery until a bare client is told

    def line(self) -> str:
        """Give a line of the table."""
        own = [whole - told for whole, told in zip(self.request, self.told, strict=False)]
        shown = f"{self.name:18} {_figures(self.request)}"
        return f"{shown}   {_figures(self.told)}   {_figures(own)}" if own else shown


def _figures(values: list[float]) -> str:
    ordered = sorted(values)
    return (
        f"{statistics.median(ordered):8.0f} {ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]:8.0f}"
    )


def mail(number: int) -> bytes:
    """Give a mail."""
    return (
        f"From: Ute Brandt <ute{number}@client.example>\r\nTo: help@desk.example\r\nSubject: Trouble {number}\r\n"
        f"Message-ID: <{number}.{time.time_ns()}@client.example>\r\nDate: Mon, 30 Nov 2026 09:00:00 +0000\r\n\r\n"
        + "The printer is on fire again, and nobody knows why.\r\n"
        * 60
    ).encode()


class BareClient:
    """Idles beside Deskpost, and notes when it is told."""

    def __init__(self, folder: IdleFolder) -> None:
        """Listen from now on."""
        self.ended = False
        self._folder = folder
        self.told_at = 0.0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._folder, selectors.EVENT_READ)
            while not self.ended and selector.select():
                if not self.ended and self._folder.arrived():
                    self.told_at = time.perf_counter()


def measure(
    name: str, url: str, mails: int, deliver: Callable[[bytes], object], bare: BareClient | None
) -> Times:
    """Deliver mails one after the other, each when the one before is a request."""
    times = Times(name)
    with psycopg.connect(url, autocommit=True) as database:
        for number in range(mails):
            before = _requests(database)
            time.sleep(0.15 + number % 7 / 20)
            began = time.perf_counter()
            deliver(mail(number))
            while _requests(database) == before:
                assert time.perf_counter() < began + PATIENCE, f"{name}: mail {number} became no request"
                time.sleep(0.002)
            times.request.append((time.perf_counter() - began) * 1000)
            if bare is not None:
                times.told.append((bare.told_at - began) * 1000)
    return times


def _requests(database: psycopg.Connection) -> int:
    return int((database.execute("SELECT count(*) FROM record").fetchone() or (0,))[0])


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[psutil.Process]:
    """Run a command of Deskpost until the block ends."""
    process = subprocess.Popen([sys.executable, "-m", "deskpost", *arguments], stdout=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Give a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def set_up(web: int) -> None:
    """Migrate an empty database, whose web server is its public address."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from deskpost.desk.installation import Installation

    Installation.objects.update(public_url=f"http://127.0.0.1:{web}")


def make_mailbox(name: str, **settings: object) -> int:
    """Make a mailbox with push that is being fetched."""
    from deskpost.desk.installation import Instance
    from deskpost.inbound.mailboxes import Mailbox, MailboxState

    values = {"protocol": "imap", "server": "127.0.0.1", "port": 143, "first_fetch": "everything", **settings}
    box = Mailbox.objects.create(
        name=name, instance=Instance.objects.get(), push=True, fetching=True, fetch_every=NEVER, **values
    )
    MailboxState.objects.create(mailbox=box)
    return box.pk


def consent(box: int, token: str) -> None:
    """Keep a token for a mailbox, as if a person had consented."""
    from django.utils import timezone

    from deskpost.access import consents
    from deskpost.inbound.mailboxes import Mailbox
    from deskpost.oauth.grant import Tokens

    tokens = Tokens(token, timezone.now() + timedelta(hours=1), "renews")
    consents.keep(Mailbox.objects.get(pk=box), tokens, "", None)


def wait_for_push(count: int) -> None:
    """Wait until so many mailboxes are listened to, and have been fetched once."""
    from deskpost.inbound.mailboxes import MailboxState
    from deskpost.inbound.push import states

    ends = time.monotonic() + PATIENCE + count / 5
    while True:
        shown = states.shown().values()
        fetched = MailboxState.objects.exclude(last_fetch_at=None).count()
        if sum(one.connected for one in shown) == count == fetched:
            return
        reasons = {one.reason for one in shown if one.reason}
        assert time.monotonic() < ends, (
            f"{len(shown)} of {count} are listened to, {fetched} fetched: {reasons}"
        )
        time.sleep(0.1)


class Pymap:
    """The sandbox's IMAP server with one mailbox, in a thread."""

    def __init__(self, port: int) -> None:
        """Serve from now on."""
        self._server = ImapServer(port, "help@desk.example", PASSWORD)
        self._uids = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._do(self._server.load(7, []))
        self._do(self._server.start())

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the mailbox."""
        self._do(self._server.add(next(self._uids), datetime.now(UTC), raw))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=40, help="to each server")
    parser.add_argument("--idle", type=int, default=0, help="further mailboxes that the worker listens to")
    options = parser.parse_args()
    web = free_port()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deskpost-bench-")))
        os.environ.update(DESKPOST_DATA=str(folder / "data"), DJANGO_SETTINGS_MODULE="deskpost.settings")
        os.environ.pop("DESKPOST_DATABASE_URL", None)
        url = stack.enter_context(embedded(DataFolder(folder / "data")))
        os.environ["DESKPOST_DATABASE_URL"] = url
        set_up(web)
        dovecot = stack.enter_context(
            Dovecot(stack.enter_context(contextlib.closing(CertificateAuthority())))
        )
        world = fresh(stack.enter_context(cloud_served(folder)))
        pymap = Pymap(port := free_port())
        idling = stack.enter_context(IdlingImap())
        user = dovecot.new_user()
        secure = {"protocol": "imaps", "port": dovecot.imaps, "tls": "implicit", "ca_file": dovecot.ca_file}
        make_mailbox("Dovecot", username=user, password=PASSWORD, **secure)
        make_mailbox("pymap", port=port, username="help@desk.example", password=PASSWORD)
        of_graph = {
            "protocol": "graph",
            "port": 443,
            "tls": "implicit",
            "authentication": "oauth",
            "client_id": "app",
        }
        of_graph |= {"graph_endpoint": f"{world.server.base}/v1.0", "ca_file": str(world.server.ca_file)}
        consent(make_mailbox("Graph", username=world.desk.address, **of_graph), world.token())
        for number in range(options.idle):
            make_mailbox(f"Idle {number}", port=idling.port, username=f"user{number}", password="x")
        stack.enter_context(running("web", "--port", str(web)))
        worker = stack.enter_context(running("worker"))
        wait_for_push(3 + options.idle)
        reach = Server("127.0.0.1", dovecot.imap)
        bare = BareClient(open_idle(reach, Login(user, PASSWORD)))
        all_times = [
            measure("Dovecot, IDLE", url, options.mails, lambda raw: dovecot.deliver(user, raw), bare),
            measure("pymap, IDLE", url, options.mails, pymap.deliver, None),
            measure("Graph", url, options.mails, world.deliver, None),
        ]
        bare.ended = True
        print(f"{options.mails} mails to each server, {3 + options.idle} mailboxes listened to; ms")
        print(f"{'':18} {'to the request':>17}   {'the server itself':>17}   {'Deskpost':>17}")
        print(f"{'':18} {'median':>8} {'p95':>8}" + f"   {'median':>8} {'p95':>8}" * 2)
        for times in all_times:
            print(times.line())
        print(f"worker: {worker.num_threads()} threads, {worker.memory_info().rss // 1_000_000} MB")


if __name__ == "__main__":
    main()
