"""A data folder of an earlier release goes on: its rows read as before, and the database keeps the new promises."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from deskpost import raw_store
from deskpost.desk.accounts import Account, Domain
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import PersonAddress
from deskpost.desk.records import Record
from deskpost.desk.settings import change
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, Unacknowledged
from deskpost.outbound.outbox import OutboxMail
from tests import database

SOURCES = Path(__file__).parents[1] / "src/deskpost"
LANDED = Path(__file__).with_name("landed_migrations.sha256")
FIRST_RELEASE = (("inbound", "0002"), ("outbound", "0002"))  # and desk 0002, on which they rest
DEFLATED_HTML = "0004"  # of the desk
NOW = datetime(2026, 11, 24, 16, 44, 11, tzinfo=UTC)
HTML = (
    "<p>Der Drucker \u00f6ffnet nicht \U0001f525</p>" * 200,
    "",
    None,
    *(f"<p>{n}</p>" for n in range(250)),
)
ERROR_FOLDERS = {  # its name and the folder that is fetched from: its name now, and whether it is on
    ("inbox", "INBOX"): ("inbox", False),
    ("Inbox/", "Support"): ("Inbox", False),
    ("support", "Support"): ("support", False),
    ("Fehler/", "INBOX"): ("Fehler", True),
    ("Support/", "Support"): ("Support/", False),
    ("/", "INBOX"): ("/", False),
    ("Helpdesk/Errors", "INBOX"): ("Helpdesk/Errors", True),
}
LARGE = b"Subject: Large\r\n\r\n" + bytes(range(256)) * 200


def insert(table: str, **values: Any) -> int:
    """Write one row as the earlier release would have, and give its id."""
    row = {name: Jsonb(value) if name in ("to", "cc") else value for name, value in values.items()}
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING *", list(row.values()))
        return int(cursor.fetchone()[0])


def insert_mailbox(name: str, **values: Any) -> int:
    """Write a mailbox."""
    return insert(
        "mailbox",
        **{
            "name": name,
            "instance_id": 1,
            "protocol": "pop",
            "server": "mail.example",
            "port": 110,
            "tls": "none",
            "verify_certificate": True,
            "ca_file": "",
            "username": name,
            "password": "",
            "addresses": [f"{name}@msp.example"],
            "source_folder": "INBOX",
            "fetch_every": 60,
            "first_fetch": "new",
            "acknowledge_old": False,
            "after_fetching": "leave",
            "move_to": "",
            "max_size_mb": 50,
            "new_requests_disabled": False,
            "allowed_addresses": [],
            "allowed_domains": [],
            "fetching": True,
            "source_number": 1,
            **values,
        },
    )


def insert_outbox(server: int, account: int, number: int, **values: Any) -> int:
    """Write a mail that waits for its server."""
    return insert(
        "outbox_mail",
        **{
            "server_id": server,
            "account_id": account,
            "event": "reply",
            "sending_class": 2,
            "message_id": f"<{number}@desk.example>",
            "date": NOW,
            "sender_name": "Desk",
            "sender_address": "desk@msp.example",
            "to": [["Al", "al@acme.example"]],
            "subject": "Printer",
            "text": "Soon",
            "automatic": False,
            "give_up_at": NOW + timedelta(days=2),
            **values,
        },
    )


def insert_server(name: str, account: int | None) -> int:
    """Write an outgoing server of an account, or of the instance."""
    return insert(
        "outgoing_server",
        name=name,
        account_id=account,
        instance_id=None if account else 1,
        protocol="smtp",
        server="mail.example",
        port=25,
        tls="none",
        verify_certificate=True,
        ca_file="",
        username="",
        password="",
        authentication="none",
        alternate_server="",
        sender_name="Desk",
        reply_to="desk@msp.example",
        allowed_from=Jsonb([]),
        connections=1,
        paused=False,
        copied=False,
    )


def fill() -> None:
    """Write what an installation of the first release holds."""
    acme, bolt = (
        insert("account", name=name, default=False, time_zone="UTC", language="en", created_at=NOW)
        for name in ("Acme", "Bolt")
    )
    for name in ("bolt", "BOLT"):
        insert("account", name=name, default=False, time_zone="UTC", language="en", created_at=NOW)
    person = insert(
        "person", account_id=acme, name="Al", password="", technician=False, time_zone="UTC", language="en"
    )
    for account, domain in (
        (acme, "xn--mller-kva.example"),
        (acme, "müller.example"),  # the same one
        (acme, "xn--bcher-kva.example"),
        (bolt, "xn--acme-"),
    ):
        insert("account_domain", account_id=account, name=domain)
    other = insert(
        "person", account_id=acme, name="Bo", password="", technician=False, time_zone="UTC", language="en"
    )
    for whose, address in (
        (person, "al@xn--mller-kva.example"),
        (person, "al@acme.example."),
        (person, "bo@xn--mller-kva.example"),  # Bo's in the other spelling
        (other, "bo@müller.example"),
        (other, "bo\x1b@acme.example"),
    ):
        insert(
            "person_address", account_id=acme, person_id=whose, address=address, key=address, primary=False
        )
    mailbox = insert_mailbox("support")
    for number in range(len(ERROR_FOLDERS)):
        insert_mailbox(f"box-{number}", protocol="imap", port=143)
    insert(
        "mailbox_state",
        mailbox_id=mailbox,
        source_number=1,
        validity="",
        consecutive_failures=0,
        reason="",
        stopped_by="",
    )
    mail = insert(
        "inbound_message",
        mailbox_id=mailbox,
        source_number=1,
        folder="INBOX",
        validity="",
        uid="u1",
        size=len(LARGE),
        sha256=hashlib.sha256(LARGE).digest(),
        truncated=False,
        refusal="",
    )
    insert("raw_chunk", mail_id=mail, position=0, content=LARGE)
    insert("inbound_unacknowledged", mail_id=mail, mailbox_id=mailbox, refusals=0, reason="")
    record = insert(
        "record",
        module="RE",
        number=1,
        instance_id=1,
        account_id=acme,
        subject="Printer",
        status_id=1,
        requester_id=person,
        created_at=NOW,
        last_mail_at=NOW,
        last_mail_direction="in",
    )
    conversations = [
        insert(
            "conversation",
            record_id=record,
            account_id=acme,
            direction="in",
            from_name="Al",
            from_address="al@acme.example",
            to=[],
            cc=[],
            subject=f"Printer {number}",
            at=NOW,
            text="It does not open",
            html=html,
            automatic=False,
            mail_id=None if number else mail,
        )
        for number, html in enumerate(HTML)
    ]
    of_acme = {"conversation_id": conversations[0], "account_id": acme}
    file = {"name": "a.txt", "content_type": "text/plain", "size": 5, "sha256": "x", "inline": False}
    attachment = insert("attachment", **of_acme, **file, content=b"hello")
    insert("attachment", **of_acme, **file, mail_id=mail, part="1")
    everybodys, bolts = insert_server("everybody's", None), insert_server("Bolt's", bolt)
    reply = insert_outbox(everybodys, acme, 1, record_id=record, conversation_id=conversations[0])
    insert("outbox_file", mail_id=reply, attachment_id=attachment)
    insert_outbox(bolts, acme, 2)
    insert_outbox(bolts, acme, 3, state="sent")


@pytest.fixture(scope="module", autouse=True)
def upgraded(django_db_blocker: Any) -> Iterator[list[str | None]]:
    """A database of the first release with a few rows, led on to the present; the HTML after a step there and back."""
    name = "upgraded"
    with database.own(name), django_db_blocker.unblock(), database.django_on(name):
        for app, migration in FIRST_RELEASE:
            call_command("migrate", app, migration, verbosity=0)
        fill()
        call_command("migrate", "desk", DEFLATED_HTML, verbosity=0)
        call_command("migrate", "desk", "0003", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT html FROM conversation ORDER BY id")
            back = [html for (html,) in cursor.fetchall()]
        call_command("migrate", "inbound", "0026", verbosity=0)
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE mailbox SET error_folder = true, error_folder_name = %s, source_folder = %s WHERE name = %s",
                [(*names, f"box-{number}") for number, names in enumerate(ERROR_FOLDERS)],
            )
        call_command("migrate", verbosity=0)
        yield back


def test_the_html_of_earlier_conversations_reads_as_before() -> None:
    assert list(Conversation.objects.order_by("pk").values_list("html", flat=True)) == list(HTML)
    with connection.cursor() as cursor:
        cursor.execute("SELECT html FROM conversation ORDER BY id LIMIT 1")
        assert len(cursor.fetchone()[0]) < len(HTML[0] or "") / 10


def test_earlier_mails_requests_and_files_are_as_they_were() -> None:
    message = InboundMessage.objects.get()
    assert (message.listed_size, raw_store.load([message.pk])) == (None, {message.pk: LARGE})
    assert Unacknowledged.objects.get().copying_since == ""
    assert Mailbox.objects.get(name="support").leave_days is None
    assert Record.objects.get().conversations.filter(search="printer").count() == len(HTML)
    assert [bytes(file.content or b"") for file in Attachment.objects.order_by("pk")] == [b"hello", b""]
    reply = OutboxMail.objects.get(message_id="<1@desk.example>")
    assert (reply.state, [file.attachment.name for file in reply.files.all()]) == ("queued", ["a.txt"])


def test_of_accounts_that_differed_by_letter_case_alone_the_later_ones_have_numbers() -> None:
    names = Account.objects.filter(name__istartswith="bolt").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Bolt", "bolt (2)", "BOLT (3)"]


def test_domains_and_addresses_have_the_spelling_that_is_compared() -> None:
    assert {(one.account.name, one.name) for one in Domain.objects.all()} == {
        ("Acme", "müller.example"),
        ("Acme", "bücher.example"),
        ("Bolt", "xn--acme-"),
    }
    (marked,) = PersonAddress.objects.filter(address__startswith="bo\ufffd")
    unseen = f"bo\ufffd{marked.pk}@acme.example"
    assert dict(PersonAddress.objects.values_list("address", "key")) == {
        unseen: unseen,
        "al@xn--mller-kva.example": "al@müller.example",
        "al@acme.example.": "al@acme.example",
        "bo@xn--mller-kva.example": "bo@xn--mller-kva.example",
        "bo@müller.example": "bo@müller.example",
    }


def test_a_mail_that_waited_for_a_server_of_another_account_waits_for_one_of_its_own() -> None:
    waiting = OutboxMail.objects.get(message_id="<2@desk.example>")
    assert (waiting.state, waiting.server_id) == ("held", None)
    assert OutboxMail.objects.get(message_id="<3@desk.example>").state == "sent"


@pytest.mark.parametrize(
    ("promise", "statement"),
    [
        (
            "outbox_mail_server_of_its_account",
            "UPDATE outbox_mail SET server_id = (SELECT id FROM outgoing_server WHERE account_id IS NOT NULL) "
            "WHERE state = 'queued'",
        ),
        (
            "outbox_file_of_one_account",
            "INSERT INTO outbox_file (mail_id, attachment_id) SELECT mail.id, attachment.id "
            "FROM outbox_mail mail, attachment WHERE mail.account_id IS NULL",
        ),
        ("conversation_record_and_account", "UPDATE conversation SET account_id = 1 WHERE mail_id IS NULL"),
        ("attachment_mail_and_account", "UPDATE attachment SET mail_id = 999 WHERE mail_id IS NOT NULL"),
        ("mailbox_leave_days", "UPDATE mailbox SET leave_days = 0"),
        *(
            ("person_address_without_controls", f"UPDATE person_address SET address = chr({sign}) || address")
            for sign in (1, 31, 127, 159, 8232, 8233)
        ),
    ],
)
def test_what_the_database_refuses_now_it_refuses_in_an_earlier_one_too(promise: str, statement: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_mail SET account_id = NULL WHERE state = 'sent'")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert isinstance(refused.value.__cause__, psycopg.Error)
    assert promise == refused.value.__cause__.diag.constraint_name


def test_a_change_of_an_earlier_mailbox_is_in_the_history_with_the_new_setting() -> None:
    change(None, "command line", Mailbox.objects.get(name="support"), {"leave_days": 7})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label, leave_days FROM inbound_mailboxsettingsevent WHERE name = 'support' ORDER BY pgh_id"
        )
        assert cursor.fetchall() == [("insert", None), ("update", 7)]


def test_error_folders_lose_slashes_at_their_ends_and_one_that_is_the_inbox_is_switched_off() -> None:
    boxes = Mailbox.objects.exclude(name="support").order_by("name")
    assert list(boxes.values_list("error_folder_name", "error_folder")) == list(ERROR_FOLDERS.values())


def test_the_way_leads_back_and_no_html_is_lost(upgraded: list[str | None]) -> None:
    assert upgraded == list(HTML)


def test_a_migration_that_has_landed_is_never_edited() -> None:
    for line in LANDED.read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((SOURCES / name).read_bytes()).hexdigest() == digest, (
            f"{name} was edited: databases that it was run on would never learn of it; write a new migration"
        )
