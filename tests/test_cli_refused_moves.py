"""A server that does not move mails: told in one sentence by `drain`, `doctor`, `mailboxes` and the page."""

import html

import pytest
from django.urls import reverse

from deskpost.inbound.mailboxes import Mailbox
from tests.command_line import deskpost, follows, is_a_sentence
from tests.console import builders
from tests.inbound.builders import mail, mailbox
from tests.servers.dovecot import PASSWORD

SENTENCE = "2 mails are taken in, but their server refuses to mark, move or delete them; it is tried again. "

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def refusing(dovecot) -> Mailbox:
    """A mailbox with two mails that were taken in and have yet to be moved, to a folder that is not there."""
    user = dovecot.new_user()
    made = mailbox(
        port=dovecot.imap, username=user, password=PASSWORD, after_fetching="move", move_to="No such folder"
    )
    for number in range(2):
        dovecot.deliver(user, mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}"))
    assert deskpost("drain").code == 0, "they are moved by the fetch after this one"
    return made


@pytest.mark.pain("refused-move")
def test_a_refused_move_is_told_wherever_mailboxes_are_looked_at(refusing):
    drained = deskpost("drain", "--json")
    assert drained.code == 1
    (line,) = drained.err.splitlines()
    is_a_sentence(line)
    assert line.startswith(f"Help: {SENTENCE}") and "No such folder" in line
    assert drained.json["troubles"] == [line]

    words = line.removeprefix("Help: ")
    listed = deskpost("mailboxes", "--json").json
    follows("mailboxes", listed)
    assert (listed[0]["state"], listed[0]["reason"]) == ("fetching", words)
    assert "No such folder" in deskpost("mailboxes").out

    examined = deskpost("doctor", "--json")
    assert examined.code == 1
    (found,) = [one for one in examined.json if one["check"] == "mailbox Help"]
    assert (found["ok"], found["words"]) == (False, f"signed in, 2 mails there; but {words}")

    priya = builders.person("Priya", "priya@msp.example", "SDAdmin")
    page = builders.signed_in(priya).get(reverse("incoming"))
    assert words in html.unescape(page.content.decode())

    Mailbox.objects.update(fetching=False)
    assert deskpost("drain").code == 0, "nothing was asked of that server in this run"
    Mailbox.objects.update(fetching=True, after_fetching="leave")
    assert deskpost("drain").code == 0
    assert deskpost("mailboxes", "--json").json[0]["reason"] is None
