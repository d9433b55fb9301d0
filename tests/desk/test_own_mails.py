"""What people see of their own requests: what they wrote and what went to them, and nothing of the rest."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from deskpost.desk import search
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.own_mails import written_by_or_to
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role, visible
from deskpost.outbound.by_person import send_by_person
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db
TOM = "tom@kestrel.example"
VENDOR = "hotline@vendor.example"


@pytest.fixture
def tom() -> Person:
    """Somebody with two addresses who works on nothing."""
    person = make.person("Tom", TOM, make.account("Kestrel"))
    PersonAddress.objects.create(
        account=person.account, person=person, address="t@home.example", key="t@home.example"
    )
    return person


def mail(of: Record, at: datetime | None = None, **values: object) -> Conversation:
    """Write a mail of a request as the last one of its row in lists."""
    sender = TOM if "author" in values else VENDOR
    values = {"direction": "in", "from_address": sender, "text": "words", **values}
    at = at or timezone.now()
    made = Conversation.objects.create(record=of, account_id=of.account_id, at=at, **values)  # type: ignore[misc]
    if made.direction != "note":
        Record.objects.filter(pk=of.pk).update(
            last_mail_at=at, last_mail_direction=made.direction, preview=made.text
        )
    return made


def numbers(who: Person, **wanted: object) -> list[int]:
    """Give what a list shows, in its order."""
    listing = search.Listing(visible(who), search.Wanted("all", **wanted))  # type: ignore[arg-type]
    return [row.record.number for row in listing.page(None).rows]


@pytest.mark.parametrize(
    "values",
    [
        {"from_address": "Tom@Kestrel.example"},
        {"from_address": "tom+vpn@kestrel.example"},
        {"to": [["", VENDOR], ["", " TOM@kestrel.EXAMPLE"]]},
        {"to": [["", VENDOR]], "cc": [["Tom", "t+x@home.example"]]},
        {"direction": "out", "to": [["Tom", TOM]]},
    ],
)
def test_what_one_wrote_and_what_went_to_oneself_is_seen(tom: Person, values: dict[str, object]) -> None:
    seen = mail(make.record(tom), **values)
    assert list(visible(tom).conversations) == [seen]


@pytest.mark.parametrize(
    "values",
    [
        {"to": [["", "help@desk.example"]]},
        {"direction": "out", "to": [[TOM, VENDOR]]},
        {
            "direction": "out",
            "to": [["", "tom@kestrel.example.vendor.example"]],
            "cc": [["", "atom@kestrel.example"]],
        },
        {"direction": "note", "to": [["Tom", TOM]], "from_address": TOM},
    ],
)
def test_what_others_wrote_to_others_is_not_seen(tom: Person, values: dict[str, object]) -> None:
    mail(make.record(tom), **values)
    assert not visible(tom).conversations.exists()


def test_a_note_is_not_seen_even_by_who_wrote_it(tom: Person) -> None:
    mail(make.record(tom), direction="note", author=tom)
    assert not visible(tom).conversations.exists()
    tom.addresses.all().delete()
    mine = mail(make.record(tom), author=tom)
    assert list(visible(tom).conversations) == [mine]


@pytest.mark.parametrize(
    "address",
    [
        *("A@B.example", " a+b+c@d", "+a@b", "a@b+c", "a@b+c@d", '"a+b@c"@d'),
        *("no sign", "plus+only", "", "+", "a+@", "ß+É@ö.example"),
    ],
)
def test_the_database_folds_addresses_as_people_are_found_by(tom: Person, address: str) -> None:
    one = mail(make.record(tom), from_address=address, to=[["", address]])
    nobody = Conversation.objects.filter(written_by_or_to(0, ["x" + fold(address)]))
    assert not nobody.exists()
    assert list(Conversation.objects.filter(written_by_or_to(0, [fold(address)]))) == [one]
    Conversation.objects.update(from_address="")
    assert Conversation.objects.filter(written_by_or_to(0, [fold(address)])).exists()


def test_a_forward_and_its_files_are_not_the_requesters(tom: Person) -> None:
    make.server()
    ann, request = make.person("Ann", technician=True), make.record(tom)
    mine = mail(request, author=tom, from_address=TOM)
    for mode, to in (("forward", VENDOR), ("reply", TOM)):
        out = make.mail_out(request, ann, mode)
        Attachment.objects.create(
            conversation=out, account=out.account, name=mode, content_type="text/plain", size=1, content=b"x"
        )
        send_by_person(conversation=out, author=ann, to=[("", to)], subject="VPN", mode=mode)
    assert [one.text for one in visible(tom).conversations.order_by("pk")] == [mine.text, "reply"]
    assert [one.name for one in visible(tom).attachments] == ["reply"]
    Grant.objects.create(person=ann, role=Role.objects.get(name="SDTechnician"))
    assert visible(ann).conversations.count() == 3


def test_a_request_stands_in_ones_list_by_the_last_mail_that_one_sees(tom: Person) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    old, new, none = (make.record(tom, created_at=now - 9 * hour) for _ in range(3))
    mail(old, now - 3 * hour, author=tom, text="mine")
    mail(new, now - 2 * hour, direction="out", to=[["", TOM]], text="answer")
    for one in (old, none):
        mail(one, now - hour, text="secret of the vendor")
    listing = search.Listing(visible(tom), search.Wanted("all"))
    shown = [
        (one.record.pk, one.last.at, one.last.direction, one.last.preview) for one in listing.page(None).rows
    ]
    assert shown == [
        (new.pk, now - 2 * hour, "out", "answer"),
        (old.pk, now - 3 * hour, "in", "mine"),
        (none.pk, now - 9 * hour, "in", ""),
    ]
    assert listing.neighbours(old) == search.Neighbours(new.number, none.number, 2)
    assert listing.neighbours(none) == search.Neighbours(old.number, None, 3)
    assert numbers(tom, newest_first=False) == [none.number, old.number, new.number]
    assert listing.news(0) == 1


@pytest.mark.parametrize("most", [100, 0], ids=["rare", "common"])
def test_a_search_looks_into_nothing_that_one_does_not_see(
    tom: Person, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("deskpost.desk.text_search.MOST_FOUND", most)
    monkeypatch.setattr("deskpost.desk.own_requests._AT_ONCE", 2)
    requests = [make.record(tom) for _ in range(5)]
    for one in requests:
        mail(one, text="plotter of the vendor")
    for one in requests[1::2]:
        mail(one, author=tom, text="my plotter")
    assert numbers(tom, text="vendor") == []
    assert numbers(tom, text="hotline@vendor.example") == []
    assert numbers(tom, text="plotter") == [requests[3].number, requests[1].number]
    listing = search.Listing(visible(tom), search.Wanted("all", text="plotter"))
    assert listing.count() == search.Count(2)
    assert search.Listing(visible(tom), search.Wanted("all", text="vendor")).count() == search.Count(0)


@pytest.mark.parametrize("text", ["", "words"])
@pytest.mark.parametrize("most", [100, 0], ids=["rare", "common"])
def test_ones_own_requests_stand_among_those_one_works_on(
    tom: Person, monkeypatch: pytest.MonkeyPatch, text: str, most: int
) -> None:
    monkeypatch.setattr("deskpost.desk.text_search.MOST_FOUND", most)
    monkeypatch.setattr("deskpost.desk.search.PAGE", 2)
    acme = make.person("Ute")
    Grant.objects.create(person=tom, role=Role.objects.get(name="SDTechnician"), account=acme.account)
    now, expected = timezone.now(), []
    for place in range(7):
        own = place % 3 == 0
        request = make.record(tom if own else acme)
        mail(request, now - timedelta(hours=place), author=tom if own else acme)
        if own:
            mail(request, now + timedelta(hours=place), text="secret words of the vendor")
        expected.append(request.number)
    pages, cursor = [], None
    while True:
        page = search.Listing(visible(tom), search.Wanted("all", text=text)).page(cursor)
        pages.append([row.record.number for row in page.rows])
        if page.next is None:
            break
        cursor = page.next
    assert pages == [expected[0:2], expected[2:4], expected[4:6], expected[6:]]
    back = search.Listing(visible(tom), search.Wanted("all", text=text)).page(page.previous)
    assert [row.record.number for row in back.rows] == pages[2]
    assert not numbers(tom, text="secret")
    if not text:
        listing = search.Listing(visible(tom), search.Wanted("all"))
        for place, number in enumerate(expected):
            beside = listing.neighbours(Record.objects.get(number=number))
            assert beside.position == place + 1
            assert beside.previous == (expected[place - 1] if place else None)
            assert beside.next == (expected[place + 1] if place < 6 else None)
