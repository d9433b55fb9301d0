"""`deskpost drain`: all of it once, and the exit code says how it went."""

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from tests.command_line import deskpost, free_port, is_a_sentence
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
    assert "550" in ran.err or "No such person" in ran.err
    assert OutboxMail.objects.get().state == "failed"


def test_what_is_not_taken_yet_is_waited_for_until_the_time_runs_out(world, dovecot, smtp_sink):
    smtp_sink.behaviour.recipients["ute@acme.example"] = "451 4.3.0 Not now"
    dovecot.deliver(world, mail())
    ran = deskpost("drain", "--timeout", "6")
    assert ran.code == 75
    one_line_each(ran.err)
    assert "1 mails are still queued" in ran.err
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
    assert "wait at a paused server" in ran.err
