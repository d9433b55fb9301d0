"""A mail whose header is megabytes long, by accident or ill will, keeps no other mail of its mailbox back."""

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.messages import InboundMessage, Unacknowledged
from tests.inbound.test_fetch import box, take_in
from tests.servers.dovecot import Dovecot
from tests.transports.builders import mail, mail_below

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("protocol", "name", "act", "folder"),
    [
        ("pop", "X-Pad", "delete", ""),
        ("imap", "Message-ID", "delete", ""),
        ("imap", "Message-ID", "move", "Done"),
    ],
)
def test_a_mail_with_a_header_of_megabytes_is_taken_and_acknowledged(
    dovecot: Dovecot, protocol: str, name: str, act: str, folder: str
) -> None:
    made = box(dovecot, protocol, after_fetching=act, move_to=folder)
    if folder:
        dovecot.make_folder(made.username, folder)
    dovecot.deliver(made.username, mail_below(name, 3))
    assert take_in(made) == 1
    dovecot.deliver_many(made.username, [mail(3), mail(4)])
    assert take_in(made) == 2
    assert take_in(made) == 0
    assert Record.objects.count() == 3
    assert dovecot.count(made.username, folder or "INBOX") == (3 if folder else 0)
    assert dovecot.count(made.username) == 0
    assert not Unacknowledged.objects.exists()


@pytest.mark.parametrize("protocol", ["pop", "imap"])
def test_mails_behind_one_that_is_too_large_by_its_header_alone_are_fetched(
    dovecot: Dovecot, protocol: str
) -> None:
    made = box(dovecot, protocol, max_size_mb=1, after_fetching="leave")
    dovecot.deliver_many(made.username, [mail_below("X-Pad", 6), mail(3), mail(4)])
    assert take_in(made) == 3
    assert take_in(made) == 0
    assert [*InboundMessage.objects.order_by("id").values_list("truncated", flat=True)] == [
        True,
        False,
        False,
    ]
