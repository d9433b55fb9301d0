"""Fetching from a real Dovecot: what is stored, acknowledged, skipped and taken up again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db.models.functions import Now

from deskpost.desk.records import Record
from deskpost.inbound import leases
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.collecting.sources import sample
from deskpost.inbound.leases import Lease
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, MailOutcome, Present, Unacknowledged
from deskpost.inbound.process import process
from tests.inbound.builders import mail, mailbox
from tests.outbound.builders import wait_until
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.usefixtures("database")


def mails(count: int, start: int = 1) -> list[bytes]:
    return [
        mail(message_id=f"<{n}@acme.example>", subject=f"Number {n}", text=f"Text {n}")
        for n in range(start, start + count)
    ]


def box(dovecot: Dovecot, protocol: str = "imap", **settings: object) -> Mailbox:
    user = dovecot.new_user()
    port = getattr(dovecot, protocol)
    tls = "implicit" if protocol.endswith("s") else "none"
    values = {
        "protocol": protocol,
        "port": port,
        "tls": tls,
        "username": user,
        "password": PASSWORD,
        **settings,
    }
    return mailbox(f"Box {user}", **values)


def take_in(made: Mailbox) -> int:
    found = fetch(made.pk)
    assert found.failure is None, found.failure
    process(made.pk)
    return found.collected


@pytest.mark.parametrize(
    ("protocol", "tls"),
    [("imap", "none"), ("imap", "starttls"), ("imaps", "implicit"), ("pop", "none"), ("pops", "implicit")],
)
def test_each_protocol_makes_a_request_of_each_mail(dovecot, certificate_authority, protocol, tls):
    made = box(dovecot, protocol, tls=tls, ca_file=str(certificate_authority.ca_file))
    dovecot.deliver_many(made.username, mails(5))
    assert take_in(made) == 5
    assert take_in(made) == 0
    assert list(Record.objects.order_by("number").values_list("subject", flat=True)) == [
        f"Number {n}" for n in range(1, 6)
    ]
    assert not Unacknowledged.objects.exists()


def test_a_mail_is_marked_read_once_it_is_stored(dovecot):
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(3))
    take_in(made)
    assert dovecot.unseen(made.username) == 0


@pytest.mark.pain("read-in-outlook-first")
def test_somebody_who_reads_along_loses_nothing(dovecot):
    made = box(dovecot)
    dovecot.deliver(made.username, mails(1)[0], seen=True)
    assert take_in(made) == 1


@pytest.mark.parametrize("protocol", ["imap", "pop"])
def test_only_new_mail_is_fetched_when_the_first_fetch_says_so(dovecot, protocol):
    made = box(dovecot, protocol, first_fetch="new")
    dovecot.deliver_many(made.username, mails(3))
    assert take_in(made) == 0
    dovecot.deliver_many(made.username, mails(2, start=10))
    assert take_in(made) == 2
    assert take_in(made) == 0
    assert Present.objects.filter(skipped=True).count() == (3 if protocol == "pop" else 0)


def test_a_first_fetch_since_a_date_leaves_older_mail(dovecot):
    tomorrow = datetime.now(UTC).date().replace(year=2999)
    made = box(dovecot, first_fetch=tomorrow.isoformat())
    dovecot.deliver_many(made.username, mails(2))
    assert take_in(made) == 0
    older = box(dovecot, first_fetch="2020-01-01")
    dovecot.deliver_many(older.username, mails(2))
    assert take_in(older) == 2


@pytest.mark.parametrize("protocol", ["imap", "pop"])
def test_a_first_fetch_since_a_date_that_was_cut_off_goes_on_as_it_began(
    dovecot, cutting_proxy, protocol, monkeypatch
):
    from deskpost.inbound.collecting import collect
    from deskpost.outbound.outbox import OutboxMail

    monkeypatch.setattr(collect, "BATCH_MAILS", 2)
    since = "2026-11-20" if protocol == "pop" else "2020-01-01"
    made = box(dovecot, protocol, first_fetch=since)
    old = [mail(message_id=f"<old{n}@x>", subject=f"Old {n}") for n in range(4)]
    old = [raw.replace(b"23 Nov 2026", b"01 Oct 2026") for raw in old] if protocol == "pop" else []
    dovecot.deliver_many(made.username, [*old, *mails(6)])
    proxy = cutting_proxy(getattr(dovecot, protocol))
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    proxy.arm(Fault("close", after_commands=9 if protocol == "imap" else 12))
    assert fetch(made.pk).failure is not None
    proxy.disarm()
    take_in(made)
    take_in(made)
    assert sorted(Record.objects.values_list("subject", flat=True)) == [f"Number {n}" for n in range(1, 7)]
    assert not OutboxMail.objects.filter(event="request_received").exists()


def test_mail_that_was_there_before_the_first_start_gets_no_receipt_unless_chosen(dovecot):
    from deskpost.outbound.outbox import OutboxMail

    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    assert Record.objects.count() == 2
    assert not OutboxMail.objects.filter(event="request_received").exists()
    dovecot.deliver_many(made.username, mails(1, start=5))
    take_in(made)
    assert OutboxMail.objects.filter(event="request_received").count() == 1
    chosen = box(dovecot, acknowledge_old=True)
    dovecot.deliver_many(chosen.username, mails(1, start=7))
    take_in(chosen)
    assert OutboxMail.objects.filter(event="request_received").count() == 2


def test_a_changed_uidvalidity_loses_and_doubles_nothing(dovecot):
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(3))
    take_in(made)
    dovecot.change_uid_validity(made.username)
    dovecot.deliver_many(made.username, mails(1, start=9))
    assert take_in(made) == 4
    assert Record.objects.count() == 4
    assert MailOutcome.objects.filter(kind="duplicate").count() == 3


def test_a_mail_expunged_while_it_is_fetched_is_skipped_and_its_neighbours_come(dovecot):
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(3))
    dovecot.expunge(made.username, "2")
    assert take_in(made) == 2
    assert Record.objects.count() == 2


def test_fetched_mail_is_deleted_only_once_it_has_its_outcome(dovecot):
    made = box(dovecot, "pop", after_fetching="delete")
    dovecot.deliver_many(made.username, mails(3))
    assert fetch(made.pk).collected == 3
    assert dovecot.count(made.username) == 3
    process(made.pk)
    assert fetch(made.pk).collected == 0
    assert dovecot.count(made.username) == 0
    assert Record.objects.count() == 3


def test_fetched_mail_is_moved_once_it_has_its_outcome(dovecot):
    made = box(dovecot, after_fetching="move", move_to="Done")
    dovecot.make_folder(made.username, "Done")
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    take_in(made)
    assert (dovecot.count(made.username), dovecot.count(made.username, "Done")) == (0, 2)
    assert Record.objects.count() == 2


@pytest.mark.pain("refused-move")
def test_a_refused_move_is_noted_and_makes_no_second_request(dovecot):
    made = box(dovecot, after_fetching="move", move_to="No such folder")
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    take_in(made)
    waiting = Unacknowledged.objects.first()
    assert waiting.refusals >= 1
    assert "No such folder" in waiting.reason
    assert Record.objects.count() == 2
    dovecot.make_folder(made.username, "No such folder")
    take_in(made)
    assert not Unacknowledged.objects.exists()


def test_a_mail_over_the_limit_stays_on_the_server_with_its_header_here(dovecot):
    made = box(dovecot, max_size_mb=1, after_fetching="delete")
    dovecot.deliver(made.username, mail(text="x" * 1_200_000))
    take_in(made)
    take_in(made)
    assert MailOutcome.objects.get().kind == "error"
    assert InboundMessage.objects.get().truncated
    assert dovecot.count(made.username) == 1


def test_a_refused_login_is_a_failing_mailbox_and_the_next_one_goes_on(dovecot):
    bad, good = box(dovecot, password="wrong"), box(dovecot)
    dovecot.deliver(good.username, mails(1)[0])
    failure = fetch(bad.pk).failure
    assert "To do" in failure.words
    state = MailboxState.objects.get(mailbox=bad)
    assert (state.consecutive_failures, state.reason) == (1, failure.words)
    assert state.failing_since is not None
    assert take_in(good) == 1
    Mailbox.objects.filter(pk=bad.pk).update(username=good.username)
    bad.refresh_from_db()
    Mailbox.objects.get(pk=bad.pk)
    bad.password = PASSWORD
    bad.save()
    assert fetch(bad.pk).failure is None
    state.refresh_from_db()
    assert (state.consecutive_failures, state.failing_since, state.reason) == (0, None, "")


def test_stopping_ends_a_fetch_before_its_next_batch(dovecot, monkeypatch):
    from deskpost.inbound.collecting import collect
    from deskpost.inbound.mailboxes import stop_fetching

    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(6))
    monkeypatch.setattr(collect, "BATCH_MAILS", 2)
    stored = []

    def store_then_stop(*arguments: object) -> list[int]:
        stored.append(arguments)
        ids = original(*arguments)
        stop_fetching(None, "cli", made)
        return ids

    original = collect.store
    monkeypatch.setattr(collect, "store", store_then_stop)
    assert fetch(made.pk).held_elsewhere
    assert InboundMessage.objects.count() == 2


def test_a_sample_shows_the_oldest_mail_and_changes_nothing(dovecot):
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(3))
    found = sample(made)
    assert found.count == 3
    assert dict(found.headers)["Subject"] == "Number 1"
    assert dovecot.unseen(made.username) == 3
    assert not InboundMessage.objects.exists()


def test_the_order_of_a_mailbox_is_kept(dovecot, monkeypatch):
    from deskpost.inbound.collecting import collect

    monkeypatch.setattr(collect, "BATCH_MAILS", 7)
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(30))
    take_in(made)
    assert list(Record.objects.order_by("number").values_list("subject", flat=True)) == [
        f"Number {n}" for n in range(1, 31)
    ]


@pytest.mark.parametrize("protocol", ["imap", "pop"])
def test_a_connection_cut_after_any_command_loses_and_doubles_nothing(
    dovecot: Dovecot, cutting_proxy: Callable[[int], CuttingProxy], protocol: str
):
    made = box(dovecot, protocol)
    proxy = cutting_proxy(getattr(dovecot, protocol))
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    total = 0
    for cut in range(1, 40):
        dovecot.deliver_many(made.username, mails(2, start=total + 1))
        total += 2
        proxy.arm(Fault("close", after_commands=cut))
        fetch(made.pk)
        fired = proxy.fired
        proxy.disarm()
        take_in(made)
        assert Record.objects.count() == InboundMessage.objects.count() == total
        assert not Unacknowledged.objects.exists()
        if protocol == "imap":
            assert dovecot.unseen(made.username) == 0
        if not fired:
            break
    assert not fired, "the cuts went past the last command of a fetch"
    assert cut > 5


_FETCHER = """
import django; django.setup()
import sys
from deskpost.inbound import leases
from deskpost.inbound.collecting import collect
original = collect.acknowledge.mark
def mark(*arguments):
    print("stored", flush=True); sys.stdin.read(); original(*arguments)
collect.acknowledge.mark = mark
collect.BATCH_MAILS = 5
leases.LASTS, leases.RENEWED_EVERY = map(float, sys.argv[2:])
fetched = collect.fetch(int(sys.argv[1]))
print(fetched.collected, fetched.failure, fetched.held_elsewhere, flush=True)
"""


def test_a_worker_stopped_in_mid_fetch_changes_nothing_under_its_lost_lease(dovecot, monkeypatch):
    """SIGSTOP until its lease has run out, another takes the mailbox meanwhile, then the first wakes."""
    lasts, renewed_every = 5, 1
    monkeypatch.setattr(leases, "LASTS", lasts)
    monkeypatch.setattr(leases, "RENEWED_EVERY", renewed_every)
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(40))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "deskpost.settings"}
    first = subprocess.Popen(
        [sys.executable, "-c", _FETCHER, str(made.pk), str(lasts), str(renewed_every)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert first.stdout.readline() == "stored\n"
        first.send_signal(signal.SIGSTOP)
        assert fetch(made.pk).held_elsewhere
        wait_until(lambda: Lease.objects.filter(until__lt=Now()).exists())
        taken = fetch(made.pk)
        assert taken.failure is None
        assert taken.collected > 0
        process(made.pk)
        before = InboundMessage.objects.count()
        assert before == 40
    finally:
        first.send_signal(signal.SIGCONT)
        first.stdin.close()
    assert first.wait(60) == 0
    assert first.stdout.read() == "5 None True\n", "it ended because it had lost its lease, after one batch"
    assert InboundMessage.objects.count() == 40
    take_in(made)
    assert InboundMessage.objects.count() == Record.objects.count() == 40
    assert not Unacknowledged.objects.exists()
    assert dovecot.unseen(made.username) == 0
