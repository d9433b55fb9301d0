"""The setup assistant: from nothing to the first mail fetched, left and come back to, bad input at each question."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.process import process
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders, test_connect
from tests.console.conftest import Desk
from tests.inbound.builders import mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.name_server import name_server

ADDRESS = "support@northgate-it.example"
NAMES = {
    ("northgate-it.example", "MX"): ("10 mx1.northgate-it.example.",),
    ("imap.northgate-it.example", "A"): ("127.0.0.1",),
    ("contoso.example", "MX"): ("0 contoso-example.mail.protection.outlook.com.",),
    ("gov.example", "MX"): ("0 gov-example.mail.protection.office365.us.",),
    ("beijing.example", "MX"): ("0 beijing-example.mail.protection.partner.outlook.cn.",),
    ("goo.example", "MX"): ("5 alt1.aspmx.l.google.com.", "1 aspmx.l.google.com."),
}
WRITTEN = re.compile(r'<input type="(?:hidden|text)" name="(\w+)" value="([^"]*)"')


def shown(page: str) -> str:
    """Give the words of a page, or of a part of one, without the frame around it."""
    return test_connect.shown(main if (main := page.partition("<main")[2].partition("</main>")[0]) else page)


@pytest.fixture
def empty(desk: Desk) -> Iterator[Desk]:
    """A desk without mailbox and outgoing server, whose name service knows few domains."""
    desk.server.delete()
    Mailbox.objects.all().delete()
    with name_server(NAMES):
        yield desk


def answer(client: Client, number: int, **values: str) -> tuple[int, str]:
    """Answer a question by its page, with what that carried along; give the status and the page that follows."""
    url = f"/setup/{number}/"
    page = client.get(url).content.decode().partition("<main")[2].partition("</main>")[0]
    carried = {
        name: unescape(value) for name, value in WRITTEN.findall(page) if name not in ("act", "from", "way")
    }
    response = client.post(url, {**carried, **values})
    if response.status_code == 303:
        return 303, shown(client.get(response["Location"], follow=True).content.decode())
    return response.status_code, shown(response.content.decode())


def sign_in(dovecot: Dovecot, user: str, **values: str) -> dict[str, str]:
    return {
        **{"protocol": "imap", "tls": "none", "server": "127.0.0.1", "port": str(dovecot.imap)},
        **{"username": user, "password": PASSWORD, **values},
    }


def at_sign_in(client: Client, address: str = ADDRESS, runner: str = "server") -> None:
    assert answer(client, 1, address=address)[0] == 303
    assert answer(client, 2, runner=runner)[0] == 303


def progress(who: Person) -> SetupAssistant:
    return SetupAssistant.objects.get(pk=who.pk)


def test_five_questions_lead_from_nothing_to_the_first_request(empty: Desk, dovecot: Dovecot) -> None:
    client, user = builders.signed_in(empty.admin), dovecot.new_user()
    dovecot.deliver(user, mail())
    page = client.get("/requests/").content.decode()
    assert 'href="/setup/"' in page and "Five questions" in page

    status, page = answer(client, 1, address=ADDRESS.title())
    assert status == 303 and "Question 2 of 5" in page and "imap.northgate-it.example exists" in page
    status, page = answer(client, 2, runner="server")
    assert status == 303 and f"Sign in to {ADDRESS}" in page and "MX: mx1.northgate-it.example" in page
    status, page = answer(client, 3, **sign_in(dovecot, user))
    assert status == 303 and "To come: 127.0.0.1 answers" in page

    tested = client.post("/setup/tests/", follow=True)
    page = shown(tested.content.decode())
    assert "Passed: 127.0.0.1 answers" in page and "Passed: Mailbox opened" in page
    assert "Passed: Oldest mail read" in page
    status, page = answer(client, 3, act="next")
    assert "Question 4 of 5" in page
    status, page = answer(client, 4, first_fetch="everything", after_imap="mark_read")
    assert "Question 5 of 5" in page and "1 mail is there. The first fetch brings 1 of them." in page
    status, page = answer(client, 5, act="later")
    assert f"{ADDRESS} is set up" in page and "The first fetch begins now" in page

    box = Mailbox.objects.get()
    assert (box.fetching, box.addresses, box.password) == (True, [ADDRESS], PASSWORD)
    assert fetch(box.pk).collected == 1
    assert process(box.pk) == 1
    assert Record.objects.count() == 1
    assert "1 mail fetched" in shown(client.get("/setup/news/").content.decode())


def test_the_assistant_is_left_and_come_back_to_at_its_open_question(empty: Desk, dovecot: Dovecot) -> None:
    client, user = builders.signed_in(empty.admin), dovecot.new_user()
    at_sign_in(client)
    answer(client, 3, **sign_in(dovecot, user))
    later = builders.signed_in(empty.admin)
    assert later.get("/setup/")["Location"] == "/setup/3/", "saved as they went"
    page = later.get("/setup/3/").content.decode()
    assert f'value="{user}"' in page and PASSWORD not in page
    assert later.get("/setup/4/")["Location"] == "/setup/", "nobody skips a question"
    other = builders.signed_in(builders.person("Uma", "uma@northgate-it.example", "SDAdmin"))
    assert other.get("/setup/")["Location"] == "/setup/1/", "each has their own"
    status, page = answer(other, 1, address=ADDRESS)
    assert status == 422 and f"{ADDRESS} is set up already, as the mailbox {ADDRESS}." in page

    client.post("/setup/tests/")
    answer(client, 3, act="next")
    status, page = answer(client, 3, **sign_in(dovecot, user, password="wrong"))
    assert progress(empty.admin).question == 3, "what was tried before counts no more"
    Mailbox.objects.update(removed_at="2026-11-30T12:00Z", password="", fetching=False)
    page = client.get("/setup/", follow=True).content.decode()
    assert "Question 3 of 5" in page and 'value="imap.northgate-it.example"' in page


def test_what_cannot_be_right_is_said_at_each_question(empty: Desk, dovecot: Dovecot) -> None:
    client, user = builders.signed_in(empty.admin), dovecot.new_user()
    for written in ("", "support", "a@b@c", "x" * 300 + "@a.example", "support@", "a\0b@c.example"):
        assert answer(client, 1, address=written)[0] == 422, written
    assert answer(client, 1, address="support@nowhere.example")[0] == 303
    page = shown(client.get("/setup/2/").content.decode())
    assert "Its domain tells nothing of it" in page
    for chosen in ("", "nobody"):
        status, page = answer(client, 2, runner=chosen)
        assert status == 422 and "To do:" in page
    answer(client, 2, runner="server")

    bad = (
        {"server": "https://x"},
        {"port": "0"},
        {"username": ""},
        {"ca_file": "a\nb"},
        {"protocol": "smtp"},
    )
    for values in bad:
        status, page = answer(client, 3, **sign_in(dovecot, user, **values))
        assert status == 422 and "Not saved. One field needs a change" in page, values
        assert PASSWORD not in page
    status, page = answer(client, 3, **sign_in(dovecot, user, server="outlook.office365.com"))
    assert status == 422 and "Basic authentication is not possible at outlook.office365.com" in page
    assert not Mailbox.objects.exists()

    answer(client, 3, **sign_in(dovecot, user, password="wrong"))
    page = shown(client.post("/setup/tests/", follow=True).content.decode())
    assert "Failed: Open the mailbox" in page and "To do:" in page and "wrong" not in page
    client.post("/setup/3/", {"act": "next"})
    assert progress(empty.admin).question == 3, "not before every test has passed"
    status, page = answer(client, 3, **sign_in(dovecot, user, server="127.0.0.2", password=""))
    assert status == 422 and "is not sent to another server" in page, (
        "a stored password stays where it was given"
    )
    answer(client, 3, **sign_in(dovecot, user))
    client.post("/setup/tests/")
    answer(client, 3, act="next")

    bad = (
        {"first_fetch": "since", "since": "soon"},
        {"after_imap": "move", "move_to": ""},
        {"after_imap": "burn"},
    )
    for values in bad:
        assert answer(client, 4, **{"first_fetch": "new", "after_imap": "leave", **values})[0] == 422, values
    Mailbox.objects.update(port=1)
    status, page = answer(client, 4, first_fetch="new", after_imap="leave")
    assert progress(empty.admin).question == 4 and "To do:" in page, "the look is made as it is answered"


def test_answers_leave_by_another_server_once_it_is_saved_and_tried(empty: Desk, dovecot: Dovecot) -> None:
    client, user = builders.signed_in(empty.admin), dovecot.new_user()
    at_sign_in(client)
    answer(client, 3, **sign_in(dovecot, user))
    client.post("/setup/tests/")
    answer(client, 3, act="next")
    answer(client, 4, first_fetch="new", after_imap="leave")
    typed = {
        "way": "other",
        "act": "save",
        "server": "127.0.0.1",
        "protocol": "smtp",
        "port": "9",
        "tls": "no",
    }
    status, page = answer(
        client, 5, **{**typed, "requires_authentication": "on", "username": "x", "password": ""}
    )
    assert status == 422 and "This is needed to sign in." in page
    status, page = answer(client, 5, **typed)
    assert status == 303 and f"Answers leave by 127.0.0.1 as {ADDRESS}." in page
    assert OutgoingServer.objects.get().reply_to == ADDRESS
    for to in ("", "nobody"):
        assert answer(client, 5, act="sample", to=to)[0] == 422
    status, page = answer(client, 5, act="sample", to="priya@northgate-it.example")
    assert status == 200 and "Not taken, after" in page and "To do:" in page
    status, page = answer(client, 5, act="finish")
    assert "is set up" in page and Mailbox.objects.get().fetching
    client.post("/setup/anew/")
    assert client.get("/setup/")["Location"] == "/setup/1/" and Mailbox.objects.get().fetching


def test_only_who_may_set_mail_everywhere_is_assisted(empty: Desk) -> None:
    for url in ("/setup/", "/setup/1/", "/setup/news/"):
        assert builders.signed_in(empty.dana).get(url).status_code == 403
    for url in ("/setup/1/", "/setup/tests/", "/setup/anew/"):
        assert builders.signed_in(empty.dana).post(url).status_code == 403
    assert not SetupAssistant.objects.exists()
