"""Mails and notes chosen at a request: put into another one, or made a request of their own."""

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from deskpost.desk.conversations import Conversation
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.messages import MailAct, MailOutcome
from tests.console import builders
from tests.console.conftest import Desk


@pytest.fixture
def vpn(desk: Desk) -> Record:
    """Give a request of Tom's with two mails more and a note."""
    record = opened(desk, "one")
    for name in ("two", "three"):
        opened(desk, name, subject=f"##RE-{record.number}##")
    write(desk.dana, record, "A note.")
    return record


def opened(desk: Desk, name: str, **parts: object) -> Record:
    values = {"subject": f"VPN {name}", "text": f"Words of {name}.", "message_id": f"<{name}@x>", **parts}
    return builders.request_by_mail(desk.box, **values)


def write(who: Person, record: Record, text: str, mode: str = "note") -> None:
    form = {"mode": mode, "text": text, "token": str(uuid4()), "newest": "9999999"}
    url = reverse("request_reply", args=[record.number])
    assert builders.signed_in(who).post(url, form).status_code == 303


def texts(record: Record) -> list[str]:
    rows = Conversation.objects.filter(record=record).order_by("at", "pk")
    return [one.text.strip() for one in rows]


def ids(record: Record, *wanted: str) -> list[int]:
    rows = Conversation.objects.filter(record=record).order_by("pk")
    return [one.pk for one in rows if one.text.strip() in wanted]


def send(who: Person, record: Record, messages: list[int], **form: object) -> HttpResponse:
    url = reverse("request_move", args=[record.number])
    return builders.signed_in(who).post(url, {"message": messages, **form}, follow=True)  # type: ignore[return-value]


def test_each_mail_of_a_request_leads_to_the_page_that_moves_it(desk: Desk, vpn: Record) -> None:
    client = builders.signed_in(desk.dana)
    (one,) = ids(vpn, "Words of two.")
    link = f"{reverse('request_move', args=[vpn.number])}?message={one}"
    assert link in client.get(reverse("request", args=[vpn.number])).content.decode()
    page = client.get(link).content.decode()
    assert f'value="{one}" checked' in page and page.count(" checked") == 2  # and where to
    assert "A note." in page and "Words of three." in page
    own = builders.signed_in(desk.tom).get(reverse("request", args=[vpn.number])).content.decode()
    assert reverse("request_move", args=[vpn.number]) not in own


def test_several_mails_and_a_note_become_a_request_of_their_own(desk: Desk, vpn: Record) -> None:
    chosen = ids(vpn, "Words of two.", "Words of three.", "A note.")
    page = send(desk.dana, vpn, chosen, where="own").content.decode()
    own = Record.objects.latest("pk")
    assert f"3 mails and notes of request {vpn.number} are here now." in page
    assert texts(own) == ["Words of two.", "Words of three.", "A note."]
    assert texts(vpn) == ["Words of one."]
    assert own.requester == vpn.requester and own.account == vpn.account
    kinds = list(MailAct.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [MailAct.Kind.OWN, MailAct.Kind.MOVED]
    assert set(MailOutcome.objects.filter(record=own).values_list("conversation", flat=True)) == set(
        ids(own, "Words of two.", "Words of three.")
    )
    moved = [["Note", f"RE-{vpn.number}", f"RE-{own.number}"]]
    assert {one.record for one in HistoryEntry.objects.filter(changes=moved)} == {vpn, own}


def test_a_mail_and_a_note_are_put_into_another_request_with_their_files(desk: Desk, vpn: Record) -> None:
    other = opened(desk, "other")
    opened(desk, "file", subject=f"##RE-{vpn.number}##", files={"log.txt": ("text/plain", b"x" * 90)})
    chosen = ids(vpn, "Words of file.", "A note.")
    page = send(desk.dana, vpn, chosen, where="request", number=f"RE-{other.number}").content.decode()
    assert "2 mails and notes" in page and "log.txt" in page
    assert set(texts(other)) == {"Words of other.", "Words of file.", "A note."}
    assert texts(vpn) == ["Words of one.", "Words of two.", "Words of three."]


def test_what_a_requester_wrote_on_the_page_becomes_a_request_of_theirs(desk: Desk, vpn: Record) -> None:
    write(desk.tom, vpn, "And the printer is out of ink.", mode="reply")
    send(desk.dana, vpn, ids(vpn, "And the printer is out of ink."), where="own")
    own = Record.objects.latest("pk")
    assert texts(own) == ["And the printer is out of ink."] and own.requester == desk.tom
    assert own.last_mail_at == Conversation.objects.get(record=own).at


def test_what_does_not_go_says_why_and_nothing_is_done(desk: Desk, vpn: Record) -> None:
    foreign = opened(desk, "else", sender="Helen Cho <helen@vantage.example>")
    before = texts(vpn)
    note, opening = ids(vpn, "A note."), ids(vpn, "Words of one.")
    for chosen, form, status, words in (
        ([], {"where": "own"}, 422, "Nothing is chosen"),
        (note, {"where": "own"}, 409, "A request begins with what somebody asked"),
        (opening, {"where": "own"}, 409, "It is a request of its own already"),
        (note, {"number": ""}, 422, "Type the number of the request"),
        (note, {"number": "987654"}, 422, "There is no request 987654 that you work on"),
        (note, {"number": str(foreign.number)}, 409, "accounts never mix"),
        (note, {"number": str(vpn.number)}, 409, f"It is in request {vpn.number} already"),
        ([*note, 987_654], {"where": "own"}, 409, "put one of these elsewhere meanwhile"),
    ):
        answer = send(desk.dana, vpn, chosen, **form)
        assert (answer.status_code, words in answer.content.decode()) == (status, True), words
    mixed = send(desk.dana, vpn, [*ids(vpn, "Words of two."), *note], number=str(foreign.number))
    assert mixed.status_code == 409
    assert texts(vpn) == before and texts(foreign) == ["Words of else."]


def test_of_two_who_move_a_mail_the_second_is_told(desk: Desk, vpn: Record) -> None:
    other, third = opened(desk, "other"), opened(desk, "third")
    chosen = ids(vpn, "Words of two.")
    send(desk.sam, vpn, chosen, number=str(other.number))
    late = send(desk.dana, vpn, chosen, number=str(third.number))
    assert late.status_code == 409 and "elsewhere meanwhile" in late.content.decode()
    assert texts(third) == ["Words of third."]


def test_only_who_may_edit_both_moves_anything(desk: Desk, vpn: Record) -> None:
    other = opened(desk, "other")
    chosen = ids(vpn, "Words of two.")
    assert send(desk.tom, vpn, chosen, number=str(other.number)).status_code == 403
    vantages = builders.person("Val", "val@northgate-it.example", "SDTechnician", within=desk.vantage)
    assert send(vantages, vpn, chosen, number=str(other.number)).status_code == 404
    assert len(texts(vpn)) == 4


def test_of_a_long_request_the_page_says_what_it_shows_and_has_the_older_one_that_was_chosen(
    desk: Desk, vpn: Record
) -> None:
    first, last = (
        Conversation.objects.filter(record=vpn).order_by("at", "pk")[0],
        builders.last_conversation(vpn),
    )
    shared = {"record": vpn, "account": vpn.account, "direction": "note", "author": desk.dana, "at": last.at}
    Conversation.objects.bulk_create(Conversation(text=f"Note {n}.", **shared) for n in range(200))
    client, url = builders.signed_in(desk.dana), reverse("request_move", args=[vpn.number])
    page = client.get(url).content.decode()
    assert "The newest 100 are shown." in page and "Words of one." not in page
    page = client.get(url, {"message": first.pk}).content.decode()
    assert f'value="{first.pk}" checked' in page and "Words of one." in page
    everything = list(Conversation.objects.filter(record=vpn).values_list("pk", flat=True))
    answer = send(desk.dana, vpn, everything, number=str(opened(desk, "other").number))
    assert (
        answer.status_code == 422
        and "At most 200 mails and notes go at once. To do: " in answer.content.decode()
    )
    assert Conversation.objects.filter(record=vpn).count() == len(everything)
