"""A mailbox that is fetched from another folder: another source, with its own numbers and its own beginning."""

from pathlib import Path

import pytest

from deskpost import settings_file
from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, MailOutcome, Present, Unacknowledged
from tests.inbound.test_fetch import box, mails, take_in

pytestmark = pytest.mark.usefixtures("database")


def change(made: Mailbox, folder: Path, **keys: str) -> Mailbox:
    """Change a mailbox by a settings file, as people do."""
    path = folder / "change.yaml"
    said = ", ".join(f"{key}: {value}" for key, value in keys.items())
    path.write_text(f"mailboxes: [{{name: {made.name}, {said}}}]")
    settings_file.apply(settings_file.read(path))
    return Mailbox.objects.get(pk=made.pk)


def test_the_same_numbers_in_another_folder_are_other_mails(dovecot, tmp_path):
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(3))
    assert take_in(made) == 3
    dovecot.deliver_many(made.username, mails(2, start=10), "Support")
    made = change(made, tmp_path, source_folder="Support")
    assert (made.source_number, made.fetching) == (2, True)
    assert take_in(made) == 2
    assert take_in(made) == 0
    assert list(InboundMessage.objects.order_by("pk").values_list("folder", "uid", "source_number")) == [
        ("INBOX", "1", 1),
        ("INBOX", "2", 1),
        ("INBOX", "3", 1),
        ("Support", "1", 2),
        ("Support", "2", 2),
    ]
    assert Record.objects.count() == 5


def test_the_first_fetch_holds_again_for_another_folder(dovecot, tmp_path):
    made = box(dovecot, first_fetch="new")
    take_in(made)
    dovecot.deliver_many(made.username, mails(1))
    assert take_in(made) == 1
    dovecot.deliver_many(made.username, mails(2, start=10), "Support")
    made = change(made, tmp_path, source_folder="Support")
    assert take_in(made) == 0
    dovecot.deliver_many(made.username, mails(1, start=20), "Support")
    assert take_in(made) == 1


def test_what_waited_to_be_deleted_in_the_old_folder_stays_there(dovecot, tmp_path):
    made = box(dovecot, after_fetching="delete")
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    assert Unacknowledged.objects.count() == 2
    dovecot.deliver_many(made.username, mails(2, start=10), "Support")
    made = change(made, tmp_path, source_folder="Support")
    take_in(made)
    assert dovecot.count(made.username) == 2, "Deskpost is no more at home in this folder"
    take_in(made)
    assert dovecot.count(made.username, "Support") == 0
    assert not Unacknowledged.objects.exists()


def test_back_in_the_old_folder_its_mails_are_known_by_their_content(dovecot, tmp_path):
    made = box(dovecot)
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    dovecot.make_folder(made.username, "Support")
    take_in(change(made, tmp_path, source_folder="Support"))
    made = change(made, tmp_path, source_folder="INBOX")
    assert made.source_number == 3
    dovecot.deliver_many(made.username, mails(1, start=5))
    assert take_in(made) == 3
    assert Record.objects.count() == 3
    assert MailOutcome.objects.filter(kind="duplicate").count() == 2


def test_from_pop_to_imap_a_mailbox_makes_no_second_request_of_its_mail(dovecot, tmp_path):
    made = box(dovecot, "pop")
    dovecot.deliver_many(made.username, mails(2))
    take_in(made)
    made = change(made, tmp_path, protocol="imap", port=str(dovecot.imap), after_fetching="mark_read")
    assert take_in(made) == 2
    assert Record.objects.count() == 2
    assert not Present.objects.exists()
    assert MailboxState.objects.get(mailbox=made).validity
