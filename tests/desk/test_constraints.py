"""What the database refuses whoever writes to it: rows that cross accounts, and words that no table knows."""

from typing import cast

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from deskpost.desk.accounts import Account
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.outbox import OutboxFile, OutboxMail
from deskpost.outbound.outbox_acts import retry_now
from deskpost.outbound.servers import OutgoingServer
from tests.inbound.builders import account, mail, mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")


def attempt(sql: str, values: dict[str, object]) -> None:
    """Run a statement and check all that is promised at its commit; nothing of it stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def broken_by(refused: IntegrityError) -> str | None:
    """Give the name of the promise that a statement would have broken."""
    assert isinstance(refused.__cause__, psycopg.Error)
    return refused.__cause__.diag.constraint_name


@pytest.fixture
def two() -> dict[str, object]:
    """A request by mail of Acme with a file, and one of Bolt with an outgoing mail: their ids."""
    acme, bolt = account("Acme", "acme.example"), account("Bolt", "bolt.example")
    deliver(mailbox(), mail())
    acmes = Record.objects.get()
    of_acme = Conversation.objects.get(record=acmes)
    bolts = make.record(make.person("Bo", of=bolt))
    of_bolt = make.mail_in(bolts)
    everybodys, acmes_server = make.server(), make.server(account=acme)
    (going,) = make.queue_mails(everybodys, ["bo@bolt.example"], account_id=bolt.pk, record_id=bolts.pk)
    (of_nobody,) = make.queue_mails(everybodys, ["x@nobody.example"])
    (at_acmes,) = make.queue_mails(acmes_server, ["al@acme.example"], account_id=acme.pk)
    made: dict[str, object] = {
        "acme": acme.pk,
        "bolt": bolt.pk,
        "acmes": acmes.pk,
        "bolts": bolts.pk,
        "requester": bolts.requester_id,
        "of_acme": of_acme.pk,
        "of_bolt": of_bolt.pk,
        "mail": MailOutcome.objects.get().mail_id,
        "going": going.pk,
        "of_nobody": of_nobody.pk,
        "everybodys_server": everybodys.pk,
        "acmes_server": acmes_server.pk,
        "at_acmes": at_acmes.pk,
        "cora": account("Cora", "cora.example").pk,
    }
    for name, conversation in (("file", of_acme), ("bolts_file", of_bolt)):
        made[name] = Attachment.objects.create(
            conversation=conversation,
            account_id=conversation.account_id,
            name="a",
            content_type="x/y",
            size=1,
            sha256="x",
            content=b"x",
        ).pk
    OutboxFile.objects.create(mail=going, attachment_id=made["bolts_file"])
    return made


_FILE = (
    "INSERT INTO attachment (conversation_id, account_id, name, content_type, size, sha256, inline, mail_id, part) "
    "VALUES (%({conversation})s, %({account})s, 'a', 'x/y', 1, 'x', false, %(mail)s, '1')"
)
CROSSING = {
    "a conversation of another account than its request": (
        "UPDATE conversation SET account_id = %(bolt)s WHERE id = %(of_acme)s"
    ),
    "a file of another account than its conversation": (
        "UPDATE attachment SET account_id = %(bolt)s WHERE id = %(file)s"
    ),
    "a file out of another account's mail": _FILE.format(conversation="of_bolt", account="bolt"),
    "a history of another account": "UPDATE history_entry SET account_id = %(bolt)s",
    "an outgoing mail about another account's request": (
        "UPDATE outbox_mail SET record_id = %(acmes)s WHERE id = %(going)s"
    ),
    "another account's file with an outgoing mail": (
        "INSERT INTO outbox_file (mail_id, attachment_id) VALUES (%(going)s, %(file)s)"
    ),
    "an outcome of another account than its request": "UPDATE mail_outcome SET account_id = %(bolt)s",
    "an outcome with a request and no account": (
        "UPDATE mail_outcome SET account_id = NULL, conversation_id = NULL"
    ),
    "an outcome with a conversation and no account": "UPDATE mail_outcome SET account_id = NULL, record_id = NULL",
    "an outcome with another account's conversation": "UPDATE mail_outcome SET conversation_id = %(of_bolt)s",
    "a request merged into another account's": (
        "UPDATE record SET merged_into_id = %(bolts)s, closed_at = now() WHERE id = %(acmes)s"
    ),
    "a conversation that came from another account's request": (
        "UPDATE conversation SET came_from_id = %(bolts)s WHERE id = %(of_acme)s"
    ),
    "a merge of another account's request": (
        "INSERT INTO record_merge (record_id, account_id, by, status_before_id, mails) "
        "SELECT id, %(bolt)s, '', status_id, '{}' FROM record WHERE id = %(acmes)s"
    ),
    "a request of another account's requester": (
        "UPDATE record SET requester_id = %(requester)s WHERE id = %(acmes)s"
    ),
    "a request moved away from its rows": "UPDATE record SET account_id = %(bolt)s WHERE id = %(acmes)s",
}
FILES = {
    "another account's file put in the place of one that goes with a mail": (
        "UPDATE outbox_file SET attachment_id = %(file)s WHERE mail_id = %(going)s"
    ),
    "a file moved away from the mail that it goes with": (
        "UPDATE attachment SET account_id = %(acme)s, conversation_id = %(of_acme)s WHERE id = %(bolts_file)s"
    ),
    "an outgoing mail moved away from its files": (
        "UPDATE outbox_mail SET account_id = %(acme)s, record_id = %(acmes)s WHERE id = %(going)s"
    ),
    "an outgoing mail with files that is nobody's any more": (
        "UPDATE outbox_mail SET account_id = NULL, record_id = NULL WHERE id = %(going)s"
    ),
}
SERVERS = {
    "a mail put to another account's server": (
        "UPDATE outbox_mail SET server_id = %(acmes_server)s WHERE id = %(going)s"
    ),
    "a mail of nobody put to an account's server": (
        "UPDATE outbox_mail SET server_id = %(acmes_server)s WHERE id = %(of_nobody)s"
    ),
    "a mail moved away from its account's server": (
        "UPDATE outbox_mail SET account_id = %(cora)s WHERE id = %(at_acmes)s"
    ),
    "a held mail put to another account's server": (
        "UPDATE outbox_mail SET state = 'held', server_id = %(acmes_server)s WHERE id = %(of_nobody)s"
    ),
    "a new mail at another account's server": (
        "INSERT INTO outbox_mail (event, sending_class, state, message_id, date, sender_name, sender_address, "
        "\"to\", subject, text, automatic, give_up_at, account_id, server_id) VALUES ('reply', 2, 'queued', '<2@x>', "
        "now(), '', '', '[]', '', '', false, now(), %(cora)s, %(acmes_server)s)"
    ),
    "a server given to another account than a mail that waits for it": (
        "UPDATE outgoing_server SET instance_id = NULL, account_id = %(cora)s WHERE id = %(everybodys_server)s"
    ),
    "an account's server given to another account": (
        "UPDATE outgoing_server SET account_id = %(cora)s WHERE id = %(acmes_server)s"
    ),
}
UNKNOWN = {
    "kind of outcome": "UPDATE mail_outcome SET kind = 'banana'",
    "state of an outgoing mail": "UPDATE outbox_mail SET state = 'banana'",
    "direction": "UPDATE conversation SET direction = 'banana'",
    "last direction": "UPDATE record SET last_mail_direction = 'banana'",
    "via": "UPDATE history_entry SET via = 'banana'",
}


@pytest.mark.parametrize("what", CROSSING)
def test_no_row_crosses_from_one_account_into_another(two: dict[str, object], what: str) -> None:
    with pytest.raises(IntegrityError):
        attempt(CROSSING[what], two)


@pytest.mark.parametrize("what", FILES)
def test_a_file_goes_out_with_a_mail_of_its_own_account_alone(two: dict[str, object], what: str) -> None:
    with pytest.raises(IntegrityError) as refused:
        attempt(FILES[what], two)
    assert broken_by(refused.value) == "outbox_file_of_one_account"


@pytest.mark.parametrize("table", ["outbox_mail", "attachment"])
def test_what_a_file_goes_out_with_is_not_removed_from_under_it(two: dict[str, object], table: str) -> None:
    row = {"outbox_mail": "going", "attachment": "bolts_file"}[table]
    with pytest.raises(IntegrityError):
        attempt(f"DELETE FROM {table} WHERE id = %({row})s", two)  # noqa: S608 a table of this test


@pytest.mark.parametrize("what", SERVERS)
def test_no_mail_leaves_by_a_server_of_another_account(two: dict[str, object], what: str) -> None:
    with pytest.raises(IntegrityError) as refused:
        attempt(SERVERS[what], two)
    assert broken_by(refused.value) == "outbox_mail_server_of_its_account"


def test_a_mail_that_failed_is_not_tried_again_by_a_server_that_another_account_got(
    two: dict[str, object],
) -> None:
    OutboxMail.objects.exclude(pk=two["at_acmes"]).update(state="failed")
    OutgoingServer.objects.filter(pk=two["everybodys_server"]).update(instance=None, account=two["cora"])
    with pytest.raises(IntegrityError) as refused:
        attempt("UPDATE outbox_mail SET state = 'queued' WHERE id = %(going)s", two)
    assert broken_by(refused.value) == "outbox_mail_server_of_its_account"
    assert not retry_now(cast("int", two["going"]))
    assert OutboxMail.objects.get(pk=two["going"]).state == "failed"


def test_a_server_without_mails_of_others_may_change_its_account(two: dict[str, object]) -> None:
    give = "UPDATE outgoing_server SET account_id = %(account)s, instance_id = NULL WHERE id = %(server)s"
    mails = "UPDATE outbox_mail SET account_id = %(account)s WHERE server_id = %(server)s;"
    to_nobody = "UPDATE outgoing_server SET account_id = NULL WHERE id = %(server)s"
    attempt(to_nobody, {"server": two["acmes_server"]})
    attempt(f"{to_nobody}; {mails} {give}", {"server": two["acmes_server"], "account": two["cora"]})
    OutboxMail.objects.exclude(pk=two["at_acmes"]).update(state="sent")
    attempt(give, {"server": two["everybodys_server"], "account": two["cora"]})


_MEANWHILE = {
    "a mail is written while its server is given away": (
        "INSERT INTO outbox_mail (event, sending_class, state, message_id, date, sender_name, sender_address, "
        "\"to\", subject, text, automatic, give_up_at, account_id, server_id) VALUES ('reply', 2, 'queued', '<2@x>', "
        "now(), '', '', '[]', '', '', false, now(), %(bolt)s, %(spare_server)s)",
        "UPDATE outgoing_server SET account_id = %(cora)s, instance_id = NULL WHERE id = %(spare_server)s",
    ),
    "a mail is put to a server while that is given away": (
        "UPDATE outbox_mail SET server_id = %(spare_server)s WHERE id = %(of_nobody)s",
        "UPDATE outgoing_server SET account_id = %(cora)s, instance_id = NULL WHERE id = %(spare_server)s",
    ),
    "a file is put to a mail while it is moved": (
        "INSERT INTO outbox_file (mail_id, attachment_id) VALUES (%(of_bolt_bare)s, %(bolts_file)s)",
        "UPDATE outbox_mail SET account_id = NULL WHERE id = %(of_bolt_bare)s",
    ),
}


@pytest.mark.parametrize("turned", [False, True], ids=["", "the other way round"])
@pytest.mark.parametrize("what", _MEANWHILE)
def test_two_who_write_at_once_do_not_cross_accounts_between_them(
    two: dict[str, object], database: str, what: str, turned: bool
) -> None:
    spare = make.server(instance=None, account=None)
    (bare,) = make.queue_mails(spare, ["bo@bolt.example"], account_id=two["bolt"], state="sent")
    values = {**two, "spare_server": spare.pk, "of_bolt_bare": bare.pk}
    early, late = reversed(_MEANWHILE[what]) if turned else _MEANWHILE[what]
    with psycopg.connect(database) as first, psycopg.connect(database) as second:
        first.execute(early, values)
        first.execute("SET CONSTRAINTS ALL IMMEDIATE")
        second.execute("SET lock_timeout = 100")
        second.commit()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(late, values)
            second.execute("SET CONSTRAINTS ALL IMMEDIATE")
        second.rollback()
        first.commit()
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            second.execute(late, values)
            second.commit()


@pytest.mark.parametrize("what", UNKNOWN)
def test_a_word_that_no_table_knows_is_refused(two: dict[str, object], what: str) -> None:
    with pytest.raises(IntegrityError):
        attempt(UNKNOWN[what], two)


def test_what_stays_within_its_account_is_taken(two: dict[str, object]) -> None:
    attempt(_FILE.format(conversation="of_acme", account="acme"), two)
    attempt(
        "DELETE FROM outbox_file; "
        "INSERT INTO outbox_file (mail_id, attachment_id) VALUES (%(going)s, %(bolts_file)s)",
        two,
    )
    attempt(
        "UPDATE outbox_mail SET server_id = %(acmes_server)s, account_id = %(acme)s WHERE id = %(of_nobody)s",
        two,
    )
    attempt("UPDATE mail_outcome SET account_id = NULL, record_id = NULL, conversation_id = NULL", two)
    another = make.record(make.person("Bea", of=Account.objects.get(name="Bolt")))
    attempt(
        "UPDATE record SET merged_into_id = %(another)s, closed_at = now() WHERE id = %(bolts)s",
        {**two, "another": another.pk},
    )
    other = {**two, "another": another.requester_id}
    attempt("UPDATE record SET requester_id = %(another)s WHERE id = %(bolts)s", other)


def test_no_outgoing_mail_waits_for_a_server_that_is_not_there(two: dict[str, object]) -> None:
    insert = (
        'INSERT INTO outbox_mail (event, sending_class, state, message_id, date, sender_name, sender_address, "to", '
        "subject, text, automatic, give_up_at) VALUES ('reply', 2, %(state)s, '<1@x>', now(), '', '', '[]', '', '', "
        "false, now())"
    )
    attempt(insert, {"state": "held"})
    for state in ("queued", "sending"):
        with pytest.raises(IntegrityError):
            attempt(insert, {"state": state})
