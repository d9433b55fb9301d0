"""The requester portal: what somebody sees and may do who asks the desk and does not work for it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.roles import PERMISSIONS, Grant, Role, visible
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk

LIST = reverse("requests")


def page(who: Person, url: str = LIST) -> str:
    """Give a page as somebody sees it."""
    return builders.signed_in(who).get(url, follow=True).content.decode()


def of(record: Record) -> str:
    """Give a request's address."""
    return reverse("request", args=[record.number])


def answer(who: Person, record: Record, **values: object) -> HttpResponse:
    """Send the form below a request."""
    form = {"mode": "reply", "text": "", "token": str(uuid4()), **values}
    return builders.signed_in(who).post(reverse("request_reply", args=[record.number]), form)  # type: ignore[return-value]


def set_status(desk: Desk, record: Record, name: str) -> None:
    """Let a technician set the status."""
    write(record, Changes({"Status": Status.objects.get(name=name)}), By(desk.dana, "page"))


def may_close(who: Person) -> None:
    """Give somebody a role by which they close requests of their account."""
    role = Role.objects.create(name="Closes own", permissions=["request.close"])
    Grant.objects.create(person=who, role=role, account=who.account)


@pytest.fixture
def record(desk: Desk) -> Record:
    """Give a request of Tom's."""
    return builders.request_by_mail(desk.box)


def test_sign_in_leads_a_requester_to_their_own_requests_and_nothing_of_the_technicians_navigation(
    desk: Desk, record: Record
) -> None:
    signing_in = {"username": "tom@kestrel.example", "password": builders.PASSWORD}
    shown = Client().post(reverse("sign_in"), signing_in, follow=True).content.decode()
    assert "Hello Tom, how can we help?" in shown and record.subject in shown
    for url in (LIST, of(record), reverse("new_request"), reverse("help"), of(record) + "9/"):
        shown = page(desk.tom, url)
        assert "My requests" in shown and "Sign out" in shown, url
        for other in (
            'class="sidebar"',
            'class="bottom-bar"',
            "/admin/",
            "/trace/",
            "/outbox/",
            "/mail-flow/",
        ):
            assert other not in shown, (url, other)
        for other in ("All keys", "Priority</span>", "Unassigned", "Kestrel Logistics"):
            assert other not in shown, (url, other)
    assert 'class="sidebar"' in page(desk.dana)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_the_portal_is_for_those_who_work_for_the_desk_nowhere(desk: Desk, permission: str) -> None:
    role = Role.objects.create(name="One", permissions=[permission])
    Grant.objects.create(person=desk.tom, role=role, account=desk.vantage)
    own = permission.startswith(("request.", "conversation.")) and permission != "request.view"
    assert visible(desk.tom).only_asks == own
    assert ("My requests" in page(desk.tom)) == own


def test_everything_of_the_technicians_console_is_refused_to_a_requester(desk: Desk, record: Record) -> None:
    client, args = builders.signed_in(desk.tom), [record.number]
    refused = ("all_settings", "settings_history", "people", "accounts", "incoming", "outgoing", "outbox")
    for name in (*refused, "trace", "error_folder", "setup", "requests_merge"):
        assert client.get(reverse(name)).status_code in (403, 404), name
    for name in ("request_merge", "request_move", "request_spam", "request_requester", "request_properties"):
        assert client.post(reverse(name, args=args)).status_code in (403, 404, 405), name
    mail = builders.last_conversation(record)
    for name in ("mail_way", "mail_state"):
        assert client.get(reverse(name, args=[mail.pk])).status_code in (403, 404), name
    assert client.get(reverse("trace_mail", args=[mail.mail_id])).status_code in (403, 404)


def test_the_list_says_where_requests_stand_in_words_for_customers(desk: Desk, record: Record) -> None:
    assert "Received" in page(desk.tom) and "1 of your requests is open." in page(desk.tom)
    write(record, Changes({"Technician": desk.dana}), By(desk.dana, "page"))
    shown = page(desk.tom)
    assert "We are on it" in shown and "Dana Whitfield" in shown and "You: It drops" in shown
    set_status(desk, record, "Waiting for customer")
    shown = page(desk.tom)
    assert "One waits for you." in shown and "Waits for you" in shown and "Waiting for customer" not in shown
    Status.objects.create(name="Ordered", kind=Status.Kind.WAITING, position=9)
    set_status(desk, record, "Ordered")
    shown = page(desk.tom)
    assert "Ordered" in shown and "waits for you" not in shown
    for ended in ("Resolved", "Closed"):
        set_status(desk, record, ended)
        Record.objects.update(closed_at=datetime(2025, 11, 18, 9, tzinfo=UTC))
        shown = page(desk.tom)
        assert "None of your requests is open." in shown and "All 1" in shown and "Solved" in shown
        assert "18 Nov 2025" in shown and record.subject in page(desk.tom, f"{LIST}?view=done")


def test_a_long_list_goes_on_at_another_page(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.desk.search.PAGE", 1)
    newer = builders.request_by_mail(desk.box, subject="A second one", message_id="<2@kestrel.example>")
    shown = page(desk.tom)
    assert newer.subject in shown and record.subject not in shown
    onward = shown.partition('" rel="next"')[0].rpartition('href="')[2]
    shown = page(desk.tom, onward.replace("&amp;", "&"))
    assert record.subject in shown and newer.subject not in shown and 'rel="prev"' in shown
    assert newer.subject in page(desk.tom, f"{LIST}?q=second")
    assert "None of your requests holds that." in page(desk.tom, f"{LIST}?q=elsewhere")
    assert f"{record.number}</span>" in page(desk.tom, f"{LIST}?q={record.number}")


def test_the_first_visit_says_what_to_do_next(desk: Desk) -> None:
    shown = page(desk.tom)
    assert "You have no requests yet" in shown and "To do: press New request" in shown
    assert "Write to" not in shown, "no mailbox is fetched"
    idle = builders.person("Lee", "lee@kestrel.example", account=desk.kestrel)
    shown = page(idle)
    assert "because you have no role" in shown and reverse("new_request") not in shown


def test_the_address_that_is_named_is_one_that_takes_this_persons_mail(desk: Desk) -> None:
    Mailbox.objects.update(fetching=True)
    builders.mailbox("Vantage", account=desk.vantage, addresses=["law@northgate-it.example"], fetching=True)
    assert f"<b><bdi>{builders.HELP}</bdi></b>" in page(desk.tom)
    own = builders.mailbox("Kestrel", account=desk.kestrel, addresses=["kestrel@northgate-it.example"])
    assert "kestrel@northgate-it" not in page(desk.tom), "nobody fetches it"
    Mailbox.objects.filter(pk=own.pk).update(fetching=True)
    shown = page(desk.tom)
    assert "kestrel@northgate-it" in shown and "law@" not in shown and "comes late" not in shown
    since = datetime(2025, 11, 18, 11, 12, tzinfo=UTC)
    MailboxState.objects.filter(mailbox=own).update(failing_since=since, reason="A secret of the server")
    shown = page(desk.tom)
    assert "Mail to this address comes late since" in shown and "None is lost." in shown
    assert "A secret of the server" not in shown
    Mailbox.objects.filter(pk=own.pk).update(new_requests_disabled=True)
    assert "kestrel@northgate-it" not in page(desk.tom)


def test_a_request_shows_its_conversation_and_neither_notes_nor_history_nor_addresses(
    desk: Desk, record: Record
) -> None:
    dana = builders.signed_in(desk.dana)
    for mode, to, text in (
        ("note", "", "He sounded angry."),
        ("reply", "Tom <tom@kestrel.example>", "Restart."),
    ):
        form = {"mode": mode, "to": to, "text": text, "newest": builders.last_conversation(record).pk}
        url = reverse("request_reply", args=[record.number])
        assert dana.post(url, {**form, "token": str(uuid4())}).status_code == 303
    write(record, Changes({"Technician": desk.dana}), By(desk.sam, "page"))
    assert HistoryEntry.objects.filter(record=record, person=desk.sam).exists()
    shown = page(desk.tom, of(record))
    assert shown.count("<article") == 2 and "you, by mail" in shown and "Restart." in shown
    assert "Write to Dana" in shown and "<bdi>Deskpost</bdi>" in shown, "the desk has not said its name"
    for hidden in (
        "He sounded angry",
        "Note",
        "Sam Okafor",
        "History",
        builders.HELP,
        "northgate-it.example",
    ):
        assert hidden not in shown, hidden
    newer = reverse("request_newer", args=[record.number])
    part = builders.signed_in(desk.tom).get(newer, {"after": 0}, headers=builders.htmx()).content.decode()
    assert part.count("<article") == 2 and "He sounded angry" not in part and "Step 2 of 3" in part


def test_a_dropped_file_is_told_in_one_sentence_without_what_only_a_technician_can_do(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, files={"capture.exe": ("text/plain", b"MZ")})
    shown = page(desk.tom, of(record))
    assert "<bdi>capture.exe</bdi> was not taken: Attachment files contain invalid extensions." in shown
    assert "The rest of the mail arrived." in shown and "Solution" not in shown and "Reason" not in shown


def test_it_works_now_closes_where_a_role_permits_it_with_or_without_words(
    desk: Desk, record: Record
) -> None:
    closed = Status.objects.get(name="Closed")
    shown = page(desk.tom, of(record))
    assert "It works now" not in shown and "closes the request" in shown
    refused = answer(desk.tom, record, status=closed.pk, text="It works.")
    assert refused.status_code == 403 and "request.close" in refused.content.decode()
    record.refresh_from_db()
    assert record.status.name == "Open" and Conversation.objects.filter(record=record).count() == 1
    may_close(desk.tom)
    assert "It works now" in page(desk.tom, of(record))
    for other in Status.objects.exclude(kind=Status.Kind.CLOSED):
        assert answer(desk.tom, record, status=other.pk, text="Now.").status_code == 422, other
    assert answer(desk.tom, record, status=closed.pk).status_code == 303
    record.refresh_from_db()
    assert record.status == closed and Conversation.objects.filter(record=record).count() == 1
    shown = page(desk.tom, of(record))
    assert "This request is done." in shown and "It works now" not in shown
    assert answer(desk.tom, record, text="Not quite.").status_code == 303
    record.refresh_from_db()
    assert record.status.name == "Open" and record.closed_at is None
    Record.objects.update(technician=desk.dana)
    assert answer(desk.tom, record, status=closed.pk, text="Thank you.").status_code == 303
    record.refresh_from_db()
    assert record.status == closed and builders.last_conversation(record).text == "Thank you."
    told = OutboxMail.objects.filter(record=record, event="reply_from_requester")
    assert told.latest("pk").to == [["Dana Whitfield", "dana@northgate-it.example"]]


def test_what_may_be_closed_ends_where_the_role_does(desk: Desk, record: Record) -> None:
    role = Role.objects.create(name="Closes at Vantage", permissions=["request.close"])
    Grant.objects.create(person=desk.tom, role=role, account=desk.vantage)
    assert "It works now" not in page(desk.tom, of(record))
    closed = Status.objects.get(name="Closed")
    assert answer(desk.tom, record, status=closed.pk).status_code == 403


def test_an_answer_without_words_is_refused_in_the_portals_own_box(desk: Desk, record: Record) -> None:
    url = reverse("request_reply", args=[record.number])
    form = {"mode": "reply", "text": " ", "token": str(uuid4())}
    wrong = builders.signed_in(desk.tom).post(url, form, headers=builders.htmx())
    part = wrong.content.decode()
    assert wrong.status_code == 422 and "There is no text yet." in part
    assert part.lstrip().startswith('<form class="answer-box"')
    whole = builders.signed_in(desk.tom).post(url, form)
    assert whole.status_code == 422 and "My requests" in whole.content.decode()


def test_the_help_of_a_requester_is_the_page_about_the_portal(desk: Desk) -> None:
    response = builders.signed_in(desk.tom).get(reverse("help"))
    assert response.headers["Location"] == reverse("help_page", args=["portal"])
    shown = page(desk.tom, reverse("help"))
    assert reverse("help_page", args=["install"]) not in shown
    assert reverse("help_page", args=["install"]) in page(desk.dana, reverse("help"))
