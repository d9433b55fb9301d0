"""What a first fetch would take is counted, and shown, before it is taken."""

import pytest

from deskpost.inbound.collecting import first_fetch
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, Present
from tests.command_line import deskpost, follows
from tests.inbound.builders import mail, mailbox
from tests.inbound.test_fetch import box, mails, take_in
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.usefixtures("database")


def written_before(count: int) -> list[bytes]:
    old = [mail(message_id=f"<old{n}@acme.example>", subject=f"Old {n}") for n in range(count)]
    return [raw.replace(b"23 Nov 2026", b"01 Oct 2026") for raw in old]


def count(made: Mailbox) -> first_fetch.Count:
    with open_source(made, read_only=True) as source:
        return first_fetch.count(made, source)


@pytest.mark.parametrize(
    ("protocol", "choice", "takes"),
    [
        ("imap", "new", 0),
        ("imap", "everything", 5),
        ("imap", "2020-01-01", 5),
        ("imap", "2999-01-01", 0),
        ("pop", "new", 0),
        ("pop", "everything", 5),
        ("pop", "2026-11-20", 3),
    ],
)
def test_the_count_is_what_the_first_fetch_then_takes(dovecot: Dovecot, protocol, choice, takes):
    made = box(dovecot, protocol, first_fetch=choice)
    dovecot.deliver_many(made.username, [*written_before(2), *mails(3)])
    assert count(made) == first_fetch.Count(takes, 5)
    assert dovecot.unseen(made.username) == 5, "nothing was changed at the server"
    assert not Present.objects.exists(), "nor here"
    assert MailboxState.objects.get().first_started_at is None
    take_in(made)
    assert InboundMessage.objects.count() == takes


def test_a_mail_without_a_date_counts_as_one_that_is_taken(dovecot: Dovecot):
    made = box(dovecot, "pop", first_fetch="2026-11-20")
    undated = mail().replace(b"Date: Mon, 23 Nov 2026 09:00:00 +0100\n", b"")
    dovecot.deliver_many(made.username, [undated, *written_before(1)])
    assert count(made) == first_fetch.Count(1, 2)


def test_an_empty_mailbox_counts_nothing(dovecot: Dovecot):
    assert count(box(dovecot, "pop", first_fetch="2026-11-20")) == first_fetch.Count(0, 0)


def test_the_command_line_counts_for_the_mailboxes_whose_first_fetch_is_to_come(dovecot: Dovecot):
    done, to_come = box(dovecot, first_fetch="new"), box(dovecot, first_fetch="everything", fetching=False)
    take_in(done)
    dovecot.deliver_many(to_come.username, mails(2))
    mailbox("Away", port=1)
    listed = deskpost("mailboxes", "--first-fetch", "--json")
    assert listed.code == 0, listed.err
    follows("mailboxes", listed.json)
    found = {one["name"]: one["first_fetch"] for one in listed.json}
    assert found[done.name] is None
    assert found[to_come.name] == {"choice": "everything", "takes": 2, "there": 2, "reason": None}
    assert found["Away"]["takes"] is None
    assert "To do:" in found["Away"]["reason"]


def test_people_read_the_counts_in_a_table(dovecot: Dovecot):
    made = box(dovecot, first_fetch="2020-01-01")
    dovecot.deliver_many(made.username, mails(2))
    head, line = deskpost("mailboxes", "--first-fetch").out.splitlines()
    assert head.split() == ["Mailbox", "First", "fetch", "Takes", "There", "now", "Reason"]
    assert line.split()[-3:] == ["2020-01-01", "2", "2"]
