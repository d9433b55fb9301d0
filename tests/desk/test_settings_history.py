"""Every mail setting has its history in the database, whatever changed it."""

from typing import Any

import psycopg
import pytest

from deskpost.desk.models import Account, Person
from deskpost.desk.settings import change, remove
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.models import Mailbox as MailboxModel
from deskpost.outbound.models import OutgoingServer
from tests.inbound.builders import mailbox

pytestmark = pytest.mark.usefixtures("database")


def history(url: str, table: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(
            f"SELECT e.*, c.metadata FROM {table} e LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id "
            "ORDER BY e.pgh_id"
        ).fetchall()


def test_a_change_is_in_the_history_with_who_made_it_and_by_what(database):
    ann = Person.objects.create(name="Ann Admin", account=Account.objects.get(default=True))
    box = mailbox()
    assert change(ann, "page", box, {"port": 993, "fetch_every": 60}) == ("port",)
    made, changed = history(database, MailboxModel.pgh_event_model._meta.db_table)
    assert (made["pgh_label"], changed["pgh_label"]) == ("insert", "update")
    assert (made["port"], changed["port"]) == (143, 993)
    assert (changed["metadata"]["name"], changed["metadata"]["via"]) == ("Ann Admin", "page")


def test_a_change_that_changes_nothing_leaves_no_history(database):
    box = mailbox()
    assert change(None, "file", box, {"port": 143}) == ()
    assert len(history(database, MailboxModel.pgh_event_model._meta.db_table)) == 1


def test_what_sql_changes_is_in_the_history_with_the_database_user(database):
    box = mailbox()
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE mailbox SET fetch_every = 600 WHERE id = %s", [box.pk])
        (user,) = connection.execute("SELECT current_user").fetchone()
    last = history(database, MailboxModel.pgh_event_model._meta.db_table)[-1]
    assert (last["fetch_every"], last["metadata"], last["pgh_db_user"]) == (600, None, user)


def test_a_removed_setting_stays_in_the_history(database):
    server = OutgoingServer(name="Main", server="127.0.0.1", port=25, reply_to="help@desk.example")
    change(None, "cli", server, {"name": "Main"})
    remove(None, "cli", server)
    labels = [row["pgh_label"] for row in history(database, OutgoingServer.pgh_event_model._meta.db_table)]
    assert labels == ["insert", "delete"]


def test_secrets_are_encrypted_in_the_table_and_in_its_history(database):
    box = mailbox(password="hunter2-in-clear")
    assert Mailbox.objects.get(pk=box.pk).password == "hunter2-in-clear"
    with psycopg.connect(database) as connection:
        tables = ["mailbox", MailboxModel.pgh_event_model._meta.db_table]
        stored = [connection.execute(f"SELECT password FROM {table}").fetchone()[0] for table in tables]
    assert all(stored)
    assert not any("hunter2" in secret for secret in stored)
