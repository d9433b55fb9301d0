"""Replies and forwards of people."""

import hashlib

import pytest

from deskpost.desk.attachments import Attachment
from deskpost.outbound.by_person import NobodyToWriteTo, send_by_person
from deskpost.outbound.files import files_of
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


def test_a_mail_to_nobody_but_the_desk_is_refused_in_words() -> None:
    make.server()
    ann = make.person("Ann")
    reply = make.mail_out(make.record(make.person("Ute")), ann)
    with pytest.raises(NobodyToWriteTo, match="To do:"):
        send_by_person(
            conversation=reply, author=ann, to=[("", "help@desk.example")], subject="x", mode="reply"
        )


def test_files_that_were_kept_go_out_with_the_mail() -> None:
    make.server()
    ann = make.person("Ann")
    forward = make.mail_out(make.record(make.person("Ute")), ann)
    for name, verdict in (("a.txt", "kept"), ("b.exe", "dropped")):
        Attachment.objects.create(
            conversation=forward,
            account_id=forward.account_id,
            name=name,
            content_type="text/plain",
            size=5,
            sha256=hashlib.sha256(b"hello").hexdigest(),
            content=b"hello",
            verdict=verdict,
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
