"""A requester's own request, once the desk has asked a vendor about it: the pages show nothing of that."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from tests.console import builders
from tests.console.conftest import Desk

VENDOR = "Vera Hahn <vera@vendor.example>"
SECRET = "confidential"


@dataclass(frozen=True)
class Asked:
    """A request of Tom that was forwarded to a vendor, and what the vendor answered; a newer request beside it."""

    record: Record
    newer: Record
    forward: Conversation
    answer: Conversation
    tom: Client
    dana: Client
    portal: bool  # Tom works for nobody; else for another account, and his own requests stand among those he works on

    @property
    def rows(self) -> str:
        """The list as Tom sees it."""
        return self.tom.get(reverse("requests")).content.decode()

    @property
    def page(self) -> str:
        """The request as Tom sees it."""
        return self.tom.get(reverse("request", args=[self.record.number]) + "?view=all").content.decode()


def post(client: Client, record: Record, **values: object) -> Conversation:
    """Send the composer's form and give what was written."""
    form = {"token": str(uuid4()), "newest": builders.last_conversation(record).pk, **values}
    answer = client.post(reverse("request_reply", args=[record.number]), form)
    assert answer.status_code == 303, answer.content.decode()
    return builders.last_conversation(record)


@pytest.fixture(params=[True, False], ids=["requester", "works-elsewhere"])
def asked(desk: Desk, request: pytest.FixtureRequest) -> Asked:
    """Give the request, forwarded by a technician on the page and answered by mail."""
    if not request.param:
        role = Role.objects.get(name="SDTechnician")
        Grant.objects.create(person=desk.tom, role=role, account=desk.vantage)
    tom, dana = builders.signed_in(desk.tom), builders.signed_in(desk.dana)
    record = builders.request_by_mail(
        desk.box, text="It drops at home.", files={"mine.log": ("text/plain", b"my log")}
    )
    newer = builders.request_by_mail(desk.box, subject="A second one", message_id="<2@kestrel.example>")
    forward = post(dana, record, mode="forward", to=VENDOR, text=f"A {SECRET} question about the firewall")
    answer = builders.request_by_mail(
        desk.box,
        sender=VENDOR,
        subject="Re: Fwd: VPN",
        text=f"A {SECRET} answer about the firewall",
        html=f"<p>A {SECRET} answer about the firewall</p>",
        message_id="<v@vendor.example>",
        In_Reply_To=forward.message_id or "",
        files={"offer.txt": ("text/plain", b"our price")},
    )
    assert answer == record
    return Asked(record, newer, forward, builders.last_conversation(record), tom, dana, request.param)


def place(page: str, record: Record) -> int:
    """Give where a request's link stands in a page."""
    return page.index(f"/requests/{record.number}/?")


def test_the_list_shows_a_requester_the_last_mail_they_may_see(asked: Asked) -> None:
    technicians = asked.dana.get(reverse("requests")).content.decode()
    assert f"A {SECRET} answer" in technicians
    assert place(technicians, asked.record) < place(technicians, asked.newer)
    rows = asked.rows
    assert SECRET not in rows
    assert "It drops at home." in rows
    assert place(rows, asked.newer) < place(rows, asked.record)
    assert "New mail." not in rows
    news = asked.tom.get(reverse("request_news"), {"after": asked.newer.conversations.get().pk})
    assert news.status_code == 204


def test_a_search_finds_a_requester_nothing_of_what_the_desk_asked_others(asked: Asked) -> None:
    for text in (SECRET, "firewall", "vera@vendor.example", "Hahn"):
        page = asked.tom.get(reverse("requests"), {"q": text, "view": "all"}).content.decode()
        assert asked.record.subject not in page, text
    asking = {"q": "firewall", "view": "all"}
    assert asked.record.subject in asked.dana.get(reverse("requests"), asking).content.decode()
    found = asked.tom.get(reverse("requests"), {"q": "drops"}).content.decode()
    assert place(found, asked.newer) < place(found, asked.record)
    assert SECRET not in found


def test_the_page_of_a_request_shows_its_requester_neither_the_forward_nor_the_answer(asked: Asked) -> None:
    page = asked.page
    for hidden in (SECRET, "firewall", "vera@", "Vera Hahn", "vendor.example", "offer.txt", "forwarded"):
        assert hidden not in page, hidden
    for id in (asked.forward.pk, asked.answer.pk):
        assert f"message-{id}" not in page
    assert page.count("mine.log") == 1
    assert page.count("<article") == 1
    assert ("My requests" in page, "· 1 mail</span>" in page, "2 of 2" in page) == (
        (True, False, False) if asked.portal else (False, True, True)
    )
    newer = reverse("request_newer", args=[asked.record.number])
    assert asked.tom.get(newer, {"after": 0}).content.decode().count("<article") == 1
    assert asked.tom.get(newer, {"after": asked.forward.pk - 1}).status_code == 204
    assert SECRET in asked.dana.get(reverse("request", args=[asked.record.number])).content.decode()


def test_no_address_gives_a_requester_a_mail_or_a_file_they_may_not_see(asked: Asked) -> None:
    files = Attachment.objects.filter(conversation__record=asked.record).order_by("pk")
    given = {
        (one.name, one.conversation_id): asked.tom.get(reverse("attachment", args=[one.pk])) for one in files
    }
    assert sorted((name, answer.status_code) for (name, _), answer in given.items()) == [
        ("mine.log", 200),  # with the mail
        ("mine.log", 404),  # with the forward
        ("offer.txt", 404),
    ]
    assert asked.tom.get(reverse("message_html", args=[asked.answer.pk])).status_code == 404
    assert asked.dana.get(reverse("message_html", args=[asked.answer.pk])).status_code == 200
    for name, id in (("mail_state", asked.forward.pk), ("mail_way", asked.answer.pk)):
        assert asked.tom.get(reverse(name, args=[id])).status_code == 404


def test_an_answer_to_a_requester_is_theirs_and_unread_until_they_open_it(asked: Asked, desk: Desk) -> None:
    post(asked.dana, asked.record, mode="reply", to="Ilse <ilse@kestrel.example>", text="Between us two")
    assert "Between us two" not in asked.rows + asked.page
    post(asked.dana, asked.record, mode="reply", to="Tom <Tom+vpn@kestrel.example>", text="Restart it")
    rows = asked.rows
    assert "Restart it" in rows
    assert rows.count("New mail.") == 1
    assert place(rows, asked.record) < place(rows, asked.newer)
    assert "Restart it" in asked.page
    assert "New mail." not in asked.rows
    post(asked.tom, asked.record, mode="reply", text="That helped")
    rows = asked.rows
    assert "That helped" in rows
    assert "New mail." not in rows
    assert "That helped" in asked.page


def test_a_request_that_somebody_else_opened_by_mail_shows_its_requester_no_mail(
    asked: Asked, desk: Desk
) -> None:
    record = builders.request_by_mail(
        desk.box,
        sender="Ilse Roth <ilse@kestrel.example>",
        subject="About Tom",
        text=f"A {SECRET} remark",
        message_id="<w@kestrel.example>",
    )
    Record.objects.filter(pk=record.pk).update(requester=desk.tom)
    page = asked.tom.get(reverse("request", args=[record.number])).content.decode()
    assert SECRET not in page + asked.rows
    assert "<article" not in page
