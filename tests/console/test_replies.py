"""Replies, forwards and notes."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.outbound.files import content_of
from deskpost.outbound.outbox import OutboxFile, OutboxMail
from tests.console import builders
from tests.console.conftest import Desk

TOM = "Tom Achterberg <tom@kestrel.example>"


def send(client: Client, record: Record, **values: Any) -> Any:
    """Send the composer's form."""
    form = {
        "mode": "reply",
        "to": TOM,
        "cc": "",
        "subject": f"Re: {record.subject}",
        "text": "Please try again.",
        "token": str(uuid.uuid4()),
        "newest": str(builders.last_conversation(record).pk),
        **values,
    }
    return client.post(reverse("request_reply", args=[record.number]), form)


def mails_of(record: Record) -> list[OutboxMail]:
    """Give what people wrote on a request."""
    return list(OutboxMail.objects.filter(record=record, sending_class=2).order_by("pk"))


@pytest.fixture
def record(desk: Desk) -> Record:
    """Give a request that came in by mail."""
    return builders.request_by_mail(
        desk.box,
        to=f"Support <{builders.HELP}>, Nora <nora@kestrel.example>",
        cc="Ilse Roth <ilse@kestrel.example>",
    )


def composer(client: Client, record: Record, mode: str = "reply") -> str:
    """Give the page with the composer in a mode."""
    return client.get(reverse("request", args=[record.number]) + f"?mode={mode}").content.decode()


def test_a_reply_is_a_conversation_and_a_mail_in_the_outbox(desk: Desk, record: Record) -> None:
    response = send(builders.signed_in(desk.dana), record)
    conversation = builders.last_conversation(record)
    assert response.headers["Location"].endswith(f"#message-{conversation.pk}")
    assert (conversation.direction, conversation.text) == ("out", "Please try again.")
    (mail,) = mails_of(record)
    assert mail.to == [["Tom Achterberg", "tom@kestrel.example"]]
    assert mail.in_reply_to == "<1@kestrel.example>"
    assert f"##RE-{record.number}##" in mail.subject
    assert not mail.automatic
    assert conversation.message_id == mail.message_id


def test_reply_all_goes_to_everybody_but_the_desk_itself(desk: Desk, record: Record) -> None:
    page = composer(builders.signed_in(desk.dana), record, "reply_all")
    assert 'value="Tom Achterberg &lt;tom@kestrel.example&gt;"' in page
    assert (
        'name="cc" value="Nora &lt;nora@kestrel.example&gt;, Ilse Roth &lt;ilse@kestrel.example&gt;"' in page
    )
    assert f'name="cc" value="Support &lt;{builders.HELP}' not in page


@pytest.mark.parametrize(
    "typed", [builders.HELP, builders.HELP.upper(), "Support <support+tag@northgate-it.example>"]
)
def test_the_desks_own_address_is_never_a_recipient(desk: Desk, record: Record, typed: str) -> None:
    client = builders.signed_in(desk.dana)
    send(client, record, mode="reply_all", to=f"{TOM}, {typed}", cc=f"{typed}, ilse@kestrel.example")
    (mail,) = mails_of(record)
    assert [address for _, address in (*mail.to, *mail.cc)] == ["tom@kestrel.example", "ilse@kestrel.example"]
    response = send(client, record, to=typed)
    assert response.status_code == 422
    assert "the desk does not write to itself" in response.content.decode()
    assert len(mails_of(record)) == 1


def test_the_sender_is_shown_before_sending(desk: Desk, record: Record) -> None:
    page = composer(builders.signed_in(desk.dana), record)
    assert f"Northgate IT Support &lt;{builders.HELP}&gt;" in page
    desk.server.delete()
    page = composer(builders.signed_in(desk.dana), record)
    assert "no outgoing server yet: the mail will wait here until there is one" in page


def test_without_an_outgoing_server_a_reply_is_held_and_says_why(desk: Desk, record: Record) -> None:
    desk.server.delete()
    client = builders.signed_in(desk.dana)
    send(client, record)
    (mail,) = mails_of(record)
    assert mail.state == "held"
    page = client.get(reverse("request", args=[record.number])).content.decode()
    assert "No outgoing server is set up" in page


def test_a_note_stays_inside(desk: Desk, record: Record) -> None:
    send(builders.signed_in(desk.dana), record, mode="note", to="", text="He sounded angry.")
    note = builders.last_conversation(record)
    assert note.direction == "note"
    assert mails_of(record) == []
    assert "He sounded angry." in composer(builders.signed_in(desk.sam), record)
    assert "He sounded angry." not in composer(builders.signed_in(desk.tom), record)


def test_a_forward_takes_the_mail_and_its_files_along(desk: Desk) -> None:
    record = builders.request_by_mail(
        desk.box, text="Look at the log.", files={"vpn.log": ("text/plain", b"DPD timeout")}
    )
    client = builders.signed_in(desk.dana)
    send(client, record, mode="forward", to="vendor@vpn.example", text="Can you help?")
    (mail,) = mails_of(record)
    assert mail.event == "forward"
    assert mail.text.startswith("Can you help?\n\n---------- Forwarded mail ----------\nFrom: Tom Achterberg")
    assert "Look at the log." in mail.text
    (file,) = OutboxFile.objects.filter(mail=mail)
    assert content_of(file.attachment) == b"DPD timeout"


def test_files_go_with_a_reply(desk: Desk, record: Record) -> None:
    upload = SimpleUploadedFile("../new profile.ovpn", b"remote vpn", "application/x-openvpn-profile")
    send(builders.signed_in(desk.dana), record, attachments=upload)
    (file,) = OutboxFile.objects.filter(mail=mails_of(record)[0])
    assert file.attachment.name == "new profile.ovpn"
    assert content_of(file.attachment) == b"remote vpn"


def test_a_reply_can_set_the_status(desk: Desk, record: Record) -> None:
    waiting = Status.objects.get(name="Waiting for customer")
    send(builders.signed_in(desk.dana), record, status=str(waiting.pk))
    record.refresh_from_db()
    assert record.status == waiting
    entry = record.history.latest("pk")
    assert entry.changes == [["Status", "Open", "Waiting for customer"]]
    assert entry.person == desk.dana


def test_a_reply_that_closes_tells_the_requester(desk: Desk, record: Record) -> None:
    closed = Status.objects.get(name="Closed")
    send(builders.signed_in(desk.dana), record, status=str(closed.pk))
    assert OutboxMail.objects.filter(record=record, event="request_closed").count() == 1


def test_a_form_sent_twice_makes_one_mail(desk: Desk, record: Record) -> None:
    client, token = builders.signed_in(desk.dana), str(uuid.uuid4())
    first = send(client, record, token=token)
    second = send(client, record, token=token)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(mails_of(record)) == 1
    assert Conversation.objects.filter(record=record, direction="out").count() == 1


def test_a_double_click_makes_one_mail(desk: Desk, record: Record) -> None:
    client, token = builders.signed_in(desk.dana), str(uuid.uuid4())

    def click(_: int) -> int:
        try:
            return int(send(client, record, token=token, newest="999999").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as together:
        answers = list(together.map(click, range(4)))
    assert answers == [303] * 4
    assert len(mails_of(record)) == 1


def test_what_was_refused_can_be_sent_again_with_the_same_form(desk: Desk, record: Record) -> None:
    client, token = builders.signed_in(desk.dana), str(uuid.uuid4())
    assert send(client, record, token=token, to="no address").status_code == 422
    assert send(client, record, token=token).status_code == 303
    assert len(mails_of(record)) == 1


def test_an_answer_of_a_colleague_meanwhile_is_told_before_sending(desk: Desk, record: Record) -> None:
    seen = str(builders.last_conversation(record).pk)
    send(builders.signed_in(desk.sam), record, text="Done already.", newest=seen)
    late = send(builders.signed_in(desk.dana), record, newest=seen, text="I look into it.")
    page = late.content.decode()
    assert late.status_code == 422
    assert "Sam Okafor answered at" in page
    assert "I look into it." in page
    assert len(mails_of(record)) == 1
    again = send(builders.signed_in(desk.dana), record, text="I look into it.")
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tom", "“tom” is no e-mail address"),
        ("tom@", "“tom@” is no e-mail address"),
        ("tom@@kestrel.example", "is no e-mail address"),
        ("tom@kestrel..example", "is no e-mail address"),
        ("Tom Achterberg", "cannot be read"),
        ("", "Nobody is named."),
    ],
)
def test_a_wrong_address_is_named_beside_the_field(
    desk: Desk, record: Record, typed: str, words: str
) -> None:
    response = send(builders.signed_in(desk.dana), record, to=typed, text="My long answer")
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "My long answer" in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize(
    "planted",
    ["tom@kestrel.example\r\nBcc: spy@evil.example", "tom@kestrel.example\nX: y", "a\0b@kestrel.example"],
)
def test_no_value_of_the_form_adds_a_header_or_a_recipient(desk: Desk, record: Record, planted: str) -> None:
    send(builders.signed_in(desk.dana), record, to=planted)
    for mail in mails_of(record):
        assert [address for _, address in mail.to] == ["tom@kestrel.example"]
    send(builders.signed_in(desk.dana), record, subject="Re: VPN\r\nBcc: spy@evil.example")
    assert all("\n" not in mail.subject and "\r" not in mail.subject for mail in mails_of(record))


def test_an_empty_reply_is_not_sent(desk: Desk, record: Record) -> None:
    response = send(builders.signed_in(desk.dana), record, text=" \n ")
    assert response.status_code == 422
    assert "There is no text yet." in response.content.decode()


def test_htmx_gets_the_composer_with_its_error_and_goes_to_the_page_when_sent(
    desk: Desk, record: Record
) -> None:
    client = builders.signed_in(desk.dana)
    url = reverse("request_reply", args=[record.number])
    form = {
        "mode": "reply",
        "to": "tom",
        "text": "Hi",
        "token": str(uuid.uuid4()),
        "newest": "999999",
        "subject": "x",
    }
    wrong = client.post(url, form, headers=builders.htmx())
    assert wrong.status_code == 422
    assert wrong.content.decode().lstrip().startswith("<form")
    right = client.post(url, {**form, "to": TOM}, headers=builders.htmx())
    assert right.status_code == 204
    assert "#message-" in right.headers["HX-Redirect"]


def test_a_requesters_answer_on_the_page_is_one_to_the_desk(desk: Desk, record: Record) -> None:
    Record.objects.filter(pk=record.pk).update(technician=desk.dana)
    response = send(builders.signed_in(desk.tom), record, to="", text="It works again.")
    assert response.status_code == 303
    answer = builders.last_conversation(record)
    assert (answer.direction, answer.author) == ("in", desk.tom)
    told = OutboxMail.objects.get(record=record, event="reply_from_requester")
    assert told.to == [["Dana Whitfield", "dana@northgate-it.example"]]
    assert mails_of(record) == []


def test_a_requester_cannot_name_recipients_write_notes_or_set_the_status(desk: Desk, record: Record) -> None:
    closed = Status.objects.get(name="Closed")
    send(
        builders.signed_in(desk.tom),
        record,
        mode="note",
        to="spy@evil.example",
        cc="spy@evil.example",
        status=str(closed.pk),
    )
    answer = builders.last_conversation(record)
    assert answer.direction == "in"
    assert mails_of(record) == []
    record.refresh_from_db()
    assert record.status.name == "Open"


def test_a_requesters_answer_reopens_an_ended_request(desk: Desk, record: Record) -> None:
    closed = Status.objects.get(name="Closed")
    Record.objects.filter(pk=record.pk).update(status=closed, closed_at="2026-11-24T08:00Z")
    send(builders.signed_in(desk.tom), record, to="", text="Not yet.")
    record.refresh_from_db()
    assert record.status.name == "Open"
    assert record.closed_at is None


def test_a_person_without_the_permission_sees_no_composer_and_may_not_send(
    desk: Desk, record: Record
) -> None:
    from deskpost.desk.roles import Role

    Role.objects.create(name="Reader", permissions=["request.view"])
    reader: Person = builders.person("Rita Reader", "rita@northgate-it.example", "Reader")
    client = builders.signed_in(reader)
    assert 'id="composer"' not in composer(client, record)
    response = send(client, record)
    assert response.status_code == 403
    assert "conversation.reply" in response.content.decode()
    assert mails_of(record) == []
