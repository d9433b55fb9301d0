"""Fetching from a real Cyrus, a second opinion beside Dovecot's: from the mailbox to requests, and moved there."""

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.collecting.sources import sample
from deskpost.inbound.mailboxes import MailboxState
from deskpost.inbound.messages import Unacknowledged
from tests.inbound.builders import mailbox
from tests.inbound.test_fetch import mails, take_in
from tests.servers.cyrus import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


def test_mail_of_cyrus_becomes_requests_once_and_is_moved(cyrus):
    user = cyrus.new_user()
    made = mailbox(
        f"Box {user}",
        protocol="imaps",
        port=cyrus.imaps,
        tls="implicit",
        ca_file=cyrus.ca_file,
        username=user,
        password=PASSWORD,
        after_fetching="move",
        move_to="Done",
    )
    cyrus.deliver(user, mails(3))
    shown = sample(made)
    assert shown is not None and shown.count == 3
    assert take_in(made) == 3
    assert take_in(made) == 0
    assert list(Record.objects.order_by("number").values_list("subject", flat=True)) == [
        "Number 1",
        "Number 2",
        "Number 3",
    ]
    assert cyrus.mails(user) == []
    assert len(cyrus.mails(user, "Done")) == 3
    assert not Unacknowledged.objects.exists()
    assert MailboxState.objects.get(mailbox=made).junk_new == 0, "the folder of junk is found by its use"
