"""Error folders whose names or users meet: the inbox, other mailboxes of one user, folders that are gone, twins."""

import imaplib
from typing import Any

import pytest
from django.db import IntegrityError

from deskpost.desk.records import Record
from deskpost.inbound import mailbox_rules, pipeline, reprocess
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.error_folder.mails import ErrorMail, Place, unsolved
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailOutcome
from deskpost.inbound.process import process
from tests.inbound.builders import account, mailbox
from tests.inbound.test_error_folder import (
    POISON,
    fail_on_poison,
    kinds,
    letter,
    poison,
    state,
    take_in,
    with_folder,
)
from tests.outbound import builders as make
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["poison"]

pytestmark = pytest.mark.usefixtures("database")


def refusals(made: Mailbox, **values: Any) -> dict[str, str]:
    now = {field.name: getattr(made, field.name) for field in Mailbox._meta.fields}
    return dict(mailbox_rules.refusals({**now, **values}, made.pk))


def beside(made: Mailbox, other: Mailbox, folder: str, dovecot: Dovecot) -> None:
    """Let another mailbox be a folder of the same user."""
    dovecot.make_folder(made.username, folder)
    Mailbox.objects.filter(pk=other.pk).update(username=made.username, source_folder=folder)
    other.refresh_from_db()


@pytest.mark.parametrize("name", ["inbox", "Inbox", "INBOX/", " /inbox", "InBox "])
def test_the_inbox_is_no_error_folder_however_it_is_written(dovecot, name):
    with pytest.raises(IntegrityError, match="mailbox_error_folder_is_another"):
        with_folder(dovecot, name)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("INBOX", "inbox"),
        ("Support", "Inbox"),
        ("Support", "support"),
        ("Support/Neu", "SUPPORT / Neu"),
        ("Größe", "GRÖSSE"),
        ("INBOX", "Errors/"),
        ("INBOX", "/Errors"),
        ("INBOX", "Errors//Old"),
        ("INBOX", " "),
    ],
)
def test_a_name_that_is_the_source_or_has_an_empty_level_is_refused(dovecot, source, name):
    found = refusals(with_folder(dovecot), source_folder=source, error_folder_name=name)
    assert list(found) == ["error_folder_name"]
    assert "To do: " in found["error_folder_name"]


def test_mails_are_not_moved_after_fetching_into_the_inbox_in_another_case_nor_into_the_error_folder(dovecot):
    made = with_folder(dovecot, after_fetching="move", move_to="Done")
    assert not refusals(made)
    assert list(refusals(made, move_to="inbox")) == ["move_to"]
    assert list(refusals(made, move_to="errors")) == ["error_folder_name"]


def test_one_error_folder_of_one_user_is_not_for_two_accounts(dovecot):
    first = with_folder(dovecot, account=account("Acme", "acme.example"))
    second = with_folder(dovecot, "errors", account=account("Globex", "globex.example"))
    beside(first, second, "Globex", dovecot)
    assert f"The mailbox {second.name}, of another account" in refusals(first)["error_folder_name"]
    assert not refusals(first, error_folder_name="Acme errors")
    assert not refusals(first, account=second.account)
    assert not refusals(first, username="somebody.else")


def test_an_error_folder_is_not_what_another_mailbox_of_its_user_is_fetched_from(dovecot):
    first, second = with_folder(dovecot), with_folder(dovecot, "Second errors")
    beside(first, second, "Globex", dovecot)
    assert "is fetched from this folder" in refusals(first, error_folder_name="globex")["error_folder_name"]
    assert "moves its error mails to this folder" in refusals(second, source_folder="errors")["source_folder"]


def test_mails_of_another_account_in_a_shared_folder_go_back_by_their_own_mailbox_alone(dovecot, poison):
    first = with_folder(dovecot, account=account("Acme", "acme.example"))
    second = with_folder(dovecot, account=account("Globex", "globex.example"))
    beside(first, second, "Globex", dovecot)
    dovecot.deliver(first.username, letter(1, POISON, sender="Ute <ute@acme.example>"))
    dovecot.deliver(first.username, letter(2, POISON, sender="Secret <boss@globex.example>"), "Globex")
    dovecot.deliver(first.username, letter(9, sender="Nobody <no@body.example>"), "Errors")
    for one in (first, second):
        take_in(one)
    poison.undo()
    back = error_return.move_back(make.person("Ada"), first)
    assert (back.moved, back.left) == (1, 2)
    assert second.name in back.words
    for one in (first, second):
        take_in(one)
    assert [one.account.name for one in Record.objects.all()] == ["Acme"]
    assert error_return.move_back(make.person("Bob"), second).moved == 1
    take_in(second)
    assert sorted(Record.objects.values_list("account__name", flat=True)) == ["Acme", "Globex"]
    assert dovecot.count(first.username, "Errors") == 1
    assert not unsolved().exists()


def test_an_earlier_folder_that_is_gone_keeps_back_no_others(dovecot, poison):
    made = with_folder(dovecot)
    dovecot.deliver(made.username, letter(1, POISON))
    take_in(made)
    Mailbox.objects.filter(pk=made.pk).update(error_folder_name="New")
    made.refresh_from_db()
    dovecot.deliver(made.username, letter(2, POISON))
    take_in(made)
    client = imaplib.IMAP4("127.0.0.1", made.port)
    client.login(made.username, PASSWORD)
    client.delete("Errors")
    client.logout()
    poison.undo()
    back = error_return.move_back(make.person("Ada"), made)
    assert (back.moved, back.left) == (1, 1)
    assert "The error folder Errors is not at the server any more" in back.words
    take_in(made)
    assert kinds() == ["error", "request"]
    assert [(row.place, row.words) for row in unsolved()] == [(Place.KEPT, back.words)]
    assert error_return.move_back(make.person("Bob"), made).words == ""


@pytest.fixture
def late_poison(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A step that fails where the sender and the content of a mail are known already."""
    steps = list(pipeline.STEPS)
    steps.insert([name for name, _ in steps].index("threading"), ("test step", fail_on_poison))
    monkeypatch.setattr(pipeline, "STEPS", tuple(steps))
    return monkeypatch


def test_one_mail_in_two_mailboxes_is_one_request_once_both_are_moved_back(dovecot, late_poison):
    boxes = [with_folder(dovecot), with_folder(dovecot)]
    for made in boxes:
        dovecot.deliver(made.username, letter(1, POISON))
        take_in(made)
    assert kinds() == ["error", "error"]
    late_poison.undo()
    for made in boxes:
        error_return.move_back(make.person(f"Ada {made.pk}"), made)
        take_in(made)
    assert kinds() == ["duplicate", "request"]
    assert not unsolved().exists()


def test_of_twins_that_are_processed_again_one_becomes_a_request(dovecot, late_poison):
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(1, POISON)] * 2)
    take_in(made)
    late_poison.undo()
    for outcome in MailOutcome.objects.order_by("pk"):
        reprocess.process_again(outcome.pk, make.person(f"Ada {outcome.pk}"), reprocess.seen_of(outcome))
    process(made.pk)
    assert kinds() == ["duplicate", "request"]


def test_a_duplicate_that_a_person_wants_processed_again_is_none(dovecot):
    made = with_folder(dovecot)
    dovecot.deliver_many(made.username, [letter(1)] * 2)
    take_in(made)
    outcome = MailOutcome.objects.get(kind="duplicate")
    reprocess.process_again(outcome.pk, make.person("Ada"), reprocess.seen_of(outcome))
    process(made.pk)
    assert kinds() == ["request", "request"]


def test_an_error_mail_of_an_earlier_source_is_known_when_it_is_met_again(dovecot, poison):
    made = with_folder(dovecot)
    dovecot.deliver(made.username, letter(1, POISON))
    take_in(made)
    Mailbox.objects.filter(pk=made.pk).update(source_number=made.source_number + 1, first_fetch="new")
    made.refresh_from_db()
    poison.undo()
    assert error_return.move_back(make.person("Ada"), made).moved == 1
    take_in(made)
    assert kinds() == ["request"]
    assert InboundMessage.objects.get().source_number == made.source_number
    assert not ErrorMail.objects.exists()
    assert state(made).error_total == 0


def test_the_source_by_another_name_that_its_server_knows_is_no_error_folder(dovecot_with, poison):
    server = dovecot_with(extra="namespace inbox {\n prefix = INBOX.\n separator = .\n}")
    made = with_folder(server, "Support/New", source_folder="INBOX.Support.New", first_fetch="everything")
    client = imaplib.IMAP4("127.0.0.1", made.port)
    client.login(made.username, PASSWORD)
    client.create("INBOX.Support.New")
    client.append("INBOX.Support.New", "", "", letter(1, POISON))
    client.logout()
    for _ in range(3):
        take_in(made)
    row = ErrorMail.objects.get()
    assert (row.place, InboundMessage.objects.count()) == (Place.TO_MOVE, 1)
    assert "Its server knows the error folder as INBOX.Support.New" in row.words


@pytest.mark.parametrize("name", ["Posteingang", "BOÎTE DE RÉCEPTION", "受信トレイ", "Bandeja de Entrada /"])
def test_the_inbox_in_another_language_is_refused_by_the_form_for_exchange_alone(name):
    name = name.strip(" /")
    made = mailbox(error_folder=True, error_folder_name="Errors")
    for protocol in ("ews", "graph"):
        found = refusals(made, protocol=protocol, error_folder_name=name)
        assert "This is the inbox" in found["error_folder_name"] and "To do: " in found["error_folder_name"]
        assert "error_folder_name" not in refusals(
            made, protocol=protocol, error_folder_name=f"Support/{name}"
        )
    for protocol in ("imap", "imaps"):
        assert "error_folder_name" not in refusals(made, protocol=protocol, error_folder_name=name)


def test_a_folder_that_has_the_inboxs_numbers_by_chance_is_an_error_folder_still(dovecot, poison):
    made = with_folder(dovecot, "Errors")
    dovecot.make_folder(made.username, "Errors")
    dovecot.deliver(made.username, letter(9), "Errors")
    dovecot.deliver(made.username, letter(1, POISON))
    for folder in ("INBOX", "Errors"):
        dovecot.doveadm("mailbox", "update", "--uid-validity", "7", "-u", made.username, folder)
    numbers = ("mailbox", "status", "-u", made.username, "messages uidnext uidvalidity")
    inbox, errors = (dovecot.doveadm(*numbers, folder).split()[1:] for folder in ("INBOX", "Errors"))
    assert inbox == errors, "or nothing is tried"
    take_in(made)
    assert (dovecot.count(made.username), dovecot.count(made.username, "Errors")) == (0, 2)
    assert ErrorMail.objects.get().place == Place.FOLDER


def test_at_an_imap_server_too_the_inbox_by_another_name_is_no_error_folder(dovecot, poison):
    made = with_folder(dovecot, "Eingang", error_stop_after=1)
    dovecot.deliver(made.username, letter(1, POISON))
    inbox = dovecot.maildir(made.username)
    (inbox / ".Eingang").symlink_to(inbox)
    for _ in range(3):
        take_in(made)
    row = ErrorMail.objects.get()
    assert (row.place, InboundMessage.objects.count(), dovecot.count(made.username)) == (Place.TO_MOVE, 1, 1)
    assert "is the inbox or the folder that is fetched from" in row.words
    made.refresh_from_db()
    assert made.fetching
    assert error_return.move_back(make.person("Ada"), made).moved == 0
