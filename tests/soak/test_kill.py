"""Workers, web and PostgreSQL are killed at random while mail comes in and goes out: nothing is lost or doubled."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from deskpost.data_folder import DataFolder
from deskpost.postgres import database_url
from tests.inbound.builders import mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink

SETTINGS = """
accounts: [{{name: Acme, domains: [acme.example]}}]
people:
  - {{name: Sam Okafor, email: sam@msp.example, technician: true, roles: [SDTechnician]}}
instances: [{{name: IT Help Desk, technicians_to_alert: [sam@msp.example]}}]
mailboxes:
  - {{name: By IMAP, instance: IT Help Desk, protocol: imap, server: 127.0.0.1, port: {imap}, tls: none,
     username: {one}, password: {password}, addresses: [one@desk.example], fetch_every: 10,
     first_fetch: everything, acknowledge_old: true, fetching: true}}
  - {{name: By POP, instance: IT Help Desk, protocol: pop, server: 127.0.0.1, port: {pop}, tls: none,
     username: {two}, password: {password}, addresses: [two@desk.example], fetch_every: 10,
     first_fetch: everything, acknowledge_old: true, after_fetching: delete, fetching: true}}
outgoing:
  - {{name: Main, scope: {{instance: IT Help Desk}}, protocol: smtp, server: 127.0.0.1, port: {smtp}, tls: none,
     authentication: none, sender_name: Desk, reply_to: help@desk.example}}
"""


@contextmanager
def running(data: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run `deskpost run` with two workers, and end it."""
    command = [
        sys.executable,
        "-m",
        "deskpost",
        "run",
        "--data",
        str(data),
        "--workers",
        "2",
        "--port",
        free_port(),
    ]
    with (data / "run.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def free_port() -> str:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def victims(run: subprocess.Popen[str]) -> dict[str, list[psutil.Process]]:
    """Give the processes that may be killed, by what they are."""
    found: dict[str, list[psutil.Process]] = {"web": [], "worker": [], "postgres": []}
    for process in psutil.Process(run.pid).children(recursive=True):
        with suppress(psutil.Error):
            command = process.cmdline()
            if "worker" in command:
                found["worker"].append(process)
            elif "web" in command or "granian" in process.name():
                found["web"].append(process)
            elif command and Path(command[0]).name == "postgres" and "-D" in command:
                found["postgres"].append(process)
    return found


def thread_of(number: int) -> dict[str, str]:
    """Let every fourth mail answer an earlier one."""
    if number % 4 == 3 and number > 10:
        return {"In_Reply_To": f"<{number - 9}@acme.example>"}
    return {}


def outgoing_ids(sink: SmtpSink) -> Counter[str]:
    """Count the mails that came in at the receiving server, by Message-ID."""
    found = (re.search(rb"(?im)^Message-ID:\s*(\S+)", mail.content) for mail in list(sink.received))
    return Counter(match[1].decode() for match in found if match)


def ask(url: str, statement: str) -> list[tuple]:
    """Ask the database, which may be down just now."""
    for _ in range(100):
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                return connection.execute(statement).fetchall()
        except psycopg.OperationalError:
            time.sleep(0.3)
    raise AssertionError("the database did not come back")


def rest(url: str) -> tuple[int, ...]:
    """Count what waits: undecided and unacknowledged mails, and outgoing ones."""
    return ask(
        url,
        "SELECT (SELECT count(*) FROM inbound_undecided), (SELECT count(*) FROM inbound_unacknowledged), "
        "(SELECT count(*) FROM outbox_mail WHERE state IN ('queued', 'sending')), "
        "(SELECT count(*) FROM inbound_message)",
    )[0]


def kill_test(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, count: int, seconds: float, patience: float
) -> None:
    """Deliver `count` mails within `seconds` while killing at random, and compare both ends."""
    data = tmp_path / "data"
    data.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DESKPOST_")}
    one, two = dovecot.new_user(), dovecot.new_user()
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        SETTINGS.format(
            imap=dovecot.imap, pop=dovecot.pop, smtp=sink.port, one=one, two=two, password=PASSWORD
        )
    )
    applied = subprocess.run(
        [sys.executable, "-m", "deskpost", "settings", "apply", str(settings), "--data", str(data)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert applied.returncode == 0, applied.stderr
    url = database_url_of(data)
    draw = random.Random(count)
    kills: Counter[str] = Counter()
    delivered = threading.Event()

    def deliver() -> None:
        for at in range(0, count, 20):
            for user, first in ((one, at), (two, at + 10)):
                batch = [
                    mail(
                        message_id=f"<{n}@acme.example>",
                        subject=f"Number {n}",
                        sender=f"Person {n} <p{n}@acme.example>",
                        text=f"Text {n}",
                        **thread_of(n),
                    )
                    for n in range(first, min(first + 10, count))
                ]
                dovecot.deliver_many(user, batch)
            time.sleep(seconds / (count / 20))
        delivered.set()

    with running(data, environment) as run:
        thread = threading.Thread(target=deliver)
        thread.start()
        while not delivered.is_set() or sum(kills.values()) < 6 or len(kills) < 3:
            time.sleep(draw.uniform(0.6, 1.6))
            found = victims(run)
            kind = draw.choice(["worker", "worker", "web", "postgres"])
            if found[kind]:
                with suppress(psutil.NoSuchProcess):
                    draw.choice(found[kind]).kill()
                    kills[kind] += 1
        thread.join()
        deadline = time.monotonic() + patience
        while rest(url) != (0, 0, 0, count) and time.monotonic() < deadline:
            time.sleep(1)
        log = (data / "run.log").read_text()[-3000:]
        assert rest(url) == (0, 0, 0, count), log
        outcomes = Counter(dict(ask(url, "SELECT kind, count(*) FROM mail_outcome GROUP BY kind")))
        mails = ask(url, "SELECT message_id, count(*) FROM conversation WHERE direction = 'in' GROUP BY 1")
        ((records,),) = ask(url, "SELECT count(*) FROM record")
        states = dict(ask(url, "SELECT state, count(*) FROM outbox_mail GROUP BY state"))
        tried_again = {
            name for (name,) in ask(url, "SELECT message_id FROM outbox_mail WHERE tries > 1 OR unknown_fate")
        }
    received = outgoing_ids(sink)
    doubled = {name for name, times in received.items() if times > 1}
    print(f"\nkilled {dict(kills)}; {count} mails in: {dict(outcomes)}; {records} requests; outbox {states}")
    print(
        f"received {len(received)} different mails, {len(doubled)} of them twice within the documented window"
    )
    assert sum(outcomes.values()) == count
    assert set(outcomes) <= {"request", "conversation"}
    assert len(mails) == count
    assert {times for _, times in mails} == {1}
    assert records == outcomes["request"]
    assert set(states) == {"sent"}
    assert len(received) == states["sent"] == 2 * records
    assert doubled <= tried_again
    assert dovecot.unseen(one) == 0
    assert dovecot.count(two) == 0


def database_url_of(data: Path) -> str:
    """Give the address of the database in a data folder, whatever the environment names."""
    before = os.environ.pop("DESKPOST_DATABASE_URL", None)
    try:
        return database_url(DataFolder(data))
    finally:
        if before is not None:
            os.environ["DESKPOST_DATABASE_URL"] = before


def test_killed_at_random_no_mail_is_lost_or_doubled(tmp_path, dovecot, smtp_sink):
    kill_test(tmp_path, dovecot, smtp_sink, count=200, seconds=10, patience=120)


@pytest.mark.long
def test_two_thousand_mails_survive_random_kills(tmp_path, dovecot, smtp_sink):
    kill_test(tmp_path, dovecot, smtp_sink, count=2000, seconds=120, patience=300)
