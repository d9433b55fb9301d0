"""The limit of an error folder goes by what its server counts in it, at a real Dovecot."""

import imaplib
import io
import zipfile

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.error_folder import download as error_download
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.error_folder.gone import NOT_THERE, VANISHED
from deskpost.inbound.error_folder.mails import ErrorMail, Place, unsolved
from deskpost.inbound.mailboxes import Mailbox, start_fetching
from deskpost.inbound.process import process
from deskpost.outbound.outbox import OutboxMail
from tests.inbound.test_error_folder import (
    POISON,
    kinds,
    letter,
    listed,
    poison,
    state,
    take_in,
    with_folder,
)
from tests.outbound import builders as make
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["poison"]

pytestmark = pytest.mark.usefixtures("database")


def empty(made: Mailbox, folder: str = "Errors") -> None:
    """Delete all mails of a folder, as a person does in a mail program."""
    client = imaplib.IMAP4("127.0.0.1", made.port)
    client.login(made.username, PASSWORD)
    client.select(folder)
    client.store("1:*", "+FLAGS", "\\Deleted")
    client.expunge()
    client.logout()


def come(dovecot: Dovecot, made: Mailbox, *letters: bytes) -> bool:
    """Let mails come, be processed, moved and what then goes on; tell whether fetching is on still."""
    dovecot.deliver_many(made.username, list(letters))
    take_in(made)
    process(made.pk)
    take_in(made)
    made.refresh_from_db()
    return made.fetching


def test_a_folder_that_somebody_emptied_counts_as_empty(dovecot, poison):
    made = with_folder(dovecot, error_stop_after=3)
    assert come(dovecot, made, letter(1, POISON), letter(2, POISON))
    empty(made)
    assert come(dovecot, made, letter(3, POISON), letter(4))
    assert state(made).error_total == dovecot.count(made.username, "Errors") == 1
    assert kinds() == ["error", "error", "error", "request"]
    assert come(dovecot, made, letter(5, POISON))
    assert not come(dovecot, made, letter(6, POISON))
    assert "holds 3 mails, and fetching stops at 3" in state(made).reason


def test_mails_that_lay_in_the_folder_before_count(dovecot, poison):
    made = with_folder(dovecot, error_stop_after=3)
    dovecot.make_folder(made.username, "Errors")
    for number in range(2):
        dovecot.deliver(made.username, letter(80 + number), "Errors")
    assert not come(dovecot, made, letter(1, POISON), letter(2))
    assert "holds 3 mails, and fetching stops at 3" in state(made).reason


def test_a_folder_that_the_server_refuses_stops_nothing_and_tells_nobody(dovecot, poison):
    listed(True)
    made = with_folder(dovecot, "Errors//x", error_stop_after=2)
    assert come(dovecot, made, letter(1, POISON), letter(2, POISON), letter(3), letter(4, POISON), letter(5))
    assert come(dovecot, made, letter(6, POISON), letter(7))
    assert Record.objects.count() == 3
    assert set(ErrorMail.objects.values_list("place", flat=True)) == {Place.TO_MOVE}
    assert not OutboxMail.objects.filter(event="error_folder_full").exists()


def test_while_the_folder_is_full_each_error_mail_stops_fetching_again(dovecot, poison):
    made = with_folder(dovecot, error_stop_after=2)
    assert not come(dovecot, made, letter(1, POISON), letter(2, POISON), letter(3))
    start_fetching(None, "page", made)
    assert come(dovecot, made, letter(4))
    assert Record.objects.count() == 2
    assert not come(dovecot, made, letter(5, POISON), letter(6))
    assert Record.objects.count() == 2


def test_a_mail_that_vanished_is_in_no_folder_and_deskpost_says_where_it_is(dovecot, poison):
    made = with_folder(dovecot, error_stop_after=2)
    dovecot.deliver_many(made.username, [letter(1, POISON), letter(2, POISON), letter(3)])
    fetch(made.pk)
    process(made.pk)
    dovecot.expunge(made.username, "1")
    fetch(made.pk)
    process(made.pk)
    made.refresh_from_db()
    assert made.fetching
    assert kinds() == ["error", "error", "request"]
    rows = {row.pk: (row.place, row.folder, row.words) for row in ErrorMail.objects.order_by("pk")}
    assert list(rows.values()) == [(Place.KEPT, "", VANISHED), (Place.FOLDER, "Errors", "")]
    assert state(made).error_total == dovecot.count(made.username, "Errors") == 1
    poison.undo()
    empty(made)
    ada = make.person("Ada")
    assert error_return.move_back(ada, made).moved == 0
    assert set(ErrorMail.objects.values_list("place", "folder")) == {(Place.KEPT, "")}
    with zipfile.ZipFile(io.BytesIO(error_download.zipped(ada, unsolved()))) as file:
        log = file.read("error-log.txt").decode()
    assert log.count(VANISHED) == log.count(NOT_THERE) == 1
