"""How fast mail becomes requests: Dovecot to PostgreSQL, one worker, beside a bare loop in the same run.

    .venv/bin/python benchmarks/ingest.py [--mails 10000] [--size 4] [--replies] [--workers 1] [--stored 0]

The bare loop fetches 200 mails at a time with IMAPClient, appends them to one file with fsync, copies their metadata
into one table and marks them read. Deskpost makes people, requests, conversations, history, trace, search index,
clean HTML and one queued notification of each. Quote the ratio: machines are noisy.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import psutil
import psycopg
from benchmarks.filling import fill
from imapclient import IMAPClient
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import PASSWORD, Dovecot

from deskpost.data_folder import DataFolder
from deskpost.postgres import embedded

WORDS = [
    "printer",
    "scanner",
    "the",
    "a",
    "of",
    "to",
    "cannot",
    "mail",
    "after",
    "update",
    "screen",
    "login",
    "network",
    "please",
    "office",
    "error",
    "today",
]
HTML_LIMIT = 40_000


def make_mail(number: int, size: int, reply_to: str | None) -> bytes:
    """Give a mail of about `size` bytes: text and HTML, an attachment when it is large."""
    draw = random.Random(number)  # noqa: S311
    person = number // 8  # each writes eight mails: fewer than the receipts that one address gets in an hour
    sender = f"person{person}@client{person % 50}.example"
    body = min(size, HTML_LIMIT)
    words = " ".join(draw.choice(WORDS) for _ in range(max(body // 18, 10)))
    lines = "\r\n".join(words[at : at + 70] for at in range(0, len(words), 70))
    html = "".join(f"<p style='color:red'>{line}</p>\r\n" for line in lines.split("\r\n"))
    thread = f"In-Reply-To: {reply_to}\r\nReferences: {reply_to}\r\n" if reply_to else ""
    subject = (
        f"{draw.choice(WORDS).title()} trouble, number {number}"  # alike in all but a number: few receipts
    )
    head = (
        f"Received: from mx{number % 7}.client.example by mail.desk.example; Mon, 23 Nov 2026 09:00:00 +0000\r\n"
        f"From: Person {person} <{sender}>\r\nTo: help@desk.example\r\nSubject: {subject}\r\n"
        f"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <{number}@client.example>\r\n{thread}"
        "MIME-Version: 1.0\r\n"
    )
    alternative = (
        "Content-Type: multipart/alternative; boundary=b1\r\n\r\n"
        "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{lines}\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b1--\r\n"
    )
    missing = size - len(head) - len(alternative)
    if missing < 2000:
        return (head + alternative).encode()
    line = "QUJD" * 19 + "\r\n"
    file = line * (missing // len(line))
    return (
        f"{head}Content-Type: multipart/mixed; boundary=b0\r\n\r\n--b0\r\n{alternative}\r\n--b0\r\n"
        "Content-Type: application/pdf; name=report.pdf\r\nContent-Disposition: attachment; filename=report.pdf\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{file}--b0--\r\n"
    ).encode()


def mails(count: int, size: int, replies: bool, start: int = 0) -> Iterator[bytes]:
    """Give the mails of a run; with `replies` every second one answers an earlier one."""
    for number in range(start, start + count):
        answered = number - 401 if replies and number % 2 and number - 401 >= start else None
        if answered is not None:
            answered -= answered % 2
        yield make_mail(number, size, f"<{answered}@client.example>" if answered is not None else None)


def bare_loop(server: Dovecot, user: str, url: str, folder: Path) -> float:
    """Fetch all mails without understanding them, and give the seconds it took."""
    with psycopg.connect(url) as database, (folder / "bare").open("ab") as file:
        database.execute(
            "CREATE TABLE IF NOT EXISTS bare (uid bigint, size bigint, at timestamptz DEFAULT now())"
        )
        database.commit()
        started = time.perf_counter()
        with IMAPClient("127.0.0.1", server.imap, ssl=False) as client:
            client.login(user, PASSWORD)
            client.select_folder("INBOX")
            uids = client.search("ALL")
            for at in range(0, len(uids), 200):
                found = client.fetch(uids[at : at + 200], ["BODY.PEEK[]"])
                for item in found.values():
                    file.write(item[b"BODY[]"])
                file.flush()
                os.fsync(file.fileno())
                with database.cursor().copy("COPY bare (uid, size) FROM STDIN") as copy:
                    for uid, item in found.items():
                        copy.write_row((uid, len(item[b"BODY[]"])))
                database.commit()
                client.add_flags(list(found), [rb"\Seen"], silent=True)
        return time.perf_counter() - started


WORKER = """
import django; django.setup()
import re, sys, threading, time
from deskpost.garbage import look_seldom
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.process import process
boxes = [int(a) for a in sys.argv[1:]]
look_seldom()  # as the worker does
print("ready", flush=True); sys.stdin.readline()
began = time.process_time()
for box in boxes:
    done = threading.Event()
    def decide():
        while True:
            last = done.is_set()
            if not process(box) and last:
                break
            time.sleep(0.005)
    thread = threading.Thread(target=decide); thread.start()
    found = fetch(box)
    assert found.failure is None, found.failure
    done.set(); thread.join()
# Not ru_maxrss: that begins with the peak of the process that started this one.
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024,
      time.process_time() - began, flush=True)
"""


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, those of CPU of all workers, and the memory of the largest in MB."""

    seconds: float
    cpu: float
    memory: int


def workers(groups: list[list[int]]) -> Took:
    """Let one process a group take its mailboxes in."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, *map(str, group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for group in groups
    ]
    for process in running:
        assert process.stdout and process.stdout.readline() == "ready\n"
    started = time.perf_counter()
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.stdout.readline().split() for process in running if process.stdout]
    took = time.perf_counter() - started
    for process in running:
        process.wait(30)
    return Took(took, sum(float(cpu) for _, cpu in told), max(int(memory) for memory, _ in told))


def set_up(url: str) -> None:
    """Migrate an empty database and make fifty accounts."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from deskpost.desk.accounts import Account, Domain
    from deskpost.desk.installation import Instance
    from deskpost.desk.people import Person
    from deskpost.outbound.servers import OutgoingServer

    desk = Instance.objects.get()
    for number in range(50):
        account = Account.objects.create(name=f"Client {number}")
        Domain.objects.create(account=account, name=f"client{number}.example")
    OutgoingServer.objects.create(
        name="Main", instance=desk, server="127.0.0.1", port=25, reply_to="help@desk.example", paused=True
    )
    Person.objects.create(name="Tech", account=Account.objects.get(default=True), technician=True)


def make_mailbox(server: Dovecot, user: str) -> int:
    """Make the mailbox of a user, switched on, fetching everything as new mail."""
    from deskpost.desk.installation import Instance
    from deskpost.inbound.mailboxes import Mailbox, MailboxState

    box = Mailbox.objects.create(
        name=user,
        instance=Instance.objects.get(),
        protocol="imap",
        server="127.0.0.1",
        port=server.imap,
        username=user,
        password=PASSWORD,
        addresses=["help@desk.example"],
        fetching=True,
        first_fetch="everything",
        acknowledge_old=True,
    )
    MailboxState.objects.create(mailbox=box)
    return box.pk


def cpu_seconds(data: Path) -> float:
    """Give the CPU time that PostgreSQL has used: its processes, and those that have ended."""
    server = psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().split()[0]))
    times = [one.cpu_times() for one in (server, *server.children())]
    return sum(one.user + one.system for one in times) + times[0].children_user + times[0].children_system


def wal_bytes(database: psycopg.Connection) -> tuple[int, int]:
    """Give the bytes of write-ahead log so far, and the whole pages that were written into it."""
    row = database.execute("SELECT wal_bytes::bigint, wal_fpi FROM pg_stat_wal").fetchone()
    return row or (0, 0)


def statements(database: psycopg.Connection) -> int:
    """Count the statements that clients have sent, without the database's own foreign-key checks."""
    rows = database.execute(
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query NOT LIKE '%OPERATOR(pg_catalog.%'"
    )
    return int((rows.fetchone() or (0,))[0])


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=4, help="kB a mail")
    parser.add_argument("--replies", action="store_true", help="every second mail answers an earlier one")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--stored", type=int, default=0, help="requests that are there before")
    options = parser.parse_args()
    size = options.size * 1000 - 100
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deskpost-bench-")))
        os.environ.update(DESKPOST_DATA=str(folder / "data"), DJANGO_SETTINGS_MODULE="deskpost.settings")
        os.environ.pop("DESKPOST_DATABASE_URL", None)
        url = stack.enter_context(embedded(DataFolder(folder / "data")))
        os.environ["DESKPOST_DATABASE_URL"] = url
        server = stack.enter_context(Dovecot(stack.enter_context(contextlib.closing(CertificateAuthority()))))
        set_up(url)
        if options.stored:
            from deskpost.desk.installation import Instance

            fill(url, make_mailbox(server, server.new_user()), Instance.objects.get().pk, options.stored)
        users = [server.new_user() for _ in range(options.workers)]
        each = options.mails // options.workers
        for place, user in enumerate(users):
            server.deliver_many(user, mails(each, size, options.replies, start=place * 1_000_000))
        for user in users:
            server.count(user)  # Dovecot builds its index now, for both
        bare_user = server.new_user()
        server.deliver_many(bare_user, mails(each, size, options.replies))
        server.count(bare_user)
        bare = bare_loop(server, bare_user, url, folder)
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            boxes = [[make_mailbox(server, user)] for user in users]
            before, logged, used = statements(database), wal_bytes(database), cpu_seconds(folder / "data")
            took = workers(boxes)
            asked = statements(database) - before
            used = cpu_seconds(folder / "data") - used
            logged = [now - then for now, then in zip(wal_bytes(database), logged, strict=True)]
            worst = database.execute(
                "SELECT calls, round(total_exec_time)::int, left(query, 110) FROM pg_stat_statements "
                "ORDER BY total_exec_time DESC LIMIT 12"
            ).fetchall()
            counts = {
                table: (database.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0]
                for table in ("inbound_message", "mail_outcome", "record", "conversation", "outbox_mail")
            }
        done = each * options.workers
        print(
            f"{done} mails of {options.size} kB, {options.workers} worker(s), {options.stored} requests before"
        )
        print(f"bare loop   {each / bare:8.0f} mails/s")
        rate = done / took.seconds
        print(f"Deskpost    {rate:8.0f} mails/s   {rate / (each / bare):.0%} of the bare loop")
        print(f"statements  {asked / done:8.2f} a mail   memory {took.memory} MB   {counts}")
        print(
            f"CPU         {took.cpu / done * 1e6:8.0f} us a mail in the worker, {used / done * 1e6:.0f} in PostgreSQL"
            f"   log {logged[0] / done / 1000:.1f} kB a mail, {logged[1] / done:.1f} whole pages"
        )
        if os.environ.get("VERBOSE"):
            for calls, ms, query in worst:
                print(f"{calls:8} calls {ms:8} ms  {' '.join(query.split())}")


if __name__ == "__main__":
    threading.current_thread().name = "benchmark"
    main()
