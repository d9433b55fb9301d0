"""Workers, web and PostgreSQL are killed at random while mail comes in and goes out: nothing is lost or doubled."""

import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from deskpost.data_folder import DataFolder
from deskpost.postgres import database_url
from tests.inbound.builders import mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.soak.killing import Deskpost, environment_of_its_own, running

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


def mail_number(number: int) -> bytes:
    """Give a mail of its own sender; every fourth answers an earlier one."""
    answers = number % 4 == 3 and number > 10
    return mail(
        message_id=f"<{number}@acme.example>",
        subject=f"Number {number}",
        sender=f"Person {number} <p{number}@acme.example>",
        text=f"Text {number}",
        **({"In_Reply_To": f"<{number - 9}@acme.example>"} if answers else {}),
    )


def copies_by_id(sink: SmtpSink) -> dict[str, list[str]]:
    """Give the Dates of the copies of each mail that came in at the receiving server, by Message-ID."""
    copies: dict[str, list[str]] = {}
    for received in list(sink.received):
        head = received.content.partition(b"\r\n\r\n")[0].decode("latin-1")
        name, date = (re.search(rf"(?im)^{field}:\s*(.+?)\s*$", head) for field in ("Message-ID", "Date"))
        assert name and date, head
        copies.setdefault(name[1], []).append(date[1])
    return copies


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
    seed = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
    print(f"\nseed        {seed} (SOAK_SEED={seed} draws the same kills again)")
    data, draw = tmp_path / "data", random.Random(seed)
    data.mkdir()
    one, two = dovecot.new_user(), dovecot.new_user()
    apply_settings(tmp_path, data, dovecot, sink, one, two)
    url = database_url_of(data)
    delivered = threading.Event()

    def deliver() -> None:
        for at in range(0, count, 20):
            for user, first in ((one, at), (two, at + 10)):
                dovecot.deliver_many(user, [mail_number(n) for n in range(first, min(first + 10, count))])
            time.sleep(seconds / (count / 20))
        delivered.set()

    with running(data, environment_of_its_own(), tmp_path / "run.log") as deskpost:
        thread = threading.Thread(target=deliver)
        thread.start()
        kills = deskpost.kills
        while not delivered.is_set() or sum(kills.values()) < 6 or len(kills) < 3:
            time.sleep(draw.uniform(0.6, 1.6))
            deskpost.kill_one(draw)
        thread.join()
        began = time.monotonic()
        while rest(url) != (0, 0, 0, count) and time.monotonic() - began < patience:
            time.sleep(1)
        assert rest(url) == (0, 0, 0, count), deskpost.said()[-3000:]
        print(f"all done    {time.monotonic() - began:.0f} s after the last kill")
        compare(url, sink, count, deskpost)
    assert dovecot.unseen(one) == 0
    assert dovecot.count(two) == 0


def compare(url: str, sink: SmtpSink, count: int, deskpost: Deskpost) -> None:
    """Print the counts of both ends, and check that they fit."""
    fates = ask(
        url,
        "SELECT source.protocol, outcome.kind, count(*) FROM mail_outcome outcome JOIN inbound_message mail "
        "ON mail.id = outcome.mail_id JOIN mailbox source ON source.id = mail.mailbox_id "
        "GROUP BY 1, 2 ORDER BY 1, 2",
    )
    mails = ask(url, "SELECT message_id, count(*) FROM conversation WHERE direction = 'in' GROUP BY 1")
    ((records,),) = ask(url, "SELECT count(*) FROM record")
    states = dict(ask(url, "SELECT state, count(*) FROM outbox_mail GROUP BY state"))
    told = "SELECT message_id, count(*) FROM outbox_mail mail JOIN outbox_attempt ON mail_id = mail.id GROUP BY 1"
    attempts = dict(ask(url, told))
    copies = copies_by_id(sink)
    doubled = {name: len(dates) for name, dates in copies.items() if len(dates) > 1}
    print(f"killed      {dict(deskpost.kills)}; a page asked for all the while: {dict(deskpost.answers)}")
    print(f"sent to us  {count} mails")
    print(
        f"we hold     {len(mails)} different mails, {sum(times for _, times in mails)} conversations: {fates}"
    )
    print(f"            {records} requests, outbox {states}")
    print(
        f"they got    {len(copies)} different mails, {sum(map(len, copies.values()))} in all: "
        f"{len(doubled)} more than once, within the documented window"
    )
    assert len(mails) == count
    assert {times for _, times in mails} == {1}
    assert sum(times for *_, times in fates) == count
    assert {kind for _, kind, _ in fates} <= {"request", "conversation"}
    assert records == sum(times for _, kind, times in fates if kind == "request")
    assert set(states) == {"sent"}
    assert len(copies) == states["sent"] == 2 * records
    assert set(copies) == set(attempts)
    untold = {name: times for name, times in doubled.items() if attempts[name] < times}
    assert not untold, f"mails arrived more often than their attempts tell: {untold}"
    assert all(len(set(dates)) == 1 for dates in copies.values())
    assert deskpost.ask(), "the pages did not come back"


def apply_settings(folder: Path, data: Path, dovecot: Dovecot, sink: SmtpSink, one: str, two: str) -> None:
    """Give an installation a mailbox of each kind and an outgoing server."""
    settings = folder / "settings.yaml"
    settings.write_text(
        SETTINGS.format(
            imap=dovecot.imap, pop=dovecot.pop, smtp=sink.port, one=one, two=two, password=PASSWORD
        )
    )
    for words in (["migrate"], ["settings", "apply", str(settings)]):
        ended = subprocess.run(
            [sys.executable, "-m", "deskpost", *words, "--data", str(data)],
            env=environment_of_its_own(), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr


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
