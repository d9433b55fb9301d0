"""What somebody wrote is not lost when the database goes away while it is sent."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from tests.console import builders
from tests.console.conftest import Desk
from tests.database import url_of

TEXT = 'It drops & comes back.\n\nSecond line of "mine", <b>bold</b>.\n'


@contextmanager
def away() -> Iterator[None]:
    """Let PostgreSQL end the connections to this test's database, and refuse new ones."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND backend_type = 'client backend'",
            [name],
        )
        try:
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            connection.close()


def kept_in(page: str) -> tuple[str, dict[str, str]]:
    """Give the address and the values of the form on an error page, as a browser sends them."""
    form = re.search(r'<form class="kept" method="post" action="([^"]+)".*?</form>', page, re.DOTALL)
    assert form, page
    values = dict(re.findall(r'<input [^>]*name="(\w+)" value="([^"]*)"', form[0]))
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form[0], re.DOTALL)
    assert text
    return form[1], {name: unescape(value) for name, value in {**values, "text": text[1]}.items()}


@pytest.fixture
def client_of() -> Callable[[object], object]:
    """Gives a function that gives the browser of somebody, in which faults are pages."""

    def client_of(who: object) -> object:
        client = builders.signed_in(who)  # type: ignore[arg-type]
        client.raise_request_exception = False
        return client

    return client_of


def test_a_new_request_is_kept_on_the_page_and_opened_once_when_it_is_sent_again(
    desk: Desk, client_of: Callable[[object], object]
) -> None:
    client = client_of(desk.dana)
    form = {
        "account": str(desk.kestrel.pk),
        "requester": "Tom Achterberg <tom@kestrel.example>",
        "subject": "“VPN” & more",
        "text": TEXT,
        "token": str(uuid.uuid4()),
    }
    with away():
        answer = client.post("/requests/new/", {**form, "attachments": SimpleUploadedFile("a.txt", b"a")})
        assert answer.status_code == 503
        page = answer.content.decode()
        assert "What you wrote is kept on this page." in page
        assert "choose the files again" in page
        url, values = kept_in(page)
        assert values == form
        again = client.post(url, values)
        assert kept_in(again.content.decode()) == (url, values), "while it is away the text stays"
    assert client.post(url, values).status_code == 302
    assert client.post(url, values).status_code == 302
    record = Record.objects.get()
    assert record.subject == form["subject"]
    assert Conversation.objects.get(record=record).text == TEXT


@pytest.mark.parametrize("mode", ["reply", "note"])
def test_a_reply_and_a_note_are_kept_and_sent_again(
    desk: Desk, client_of: Callable[[object], object], mode: str
) -> None:
    record = builders.request_by_mail(desk.box)
    client = client_of(desk.dana)
    form = {"mode": mode, "to": "tom@kestrel.example", "cc": "", "subject": "Re: VPN", "text": TEXT}
    form |= {"token": str(uuid.uuid4()), "newest": str(builders.last_conversation(record).pk), "status": ""}
    url = f"/requests/{record.number}/reply/?view=open"
    with away():
        answer = client.post(url, form)
        assert answer.status_code == 503
        assert kept_in(answer.content.decode()) == (url, form)
        told = client.post(url, form, headers=builders.htmx())
        assert told.status_code == 422, "htmx shows it above the form, which stays"
        assert told.headers["HX-Retarget"] == "#main"
        assert "Not sent: the database does not answer." in told.content.decode()
    assert client.post(url, form).status_code == 303
    assert client.post(url, form).status_code == 303
    assert [one.text for one in Conversation.objects.filter(record=record, author=desk.dana)] == [TEXT]


def test_a_password_is_never_on_an_error_page(desk: Desk, client_of: Callable[[object], object]) -> None:
    client = client_of(desk.dana)
    with away():
        page = client.post("/sign-in/", {"username": "dana", "password": "a secret", "text": "x"})
    assert page.status_code == 503
    assert "a secret" not in page.content.decode()
