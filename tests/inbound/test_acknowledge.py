"""Telling the server: only of the mail that was stored, only once, and never before it is certain."""

import os
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, MailOutcome, Unacknowledged
from deskpost.inbound.process import process
from deskpost.outbound.outbox import OutboxMail
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box, mails, take_in
from tests.servers.answering_imap import body_of, imap_server, message_id_of
from tests.servers.cutting_proxy import Fault
from tests.servers.scripted import Line

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.pain("uids-move")
@pytest.mark.parametrize(("act", "folder"), [("delete", ""), ("move", "Done")])
def test_another_mail_under_the_same_uid_is_left_alone(dovecot, act, folder):
    made = box(dovecot, after_fetching=act, move_to=folder)
    if folder:
        dovecot.make_folder(made.username, folder)
    dovecot.deliver_many(made.username, mails(1))
    take_in(made)
    maildir = dovecot.maildir(made.username)
    for path in [*maildir.glob("cur/*"), *maildir.glob("new/*")]:
        owner = path.stat()
        path.write_bytes(path.read_bytes().replace(b"<1@acme.example>", b"<9@acme.example>"))
        os.chown(path, owner.st_uid, owner.st_gid)
    forget(maildir)
    assert fetch(made.pk).failure is None
    assert dovecot.count(made.username) == 1
    reason = Unacknowledged.objects.get().reason
    assert "its Message-ID is <9@acme.example> and was <1@acme.example>" in reason


@pytest.mark.pain("uids-move")
@pytest.mark.parametrize("protocol", ["imap", "pop"])
def test_a_mail_of_another_size_under_the_same_uid_is_left_alone(dovecot, protocol):
    made = box(dovecot, protocol, after_fetching="delete")
    dovecot.deliver_many(made.username, mails(1))
    without_size(dovecot.maildir(made.username))
    take_in(made)
    change_text(dovecot.maildir(made.username), b"Text 1", b"Quite another text")
    assert fetch(made.pk).failure is None
    assert dovecot.count(made.username) == 1
    reason = Unacknowledged.objects.get().reason
    listed = InboundMessage.objects.get().listed_size
    assert f"its size is {listed + 12} bytes and was {listed}" in reason
    change_text(dovecot.maildir(made.username), b"Quite another text", b"Text 1")
    assert fetch(made.pk).failure is None
    assert dovecot.count(made.username) == 0
    assert not Unacknowledged.objects.exists()


@pytest.mark.parametrize("now", [500, 1200])
def test_a_server_that_only_estimates_sizes_is_held_to_its_own_estimate(now):
    raw, deleted, size = mail(), [], [1200]

    def answer(command: bytes) -> tuple[bytes, bytes]:
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH 1\r\n", b"OK done"
        if b"RFC822.SIZE" in command:
            return b"* 1 FETCH (UID 1 RFC822.SIZE %d)\r\n" % size[0], b"OK done"
        if b"HEADER.FIELDS" in command:
            return message_id_of(1, b"<1@acme.example>"), b"OK done"
        if b"BODY.PEEK[]" in command:
            return body_of(1, raw), b"OK done"
        if command.startswith(b"UID STORE"):
            deleted.append(command)
        return b"", b"OK done"

    made = mailbox(port=imap_server(answer), after_fetching="delete")
    assert fetch(made.pk).collected == 1
    process(made.pk)
    stored = InboundMessage.objects.get()
    assert (stored.size, stored.listed_size) == (len(raw), 1200)
    size[0] = now
    fetch(made.pk)
    assert bool(deleted) == (now == 1200)
    assert Unacknowledged.objects.exists() == (now != 1200)


def without_size(maildir: Path) -> None:
    """Take the size out of the name of the one mail's file, so that Dovecot looks at its bytes."""
    (path,) = maildir.glob("cur/*")
    path.rename(path.with_name(path.name.partition(",")[0] + ":2,"))


def change_text(maildir: Path, old: bytes, new: bytes) -> None:
    """Let the one mail have another text under the same UID."""
    (path,) = maildir.glob("cur/*")
    owner = path.stat()
    path.write_bytes(path.read_bytes().replace(old, new))
    os.chown(path, owner.st_uid, owner.st_gid)
    forget(maildir)


def forget(maildir: Path) -> None:
    """Let Dovecot forget which sizes and Message-IDs it has read."""
    for path in maildir.glob("dovecot.index.cache"):
        path.unlink()
    uids = maildir / "dovecot-uidlist"
    uids.write_bytes(re.sub(rb" W\d+", b"", uids.read_bytes()))


def test_a_pop_connection_cut_after_any_command_leaves_nothing_undeleted(dovecot, cutting_proxy):
    proxy = cutting_proxy(dovecot.pop)
    fired = 1
    for cut in range(1, 20):
        made = box(dovecot, "pop", after_fetching="delete")
        dovecot.deliver_many(made.username, mails(2, start=cut * 10))
        take_in(made)
        dovecot.deliver_many(made.username, mails(2, start=cut * 10 + 5))
        Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
        proxy.arm(Fault("close", after_commands=cut))
        fetch(made.pk)
        fired = proxy.fired
        proxy.disarm()
        take_in(made)
        take_in(made)
        assert dovecot.count(made.username) == 0
        assert not Unacknowledged.objects.filter(mailbox=made).exists()
        assert Record.objects.count() == InboundMessage.objects.count() == cut * 4
        if not fired:
            break
    assert not fired, "the cuts went past the last command"


def test_a_mail_that_the_server_does_not_give_is_an_error_mail_and_not_passed_by():
    raw = mail()

    def answer(command: bytes) -> tuple[bytes, bytes]:
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH 1 2\r\n", b"OK done"
        if b"RFC822.SIZE" in command:
            sizes = b"* 1 FETCH (UID 1 RFC822.SIZE 50)\r\n* 2 FETCH (UID 2 RFC822.SIZE %d)\r\n" % len(raw)
            return sizes, b"OK done"
        if b"BODY.PEEK[]" in command:
            return b"* 1 FETCH (UID 1 BODY[] NIL)\r\n" + body_of(2, raw), b"OK done"
        return b"", b"OK done"

    made = mailbox(port=imap_server(answer))
    assert fetch(made.pk).collected == 2
    process(made.pk)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["error", "request"]
    assert "would not give it" in MailOutcome.objects.get(kind="error").reason


def test_a_pop_mail_of_which_nothing_is_given_is_one_error_mail_with_the_reason(scripted):
    raw = mail().replace(b"\n", b"\r\n")

    def script(line: Line) -> None:
        line.say(b"+OK ready")
        while word := line.hear().upper():
            if word == b"LIST":
                line.say(b"+OK", b"1 300", b"2 %d" % len(raw), b".")
            elif word in (b"CAPA", b"UIDL", b"RETR 1", b"TOP 1 0"):
                line.say(b"-ERR its file is damaged")
            elif word in (b"RETR 2", b"TOP 2 0"):
                line.say(b"+OK")
                line.say_raw(raw + b".\r\n")
            else:
                line.say(b"+OK")

    served = scripted(script)
    made = mailbox(protocol="pop", port=served.port, after_fetching="delete")
    for _ in range(3):
        assert fetch(made.pk).failure is None
        process(made.pk)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["error", "request"]
    reason = MailOutcome.objects.get(kind="error").reason
    assert "its file is damaged" in reason
    assert "To do" in reason
    assert b"DELE 1" not in served.heard
    assert b"DELE 2" in served.heard


def test_a_mail_that_is_listed_without_a_size_is_an_error_mail_and_not_passed_by():
    raw = mail()

    def answer(command: bytes) -> tuple[bytes, bytes]:
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH 1 2\r\n", b"OK done"
        if b"RFC822.SIZE" in command:
            return b"* 2 FETCH (UID 2 RFC822.SIZE %d)\r\n" % len(raw), b"OK done"
        if b"BODY.PEEK[]" in command:
            return body_of(2, raw), b"OK done"
        return b"", b"OK done"

    made = mailbox(port=imap_server(answer))
    assert fetch(made.pk).collected == 2
    process(made.pk)
    assert sorted(MailOutcome.objects.values_list("kind", flat=True)) == ["error", "request"]


@pytest.mark.parametrize("act", ["close", "reset", "garble"])
def test_an_imap_connection_that_breaks_while_mails_are_moved_moves_each_once(dovecot, cutting_proxy, act):
    made = box(dovecot, after_fetching="move", move_to="Done")
    dovecot.make_folder(made.username, "Done")
    proxy = cutting_proxy(dovecot.imap)
    fired = cut = 0
    for total, cut in enumerate(range(4, 30), start=1):
        dovecot.deliver_many(made.username, mails(1, start=total))
        take_in(made)  # stored and decided; moved by the next fetch
        Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
        proxy.arm(Fault(act, after_commands=cut))
        fetch(made.pk)
        fired = proxy.fired
        proxy.disarm()
        take_in(made)
        assert (dovecot.count(made.username), dovecot.count(made.username, "Done")) == (0, total)
        assert Record.objects.count() == total
        assert not Unacknowledged.objects.exists()
        if not fired:
            break
    assert not fired, "the faults went past the last command of a fetch"
    assert cut > 8


def test_new_customers_get_their_receipts_after_the_folder_was_made_anew(dovecot):
    made = box(dovecot, first_fetch="new")
    dovecot.deliver_many(made.username, mails(9))
    take_in(made)
    for uid in range(1, 10):
        dovecot.expunge(made.username, str(uid))
    dovecot.change_uid_validity(made.username)
    for number in range(3):
        raw = mail(message_id=f"<new{number}@x>", sender=f"new{number}@x.example", subject=f"New {number}")
        dovecot.deliver(made.username, raw)
        take_in(made)
    assert Record.objects.count() == 3
    assert OutboxMail.objects.filter(event="request_received").count() == 3


_REFUSED_ONCE = """
CREATE SEQUENCE tries;
CREATE FUNCTION refuse_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('tries') = 1 THEN RAISE EXCEPTION 'the disk is full'; END IF;
    RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER refuse_once AFTER INSERT ON inbound_message
    DEFERRABLE INITIALLY {when} FOR EACH ROW EXECUTE FUNCTION refuse_once();
"""


@pytest.mark.parametrize("when", ["IMMEDIATE", "DEFERRED"])
def test_a_batch_that_could_not_be_stored_is_not_acknowledged_and_comes_once_at_the_next_fetch(dovecot, when):
    """PostgreSQL refuses it while it is written, or at the commit: neither may have been told to the server before."""
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(3))
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED_ONCE.format(when=when))
    with pytest.raises(DatabaseError, match="the disk is full"):
        fetch(made.pk)
    assert not InboundMessage.objects.exists()
    assert dovecot.unseen(made.username) == 3
    assert take_in(made) == 3
    assert take_in(made) == 0
    assert dovecot.unseen(made.username) == 0
    assert Record.objects.count() == InboundMessage.objects.count() == 3


@pytest.mark.parametrize("refused", [b"UID SEARCH", b"RFC822.SIZE"])
def test_a_server_that_refuses_to_list_its_mails_is_failing(database, refused):
    def answer(command: bytes) -> tuple[bytes, bytes]:
        if refused in command:
            return b"", b"NO not permitted now"
        return (b"* SEARCH 1 2\r\n" if command.startswith(b"UID SEARCH") else b""), b"OK done"

    made = mailbox(port=imap_server(answer), tls="none")
    got = fetch(made.pk)
    assert got.failure is not None and got.collected == 0
    state = MailboxState.objects.get(mailbox=made)
    assert state.failing_since is not None and state.last_fetch_at is None
    assert "not permitted now" in state.reason
