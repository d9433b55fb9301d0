"""The requester of a request is changed on its page: to anybody of the account, or back to who forwarded the mail."""

import html

import pytest
from django.urls import reverse

from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound import merging
from tests.console import builders
from tests.console.conftest import Desk

BLOCK = (
    "Please take this.\n\n---------- Forwarded message ---------\nFrom: Tom Achterberg <tom@kestrel.example>\n"
    "Date: Mon, Nov 23, 2026 at 9:00 AM\nSubject: VPN\nTo: Dana <dana@northgate-it.example>\n\nIt is down.\n"
)
DANA = "Dana Whitfield <dana@northgate-it.example>"


@pytest.fixture
def record(desk: Desk) -> Record:
    """Give a request of Tom's."""
    return builders.request_by_mail(desk.box)


@pytest.fixture
def forwarded(desk: Desk) -> Record:
    """Give a request of Tom's that came as Dana's forward."""
    made = builders.request_by_mail(desk.box, sender=DANA, subject="Fwd: VPN", text=BLOCK, message_id="<f@x>")
    assert (made.requester, made.account) == (desk.tom, desk.kestrel)
    return made


def page(who: Person, record: Record) -> str:
    answer = builders.signed_in(who).get(reverse("request", args=[record.number]))
    return html.unescape(answer.content.decode())


def change(who: Person, record: Record, typed: str, seen: str | None = None) -> str:
    values = {"requester": typed, "seen": str(record.requester_id or "") if seen is None else seen}
    url = reverse("request_requester", args=[record.number])
    return html.unescape(builders.signed_in(who).post(url, values, follow=True).content.decode())


def back(who: Person, record: Record, seen: str) -> str:
    url = reverse("request_requester_back", args=[record.number])
    return html.unescape(builders.signed_in(who).post(url, {"seen": seen}, follow=True).content.decode())


def seen_of(who: Person, record: Record) -> str:
    around = page(who, record).partition(reverse("request_requester_back", args=[record.number]))[2]
    return around.partition('name="seen" value="')[2].partition('"')[0]


def test_it_is_given_to_another_person_of_the_account_and_the_history_says_so(
    desk: Desk, record: Record
) -> None:
    amy = builders.person("Amy Reyes", "amy@kestrel.example", "SDRequester", account=desk.kestrel)
    assert "Amy Reyes is the requester now." in change(desk.dana, record, "AMY+x@kestrel.example")
    record.refresh_from_db()
    assert record.requester == amy
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.person, entry.changes) == (desk.dana, [["Requester", "Tom Achterberg", "Amy Reyes"]])
    assert builders.signed_in(desk.tom).get(reverse("request", args=[record.number])).status_code == 404


def test_somebody_new_becomes_a_person_of_the_account(desk: Desk, record: Record) -> None:
    change(desk.dana, record, "New Hire <new@kestrel.example>")
    record.refresh_from_db()
    assert record.requester and (record.requester.name, record.requester.account) == (
        "New Hire",
        desk.kestrel,
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "name one address"),
        ("a@x.example, b@x.example", "name one address"),
        ("no address", "To do: write"),
        (builders.HELP, "the desk's own address"),
        ("a\0@x.example\n", "To do:"),
        ("x" * 100_000, "To do:"),
    ],
)
def test_what_is_no_person_is_told_and_changes_nothing(
    desk: Desk, record: Record, typed: str, words: str
) -> None:
    count = Person.objects.count()
    if typed.startswith("a\0"):
        change(desk.dana, record, typed)
    else:
        assert words in change(desk.dana, record, typed)
    record.refresh_from_db()
    assert typed.startswith("a\0") or (record.requester == desk.tom and Person.objects.count() == count)


def test_of_two_who_change_it_at_once_the_second_is_told(desk: Desk, record: Record) -> None:
    seen = str(record.requester_id)
    change(desk.sam, record, "sue@kestrel.example", seen)
    assert "was changed meanwhile" in change(desk.dana, record, "amy@kestrel.example", seen)
    record.refresh_from_db()
    assert record.requester and record.requester.name == "sue@kestrel.example"


def test_who_works_elsewhere_or_asks_changes_nothing(desk: Desk, record: Record) -> None:
    vantages = builders.person("Vic", "vic@northgate-it.example", "SDTechnician", within=desk.vantage)
    url = reverse("request_requester", args=[record.number])
    for who, status in ((vantages, 404), (desk.tom, 403)):
        answer = builders.signed_in(who).post(url, {"requester": "eve@x.example", "seen": str(desk.tom.pk)})
        assert answer.status_code == status
    assert "Change the requester" not in page(desk.tom, record)
    record.refresh_from_db()
    assert record.requester == desk.tom


def test_a_merged_request_keeps_its_requester(desk: Desk, record: Record) -> None:
    other = builders.request_by_mail(desk.box, message_id="<o@x>", subject="Other")
    merging.merge(record.pk, other.pk, desk.admin)
    assert "was merged into another one" in change(desk.dana, record, "amy@kestrel.example")


def test_the_page_of_a_forward_says_who_forwarded_it_and_shows_all_of_it(
    desk: Desk, forwarded: Record
) -> None:
    shown = page(desk.sam, forwarded)
    assert "forwarded this mail." in shown and "Make Dana Whitfield the requester" in shown
    assert "It is down." in shown and "Quoted text" not in shown
    assert "Make Dana Whitfield" not in page(desk.sam, builders.request_by_mail(desk.box, message_id="<p@x>"))


def test_one_click_gives_the_mail_back_to_who_forwarded_it_in_their_own_account(
    desk: Desk, forwarded: Record
) -> None:
    told = back(desk.sam, forwarded, seen_of(desk.sam, forwarded))
    made = Record.objects.latest("pk")
    assert f"The mail is request {made.number} of Dana Whitfield now." in told
    assert (made.requester, made.account) == (desk.dana, desk.dana.account)
    assert Conversation.objects.get(mail_id__isnull=False).record == made
    assert Conversation.objects.get(mail_id__isnull=False).account == desk.dana.account
    forwarded.refresh_from_db()
    assert (forwarded.requester, forwarded.account) == (desk.tom, desk.kestrel)
    assert "Make Dana Whitfield" not in page(desk.sam, made)


def test_in_the_technicians_own_account_the_request_keeps_its_number(desk: Desk) -> None:
    text = BLOCK.replace("tom@kestrel.example", "ola@nowhere.example")
    made = builders.request_by_mail(desk.box, sender=DANA, subject="Fwd: VPN", text=text, message_id="<f@x>")
    assert made.account == desk.dana.account and made.requester != desk.dana
    assert "Dana Whitfield is the requester now." in back(desk.sam, made, seen_of(desk.sam, made))
    made.refresh_from_db()
    assert made.requester == desk.dana and Record.objects.count() == 1


def test_twice_it_is_not_given_back(desk: Desk, forwarded: Record) -> None:
    seen = seen_of(desk.sam, forwarded)
    back(desk.sam, forwarded, seen)
    assert "was changed meanwhile" in back(desk.dana, forwarded, seen)
    assert Record.objects.count() == 2


def test_who_may_open_nothing_in_the_technicians_account_gives_nothing_back(
    desk: Desk, forwarded: Record
) -> None:
    kim = builders.person("Kim", "kim@northgate-it.example", "SDTechnician", within=desk.kestrel)
    assert "You open no requests in the account" in back(kim, forwarded, seen_of(kim, forwarded))
    assert Record.objects.count() == 1


def test_a_forward_into_a_mailbox_of_an_account_is_given_back_as_any_other(desk: Desk) -> None:
    box = builders.mailbox("Kestrel's", account=desk.kestrel)
    made = builders.request_by_mail(box, sender=DANA, subject="Fwd: VPN", text=BLOCK, message_id="<f@x>")
    assert (made.requester, made.account) == (desk.tom, desk.kestrel)
    back(desk.sam, made, seen_of(desk.sam, made))
    given = Record.objects.latest("pk")
    assert (given.requester, given.account) == (desk.dana, desk.dana.account)
