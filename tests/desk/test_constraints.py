"""What the database refuses whoever writes to it: rows that cross accounts, and words that no table knows."""

import pytest
from django.db import IntegrityError, connection, transaction

from deskpost.desk.accounts import Account
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from tests.inbound.builders import account, mail, mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")


def attempt(sql: str, values: dict[str, object]) -> None:
    """Run a statement and check all that is promised at its commit; nothing of it stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


@pytest.fixture
def two() -> dict[str, object]:
    """A request by mail of Acme with a file, and one of Bolt with an outgoing mail: their ids."""
    acme, bolt = account("Acme", "acme.example"), account("Bolt", "bolt.example")
    deliver(mailbox(), mail())
    acmes = Record.objects.get()
    of_acme = Conversation.objects.get(record=acmes)
    bolts = make.record(make.person("Bo", of=bolt))
    of_bolt = make.mail_in(bolts)
    (going,) = make.queue_mails(make.server(), ["bo@bolt.example"], account_id=bolt.pk, record_id=bolts.pk)
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
        "UPDATE record SET merged_into_id = %(bolts)s WHERE id = %(acmes)s"
    ),
    "a request of another account's requester": (
        "UPDATE record SET requester_id = %(requester)s WHERE id = %(acmes)s"
    ),
    "a request moved away from its rows": "UPDATE record SET account_id = %(bolt)s WHERE id = %(acmes)s",
}
UNKNOWN = {
    "kind of outcome": "UPDATE mail_outcome SET kind = 'banana'",
    "state of an outgoing mail": "UPDATE outbox_mail SET state = 'banana'",
    "direction": "UPDATE conversation SET direction = 'banana'",
    "last direction": "UPDATE record SET last_mail_direction = 'banana'",
    "verdict": "UPDATE attachment SET verdict = 'banana'",
    "via": "UPDATE history_entry SET via = 'banana'",
}


@pytest.mark.parametrize("what", CROSSING)
def test_no_row_crosses_from_one_account_into_another(two: dict[str, object], what: str) -> None:
    with pytest.raises(IntegrityError):
        attempt(CROSSING[what], two)


@pytest.mark.parametrize("what", UNKNOWN)
def test_a_word_that_no_table_knows_is_refused(two: dict[str, object], what: str) -> None:
    with pytest.raises(IntegrityError):
        attempt(UNKNOWN[what], two)


def test_what_stays_within_its_account_is_taken(two: dict[str, object]) -> None:
    attempt(_FILE.format(conversation="of_acme", account="acme"), two)
    attempt("INSERT INTO outbox_file (mail_id, attachment_id) VALUES (%(going)s, %(bolts_file)s)", two)
    attempt("UPDATE mail_outcome SET account_id = NULL, record_id = NULL, conversation_id = NULL", two)
    another = make.record(make.person("Bea", of=Account.objects.get(name="Bolt")))
    attempt(
        "UPDATE record SET merged_into_id = %(another)s WHERE id = %(bolts)s", {**two, "another": another.pk}
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
