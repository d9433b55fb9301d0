"""Telling the server: only of the mail that was stored, only once, and never before it is certain."""

import os
import socket
import threading
from collections.abc import Callable

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.collect import fetch
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome, Unacknowledged
from deskpost.inbound.process import process
from deskpost.outbound.outbox import OutboxMail
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box, mails, take_in
from tests.servers.cutting_proxy import Fault

pytestmark = pytest.mark.usefixtures("database")
Answer = Callable[[bytes], tuple[bytes, bytes]]


def imap_server(answer: Answer) -> int:
    """Serve IMAP with a mailbox of one's own making: `answer(command)` gives lines, and how the command ends."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            client, _ = listener.accept()
            stream = client.makefile("rwb")
            stream.write(b"* OK hi\r\n")
            stream.flush()
            for line in stream:
                tag, _, command = line.strip().partition(b" ")
                upper = command.upper()
                if upper.startswith(b"CAPABILITY"):
                    lines, end = b"* CAPABILITY IMAP4rev1\r\n", b"OK done"
                elif upper.startswith((b"SELECT", b"EXAMINE")):
                    lines = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n"
                    end = b"OK done"
                else:
                    lines, end = answer(upper)
                stream.write(lines + tag + b" " + end + b"\r\n")
                stream.flush()
                if upper.startswith(b"LOGOUT"):
                    break
            client.close()

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def body_of(uid: int, raw: bytes) -> bytes:
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (uid, uid, len(raw), raw)


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
    for path in maildir.glob("dovecot.index.cache"):  # where the old Message-ID is remembered
        path.unlink()
    assert fetch(made.pk).failure is None
    assert dovecot.count(made.username) == 1
    assert "another mail" in Unacknowledged.objects.get().reason


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


def test_a_server_that_copies_and_then_refuses_to_delete_gets_one_copy():
    raw, copies = mail(), []

    def answer(command: bytes) -> tuple[bytes, bytes]:
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH 1\r\n", b"OK done"
        if b"RFC822.SIZE" in command:
            return b"* 1 FETCH (UID 1 RFC822.SIZE %d)\r\n" % len(raw), b"OK done"
        if b"HEADER.FIELDS" in command:
            field = b"Message-ID: <1@acme.example>\r\n\r\n"
            item = b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%b)\r\n" % (len(field), field)
            return item, b"OK done"
        if b"BODY.PEEK[]" in command:
            return body_of(1, raw), b"OK done"
        if command.startswith(b"UID COPY"):
            copies.append(command)
        if command.startswith(b"UID STORE"):
            return b"", b"NO read-only for you"
        return b"", b"OK done"

    made = mailbox(port=imap_server(answer), after_fetching="move", move_to="Done")
    for _ in range(5):
        fetch(made.pk)
        process(made.pk)
    assert len(copies) == 1
    waiting = Unacknowledged.objects.get()
    assert waiting.copied
    assert waiting.refusals >= 3
    assert "read-only for you" in waiting.reason


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
