"""How fast the pages are with many requests: through `deskpost web` over HTTP, signed in, beside their targets.

    .venv/bin/python benchmarks/pages.py [--requests 1000000] [--times 40] [--data FOLDER] [--only settings]

Four people look: a technician who works everywhere, one who works in one account, a customer, and an administrator at
the pages of settings. Each kind of page
is asked for `--times` times, one after the other, each time another request, word or place where there are several.
With `--data` the folder is kept, and a run on a folder that is filled already only measures.
"""

import argparse
import contextlib
import http.client
import math
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent.parent))

import psycopg
from benchmarks.filling import fill
from benchmarks.page_kinds import ADMIN, CUSTOMER, EVERYWHERE, ONE_ACCOUNT, SMALL, TARGETS, Kind, kinds, look
from benchmarks.settings_pages import fill_settings

from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded

ACCOUNTS, TECHNICIANS = 200, 20
PASSWORD = "a password for measuring"
WALKED = 49  # pages turned to reach the 50th
NEXT = re.compile(r'href="([^"]+)" rel="next"')


class Browser:
    """A person who is signed in, over a connection that stays open from page to page."""

    def __init__(self, port: int, name: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies = SimpleCookie[str]()
        page = self.get("/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page[:500]
        values = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        assert self._ask("POST", "/sign-in/", urlencode(values)) == (302, ""), f"{name} could not sign in"

    def begin_anew(self) -> None:
        """Open the next page over a new connection: the server closes one that is not used for a while."""
        self._connection.close()

    def get(self, address: str) -> str:
        """Give a page."""
        status, page = self._ask("GET", address, None)
        assert status == 200, f"{address} answered {status}"
        return page

    def _ask(self, method: str, address: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{one.key}={one.value}" for one in self._cookies.values())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": "http://127.0.0.1"}
        self._connection.request(method, address, body, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return answer.status, answer.read().decode()


def set_up(url: str, requests: int) -> None:
    """Migrate an empty database and fill it: accounts, technicians, requests, settings, and the four who look."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from deskpost.desk.accounts import Account
    from deskpost.desk.installation import Instance
    from deskpost.desk.people import Person
    from deskpost.desk.roles import Grant, Role
    from deskpost.inbound.mailboxes import Mailbox

    home, desk = Account.objects.get(default=True), Instance.objects.get()
    Account.objects.bulk_create(Account(name=f"Client {number}") for number in range(ACCOUNTS))
    technicians = [
        Person(name=f"Tech {number}", account=home, technician=True) for number in range(TECHNICIANS)
    ]
    for person, name in zip(technicians, (EVERYWHERE, ONE_ACCOUNT), strict=False):
        person.sign_in_name = name
    for person in Person.objects.bulk_create(technicians):
        only = Account.objects.get(name=SMALL) if person.name == "Tech 1" else None
        Grant.objects.create(person=person, role=Role.objects.get(name="SDTechnician"), account=only)
    box = Mailbox.objects.create(
        name="Filled", instance=desk, protocol="imap", server="127.0.0.1", port=143, username="filled", password="-",
        addresses=["help@desk.example"],
    )  # fmt: skip
    fill(url, box.pk, desk.pk, requests)
    customer = Person.objects.filter(requests__isnull=False).latest("requests__number")
    customer.sign_in_name = CUSTOMER
    customer.save()
    Grant.objects.create(person=customer, role=Role.objects.get(name="SDRequester"), account=customer.account)
    admin = Person.objects.create(name="Admin", account=home, technician=True, sign_in_name=ADMIN)
    Grant.objects.create(person=admin, role=Role.objects.get(name="SDAdmin"))
    fill_settings(ADMIN)
    for person in Person.objects.exclude(sign_in_name=None):
        person.set_password(PASSWORD)
        person.save()


def turned(browser: Browser, address: str) -> str:
    """Turn the pages of a list, and give the address of the 50th, or of its last."""
    for _ in range(WALKED):
        found = NEXT.search(browser.get(address))
        if not found:
            break
        address = found[1].replace("&amp;", "&")
    return address


def measure(browser: Browser, kind: Kind, times: int) -> list[float]:
    """Give the milliseconds of each page, sorted; the first two, which warm up, are not counted."""
    browser.begin_anew()
    there = turned(browser, kind.address(0)) if kind.name.endswith("page 50") else None
    taken = []
    for number in range(times + 2):
        address = there or kind.address(number)
        began = time.perf_counter()
        browser.get(address)
        taken.append((time.perf_counter() - began) * 1e3)
    return sorted(taken[2:])


def count_open(times: int) -> list[float]:
    """Give the milliseconds that the number of open requests, which every page shows, takes in the database."""
    from deskpost.desk import search
    from deskpost.desk.people import Person
    from deskpost.desk.roles import visible

    person = Person.objects.get(sign_in_name=EVERYWHERE)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        search.Listing(visible(person), search.Wanted()).count()
        taken.append((time.perf_counter() - began) * 1e3)
    return sorted(taken)


@contextlib.contextmanager
def web(folder: Path, log: Path) -> Iterator[int]:
    """Run `deskpost web`, and give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "deskpost", "web", "--port", str(port), "--data", str(folder)]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def shown(name: str, taken: list[float], target: int | None) -> str:
    """Give the line of one kind of page."""
    middle, most = statistics.median(taken), taken[math.ceil(len(taken) * 0.95) - 1]
    held = "" if target is None else f"{target:7}{'' if most < target else '   OVER'}"
    return f"{name:62} {middle:8.1f} {most:8.1f} {held}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--data", type=Path, help="a data folder to keep")
    parser.add_argument("--only", choices=sorted(TARGETS), help="pages of this kind alone")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = (
            options.data
            or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deskpost-bench-"))) / "data"
        )
        filled = folder / "filled"
        os.environ.update(DESKPOST_DATA=str(folder), DJANGO_SETTINGS_MODULE="deskpost.settings")
        os.environ.pop("DESKPOST_DATABASE_URL", None)
        url = stack.enter_context(embedded(DataFolder(folder)))
        os.environ["DESKPOST_DATABASE_URL"] = url
        import django

        django.setup()
        if not filled.exists():
            began = time.perf_counter()
            set_up(url, options.requests)
            filled.touch()
            print(f"{options.requests} requests filled in {time.perf_counter() - began:.0f} s", flush=True)
        run(url, stack.enter_context(web(folder, folder / "web.log")), options.times, options.only)


def run(url: str, port: int, times: int, only: str | None) -> None:
    """Measure, and print a line for each kind of page."""
    with psycopg.connect(url) as database:
        counts: dict[str, Any] = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("record", "conversation", "person")
        }
        print(", ".join(f"{table} {count[0]:,}" for table, count in counts.items() if count))
    browsers: dict[str, Browser] = {}
    print(f"{'ms':62} {'median':>8} {'p95':>8} {'target':>7}")
    for kind in kinds(look(url)):
        if only and kind.target != only:
            continue
        if kind.who not in browsers:
            browsers[kind.who] = Browser(port, kind.who)
        taken = measure(browsers[kind.who], kind, times)
        name = f"{kind.target}, {kind.who.partition('@')[0]}: {kind.name}"
        print(shown(name, taken, TARGETS[kind.target]), flush=True)
    print(shown("the count of open requests, in the database", count_open(times), None))


if __name__ == "__main__":
    main()
