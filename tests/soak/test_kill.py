"""Workers, web and PostgreSQL are killed at random while mail comes in and goes out: nothing is lost or doubled."""

import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from deskpost.data_folder import DataFolder
from deskpost.postgres import database_url
from tests.command_line import eventually
from tests.inbound.builders import mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.soak.cloud_apart import (
    EWS_IN,
    EWS_OUT,
    FETCHES,
    GRAPH_IN,
    GRAPH_OUT,
    SECRET,
    SENDS,
    CloudApart,
    cloud_apart,
)
from tests.soak.cloud_apart import PASSWORD as CLOUD_PASSWORD
from tests.soak.killing import KINDS, Deskpost, environment_of_its_own, running

SETTINGS = """
accounts:
  - {{name: Acme, domains: [acme.example]}}
  - {{name: Beta, domains: [beta.example]}}
people:
  - {{name: Sam Okafor, email: sam@msp.example, technician: true, roles: [SDTechnician]}}
instances:
  - {{name: IT Help Desk, technicians_to_alert: [sam@msp.example]}}
  - {{name: Facilities, technicians_to_alert: [sam@msp.example]}}
mailboxes:
  - {{name: By IMAP, instance: IT Help Desk, protocol: imap, server: 127.0.0.1, port: {imap}, tls: none,
     username: {one}, password: {password}, addresses: [one@desk.example], fetch_every: 10,
     first_fetch: everything, acknowledge_old: true, fetching: true}}
  - {{name: By POP, instance: IT Help Desk, protocol: pop, server: 127.0.0.1, port: {pop}, tls: none,
     username: {two}, password: {password}, addresses: [two@desk.example], fetch_every: 10,
     first_fetch: everything, acknowledge_old: true, after_fetching: delete, fetching: true}}
  - {{name: By EWS, instance: IT Help Desk, protocol: ews, connect_url: {ews}, ca_file: {ca_file},
     username: {ews_in}, password: {cloud_password}, addresses: [{ews_in}], fetch_every: 10,
     first_fetch: everything, acknowledge_old: true, after_fetching: delete, fetching: true}}
  - {{name: By Graph, instance: Facilities, protocol: graph, graph_endpoint: {graph}, ca_file: {ca_file},
     mailbox: {graph_in}, addresses: [{graph_in}], oauth: {fetches}, fetch_every: 10,
     first_fetch: everything, acknowledge_old: true, after_fetching: mark_read, fetching: true}}
outgoing:
  - {{name: SMTP, scope: {{instance: IT Help Desk}}, protocol: smtp, server: 127.0.0.1, port: {smtp}, tls: none,
     authentication: none, sender_name: Desk, reply_to: help@desk.example}}
  - {{name: EWS, scope: {{account: Beta}}, protocol: ews, connect_url: {ews}, ca_file: {ca_file},
     username: {ews_out}, password: {cloud_password}, sender_name: Desk, reply_to: {ews_out}}}
  - {{name: Graph, scope: {{directory: true}}, protocol: graph, graph_endpoint: {graph}, ca_file: {ca_file},
     mailbox: {graph_out}, oauth: {sends}, sender_name: Desk, reply_to: {graph_out}}}
"""
BY_PROTOCOL = """
SELECT server.protocol, count(*) FROM outbox_mail mail JOIN outgoing_server server ON server.id = mail.server_id
GROUP BY 1
"""
ON_ITS_WAY = """
SELECT count(*) FROM outbox_mail mail JOIN outgoing_server server ON server.id = mail.server_id
WHERE mail.state = 'sending' AND server.protocol <> 'smtp'
"""
LOOKED = """
SELECT count(*) FILTER (WHERE found), count(*) FROM (
    SELECT mail_id, bool_or(result LIKE '%Found in Sent Items%') AS found FROM outbox_attempt
    WHERE result LIKE '%in Sent Items%' OR result LIKE 'Sent Items, Outbox and Drafts%' GROUP BY mail_id) looked
"""
OAUTH = (
    "{{client_id: {client}, client_secret: {secret}, token_url: {token_url}, grant: client_credentials, "
    "scope: {scope}}}"
)
AT_ONCE = 10  # mails delivered to each mailbox before the next gets some


def mail_number(number: int) -> bytes:
    """Give a mail of its own sender, every third of the account that has a server of its own.

    Every fourth answers an earlier one of the same account.
    """
    answers, at = number % 4 == 3 and number > 10, "beta" if number % 3 == 2 else "acme"
    return mail(
        message_id=f"<{number}@acme.example>",
        subject=f"Number {number}",
        sender=f"Person {number} <p{number}@{at}.example>",
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


def hurry(url: str) -> None:
    """Let the waits between looks for the copy of a mail pass: no copy comes late to this cloud's Sent Items."""
    with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=3) as connection:
        connection.execute(
            "UPDATE outbox_mail SET next_try_at = clock_timestamp() "
            "WHERE state = 'queued' AND looks > 0 AND next_try_at > clock_timestamp()"
        )


def kill_while_sending(url: str, deskpost: Deskpost, draw: random.Random) -> None:
    """Kill workers when mails are on their way to EWS or Graph: their fate is unknown then."""
    with suppress(AssertionError):  # all may have left by now
        eventually(lambda: ask(url, ON_ITS_WAY)[0][0], 10)
    for _ in range(3):
        deskpost.kill("worker", draw)


def kill_test(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink, count: int, seconds: float, patience: float
) -> None:
    """Deliver `count` mails within `seconds` while killing at random, and compare both ends."""
    seed = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
    print(f"\nseed        {seed} (SOAK_SEED={seed} draws the same kills again)")
    data, draw = tmp_path / "data", random.Random(seed)
    data.mkdir()
    one, two = dovecot.new_user(), dovecot.new_user()
    with cloud_apart() as cloud:
        apply_settings(tmp_path, data, dovecot, sink, cloud, one, two)
        url = database_url_of(data)
        delivered = threading.Event()
        into: list[Callable[[list[bytes]], None]] = [
            lambda mails: dovecot.deliver_many(one, mails),
            lambda mails: dovecot.deliver_many(two, mails),
            lambda mails: cloud.deliver(EWS_IN, mails),
            lambda mails: cloud.deliver(GRAPH_IN, mails),
        ]

        def deliver() -> None:
            for at in range(0, count, AT_ONCE):
                mails = [mail_number(number) for number in range(at, min(at + AT_ONCE, count))]
                into[at // AT_ONCE % len(into)](mails)
                time.sleep(seconds / (count / AT_ONCE))
            delivered.set()

        with running(data, environment_of_its_own(), tmp_path / "run.log") as deskpost:
            eventually(deskpost.ask, 180)  # else the first kills meet processes that do nothing yet
            thread = threading.Thread(target=deliver)
            thread.start()
            kills = deskpost.kills
            while not delivered.is_set() or sum(kills.values()) < 6 or len(kills) < 3:
                time.sleep(draw.uniform(0.6, 1.6))
                missed = sorted(set(KINDS) - set(kills)) if delivered.is_set() else []
                deskpost.kill(missed[0], draw) if missed else deskpost.kill_one(draw)
            thread.join()
            kill_while_sending(url, deskpost, draw)
            began = time.monotonic()
            while rest(url) != (0, 0, 0, count) and time.monotonic() - began < patience:
                time.sleep(1)
                hurry(url)
            assert rest(url) == (0, 0, 0, count), deskpost.said()[-3000:]
            print(f"all done    {time.monotonic() - began:.0f} s after the last kill")
            compare(url, sink, cloud, count, deskpost)
        assert dovecot.unseen(one) == 0
        assert dovecot.count(two) == 0
        assert cloud.messages(EWS_IN, "inbox") == []
        assert all(one["is_read"] for one in cloud.messages(GRAPH_IN, "inbox"))


def compare(url: str, sink: SmtpSink, cloud: CloudApart, count: int, deskpost: Deskpost) -> None:
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
    through = dict(ask(url, BY_PROTOCOL))
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
        f"they got    {len(copies)} different mails by SMTP, {sum(map(len, copies.values()))} in all: "
        f"{len(doubled)} more than once, within the documented window"
    )
    by_cloud = {name: ids_sent(cloud, address) for name, address in (("ews", EWS_OUT), ("graph", GRAPH_OUT))}
    ((found, looked),) = ask(url, LOOKED)
    print(
        f"            by EWS {len(by_cloud['ews'])} and by Graph {len(by_cloud['graph'])}, each once: "
        f"{looked} were looked for before another try, {found} of them had been sent"
    )
    assert len(mails) == count
    assert {times for _, times in mails} == {1}
    assert sum(times for *_, times in fates) == count
    assert {kind for _, kind, _ in fates} <= {"request", "conversation"}
    assert records == sum(times for _, kind, times in fates if kind == "request")
    assert set(states) == {"sent"}
    assert states["sent"] == 2 * records
    assert len(copies) == through["smtp"]
    for name, ids in by_cloud.items():
        assert len(ids) == len(set(ids)) == through[name] > 0, f"by {name} a mail went twice, or never"
    assert {*copies, *by_cloud["ews"], *by_cloud["graph"]} == set(attempts)
    untold = {name: times for name, times in doubled.items() if attempts[name] < times}
    assert not untold, f"mails arrived more often than their attempts tell: {untold}"
    assert all(len(set(dates)) == 1 for dates in copies.values())
    assert deskpost.ask(), "the pages did not come back"


def ids_sent(cloud: CloudApart, address: str) -> list[str]:
    """Give the Message-IDs of all that a mailbox has sent."""
    return [one["internet_message_id"] for one in cloud.messages(address, "sentitems")]


def apply_settings(
    folder: Path, data: Path, dovecot: Dovecot, sink: SmtpSink, cloud: CloudApart, one: str, two: str
) -> None:
    """Give an installation a mailbox of each kind, and an outgoing server of each kind for another scope."""
    settings = folder / "settings.yaml"
    known = {
        "token_url": cloud.told["token_url"],
        "secret": SECRET,
        "scope": "https://graph.microsoft.com/.default",
    }
    settings.write_text(
        SETTINGS.format(
            **{"imap": dovecot.imap, "pop": dovecot.pop, "smtp": sink.port, "password": PASSWORD},
            **{"one": one, "two": two, "ews_in": EWS_IN, "graph_in": GRAPH_IN},
            **{"ews_out": EWS_OUT, "graph_out": GRAPH_OUT, "cloud_password": CLOUD_PASSWORD},
            **{name: cloud.told[name] for name in ("ews", "ca_file")},
            graph=cloud.told["base"],
            fetches=OAUTH.format(client=FETCHES, **known),
            sends=OAUTH.format(client=SENDS, **known),
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
    kill_test(tmp_path, dovecot, smtp_sink, count=120, seconds=6, patience=240)


@pytest.mark.long
def test_two_thousand_mails_survive_random_kills(tmp_path, dovecot, smtp_sink):
    kill_test(tmp_path, dovecot, smtp_sink, count=2000, seconds=120, patience=300)
