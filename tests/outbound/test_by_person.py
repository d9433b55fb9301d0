"""Replies and forwards of people."""

import hashlib
from collections.abc import Callable

import pytest
from django.utils import timezone

from deskpost.desk.attachments import Attachment
from deskpost.outbound import outbox_acts, queue, upkeep
from deskpost.outbound.by_person import NobodyToWriteTo, send_by_person
from deskpost.outbound.files import files_of
from deskpost.outbound.notify import notify
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tokens import tokens
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db


def test_a_reply_is_one_mail_with_to_and_cc_less_the_desks_own_addresses() -> None:
    make.server(allowed_from=["sales@desk.example"])
    ann, ute = make.person("Ann", technician=True), make.person("Ute")
    request = make.record(ute)
    make.mail_in(request, "<first@acme.example>", to=[["", "Sales@desk.example"]])
    reply = make.mail_out(request, ann)
    mail = send_by_person(
        conversation=reply,
        author=ann,
        to=[("Ute", "ute@acme.example"), ("", "box@desk.example"), ("Ute again", "UTE@acme.example")],
        cc=[("", "help@desk.example"), ("Carl", "carl@acme.example")],
        subject="Re: Printer on fire",
        mode="reply_all",
        own_addresses=frozenset({"box@desk.example"}),
    )
    assert mail.to == [["Ute", "ute@acme.example"]]
    assert mail.cc == [["Carl", "carl@acme.example"]]
    assert (mail.sending_class, mail.event, mail.automatic, mail.author) == (2, "reply", False, ann)
    assert mail.subject == f"Re: ##RE-{request.number}## Printer on fire"
    assert mail.in_reply_to == "<first@acme.example>"
    assert (mail.sender_address, mail.reply_to) == ("sales@desk.example", "help@desk.example")
    reply.refresh_from_db()
    assert reply.message_id == mail.message_id
    assert (reply.from_address, reply.to) == ("sales@desk.example", mail.to)


def test_a_reply_leaves_from_the_address_that_the_mail_it_answers_was_written_to() -> None:
    sales, other = [["", "sales@desk.example"]], [["", "it@desk.example"]]
    make.server(allowed_from=["sales@desk.example", "it@desk.example"])
    ann, ute, vic = make.person("Ann", technician=True), make.person("Ute"), make.person("Vic")
    of_ute, of_nobody, of_ann = make.record(ute), make.record(), make.record(ann)
    make.mail_in(of_ute, "<1@acme.example>", to=sales)
    make.mail_in(of_ute, "<away@acme.example>", to=other, automatic=True)
    make.mail_in(of_nobody, "<2@acme.example>", to=sales, author=vic)
    make.mail_in(of_nobody, "<3@desk.example>", to=other, author=ann)
    make.mail_in(of_ann, "<4@desk.example>", to=sales)
    make.mail_in(of_ann, "<5@acme.example>", to=other, author=vic)
    for request in (of_ute, of_nobody, of_ann):
        reply = make.mail_out(request, ann)
        mail = send_by_person(
            conversation=reply, author=ann, to=[("", "u@acme.example")], subject="Re: x", mode="reply"
        )
        assert mail.sender_address == "sales@desk.example"


def test_a_reply_answers_the_requesters_own_mail_and_names_none_of_anybody_elses() -> None:
    make.server(allowed_from=["sales@desk.example"])
    ann, ute, vic = make.person("Ann", technician=True), make.person("Ute"), make.person("Vic")
    request = make.record(ute)
    make.mail_in(request, "<ute@acme.example>", to=[["", "sales@desk.example"]])
    make.mail_in(request, "<vic@vendor.example>", author=vic, to=[["", "help@desk.example"]])
    reply = make.mail_out(request, ann)
    mail = send_by_person(
        conversation=reply, author=ann, to=[("Ute", "ute@acme.example")], subject="Re: x", mode="reply"
    )
    assert mail.in_reply_to == "<ute@acme.example>"
    assert mail.references == ["<ute@acme.example>"]
    assert mail.sender_address == "sales@desk.example", "the address that the requester wrote to"

    others = make.record(ute)
    make.mail_in(others, "<vic2@vendor.example>", author=vic)
    reply = make.mail_out(others, ann)
    mail = send_by_person(
        conversation=reply, author=ann, to=[("Ute", "ute@acme.example")], subject="Re: x", mode="reply"
    )
    assert mail.in_reply_to == "<vic2@vendor.example>", "where there is none of the requester"


def test_a_mail_to_nobody_but_the_desk_is_refused_in_words() -> None:
    make.server()
    ann = make.person("Ann")
    reply = make.mail_out(make.record(make.person("Ute")), ann)
    with pytest.raises(NobodyToWriteTo, match="To do:"):
        send_by_person(
            conversation=reply, author=ann, to=[("", "help@desk.example")], subject="x", mode="reply"
        )


def test_the_files_of_a_forward_go_out_with_the_mail() -> None:
    make.server()
    ann = make.person("Ann")
    forward = make.mail_out(make.record(make.person("Ute")), ann)
    Attachment.objects.create(
        conversation=forward,
        account_id=forward.account_id,
        name="a.txt",
        content_type="text/plain",
        size=5,
        sha256=hashlib.sha256(b"hello").hexdigest(),
        content=b"hello",
    )
    mail = send_by_person(
        conversation=forward, author=ann, to=[("", "x@y.example")], subject="Fwd: x", mode="forward"
    )
    assert mail.event == "forward"
    assert [(file.name, file.content) for file in files_of(mail.pk)] == [("a.txt", b"hello")]


def test_a_reply_without_a_server_is_held_and_nothing_is_lost() -> None:
    ann = make.person("Ann")
    reply = make.mail_out(make.record(make.person("Ute")), ann)
    mail = send_by_person(conversation=reply, author=ann, to=[("", "x@y.example")], subject="x", mode="reply")
    assert mail.state == "held"
    assert "No outgoing server" in mail.reason


@pytest.mark.parametrize(
    "leave",
    [
        lambda mail, server: upkeep.take_up_held(),
        lambda mail, server: outbox_acts.retry_now(mail.pk),
        lambda mail, server: outbox_acts.send_through(mail.pk, server.pk),
    ],
    ids=["by itself", "retry now", "send through"],
)
def test_a_held_reply_leaves_once_there_is_a_server_as_if_it_had_been_there(
    leave: Callable[[OutboxMail, OutgoingServer], object],
) -> None:
    ann, ute = make.person("Ann"), make.person("Ute")
    request = make.record(ute)
    make.mail_in(request, to=[["", "Sales@desk.example"]])
    first, second = make.mail_out(request, ann), make.mail_out(request, ann)
    mails = [
        send_by_person(conversation=one, author=ann, to=[("", "x@y.example")], subject="x", mode="reply")
        for one in (first, second)
    ]
    assert mails[1].references == [mails[0].message_id, "<1@acme.example>"]
    OutboxMail.objects.update(give_up_at=timezone.now())
    server = make.server(allowed_from=["sales@desk.example"])
    assert leave(mails[0], server)
    for one in (first, second, *mails):
        one.refresh_from_db()
    mail = mails[0]
    assert (mail.state, mail.server, mail.sender_name) == ("queued", server, "Northgate IT Support")
    assert mail.give_up_at > timezone.now(), "it is given as long as a mail of today"
    assert (mail.sender_address, mail.reply_to) == ("sales@desk.example", "help@desk.example")
    assert mail.message_id.endswith("@desk.example>") and tokens().find(mail.message_id) == (mail.pk,)
    assert (first.from_name, first.from_address) == ("Northgate IT Support", "sales@desk.example")
    assert first.message_id == mail.message_id
    assert mails[1].references == [mail.message_id, "<1@acme.example>"]
    assert second.message_id == mails[1].message_id


def test_a_reply_that_was_tried_keeps_its_message_id_when_its_server_is_removed() -> None:
    gone = make.server(reply_to="help@gone.example")
    ann = make.person("Ann")
    request = make.record(make.person("Ute"))
    make.mail_in(request, to=[["", "sales@desk.example"]])
    reply = make.mail_out(request, ann)
    mail = send_by_person(conversation=reply, author=ann, to=[("", "x@y.example")], subject="x", mode="reply")
    queue.claim(gone.pk, "host/1/1/a", 10)
    gone.delete()
    make.server(allowed_from=["sales@desk.example"])
    assert upkeep.take_up_held() == 1
    again = OutboxMail.objects.get(pk=mail.pk)
    reply.refresh_from_db()
    assert again.message_id == reply.message_id == mail.message_id
    assert mail.message_id.endswith("@gone.example>")
    assert again.sender_address == reply.from_address == "sales@desk.example"


def test_a_held_notice_leaves_from_its_server_and_its_conversation_stays_as_it_was() -> None:
    request = make.record(make.person("Ute"))
    asked = make.mail_in(request, to=[["", "sales@desk.example"]], from_address="ute@acme.example")
    notify(make.new_request(request, conversation_id=asked.pk))
    make.server(allowed_from=["sales@desk.example"])
    assert upkeep.take_up_held() == 1
    mail = OutboxMail.objects.get()
    assert (mail.conversation_id, mail.sender_address) == (asked.pk, "help@desk.example")
    assert mail.message_id.endswith("@desk.example>") and tokens().find(mail.message_id) == (mail.pk,)
    asked.refresh_from_db()
    assert (asked.from_address, asked.message_id) == ("ute@acme.example", "<1@acme.example>")
