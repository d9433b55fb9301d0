"""Moves and deletions that a server refuses: mail by mail, in words, tried again, and with no second request."""

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import MailOutcome, Unacknowledged
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box, mails, take_in
from tests.servers.answering_imap import body_of, imap_server, message_id_of
from tests.servers.dovecot import Dovecot
from tests.servers.scripted import Line

pytestmark = pytest.mark.usefixtures("database")

QUOTA = """
mail_plugins = quota
protocol imap {
  mail_plugins = quota
  imap_capability = IMAP4rev1 UIDPLUS
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:bytes=80K
}
"""


@pytest.fixture
def nearly_full(dovecot_with) -> Dovecot:
    """A Dovecot without MOVE whose users have room for 80 kB."""
    return dovecot_with(extra=QUOTA)


def test_a_mail_that_finds_no_room_in_the_other_folder_keeps_back_no_other(nearly_full):
    made = box(nearly_full, after_fetching="move", move_to="Done")
    nearly_full.make_folder(made.username, "Done")
    large = mail(message_id="<large@x>", subject="Large", text="many words " * 5_000)
    first, second = mails(2)
    nearly_full.deliver_many(made.username, [first, large, second])
    take_in(made)
    for refusals in (1, 2):
        take_in(made)
        assert nearly_full.count(made.username, "Done") == 2
        (left,) = nearly_full.mails(made.username)
        assert b"<large@x>" in left
        waiting = Unacknowledged.objects.get()
        assert waiting.refusals == refusals
        assert "refused to copy mails" in waiting.reason
        assert "Quota exceeded" in waiting.reason
        assert "To do" in waiting.reason
    assert Record.objects.count() == 3
    assert MailboxState.objects.get(mailbox=made).failing_since is None
    nearly_full.expunge(made.username, "2")  # somebody clears up by hand
    take_in(made)
    assert not Unacknowledged.objects.exists()
    assert Record.objects.count() == 3


@pytest.mark.parametrize(
    ("act", "folder", "verb"), [("delete", "", b"UID STORE"), ("move", "Done", b"UID MOVE")]
)
def test_a_mail_that_may_not_be_moved_or_deleted_keeps_back_no_other(act, folder, verb):
    """The server refuses whatever mail 2 is among, as one does with a mail under legal hold."""
    there = {number: mail(message_id=f"<{number}@x>", subject=f"Number {number}") for number in (1, 2, 3)}
    held = {2}
    asked: list[bytes] = []

    def answer(command: bytes) -> tuple[bytes, bytes]:
        chosen = [number for number in there if _names(command, number)]
        if command.startswith((b"SELECT", b"EXAMINE")):
            return b"* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n", b"OK done"
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH %b\r\n" % b" ".join(b"%d" % number for number in there), b"OK done"
        if command.startswith(verb):
            asked.append(command)
            if held.intersection(chosen):
                return b"", b"NO mail 2 is under legal hold"
            if verb == b"UID MOVE":
                for number in chosen:
                    del there[number]
        if command.startswith(b"UID EXPUNGE"):
            for number in chosen:
                del there[number]
        if b"HEADER.FIELDS" in command:
            return b"".join(message_id_of(n, b"<%d@x>" % n) for n in chosen), b"OK done"
        if b"BODY.PEEK[]" in command:
            return b"".join(body_of(number, there[number]) for number in chosen), b"OK done"
        if b"RFC822.SIZE" in command:
            size = b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n"
            return b"".join(size % (n, n, len(there[n])) for n in chosen), b"OK done"
        return b"", b"OK done"

    able = b"UIDPLUS MOVE"
    made = mailbox(port=imap_server(answer, able=able), after_fetching=act, move_to=folder)
    assert take_in(made) == 3
    assert take_in(made) == 0
    assert list(there) == [2]
    waiting = Unacknowledged.objects.get()
    assert (waiting.mail.uid, waiting.refusals) == ("2", 1)
    assert "mail 2 is under legal hold" in waiting.reason
    assert f"refused to {act} mails" in waiting.reason
    take_in(made)
    assert Unacknowledged.objects.get().refusals == 2
    held.clear()
    take_in(made)
    assert not there
    assert not Unacknowledged.objects.exists()
    assert Record.objects.count() == 3
    assert len(asked) == 6, "all together, each by itself, the one left twice"


@pytest.mark.parametrize(
    ("end", "words"),
    [(b"NO it is damaged", "it is damaged"), (b"OK done", "it answered without the mail")],
)
def test_a_large_mail_whose_header_is_not_given_has_its_trace_and_keeps_back_no_other(end, words):
    raw = mail()

    def answer(command: bytes) -> tuple[bytes, bytes]:
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH 1 2\r\n", b"OK done"
        if b"BODY.PEEK[HEADER]" in command:
            return b"", end
        if b"BODY.PEEK[]" in command:
            return body_of(2, raw), b"OK done"
        if b"RFC822.SIZE" in command:
            line = b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n"
            sizes = {1: 90_000_000, 2: len(raw)}
            return b"".join(
                line % (n, n, size) for n, size in sizes.items() if _names(command, n)
            ), b"OK done"
        return b"", b"OK done"

    made = mailbox(port=imap_server(answer), after_fetching="delete", max_size_mb=1)
    assert take_in(made) == 2
    assert MailboxState.objects.get(mailbox=made).bookmark == "2"
    error = MailOutcome.objects.get(kind="error")
    assert (error.mail.uid, error.mail.size) == ("1", 90_000_000)
    assert f"would not give it: {words}. It is still there" in error.reason
    assert Record.objects.count() == 1
    assert Unacknowledged.objects.get().mail.uid == "2"


@pytest.fixture
def without_uidplus(dovecot_with) -> Dovecot:
    """A Dovecot that tells nobody of its MOVE and its UIDPLUS."""
    return dovecot_with(extra="protocol imap {\n imap_capability = IMAP4rev1\n}")


@pytest.mark.parametrize(("act", "copies"), [("delete", 0), ("move", 2)])
def test_mails_wait_while_somebody_elses_are_marked_deleted_in_their_folder(
    without_uidplus, cutting_proxy, act, copies
):
    made = box(without_uidplus, after_fetching=act, move_to="Done", first_fetch="new")
    proxy = cutting_proxy(without_uidplus.imap)
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    user = made.username
    without_uidplus.make_folder(user, "Done")
    without_uidplus.deliver_many(user, mails(1, start=9))
    take_in(made)
    without_uidplus.doveadm("flags", "add", "-u", user, "\\Deleted", "mailbox", "INBOX", "uid", "1")
    without_uidplus.deliver_many(user, mails(2))
    take_in(made)
    for refusals in (1, 2, 3):
        assert fetch(made.pk).failure is None
        assert (without_uidplus.count(user), without_uidplus.count(user, "Done")) == (3, copies)
        marked = without_uidplus.doveadm("fetch", "-u", user, "uid", "mailbox", "INBOX", "deleted")
        assert marked.split() == ["uid:", "1"]
        for waiting in Unacknowledged.objects.all():
            assert waiting.refusals == refusals
            assert "marked as deleted" in waiting.reason
            assert "To do" in waiting.reason
        assert Unacknowledged.objects.filter(copied=act == "move").count() == 2
    asked = [command for command in proxy.commands if b"SEARCH DELETED" in command]
    assert len(asked) == 3, "once for all mails at each fetch"
    without_uidplus.expunge(user, "1")
    take_in(made)
    assert (without_uidplus.count(user), without_uidplus.count(user, "Done")) == (0, copies)
    assert not Unacknowledged.objects.exists()
    assert Record.objects.count() == 2


def test_marks_set_by_a_deletion_that_was_refused_do_not_stop_the_next():
    """A server without UIDPLUS marks what it may of a set, and then refuses because of mail 2."""
    there = {number: mail(message_id=f"<{number}@x>", subject=f"Number {number}") for number in (1, 2, 3)}
    marked: set[int] = set()

    def answer(command: bytes) -> tuple[bytes, bytes]:
        chosen = {number for number in there if _names(command, number)}
        if command.startswith(b"UID SEARCH"):
            found = marked if b"DELETED" in command else there
            return b"* SEARCH %b\r\n" % b" ".join(b"%d" % number for number in sorted(found)), b"OK done"
        if command.startswith(b"UID STORE"):
            free = chosen - {2}
            marked.update(free) if b"+FLAGS" in command else marked.difference_update(chosen)
            return b"", b"OK done" if free == chosen else b"NO mail 2 is under legal hold"
        if command.startswith(b"EXPUNGE"):
            for number in marked:
                del there[number]
            marked.clear()
        if b"HEADER.FIELDS" in command:
            return b"".join(message_id_of(n, b"<%d@x>" % n) for n in sorted(chosen)), b"OK done"
        if b"BODY.PEEK[]" in command:
            return b"".join(body_of(n, there[n]) for n in sorted(chosen)), b"OK done"
        if b"RFC822.SIZE" in command:
            size = b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n"
            return b"".join(size % (n, n, len(there[n])) for n in sorted(chosen)), b"OK done"
        return b"", b"OK done"

    made = mailbox(port=imap_server(answer), after_fetching="delete")
    assert take_in(made) == 3
    take_in(made)
    assert list(there) == [2]
    assert not marked
    assert "legal hold" in Unacknowledged.objects.get().reason


def _names(command: bytes, number: int) -> bool:
    """Whether a command's sequence set has this UID."""
    words = command.split()
    for part in words[2].split(b",") if words[0] == b"UID" and len(words) > 2 else ():
        first, _, last = part.partition(b":")
        if first.isdigit() and int(first) <= number <= int(last or first):
            return True
    return False


def test_a_deletion_that_pop_refuses_at_once_is_told_and_tried_again(scripted):
    raws = {number: mail(message_id=f"<{number}@x>").replace(b"\n", b"\r\n") for number in (1, 2, 3)}
    held = {b"2"}
    deleted: set[bytes] = set()

    def script(line: Line) -> None:
        line.say(b"+OK ready")
        marked: set[bytes] = set()
        while words := line.hear().split():
            there = {n: raw for n, raw in raws.items() if b"%d" % n not in deleted}
            match words[0].upper():
                case b"LIST":
                    line.say(b"+OK", *(b"%d %d" % (n, len(raw)) for n, raw in there.items()), b".")
                case b"UIDL":
                    line.say(b"+OK", *(b"%d u%d" % (n, n) for n in there), b".")
                case b"RETR" | b"TOP":
                    line.say(b"+OK")
                    line.say_raw(raws[int(words[1])] + b".\r\n")
                case b"DELE" if words[1] in held:
                    line.say(b"-ERR it is under legal hold")
                case b"DELE":
                    marked.add(words[1])
                    line.say(b"+OK")
                case b"CAPA":
                    line.say(b"-ERR no")
                case b"QUIT":
                    deleted.update(marked)
                    line.say(b"+OK")
                case _:
                    line.say(b"+OK")

    made = mailbox(protocol="pop", port=scripted(script).port, after_fetching="delete")
    take_in(made)
    take_in(made)
    assert deleted == {b"1", b"3"}
    waiting = Unacknowledged.objects.get()
    assert waiting.mail.uid == "u2"
    assert "legal hold" in waiting.reason
    held.clear()
    take_in(made)
    assert deleted == {b"1", b"2", b"3"}
    assert not Unacknowledged.objects.exists()
    assert Record.objects.count() == 3


def test_a_folder_that_is_gone_is_a_refused_move_and_no_failing_mailbox(nearly_full):
    made = box(nearly_full, after_fetching="move", move_to="No such folder")
    nearly_full.deliver_many(made.username, mails(2))
    take_in(made)
    assert fetch(made.pk).failure is None
    assert [one.refusals for one in Unacknowledged.objects.all()] == [1, 1]
    assert all("No such folder" in one.reason for one in Unacknowledged.objects.all())
    assert nearly_full.count(made.username) == 2
