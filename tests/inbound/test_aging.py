"""POP mail that is left at its server for a time: deleted there once it is old enough here, and only then."""

from datetime import timedelta

import pytest
from django.db.models import F

from deskpost.desk.records import Record
from deskpost.inbound.collecting import acknowledge, aging
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailbox_rules import refusals
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, Unacknowledged
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box, mails, take_in
from tests.servers.scripted import Line

pytestmark = pytest.mark.usefixtures("database")


def grow_older(days: float) -> None:
    """As if all that is held had been taken so much earlier."""
    InboundMessage.objects.update(received_at=F("received_at") - timedelta(days=days))


def test_mail_left_by_pop_is_deleted_once_it_has_been_held_for_so_many_days(dovecot):
    made = box(dovecot, "pop", after_fetching="leave", leave_days=14)
    dovecot.deliver_many(made.username, mails(3))
    take_in(made)
    grow_older(13.9)
    take_in(made)
    assert dovecot.count(made.username) == 3
    grow_older(0.2)
    dovecot.deliver_many(made.username, mails(2, start=10))
    take_in(made)
    assert dovecot.count(made.username) == 2
    assert Record.objects.count() == 5
    assert not Unacknowledged.objects.exists()
    assert take_in(made) == 0


def test_mail_left_by_pop_without_a_limit_stays_for_ever(dovecot):
    made = box(dovecot, "pop", after_fetching="leave")
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    grow_older(10_000)
    take_in(made)
    assert dovecot.count(made.username) == 2


def test_only_mail_that_is_held_and_settled_is_deleted_for_its_age(dovecot):
    made = box(dovecot, "pop", after_fetching="leave", leave_days=1, max_size_mb=1)
    dovecot.deliver(made.username, mail(message_id="<large@x>", text="x" * 1_200_000))
    assert fetch(made.pk).collected == 1
    dovecot.deliver_many(made.username, mails(1))
    take_in(made)  # the large one is an error mail now
    dovecot.deliver_many(made.username, mails(1, start=5))
    assert fetch(made.pk).collected == 1  # and this one has no outcome yet
    grow_older(2)
    assert fetch(made.pk).failure is None
    assert sorted(b"large@x" in raw for raw in dovecot.mails(made.username)) == [False, True]


def test_mail_that_was_there_before_the_first_start_and_not_taken_is_never_deleted(dovecot):
    made = box(dovecot, "pop", first_fetch="new", after_fetching="leave", leave_days=1)
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    dovecot.deliver_many(made.username, mails(1, start=10))
    take_in(made)
    grow_older(2)
    take_in(made)
    assert dovecot.count(made.username) == 2


def test_a_limit_given_later_holds_for_mail_taken_before(dovecot):
    made = box(dovecot, "pop", after_fetching="leave")
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    grow_older(8)
    Mailbox.objects.filter(pk=made.pk).update(leave_days=7)
    take_in(made)
    assert dovecot.count(made.username) == 0


def test_mail_that_was_to_be_deleted_at_once_waits_for_its_age_when_the_mailbox_leaves_it_now(dovecot):
    made = box(dovecot, "pop", after_fetching="delete")
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    Mailbox.objects.filter(pk=made.pk).update(after_fetching="leave", leave_days=7)
    take_in(made)
    assert dovecot.count(made.username) == 2
    grow_older(8)
    take_in(made)
    assert dovecot.count(made.username) == 0


def test_more_old_mail_than_is_deleted_at_once_goes_fetch_by_fetch(dovecot, monkeypatch):
    monkeypatch.setattr(aging, "AT_ONCE", 2)
    monkeypatch.setattr(acknowledge, "AT_ONCE", 2)
    made = box(dovecot, "pop", after_fetching="leave", leave_days=1)
    dovecot.deliver_many(made.username, mails(5))
    take_in(made)
    grow_older(2)
    left = []
    for _ in range(3):
        take_in(made)
        left.append(dovecot.count(made.username))
    assert left == [3, 1, 0]


def test_an_old_mail_whose_deletion_is_refused_keeps_back_no_other_and_the_words_are_kept(
    scripted, monkeypatch
):
    monkeypatch.setattr(aging, "AT_ONCE", 1)
    raws = {number: mail(message_id=f"<{number}@x>").replace(b"\n", b"\r\n") for number in (1, 2)}

    def script(line: Line) -> None:
        line.say(b"+OK ready")
        while words := line.hear().split():
            match words[0].upper():
                case b"LIST":
                    line.say(b"+OK", *(b"%d %d" % (n, len(raw)) for n, raw in raws.items()), b".")
                case b"UIDL":
                    line.say(b"+OK", *(b"%d u%d" % (n, n) for n in raws), b".")
                case b"RETR" | b"TOP":
                    line.say(b"+OK")
                    line.say_raw(raws[int(words[1])] + b".\r\n")
                case b"DELE" if words[1] == b"1":
                    line.say(b"-ERR it is under legal hold")
                case b"CAPA":
                    line.say(b"-ERR no")
                case _:
                    line.say(b"+OK")

    served = scripted(script)
    made = mailbox(protocol="pop", port=served.port, after_fetching="leave", leave_days=1)
    take_in(made)
    grow_older(2)
    take_in(made)
    take_in(made)
    assert b"DELE 2" in served.heard
    assert "legal hold" in Unacknowledged.objects.get().reason


@pytest.mark.parametrize(
    ("protocol", "after", "says"),
    [
        ("imap", "leave", "only POP has an age limit"),
        ("pop", "delete", "goes with after_fetching leave alone"),
        ("pop", "leave", None),
    ],
)
def test_an_age_limit_goes_with_leaving_mail_at_a_pop_server_alone(protocol, after, says):
    values = {
        "protocol": protocol,
        "server": "127.0.0.1",
        "port": 110,
        "tls": "none",
        "authentication": "basic",
        "push": False,
        "username": "help",
        "password": "pw",
        "verify_certificate": True,
        "addresses": ["help@desk.example"],
        "source_folder": "INBOX",
        "after_fetching": after,
        "move_to": "",
        "leave_days": 14,
    }
    found = [words for field, words in refusals(values) if field == "leave_days"]
    assert (says in found[0]) if says else (not found)
