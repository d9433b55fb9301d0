"""`deskpost drain`: all of it once, and the exit code says how it went."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deskpost import drain_words
from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from tests.command_line import deskpost, free_port, is_a_sentence
from tests.holder import needs_root
from tests.inbound.builders import account, mail, mailbox
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world(database: str, dovecot: Dovecot, smtp_sink: SmtpSink) -> str:
    """One mailbox at Dovecot, one outgoing server at the sink; gives the mailbox's user."""
    user = dovecot.new_user()
    account("Acme", "acme.example")
    mailbox("Help", port=dovecot.imap, username=user, password=PASSWORD, acknowledge_old=True)
    OutgoingServer.objects.create(
        name="Main", server="127.0.0.1", port=smtp_sink.port, sender_name="Desk", reply_to="help@desk.example"
    )
    return user


def one_line_each(text: str) -> list[str]:
    lines = text.splitlines()
    for line in lines:
        is_a_sentence(line)
    return lines


def test_a_drain_fetches_processes_and_sends_all_there_is(world, dovecot, smtp_sink):
    for number in range(5):
        dovecot.deliver(world, mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}"))
    ran = deskpost("drain", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json == {"fetched": 5, "processed": 5, "sent": 5, "troubles": [], "timed_out": False}
    assert Record.objects.count() == 5
    assert len(smtp_sink.mails_to("ute@acme.example")) == 5
    assert deskpost("drain", "--json").json["fetched"] == 0


def test_a_mailbox_that_cannot_be_fetched_is_one_line_and_the_others_are_fetched(world, dovecot):
    mailbox("Broken", port=free_port())
    mailbox("Wrong", port=dovecot.imap, username=world, password="wrong")
    mailbox("Off", port=free_port(), fetching=False)
    dovecot.deliver(world, mail())
    ran = deskpost("drain")
    assert ran.code == 1
    lines = one_line_each(ran.err)
    assert sorted(line.split()[0] for line in lines) == ["Broken", "Wrong"]
    assert Record.objects.count() == 1


def test_a_mailbox_that_was_not_fetched_in_time_is_named(world, dovecot, scripted):
    slow = scripted(lambda line: (line.say(b"* OK ready"), time.sleep(60)))
    mailbox("Slow", port=slow.port)
    dovecot.deliver(world, mail())
    ran = deskpost("drain", "--timeout", "25")
    assert ran.code == 75
    (line,) = one_line_each(ran.err)  # and none of mails to be sent, which it did not hold up
    assert line.startswith("Slow was not fetched to the end before the time ran out: ")
    assert f"127.0.0.1:{slow.port}" in line
    assert ran.out == "Fetched 1, processed 1, sent 1.\n"
    assert Record.objects.count() == 1


def test_mailboxes_whose_turn_never_came_are_named_as_well(world, scripted):
    slow = scripted(lambda line: time.sleep(60))
    Mailbox.objects.all().delete()
    for number in range(18):
        mailbox(f"Slow {number}", port=slow.port)
    ran = deskpost("drain", "--timeout", "20")
    assert ran.code == 75
    lines = one_line_each(ran.err)
    assert sorted(line.partition(" was ")[0] for line in lines) == sorted(f"Slow {n}" for n in range(18))
    assert sum("its turn had not come" in line for line in lines) == 2


def test_a_mailbox_whose_password_cannot_be_read_stops_no_other(world, dovecot, database):
    mailbox("Sealed", port=dovecot.imap, password="x")
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE mailbox SET password = 'no token' WHERE name = 'Sealed'")
    dovecot.deliver(world, mail())
    ran = deskpost("drain")
    assert ran.code == 1
    (line,) = one_line_each(ran.err)
    assert "secret cannot be read" in line


def test_an_error_mail_of_this_run_is_told_and_not_again_by_the_next(world, dovecot):
    Mailbox.objects.update(max_size_mb=1)
    dovecot.deliver(world, mail(text="x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000))
    first = deskpost("drain")
    assert first.code == 1
    assert "is an error mail" in first.err
    assert deskpost("drain").code == 0


def test_a_mail_that_is_refused_for_good_is_told(world, dovecot, smtp_sink):
    smtp_sink.behaviour.recipients["ute@acme.example"] = "550 5.1.1 No such person"
    dovecot.deliver(world, mail())
    ran = deskpost("drain")
    assert ran.code == 1
    (line,) = one_line_each(ran.err)
    assert line.startswith("Main: the mail <") and "550 5.1.1 No such person" in line
    assert OutboxMail.objects.get().state == "failed"


def test_what_is_not_taken_yet_is_waited_for_until_the_time_runs_out(world, dovecot, smtp_sink):
    smtp_sink.behaviour.recipients["ute@acme.example"] = "451 4.3.0 Not now"
    dovecot.deliver(world, mail())
    ran = deskpost("drain", "--timeout", "25")
    assert ran.code == 75
    (line,) = one_line_each(ran.err)
    assert line.startswith("Main: 1 mail is still queued. ")
    assert f'127.0.0.1:{smtp_sink.port} answered: "451 4.3.0 Not now".' in line
    smtp_sink.behaviour.recipients.clear()
    OutboxMail.objects.update(next_try_at="2026-01-01T00:00Z")
    assert deskpost("drain").code == 0
    assert len(smtp_sink.mails_to("ute@acme.example")) == 1


def test_held_mail_counts_as_done_and_leaves_once_there_is_a_server(world, dovecot, smtp_sink):
    OutgoingServer.objects.update(name="Elsewhere", account=account("Brock"))
    dovecot.deliver(world, mail())
    assert deskpost("drain").code == 0
    assert OutboxMail.objects.get().state == "held"
    OutgoingServer.objects.update(account=None)
    assert deskpost("drain", "--json").json["sent"] == 1


def test_the_queue_of_a_paused_server_is_left_and_told(world, dovecot):
    OutgoingServer.objects.update(paused=True)
    dovecot.deliver(world, mail())
    ran = deskpost("drain", "--timeout", "20")
    assert ran.code == 1
    (line,) = one_line_each(ran.err)
    assert line.startswith("Main: 1 mail waits at this paused server.")


def unreachable(_: object) -> dict[str, object]:
    return {"port": free_port()}


def unknown_host(_: object) -> dict[str, object]:
    return {"server": "nowhere.test"}


def wrong_password(sinks) -> dict[str, object]:
    sink = sinks(tls="starttls", logins={"desk": "right"})
    sink.behaviour.login_answer = "535 5.7.8 Not with these words"
    return {
        "port": sink.port,
        "tls": "starttls",
        "verify_certificate": False,
        "authentication": "basic",
        "username": "desk",
        "password": "secretword",
    }


def unknown_certificate(sinks) -> dict[str, object]:
    return {"port": sinks(tls="implicit").port, "tls": "implicit", "protocol": "smtps"}


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (unreachable, "refused the connection"),
        (unknown_host, 'The server name "nowhere.test" was not found'),
        (wrong_password, 'refused the login of "desk"'),
        (unknown_certificate, "was not accepted"),
    ],
)
def test_what_is_still_queued_comes_with_its_server_and_why_it_takes_no_mail(
    world, dovecot, smtp_sink_with, trouble, said
):
    OutgoingServer.objects.update(**trouble(smtp_sink_with))
    for number in range(2):
        dovecot.deliver(world, mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}"))
    ran = deskpost("drain", "--timeout", "12")
    assert ran.code == 75
    (line,) = one_line_each(ran.err)
    assert line.startswith("Main: 2 mails are still queued. ")
    assert said in line
    assert "secretword" not in line


def test_a_limit_that_is_used_up_is_said_to_be_why_mails_wait(world, dovecot):
    OutgoingServer.objects.update(mails_per_minute=1)
    for number in range(3):
        dovecot.deliver(world, mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}"))
    ran = deskpost("drain", "--timeout", "15")
    assert ran.code == 75
    (line,) = one_line_each(ran.err)
    assert line.startswith("Main: 2 mails are still queued. ") and "mails_per_minute" in line


def test_many_different_answers_are_told_in_a_few_lines(world, dovecot, smtp_sink):
    for number in range(drain_words.REASONS + 3):
        sender = f"p{number}@acme.example"
        smtp_sink.behaviour.recipients[sender] = f"451 4.3.0 Not now, number {number}"
        dovecot.deliver(
            world, mail(sender=sender, message_id=f"<{number}@acme.example>", subject=f"N {number}")
        )
    ran = deskpost("drain", "--timeout", "15")
    lines = one_line_each(ran.err)
    assert len(lines) == drain_words.REASONS + 1
    assert lines[-1].startswith("Main: 3 mails are still queued. The reasons differ.")


@needs_root
def test_a_full_disk_is_one_sentence_and_the_mail_stays_at_its_server(dovecot, tmp_path):
    user = dovecot.new_user()
    lines = ("y" * 70 + "\n") * 60_000
    for number in range(6):
        dovecot.deliver(user, mail(message_id=f"<{number}@x.example>", subject=f"N {number}", text=lines))
    embedded = {"DESKPOST_DATABASE_URL": "", "DESKPOST_KEYS": ""}
    settings = tmp_path / "desk.yaml"
    settings.write_text(
        "mailboxes: [{name: Help, instance: IT Help Desk, protocol: imap, server: 127.0.0.1, tls: none, "
        f"port: {dovecot.imap}, username: {user}, password: {PASSWORD}, addresses: [help@desk.example], "
        "first_fetch: everything, fetching: true}]\n"
    )
    with small_disk("160m") as disk:
        for words in (("migrate",), ("settings", "apply", settings)):
            assert deskpost(*words, "--data", disk / "data", **embedded).code == 0
        for left in (100_000, 20_000_000):
            (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - left))
            ran = deskpost("drain", "--timeout", "30", "--data", disk / "data", **embedded)
            assert ran.code == 1, ran.err
            (line,) = one_line_each(ran.err)
            assert "disk" in line and "full" in line
            (disk / "filler").unlink()
        again = deskpost("drain", "--data", disk / "data", **embedded)
        assert again.code == 0, again.err
        assert len(deskpost("requests", "--json", "--data", disk / "data", **embedded).json) == 6


@contextlib.contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of its own with so little room."""
    place = Path(tempfile.mkdtemp(prefix="deskpost-full-"))
    try:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("this system lets nobody mount a file system")
        try:
            yield place
        finally:
            subprocess.run(["umount", str(place)], check=True)
    finally:
        place.rmdir()
