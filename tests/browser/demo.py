"""A demo as a person starts it: the command in a process of its own, on a free port."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg
import pytest

from deskpost.data_folder import DataFolder
from deskpost.postgres import database_url
from tests.servers.started import free_ports

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "deskpost")
START_PATIENCE = 240.0  # seconds, on a machine that does much else
_OURS = ("DESKPOST_", "DJANGO_")
_MAILS = """
SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM inbound_message),
    (SELECT count(*) FROM outbox_mail WHERE state = 'sent')
"""


def environment() -> dict[str, str]:
    """Give the environment without what the tests' own Deskpost needs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "PYTHONPATH": str(ROOT / "src")}


def free_port() -> int:
    return free_ports(1)[0]


class Demo:
    """One running demo."""

    def __init__(
        self,
        place: Path,
        *arguments: str,
        more: Mapping[str, str] = {},
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = place / f"demo-{self.port}.log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "demo", "--port", str(self.port), *arguments],
                env={**environment(), **more},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd="/",
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    @property
    def password(self) -> str:
        found = re.search(r"Sign in as \S+, password (\S+),", self.said)
        assert found, self.said
        return found[1]

    def wait_until_ready(self) -> None:
        """Wait for the address and the login."""
        end = time.monotonic() + START_PATIENCE
        while "Sign in as" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.1)

    def stop(self) -> float:
        """End it by SIGTERM; give the seconds that took. Nothing that it started is left."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        assert len(family) > 4, "web, worker, mail servers, database"
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.said
        seconds = time.monotonic() - begun
        left = [one.cmdline() for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        assert left == []
        return seconds

    def kill(self) -> None:
        """End it somehow, after a test that failed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    def get(self, path: str, host: str = "", forwarded: str = "") -> tuple[int, str]:
        """Ask for a page, under another host name or on behalf of another address where one is given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Host": host, "X-Forwarded-For": forwarded}
        connection.request("GET", path, headers={name: value for name, value in headers.items() if value})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        cwd="/",
        check=False,
    )


def mails_in(data: Path) -> tuple[int, ...]:
    """Count the requests, the mails that came and those that left, in the database of a demo's data folder."""
    with pytest.MonkeyPatch.context() as changed:
        changed.delenv("DESKPOST_DATABASE_URL", raising=False)
        address = database_url(DataFolder(data))
    with psycopg.connect(address) as database:
        found = database.execute(_MAILS).fetchone()
    assert found is not None
    return found


def requests_in(data: Path) -> list[dict[str, object]]:
    """Give the requests of a demo's data folder, as the command line tells them."""
    told = run("requests", "--data", str(data), "--json")
    assert told.returncode == 0, told.stderr
    found: list[dict[str, object]] = json.loads(told.stdout)
    return found
