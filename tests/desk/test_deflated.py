"""HTML lies deflated in its column, whoever writes it."""

import pytest
from django.db import connection

from deskpost.desk.conversations import Conversation
from deskpost.desk.deflated import inflate
from deskpost.inbound.deliver import deliver
from tests.inbound.builders import mail, mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")
HTML = "<p>Der Drucker \u00f6ffnet nicht \U0001f525</p>" * 200


def column() -> bytes:
    """Give what the only row's column holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT html FROM conversation")
        ((held,),) = cursor.fetchall()
        return bytes(held)


def test_html_of_a_mail_is_read_back_as_it_was_made_safe() -> None:
    raw = (
        b"From: ann@acme.example\r\nMessage-ID: <1@acme.example>\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n" + HTML.encode()
    )
    deliver(mailbox(), raw)
    assert Conversation.objects.get().html == HTML
    assert inflate(column()) == HTML
    assert len(column()) < len(HTML) / 10


def test_html_that_the_application_writes_is_deflated_too() -> None:
    request = make.record(make.person("Bo"))
    written = make.mail_in(request, html=HTML)
    assert Conversation.objects.get(html__isnull=False) == written
    written.refresh_from_db()
    assert written.html == HTML
    assert inflate(column()) == HTML


@pytest.mark.parametrize("html", ["", None])
def test_no_html_and_empty_html_stay_what_they_are(html: str | None) -> None:
    written = make.mail_in(make.record(make.person("Bo")), html=html)
    written.refresh_from_db()
    assert written.html == html


def test_a_mail_of_text_alone_has_no_html() -> None:
    deliver(mailbox(), mail())
    assert Conversation.objects.get().html is None
