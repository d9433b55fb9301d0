"""Jobs: wake-ups that cannot be lost for long, workers that take turns, and what becomes of stopped ones."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from deskpost import jobs, tick, wake
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import leases
from deskpost.inbound.collecting.collect import Fetched
from deskpost.inbound.connectivity import watch
from deskpost.inbound.mailboxes import Mailbox, MailboxState, try_now
from deskpost.outbound import bell
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.failover import Process
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from tests.command_line import Running, eventually
from tests.inbound.builders import account, mail, mailbox
from tests.outbound.builders import person
from tests.servers.cutting_proxy import Fault
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.usefixtures("database")


def box(dovecot: Dovecot, name: str, **settings: object) -> Mailbox:
    user = dovecot.new_user()
    values = {"port": dovecot.imap, "username": user, "password": PASSWORD, "fetch_every": 10, **settings}
    return mailbox(name, **values)


@contextmanager
def workers(tmp_path: Path, count: int = 1, *arguments: str) -> Iterator[list[Running]]:
    """Run workers, and wait until each has joined."""
    with ExitStack() as running:
        started = [
            running.enter_context(Running("worker", *arguments, log=tmp_path / f"worker {number}"))
            for number in range(count)
        ]
        eventually(lambda: Process.objects.filter(kind="worker").count() >= count)
        yield started


def numbered(*numbers: int) -> bytes:
    """Give a mail that is no other's twin."""
    name = ".".join(map(str, numbers))
    return mail(message_id=f"<{name}@acme.example>", subject=f"Number {name}", text=f"Text {name}")


def waiting() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT queue_name, queueing_lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        )
        return cursor.fetchall()


def test_two_workers_on_one_database_take_turns_on_mailboxes(dovecot, tmp_path):
    account("Acme", "acme.example")
    boxes = [box(dovecot, f"Box {number}") for number in range(8)]
    held: dict[str, set[str]] = {}
    ended = threading.Event()

    def watch_leases() -> None:
        with connection.cursor() as cursor:
            while not ended.wait(0.005):
                cursor.execute("SELECT thing, owner FROM lease WHERE thing LIKE 'fetch:%%'")
                for thing, owner in cursor.fetchall():
                    held.setdefault(thing, set()).add(owner.rpartition("/")[0])
        connection.close()

    watching = threading.Thread(target=watch_leases)
    watching.start()
    try:
        with workers(tmp_path, 2, "--concurrency", "2"):
            for round_number in range(6):
                for made in boxes:
                    dovecot.deliver(made.username, numbered(made.pk, round_number))
                    try_now(made)
                eventually(lambda done=round_number: Record.objects.count() == 8 * (done + 1))
    finally:
        ended.set()
        watching.join()
    everybody = set().union(*held.values())
    assert len(everybody) == 2, "both workers fetched"
    assert any(len(owners) == 2 for owners in held.values()), (
        "a mailbox was fetched by one, then by the other"
    )
    assert Record.objects.count() == 48, "and every mail is one request"


@pytest.mark.long
@pytest.mark.requirement("R11")
def test_a_mailbox_that_is_fetched_every_minute_signs_in_a_minute_apart(dovecot, tmp_path):
    made = box(dovecot, "Help", fetch_every=60)

    def sign_ins() -> list[datetime]:
        """Give when Dovecot let the mailbox's user in, by its log."""
        said = [line for line in dovecot.log_text().splitlines() if f"Login: user=<{made.username}>" in line]
        return [datetime.strptime(f"2000 {line[:15]}", "%Y %b %d %H:%M:%S") for line in said]

    with workers(tmp_path):
        eventually(lambda: len(sign_ins()) == 3, 150)
    for earlier, later in pairwise(sign_ins()):
        assert 59 <= (later - earlier).total_seconds() <= 66, "the tick looks every 2 s"


def test_a_mail_is_a_request_and_answered_soon_after_the_mailbox_was_woken(dovecot, smtp_sink, tmp_path):
    account("Acme", "acme.example")
    made = box(dovecot, "Help", fetch_every=3600, acknowledge_old=True)
    OutgoingServer.objects.create(
        name="Main", server="127.0.0.1", port=smtp_sink.port, reply_to="help@desk.example"
    )
    with workers(tmp_path):
        eventually(lambda: MailboxState.objects.get().last_fetch_at)
        dovecot.deliver(made.username, mail())
        try_now(made)
        eventually(Record.objects.exists)
        eventually(lambda: smtp_sink.mails_to("ute@acme.example"))
        eventually(lambda: OutboxMail.objects.get().state == "sent")


@pytest.mark.pain("status-stays-green")
def test_a_server_that_is_silent_holds_up_no_other_mailbox(dovecot, cutting_proxy, tmp_path):
    account("Acme", "acme.example")
    proxy = cutting_proxy(dovecot.imap)
    proxy.arm(Fault("stall", after_commands=1, times=None))
    slow = [box(dovecot, f"Slow {number}", port=proxy.port) for number in range(6)]
    made = box(dovecot, "Quick")
    dovecot.deliver(made.username, mail())
    with workers(tmp_path) as (worker,):
        eventually(Record.objects.exists)
        assert worker.end() < 30, "and the worker ends in time although six of its fetches wait"
    assert worker.process.returncode == 0
    assert not leases.Lease.objects.exists(), "what it held was given back"
    assert not Process.objects.filter(kind="worker").exists()
    assert len(slow) == 6


def test_failing_mailboxes_take_at_most_half_of_the_places(monkeypatch):
    failing = [mailbox(f"Failing {number}") for number in range(3)]
    well = mailbox("Well")
    MailboxState.objects.exclude(mailbox=well).update(consecutive_failures=1)
    go_on = threading.Event()
    at_work: list[int] = []

    def fetch(mailbox_id: int) -> Fetched:
        at_work.append(mailbox_id)
        go_on.wait(60)
        return Fetched()

    monkeypatch.setattr(jobs.collect, "fetch", fetch)
    jobs.let_failing_take(2)
    threads = [threading.Thread(target=jobs.fetch, args=(made.pk,)) for made in (*failing, well)]
    try:
        for thread in threads:
            thread.start()
        eventually(lambda: len(at_work) == 3)
        assert well.pk in at_work
        assert len(waiting()) == 1, "the third waits for a place"
    finally:
        go_on.set()
        for thread in threads:
            thread.join()


def test_a_lost_wake_up_is_made_up_for_by_the_tick():
    made = mailbox("Help")
    quiet = mailbox("Quiet")
    MailboxState.objects.filter(mailbox=quiet).update(next_fetch_at=Now() + timedelta(hours=1))
    mailbox("Off", fetching=False)
    assert waiting() == []
    tick.tick()
    tick.tick()
    assert waiting() == [("fetch", f"fetch {made.pk}")], "due mailboxes are woken, and once"


def old_notices() -> int:
    """Give how many notices are left of those that are to be forgotten."""
    return BellNotice.objects.filter(at__lt=Now() - bell.KEPT).count()


def notice_of_last_year() -> None:
    priya = Person.objects.filter(name="Priya").first() or person("Priya")
    bell.ring([priya.pk], "failover", {})
    BellNotice.objects.update(at=Now() - timedelta(days=365))


def test_what_changes_by_the_day_is_looked_at_once_a_minute_and_not_by_every_tick():
    for _ in range(2):
        notice_of_last_year()
        tick.tick()
        assert old_notices() == 0
        notice_of_last_year()
        tick.tick()
        assert old_notices() == 1, "a tick that follows leaves it"
        leases.Lease.objects.update(until=Now())


def test_of_all_that_ask_at_once_one_has_the_turn():
    at_once = threading.Barrier(8)
    turns: list[bool] = []

    def ask() -> None:
        at_once.wait(60)
        turns.append(leases.turn("tidy up", 60))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(turns) == [False] * 7 + [True]


def test_one_of_two_workers_tidies_up_and_the_other_when_that_one_has_ended(tmp_path):
    def has_the_turn() -> str:
        return str(leases.Lease.objects.filter(thing="tidy up").values_list("owner", flat=True).first())

    def holder(running: list[Running]) -> Running | None:
        return next((one for one in running if f"/{one.process.pid}/" in has_the_turn()), None)

    notice_of_last_year()
    with workers(tmp_path, 2) as both:
        one = eventually(lambda: holder(both))
        eventually(lambda: old_notices() == 0)
        notice_of_last_year()
        one.end()
        other = eventually(lambda: holder([worker for worker in both if worker is not one]))
        eventually(lambda: old_notices() == 0)
        other.end()
    assert not leases.Lease.objects.exists(), "who ends gives its turn back"


def test_a_mailbox_that_somebody_fetches_is_not_woken_again():
    made = mailbox("Help")
    with leases.take(f"fetch:{made.pk}"):
        tick.tick()
        assert waiting() == []
    tick.tick()
    assert len(waiting()) == 1


def test_a_wake_up_that_meets_a_fetch_under_way_comes_again():
    made = mailbox("Help")
    with leases.take(f"fetch:{made.pk}"):
        jobs.fetch(made.pk)
        assert waiting() == [("fetch", f"fetch {made.pk}")]


def test_many_wake_ups_for_one_thing_are_one_job():
    for _ in range(5):
        wake.processing(7)
        wake.sending(7)
    assert waiting() == [("process", "process 7"), ("send", "send 7")]


def test_work_for_one_thing_is_done_once_at_a_time_and_once_more_for_who_came_meanwhile():
    once = jobs.OneAtATime()
    at_work, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def work() -> None:
        done.append(1)
        at_work.set()
        go_on.wait(60)

    first = threading.Thread(target=once.do, args=(1, work))
    first.start()
    at_work.wait(60)
    for _ in range(3):
        once.do(1, work)  # comes back at once
    once.do(2, lambda: done.append(2))
    assert done == [1, 2]
    go_on.set()
    first.join()
    assert done == [1, 2, 1]


def test_a_fault_in_a_fetch_is_shown_at_the_mailbox_and_waits_for_the_next_turn(monkeypatch):
    made = mailbox("Help")
    monkeypatch.setattr(jobs.collect, "fetch", lambda _: 1 / 0)
    jobs.fetch(made.pk)
    state = MailboxState.objects.get()
    assert state.failing_since and state.consecutive_failures == 1
    assert "To do:" in state.reason
    tick.tick()
    assert waiting() == []


@pytest.mark.pain("status-stays-green")
def test_a_mailbox_for_which_no_fetch_is_completed_is_failing_after_three_intervals():
    silent = mailbox("Silent", fetch_every=60)
    for name, minutes, fetching in (("Fresh", 1, True), ("Stopped", 10, False), ("Late", 2, True)):
        made = mailbox(name, fetch_every=60, fetching=fetching)
        last = Now() - timedelta(minutes=minutes)
        MailboxState.objects.filter(mailbox=made).update(
            last_fetch_at=last, next_fetch_at=last + timedelta(minutes=1)
        )
    MailboxState.objects.filter(mailbox=silent).update(
        last_fetch_at=Now() - timedelta(minutes=4), next_fetch_at=Now() - timedelta(minutes=3)
    )
    assert watch.find_silent() == ["Silent"]
    state = MailboxState.objects.get(mailbox=silent)
    assert state.failing_since
    assert state.reason.startswith("No fetch has been completed since 20")
    assert watch.find_silent() == [], "it is told once"


def test_a_stopped_worker_is_found_out_by_another_process(dovecot, tmp_path):
    made = box(dovecot, "Help", fetch_every=10)
    with workers(tmp_path) as (worker,):
        eventually(lambda: MailboxState.objects.get().last_fetch_at)
        os.killpg(worker.process.pid, signal.SIGSTOP)
        MailboxState.objects.update(
            last_fetch_at=Now() - timedelta(seconds=40), next_fetch_at=Now() - timedelta(seconds=30)
        )
        with tick.Pulse("web"):
            eventually(lambda: MailboxState.objects.get().failing_since)
        os.killpg(worker.process.pid, signal.SIGCONT)
        eventually(lambda: MailboxState.objects.get().failing_since is None)
    assert made.fetching


def test_the_jobs_of_a_killed_worker_are_done_by_another(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        (dead,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, args, worker_id) "
            "VALUES ('process', 'deskpost.process', 'doing', 'process 1', '{\"mailbox_id\": 1}', %s)",
            [dead],
        )
    with workers(tmp_path):
        eventually(lambda: not _jobs())


def test_a_worker_outlives_its_database_connections(dovecot, tmp_path):
    account("Acme", "acme.example")
    made = box(dovecot, "Help", fetch_every=10)
    with workers(tmp_path) as (worker,):
        eventually(lambda: MailboxState.objects.get().last_fetch_at)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'"
            )
            assert cursor.fetchone()[0] > 0
        dovecot.deliver(made.username, mail())
        try_now(made)
        eventually(Record.objects.exists)
        assert worker.process.poll() is None
        assert "Traceback" not in worker.said


def _jobs() -> list[object]:
    return list(app.job_manager.list_jobs())
