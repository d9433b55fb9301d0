"""Replies that wait at a request: who sees them there, who is told, and how they are accepted."""

import pytest
from django.urls import reverse

from deskpost.desk.records import Record
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import open_own, process_again, seen_of
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from tests.console import builders
from tests.console.conftest import Desk

HELEN = "Helen Cho <helen@vantage.example>"
WORDS = "It is the router, she says."


@pytest.fixture
def record(desk: Desk) -> Record:
    """Give a request of Tom's that is Dana's."""
    made = builders.request_by_mail(desk.box)
    Record.objects.filter(pk=made.pk).update(technician=desk.dana)
    return made


def held(desk: Desk, record: Record, sender: str = HELEN) -> MailOutcome:
    """Let somebody name the request who may not join it."""
    parts = {
        "sender": sender,
        "subject": f"Re: ##RE-{record.number}##",
        "message_id": f"<h{sender[-9:-1]}@x>",
    }
    deliver(desk.box, builders.mail(text=WORDS, **parts))
    made = MailOutcome.objects.latest("pk")
    assert (made.kind, made.record) == ("held", record)
    return made


def page_of(who: object, record: Record) -> str:
    response = builders.signed_in(who).get(reverse("request", args=[record.number]))  # type: ignore[arg-type]
    assert response.status_code == 200
    return str(response.content.decode())


def accept(who: object, record: Record, mail: MailOutcome, seen: str | None = None) -> object:
    form = {"seen": seen_of(mail) if seen is None else seen}
    url = reverse("held_accept", args=[record.number, mail.pk])
    return builders.signed_in(who).post(url, form, follow=True)  # type: ignore[arg-type]


def test_an_unverified_reply_is_seen_at_its_request_by_those_who_work_there_and_by_nobody_else(
    desk: Desk, record: Record
) -> None:
    mail = held(desk, record)
    kestrels = builders.person("Kim", "kim@northgate-it.example", "SDTechnician", within=desk.kestrel)
    for who in (desk.dana, kestrels):
        page = page_of(who, record)
        assert "Unverified reply from" in page and "Helen Cho" in page and WORDS in page
        assert "1 unverified reply" in page and "Its sender may not join it" in page
        assert reverse("trace_mail", args=[mail.pk]) in page and "Accept the reply" in page
    assert builders.signed_in(kestrels).get(reverse("trace_mail", args=[mail.pk])).status_code == 200
    page = page_of(desk.tom, record)
    assert "nverified" not in page and WORDS not in page
    vantages = builders.person("Val", "val@northgate-it.example", "SDTechnician", within=desk.vantage)
    client = builders.signed_in(vantages)
    assert client.get(reverse("request", args=[record.number])).status_code == 404
    assert client.get(reverse("trace_mail", args=[mail.pk])).status_code == 404


def test_the_requests_technician_is_told_of_it_once_by_the_bell(desk: Desk, record: Record) -> None:
    mail = held(desk, record)
    rung = BellNotice.objects.get()
    assert (rung.person, rung.url) == (desk.dana, f"/requests/{record.number}/#held-{mail.pk}")
    said = words_of(rung)
    assert said.title == f"A reply waits at request {record.number}"
    assert "helen@vantage.example" in said.text
    process_again(mail.pk, desk.admin, seen_of(mail))
    process(desk.box.pk)
    assert MailOutcome.objects.get(pk=mail.pk).kind == "held"
    assert BellNotice.objects.count() == 1


def test_a_reply_is_accepted_at_its_request_whatever_account_its_sender_is_of(
    desk: Desk, record: Record
) -> None:
    mail = held(desk, record)
    done = accept(desk.dana, record, mail)
    page = done.content.decode()  # type: ignore[attr-defined]
    assert "is in the conversation now" in page and "Unverified reply" not in page
    one = builders.last_conversation(record)
    assert (one.from_address, one.account, one.text.strip()) == ("helen@vantage.example", desk.kestrel, WORDS)


def test_of_two_who_decide_at_once_the_second_is_told(desk: Desk, record: Record) -> None:
    mail = held(desk, record, "Tom at home <tom@private.example>")
    seen = seen_of(mail)
    open_own(mail.pk, desk.sam, seen, lambda *_: True)
    done = accept(desk.dana, record, mail, seen)
    assert "Sam Okafor made it a request of its own meanwhile" in done.content.decode()  # type: ignore[attr-defined]
    assert record.conversations.count() == 1


def test_only_who_may_edit_the_request_accepts_and_only_what_waits_there(desk: Desk, record: Record) -> None:
    mail = held(desk, record)
    assert accept(desk.tom, record, mail).status_code == 403  # type: ignore[attr-defined]
    other = builders.request_by_mail(desk.box, subject="Another", message_id="<o@kestrel.example>")
    assert accept(desk.dana, other, mail).status_code == 404  # type: ignore[attr-defined]
    assert MailOutcome.objects.get(pk=mail.pk).kind == "held"
