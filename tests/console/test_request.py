"""One request: what a technician sees, what a requester does not, the way of its mails."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deskpost.desk import requests
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.pipeline import STEPS
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk


def page_of(who: Person, record: Record, query: str = "") -> str:
    """Give the request's page."""
    return builders.signed_in(who).get(reverse("request", args=[record.number]) + query).content.decode()


def test_a_request_shows_its_mail_and_whence_it_came(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, cc="Ilse Roth <ilse@kestrel.example>")
    page = page_of(desk.dana, record)
    assert "It drops every twenty minutes." in page
    assert "tom@kestrel.example" in page
    assert "Ilse Roth" in page
    assert "Opened by mail" in page
    assert f"##RE-{record.number}##" in page
    assert "How this mail got here" in page


def test_a_requester_sees_neither_notes_nor_traces_nor_history_nor_addresses(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, cc="Ilse Roth <ilse@kestrel.example>")
    requests.add_conversation(
        record,
        direction="note",
        author=desk.dana,
        sender=("Dana", ""),
        text="A secret note",
        subject="",
        at=timezone.now(),
    )
    builders.request_by_mail(
        desk.box,
        sender="ilse@kestrel.example",
        subject=f"Re: ##RE-{record.number}##",
        text="Me too.",
        message_id="<3@kestrel.example>",
        cc="tom@kestrel.example",
    )
    page = page_of(desk.tom, record)
    assert "It drops every twenty minutes." in page
    assert "Me too." in page
    for hidden in (
        "A secret note",
        "How this mail got here",
        "History",
        "ilse@kestrel.example",
        "1 note",
        "<select",
    ):
        assert hidden not in page, hidden
    mail = Conversation.objects.filter(record=record, direction="in").earliest("pk")
    way = builders.signed_in(desk.tom).get(reverse("mail_way", args=[mail.pk]))
    assert way.status_code == 403
    assert "trace.view" in way.content.decode()
    note = Conversation.objects.get(record=record, direction="note")
    assert builders.signed_in(desk.tom).get(reverse("mail_way", args=[note.pk])).status_code == 404


def test_the_way_of_a_mail_names_every_step_and_the_one_that_decided(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    mail = builders.last_conversation(record)
    url = reverse("mail_way", args=[mail.pk])
    client = builders.signed_in(desk.dana)
    page = client.get(url, follow=True).content.decode()
    part = client.get(url, headers=builders.htmx()).content.decode()
    for text in (page, part):
        assert text.count('<li class="') == len(STEPS)
        assert "Collected" in text
        assert f"request {record.number}" in text
        assert "New request" in text
    assert "<html" in page
    assert "<html" not in part
    assert "&lt;1@kestrel.example&gt;" in page


def test_a_step_that_was_not_reached_says_so(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    builders.request_by_mail(
        desk.box, subject=f"Re: ##RE-{record.number}## VPN", message_id="<2@kestrel.example>"
    )
    mail = builders.last_conversation(record)
    way = reverse("mail_way", args=[mail.pk])
    text = builders.signed_in(desk.dana).get(way, follow=True).content.decode()
    assert text.count("not reached") == 1
    assert "the tenth decided: Threading" in text


def test_mails_that_come_meanwhile_are_added_below(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    client = builders.signed_in(desk.dana)
    url = reverse("request_newer", args=[record.number])
    after = builders.last_conversation(record).pk
    assert client.get(url, {"after": after}, headers=builders.htmx()).status_code == 204
    builders.request_by_mail(
        desk.box,
        subject=f"Re: ##RE-{record.number}##",
        text="Still broken.",
        message_id="<2@kestrel.example>",
    )
    part = client.get(url, {"after": after}, headers=builders.htmx()).content.decode()
    assert "Still broken." in part
    assert "1 new mail" in part
    assert "2 mails" in part
    assert f"after={builders.last_conversation(record).pk}" in part


def test_a_long_conversation_is_folded_and_older_parts_are_a_link_away(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    for place in range(70):
        requests.add_conversation(
            record,
            direction="note",
            author=desk.dana,
            sender=("Dana", ""),
            text=f"Note number {place:03}.",
            subject="",
            at=timezone.now(),
        )
    page = page_of(desk.dana, record)
    assert page.count('<article class="message') == 54
    assert "Show 50 earlier: 50 notes" in page
    older = page.split('class="older"><a href="')[1].split('"')[0].replace("&amp;", "&")
    before = page_of(desk.dana, record, older)
    assert "Note number 000." in before
    assert "It drops every twenty minutes." in before


def test_how_far_a_reply_is_can_be_asked(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    client = builders.signed_in(desk.dana)
    form = {
        "mode": "reply",
        "to": "tom@kestrel.example",
        "text": "Hi",
        "token": "0a4a5d3f-1f11-4a3e-9f0e-5b0f61f43f3c",
        "newest": "999999",
        "subject": "",
    }
    client.post(reverse("request_reply", args=[record.number]), form)
    reply = builders.last_conversation(record)
    url = reverse("mail_state", args=[reply.pk])
    assert "waiting" in client.get(url).content.decode()
    fates = {"tom@kestrel.example": {"state": "failed", "answer": "550 5.1.1 User unknown"}}
    OutboxMail.objects.filter(conversation=reply).update(
        state="failed", recipients=fates, reason="tom@kestrel.example: 550 5.1.1 User unknown"
    )
    part = client.get(url).content.decode()
    assert "not sent" in part
    assert "hx-get" not in part
    assert "550 5.1.1 User unknown" in page_of(desk.dana, record)
    assert "delivery failed" in client.get(reverse("requests")).content.decode()
    assert builders.signed_in(desk.tom).get(url).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_mails(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, files={"a.txt": ("text/plain", b"a")})
    client = builders.signed_in(desk.dana)
    client.get(reverse("request", args=[record.number]))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("request", args=[record.number]))
    for place in range(6):
        builders.request_by_mail(
            desk.box,
            subject=f"Re: ##RE-{record.number}##",
            message_id=f"<r{place}@kestrel.example>",
            files={"b.txt": ("text/plain", b"b")},
        )
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("request", args=[record.number]))
    assert len(many) <= len(few) + 1
