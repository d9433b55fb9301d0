"""`deskpost doctor`: what is wrong, and what to do."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from deskpost.desk.conversations import Conversation
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.retention import dropped
from deskpost.outbound.servers import OutgoingServer
from deskpost.tick import Pulse
from tests.command_line import deskpost, free_port, is_a_sentence
from tests.inbound.builders import mail, mailbox
from tests.servers.dovecot import PASSWORD

pytestmark = pytest.mark.usefixtures("database")


def findings(**environment: str) -> dict[str, tuple[bool, str]]:
    ran = deskpost("doctor", "--json", **environment)
    assert ran.code == (0 if all(one["ok"] for one in ran.json) else 1), ran.err
    for one in ran.json:
        if not one["ok"]:
            is_a_sentence(one["words"])
    return {one["check"]: (one["ok"], one["words"]) for one in ran.json}


def test_an_installation_that_is_well_is_told_so(dovecot, smtp_sink):
    user = dovecot.new_user()
    dovecot.deliver(user, mail())
    mailbox("Help", port=dovecot.imap, username=user, password=PASSWORD)
    OutgoingServer.objects.create(
        name="Main", server="127.0.0.1", port=smtp_sink.port, reply_to="a@b.example"
    )
    with Pulse("worker"):
        found = findings()
    assert all(ok for ok, _ in found.values()), found
    assert found["mailbox Help"] == (True, "signed in, 1 mail there")
    assert found["outgoing server Main"] == (True, "answers")
    assert dovecot.unseen(user) == 1, "nothing was changed"
    assert not smtp_sink.received


def test_each_trouble_is_named_with_what_to_do(dovecot):
    mailbox("Gone", port=free_port())
    mailbox("Wrong", port=dovecot.imap, username=dovecot.new_user(), password="wrong")
    mailbox("Nameless", server="mail.nowhere.test")
    OutgoingServer.objects.create(name="Main", server="127.0.0.1", port=free_port(), reply_to="a@b.example")
    found = findings()
    for check in ("workers", "mailbox Gone", "mailbox Wrong", "mailbox Nameless", "outgoing server Main"):
        assert not found[check][0], check


def test_a_raw_mail_that_was_changed_is_found():
    mailbox("Help")
    assert deskpost("deliver", "--mailbox", "Help", stdin=mail()).code == 0
    assert findings()["raw mails"] == (True, "the 1 newest are as they were fetched")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE raw_chunk SET content = content || 'x'::bytea")
    assert not findings()["raw mails"][0]


def test_a_dropped_mail_whose_raw_mail_was_removed_in_its_time_is_no_trouble():
    mailbox("Help")
    assert deskpost("deliver", "--mailbox", "Help", stdin=mail()).code == 0
    MailOutcome.objects.update(
        kind="dropped", record=None, conversation=None, processed_at="2020-01-01T00:00Z"
    )
    Conversation.objects.all().delete()
    assert dropped.remove_old() == 1
    assert findings()["raw mails"] == (True, "the 0 newest are as they were fetched")


def test_secrets_that_the_keys_do_not_open_are_found():
    mailbox("Help")
    found = findings(DESKPOST_KEYS=Fernet.generate_key().decode())
    assert not found["keys"][0]
    assert "mailbox Help" not in found, "a server is not asked with a password that cannot be read"
