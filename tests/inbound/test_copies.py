"""Moving at a server without MOVE: a copy and a deletion, between which much can happen, and one copy all the same."""

import re

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import Unacknowledged
from deskpost.inbound.process import process
from deskpost.transports import imap
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box, mails, take_in
from tests.servers.answering_imap import body_of, imap_server, message_id_of
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def without_move(dovecot_with) -> Dovecot:
    """A Dovecot that tells nobody of its MOVE."""
    able = "IMAP4rev1 LITERAL+ UIDPLUS"
    return dovecot_with(extra=f"protocol imap {{\n imap_capability = {able}\n}}")


@pytest.mark.pain("move-copies-and-never-deletes")
@pytest.mark.parametrize("act", ["close", "garble"])
def test_a_connection_that_breaks_between_copy_and_deletion_copies_each_mail_once(
    without_move, cutting_proxy, act
):
    made = box(without_move, after_fetching="move", move_to="Done/März")
    without_move.make_folder(made.username, "Done/März")
    proxy = cutting_proxy(without_move.imap)
    total = fired = cut = 0
    broken = set()
    for cut in range(4, 40):
        anonymous = mail(message_id=None, subject=f"Without {cut}")
        without_move.deliver_many(made.username, [*mails(2, start=10 * cut), anonymous])
        total += 3
        take_in(made)
        Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
        proxy.arm(Fault(act, after_commands=cut))
        heard = len(proxy.commands)
        fetch(made.pk)
        fired = proxy.fired
        proxy.disarm()
        broken |= {word for word in (b"COPY", b"STORE", b"EXPUNGE") if word in proxy.commands[-1]}
        take_in(made)
        there = without_move.count(made.username, "Done/März")
        assert (without_move.count(made.username), there) == (0, total), proxy.commands[heard:]
        assert not Unacknowledged.objects.exists()
        if not fired:
            break
    assert not fired, "the faults went past the last command of a fetch"
    assert broken == {b"COPY", b"STORE", b"EXPUNGE"}
    assert Record.objects.count() == total


def test_an_earlier_mail_of_the_same_message_id_in_the_other_folder_is_no_copy(without_move, cutting_proxy):
    made = box(without_move, after_fetching="move", move_to="Done")
    without_move.deliver_many(made.username, mails(1))
    without_move.make_folder(made.username, "Done")
    take_in(made)
    take_in(made)
    assert without_move.count(made.username, "Done") == 1
    without_move.deliver_many(made.username, mails(1))  # the same once more
    take_in(made)
    proxy = cutting_proxy(without_move.imap)
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    cut_at(proxy, made, b"UID COPY")
    assert Unacknowledged.objects.get().copying_since
    assert without_move.count(made.username, "Done") == 1
    take_in(made)
    assert (without_move.count(made.username), without_move.count(made.username, "Done")) == (0, 2)


def cut_at(proxy: CuttingProxy, made: Mailbox, word: bytes) -> None:
    """Fetch once, and break off instead of passing on the first command with this word."""
    for cut in range(4, 30):
        proxy.arm(Fault("close", after_commands=cut, swallow=True))
        fetch(made.pk)
        proxy.disarm()
        if word in proxy.commands[-1]:
            return
    raise AssertionError(f"no {word!r} was sent: {proxy.commands}")


class Copier:
    """A server without MOVE whose COPY takes over some mails and then refuses, which no server may do."""

    def __init__(self, count: int, most: int, refusal: bytes = b"") -> None:
        self.inbox = {
            uid: mail(message_id=f"<{uid}@x>", subject=f"Number {uid}") for uid in range(1, count + 1)
        }
        self.done: dict[int, bytes] = {}
        self.most = most
        self.refusal = refusal
        self.copied: list[int] = []
        self.open = self.inbox

    def answer(self, command: bytes) -> tuple[bytes, bytes]:
        """Act on a command as a server does."""
        if command.startswith((b"SELECT", b"EXAMINE")):
            self.open = self.inbox if b"INBOX" in command else self.done
            state = b"* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n" % (max(self.open, default=0) + 1)
            return state, b"OK done"
        if command.startswith(b"STATUS"):
            return b"* STATUS DONE (UIDNEXT %d UIDVALIDITY 7)\r\n" % (len(self.done) + 1), b"OK done"
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH %b\r\n" % b" ".join(b"%d" % uid for uid in self.open), b"OK done"
        chosen = [uid for uid in uids_in(command) if uid in self.open]
        if command.startswith(b"UID COPY"):
            return b"", self._copy(chosen)
        if command.startswith(b"UID EXPUNGE"):
            for uid in chosen:
                del self.open[uid]
            return b"", b"OK done"
        return b"".join(self._fetched(uid, command) for uid in chosen), b"OK done"

    def _copy(self, chosen: list[int]) -> bytes:
        for uid in chosen[: self.most]:
            self.done[len(self.done) + 1] = self.inbox[uid]
            self.copied.append(uid)
        return b"OK done" if len(chosen) <= self.most else self.refusal

    def _fetched(self, uid: int, command: bytes) -> bytes:
        raw = self.open[uid]
        if b"HEADER.FIELDS" in command:
            name = re.search(rb"Message-ID: (<.*?>)", raw)[1]
            size = b"* %d FETCH (UID %d RFC822.SIZE %d " % (uid, uid, len(raw))
            return message_id_of(uid, name).replace(b"* %d FETCH (UID %d " % (uid, uid), size)
        if b"BODY.PEEK[]" in command:
            return body_of(uid, raw)
        return b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, uid, len(raw))


def uids_in(command: bytes) -> list[int]:
    """The UIDs of a command's sequence set."""
    found = re.match(rb"UID [A-Z]+ ([\d,:]+)", command)
    uids: list[int] = []
    for part in found[1].split(b",") if found else ():
        first, _, last = part.partition(b":")
        uids.extend(range(int(first), int(last or first) + 1))
    return uids


@pytest.mark.parametrize("most", [3, 1])
@pytest.mark.parametrize("refusal", [b"NO the disk is full", b"NO [LIMIT] too many at once"])
def test_a_set_that_is_copied_in_part_and_then_refused_is_not_copied_twice(most, refusal):
    server = Copier(7, most, refusal)
    made = mailbox(port=imap_server(server.answer, able=b"UIDPLUS"), after_fetching="move", move_to="Done")
    take_in(made)
    for _ in range(7):
        fetch(made.pk)  # one that asks for patience ends the fetch
    assert sorted(server.copied) == list(range(1, 8))
    assert server.inbox == {}
    assert not Unacknowledged.objects.exists()


def test_after_a_refused_deletion_only_what_was_copied_is_taken_for_copied(monkeypatch):
    monkeypatch.setattr(imap, "_COPY_AT_ONCE", 2)
    server = Copier(5, 5)
    may_delete = []

    def answer(command: bytes) -> tuple[bytes, bytes]:
        if command.startswith(b"UID STORE") and not may_delete:
            return b"", b"NO read-only for you"
        return server.answer(command)

    made = mailbox(port=imap_server(answer, able=b"UIDPLUS"), after_fetching="move", move_to="Done")
    take_in(made)
    take_in(made)
    assert server.copied == [1, 2]
    assert Unacknowledged.objects.filter(copied=True).count() == 2
    may_delete.append(True)
    take_in(made)
    assert sorted(server.copied) == [1, 2, 3, 4, 5]
    assert server.inbox == {}


@pytest.mark.pain("move-copies-and-never-deletes")
def test_a_server_that_copies_and_then_refuses_to_delete_gets_one_copy():
    raw, copies = mail(), []

    def answer(command: bytes) -> tuple[bytes, bytes]:
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH 1\r\n", b"OK done"
        if b"RFC822.SIZE" in command:
            return b"* 1 FETCH (UID 1 RFC822.SIZE %d)\r\n" % len(raw), b"OK done"
        if b"HEADER.FIELDS" in command:
            return message_id_of(1, b"<1@acme.example>"), b"OK done"
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
