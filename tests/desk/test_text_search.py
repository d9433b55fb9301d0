"""Searches of texts: which are known to be common, and how a rare one is paged through."""

import pytest
from django.db import connection
from django.utils import timezone

from deskpost.desk import search, text_search
from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.fields import Status
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role, visible

REQUESTS = 400


@pytest.fixture
def dana(db: None, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A technician, and 400 requests: each mail has the word printer, every eightieth also the word plotter."""
    account = Account.objects.get(default=True)
    values = {"instance": Instance.objects.get(), "account": account, "status": Status.objects.first()}
    records = Record.objects.bulk_create(
        Record(number=number, subject=str(number), last_mail_at=timezone.now(), **values)
        for number in range(1, REQUESTS + 1)
    )
    Conversation.objects.bulk_create(
        Conversation(
            record=record, account=account, direction="in", at=timezone.now(),
            text=f"printer s{record.number}x {'plotter' if record.number % 80 == 0 else ''}",
        )
        for record in records
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE conversation")
    person = Person.objects.create(name="Dana", account=account, technician=True)
    Grant.objects.create(person=person, role=Role.objects.get(name="SDTechnician"))
    monkeypatch.setattr("deskpost.desk.text_search.MOST_FOUND", 10)
    return person


@pytest.mark.parametrize("text", ["printer", "prin", "printer or plotter", "s7x or printer"])
def test_a_text_of_many_mails_is_known_to_be_common(dana, text):
    assert text_search.is_known_to_be_common(text)


@pytest.mark.parametrize(
    "text", ["s7x", "nowhere", "nowhere or nothing or never", "printer s7x", "-printer", "&|!", ""]
)
def test_a_text_of_few_mails_or_of_none_is_not_known_to_be_common(dana, text):
    assert not text_search.is_known_to_be_common(text)


@pytest.mark.parametrize("most", [10, 0], ids=["rare", "common"])
def test_a_search_is_paged_through_in_both_directions(dana, monkeypatch, most):
    monkeypatch.setattr("deskpost.desk.text_search.MOST_FOUND", most)
    monkeypatch.setattr("deskpost.desk.search.PAGE", 2)
    pages, cursor = [], None
    while True:
        page = search.Listing(visible(dana), search.Wanted(text="plotter")).page(cursor)
        pages.append([row.record.number for row in page.rows])
        if page.next is None:
            break
        cursor = page.next
    assert pages == [[400, 320], [240, 160], [80]]
    assert page.previous is not None
    back = search.Listing(visible(dana), search.Wanted(text="plotter")).page(page.previous)
    assert [row.record.number for row in back.rows] == [240, 160]
    oldest = search.Listing(visible(dana), search.Wanted(text="plotter", newest_first=False)).page(None)
    assert [row.record.number for row in oldest.rows] == [80, 160]


def test_a_rare_text_is_counted_to_the_last_request_and_a_common_one_to_a_page(dana):
    count = lambda text: search.Listing(visible(dana), search.Wanted(text=text)).count()  # noqa: E731
    assert count("plotter") == search.Count(5)
    assert count("printer") == search.Count(search.PAGE, more=True)
