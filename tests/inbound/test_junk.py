"""Mail that the server takes for junk: Deskpost does not fetch it, and says that it is there."""

from datetime import timedelta

import pytest
from django.db.models import F

from deskpost.inbound import describe
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching, stop_fetching
from tests.command_line import deskpost
from tests.inbound.test_fetch import box, mails, take_in
from tests.servers.cutting_proxy import Fault
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.usefixtures("database")


def later(minutes: float) -> None:
    """As if the folders of junk had been looked into so much earlier."""
    MailboxState.objects.update(junk_looked_at=F("junk_looked_at") - timedelta(minutes=minutes))


def counted(made: Mailbox) -> int | None:
    return MailboxState.objects.get(mailbox=made).junk_new


@pytest.mark.parametrize("folder", ["Junk", "Spam", "Junk E-mail", "INBOX/Junk"])
def test_mail_that_came_into_junk_since_fetching_was_started_is_counted(dovecot, folder):
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(3), folder)
    assert take_in(made) == 0
    assert counted(made) == 0, "what was there before is not new"
    dovecot.deliver_many(made.username, mails(2, start=10), folder)
    dovecot.deliver_many(made.username, mails(1, start=20))
    later(10)
    assert take_in(made) == 1, "mail in junk is not fetched"
    assert counted(made) == 2
    dovecot.expunge(made.username, "4", folder)  # somebody looks through it
    later(10)
    take_in(made)
    assert counted(made) == 1
    assert dovecot.unseen(made.username, folder) == 4


def test_the_folder_that_the_server_calls_junk_is_taken_whatever_its_name(dovecot_with):
    server: Dovecot = dovecot_with(
        extra='namespace inbox {\n mailbox "Unerwünscht" {\n special_use = \\Junk\n }\n}'
    )
    made = box(server)
    server.make_folder(made.username, "Junk")
    server.make_folder(made.username, "Unerwünscht")
    take_in(made)
    server.deliver_many(made.username, mails(5), "Junk")
    server.deliver_many(made.username, mails(2), "Unerwünscht")
    later(10)
    take_in(made)
    assert counted(made) == 2


def test_junk_is_looked_into_every_ten_minutes_at_most(dovecot, cutting_proxy):
    made = box(dovecot)
    dovecot.make_folder(made.username, "Junk")
    proxy = cutting_proxy(dovecot.imap)
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    take_in(made)
    looks = [sum(b" LIST " in command for command in proxy.commands)]
    for minutes in (0, 9.9, 0.2):
        later(minutes)
        take_in(made)
        looks.append(sum(b" LIST " in command for command in proxy.commands))
    assert looks[0] > 0
    assert looks[1:3] == [looks[0]] * 2
    assert looks[3] > looks[2]


@pytest.mark.parametrize("word", [b" LIST ", b" STATUS ", b" EXAMINE ", b" SEARCH "])
@pytest.mark.parametrize("act", ["close", "garble"])
def test_trouble_with_looking_into_junk_is_no_trouble_with_fetching(dovecot, cutting_proxy, word, act):
    made = box(dovecot)
    dovecot.make_folder(made.username, "Junk")
    take_in(made)
    dovecot.deliver_many(made.username, mails(1), "Junk")
    proxy = cutting_proxy(dovecot.imap)
    Mailbox.objects.filter(pk=made.pk).update(port=proxy.port)
    later(10)
    take_in(made)
    last = max(number for number, command in enumerate(proxy.commands, start=1) if word in command)
    dovecot.deliver_many(made.username, mails(1, start=10), "Junk")
    later(10)
    proxy.arm(Fault(act, after_commands=last, swallow=True))
    found = fetch(made.pk)
    assert proxy.fired
    assert found.failure is None
    state = MailboxState.objects.get(mailbox=made)
    assert (state.failing_since, state.reason, state.junk_new) == (None, "", 1)
    proxy.disarm()
    later(10)
    take_in(made)
    assert counted(made) == 2


def test_stopping_and_starting_begins_the_count_anew(dovecot):
    made = box(dovecot)
    dovecot.make_folder(made.username, "Junk")
    take_in(made)
    dovecot.deliver_many(made.username, mails(2), "Junk")
    later(10)
    take_in(made)
    assert counted(made) == 2
    stop_fetching(None, "cli", made)
    assert counted(made) == 2
    start_fetching(None, "cli", made)
    assert counted(made) is None
    take_in(made)
    assert counted(made) == 0


def test_a_folder_of_junk_with_other_numbers_is_counted_from_then_on(dovecot):
    made = box(dovecot)
    dovecot.make_folder(made.username, "Junk")
    take_in(made)
    dovecot.deliver_many(made.username, mails(2), "Junk")
    dovecot.change_uid_validity(made.username, "Junk")
    later(10)
    take_in(made)
    assert counted(made) == 0
    dovecot.deliver_many(made.username, mails(1, start=10), "Junk")
    later(10)
    take_in(made)
    assert counted(made) == 1


@pytest.mark.parametrize(
    ("protocol", "source", "others"),
    [
        ("pop", "INBOX", ["Junk"]),
        ("imap", "INBOX", []),
        ("imap", "Junk", []),
        ("imap", "INBOX", ["Acme/Junk"]),
    ],
)
def test_where_there_is_no_folder_of_junk_nothing_is_known(dovecot, protocol, source, others):
    made = box(dovecot, protocol, source_folder=source)
    for folder in (source, *others):
        dovecot.make_folder(made.username, folder)
    dovecot.deliver_many(made.username, mails(1), source)
    assert take_in(made) == 1
    assert counted(made) is None


def test_new_mail_in_junk_is_shown_in_the_list_of_mailboxes(dovecot):
    made = box(dovecot)
    dovecot.make_folder(made.username, "Junk")
    take_in(made)
    dovecot.deliver_many(made.username, mails(7), "Junk")
    later(10)
    take_in(made)
    assert describe.mailboxes_json()[0]["junk_new"] == 7
    head, line = deskpost("mailboxes").out.splitlines()
    assert line[head.index("New in junk") :].split()[0] == "7"
