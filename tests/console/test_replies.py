"""Replies, forwards and notes."""

import re
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
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk

TOM = "Tom Achterberg <tom@kestrel.example>"
DANA = "Dana Whitfield <dana@northgate-it.example>"
SAM = "Sam Okafor <sam@northgate-it.example>"
TO_TOM = 'name="to" value="Tom Achterberg &lt;tom@kestrel.example&gt;"'
TO_VERA = 'name="to" value="Vera Hahn &lt;vera@vendor.example&gt;"'


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


def answer_by_mail(desk: Desk, record: Record, sender: str, **parts: str) -> None:
    """Let somebody answer a request from a mail program."""
    parts = {"text": "It is the router.", "message_id": f"<{uuid.uuid4()}@example>"} | parts
    subject = f"Re: ##RE-{record.number}## VPN"
    assert builders.request_by_mail(desk.box, sender=sender, subject=subject, **parts) == record


@pytest.fixture
def asked(desk: Desk, record: Record) -> Record:
    """Give the request once a vendor was asked about it and has answered."""
    send(builders.signed_in(desk.dana), record, mode="forward", to="vera@vendor.example", text="Your price?")
    asked = builders.last_conversation(record).message_id or ""
    answer_by_mail(
        desk, record, "Vera Hahn <vera@vendor.example>", text="Our price is 40.", In_Reply_To=asked
    )
    return record


def test_a_reply_answers_the_requester_after_a_technician_answered_by_mail(
    desk: Desk, record: Record
) -> None:
    answer_by_mail(desk, record, DANA)
    client = builders.signed_in(desk.sam)
    page = composer(client, record)
    assert TO_TOM in page
    assert 'placeholder="Write to Tom Achterberg"' in page
    page = composer(client, record, "reply_all")
    assert TO_TOM in page
    assert (
        'name="cc" value="Nora &lt;nora@kestrel.example&gt;, Ilse Roth &lt;ilse@kestrel.example&gt;"' in page
    )


def test_a_reply_answers_the_requester_after_a_vendor_answered(desk: Desk, asked: Record) -> None:
    page = composer(builders.signed_in(desk.dana), asked)
    assert TO_TOM in page
    assert 'placeholder="Write to Tom Achterberg"' in page


def test_a_forward_takes_the_mail_along_that_the_composer_names(desk: Desk, asked: Record) -> None:
    client = builders.signed_in(desk.dana)
    assert "The newest mail of Tom Achterberg goes along" in composer(client, asked, "forward")
    send(client, asked, mode="forward", to="nora@kestrel.example", text="Have a look.")
    mail = mails_of(asked)[-1]
    assert "From: Tom Achterberg" in mail.text and "It drops every twenty minutes." in mail.text
    assert "Our price" not in mail.text


@pytest.mark.parametrize("known", [True, False])
def test_without_a_requester_a_reply_goes_to_who_wrote_last_and_is_no_technician(
    desk: Desk, asked: Record, known: bool
) -> None:
    Record.objects.filter(pk=asked.pk).update(requester=None)
    if not known:
        Conversation.objects.filter(record=asked, from_name="Vera Hahn").update(author=None)
    answer_by_mail(desk, asked, DANA)
    assert TO_VERA in composer(builders.signed_in(desk.dana), asked)


def test_a_technicians_own_request_is_answered_to_the_technician(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, sender=DANA, message_id="<own@northgate-it.example>")
    answer_by_mail(desk, record, SAM)
    page = composer(builders.signed_in(desk.sam), record)
    assert 'name="to" value="Dana Whitfield &lt;dana@northgate-it.example&gt;"' in page


def test_the_sender_that_is_shown_is_the_one_that_a_reply_leaves_from(desk: Desk) -> None:
    vpn, printers = "vpn@northgate-it.example", "printers@northgate-it.example"
    OutgoingServer.objects.update(allowed_from=[vpn, printers])
    record = builders.request_by_mail(desk.box, to=vpn)
    answer_by_mail(desk, record, "Ilse Roth <ilse@kestrel.example>", to=printers)
    shown = re.search(r'class="from">[^&]*&lt;([^&]*)&gt;', composer(builders.signed_in(desk.dana), record))
    assert shown is not None
    send(builders.signed_in(desk.dana), record)
    assert [shown[1], mails_of(record)[0].sender_address] == [vpn, vpn]


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


def test_the_empty_box_says_whom_its_text_is_for(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.dana)
    hints = {
        "reply": "Write to Tom Achterberg",
        "forward": "A note for who gets it",
        "note": "A note for technicians",
    }
    for mode, hint in hints.items():
        page = composer(client, record, mode)
        assert f'placeholder="{hint}' in page
        assert f'data-hint="{hints["forward"]}' in page, "the tabs change it without loading the page anew"


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


def test_an_answer_of_a_colleague_by_mail_is_told_before_sending(desk: Desk, record: Record) -> None:
    Record.objects.filter(pk=record.pk).update(technician=desk.sam)
    answer_by_mail(desk, record, TOM)
    notice = OutboxMail.objects.get(event="reply_from_requester").message_id
    seen = str(builders.last_conversation(record).pk)
    answer_by_mail(desk, record, SAM, In_Reply_To=str(notice))
    late = send(builders.signed_in(desk.dana), record, newest=seen, text="I look into it.")
    assert late.status_code == 422
    assert "Sam Okafor answered at" in late.content.decode()
    own = send(builders.signed_in(desk.sam), record, newest=seen, text="And one more thing.")
    assert own.status_code == 303, "that is no colleague's answer"
    again = send(builders.signed_in(desk.dana), record, text="I look into it.")
    assert again.status_code == 303


def test_what_others_write_to_the_desk_meanwhile_does_not_hold_a_reply(desk: Desk, record: Record) -> None:
    seen = str(builders.last_conversation(record).pk)
    answer_by_mail(desk, record, TOM)
    answer_by_mail(desk, record, DANA, to=f"{builders.HELP}, {SAM}")
    assert send(builders.signed_in(desk.sam), record, newest=seen).status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tom", "“tom” is no e-mail address"),
        ("tom@", "“tom@” is no e-mail address"),
        ("tom@kestrel", "“tom@kestrel” is no e-mail address"),
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


@pytest.mark.parametrize("token", [None, "", "not-a-token", "a\0b", "9" * 40])
@pytest.mark.parametrize("mode", ["reply", "reply_all", "forward", "note"])
def test_a_form_without_its_token_sends_nothing_and_keeps_what_was_typed(
    desk: Desk, record: Record, mode: str, token: str | None
) -> None:
    client = builders.signed_in(desk.dana)
    form = {"mode": mode, "to": "nora@kestrel.example", "text": "I typed this.", "status": ""}
    form |= {} if token is None else {"token": token}
    before = Conversation.objects.count()
    answer = client.post(reverse("request_reply", args=[record.number]), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "the form did not come whole" in page and "To do: look through what stands here" in page
    assert "I typed this." in page and "nora@kestrel.example" in page
    assert (Conversation.objects.count(), mails_of(record)) == (before, [])
    fresh = re.search(r'name="token" value="([^"]+)"', page)
    assert fresh is not None
    assert send(client, record, mode=mode, token=fresh[1]).status_code == 303
    assert Conversation.objects.count() == before + 1


def test_a_requester_is_told_of_a_missing_token_too_and_names_nobody(desk: Desk, record: Record) -> None:
    client = builders.signed_in(desk.tom)
    url = reverse("request_reply", args=[record.number])
    form = {"mode": "reply", "text": "It works now.", "to": "no address", "cc": "boss@kestrel.example"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert "the form did not come whole" in answer.content.decode()
    assert client.post(url, {**form, "token": str(uuid.uuid4())}).status_code == 303
    written = builders.last_conversation(record)
    assert (written.text, written.to, written.cc) == ("It works now.", [], [])


@pytest.mark.parametrize("wrong", [{"mode": "shout"}, {"status": "987"}, {"newest": "yesterday"}])
def test_what_a_page_carried_wrongly_is_said_above_the_form(
    desk: Desk, record: Record, wrong: dict[str, str]
) -> None:
    answer = send(builders.signed_in(desk.dana), record, **wrong)
    assert answer.status_code == 422
    assert "the form did not come whole" in answer.content.decode()
    assert mails_of(record) == []
