"""The list of requests: views, filters, search, pages, news."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deskpost.desk import requests
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Priority, Status
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes, Value
from deskpost.desk.roles import visible
from deskpost.desk.search import PAGE, Cursor, Listing, Wanted
from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from tests.console import builders
from tests.console.conftest import Desk


def by_hand(desk: Desk, subject: str, text: str = "Text", **values: Value) -> Record:
    """Open a request from Tom without a mail."""
    record, _ = requests.open_request(
        actor=desk.dana,
        via="page",
        instance=Instance.objects.get(),
        account=desk.kestrel,
        requester=desk.tom,
        subject=subject,
        text=text,
        changes=Changes({name.capitalize(): value for name, value in values.items()}),
    )
    return record


def list_of(who: Person, query: str = "") -> str:
    """Give the page."""
    return builders.signed_in(who).get(reverse("requests") + query).content.decode()


def subjects(who: Person, wanted: Wanted) -> list[str]:
    """Give what a list shows, in its order."""
    return [row.record.subject for row in Listing(visible(who), wanted).page(None).rows]


def test_a_mail_that_came_in_is_a_row_of_the_list(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box, files={"a.txt": ("text/plain", b"a")})
    page = list_of(desk.dana)
    assert "VPN drops every 20 minutes from home" in page
    assert f"/requests/{record.number}/?view=open" in page
    assert "Kestrel Logistics" in page
    assert "with attachment" in page
    assert "New mail." in page


def test_a_request_that_was_opened_is_no_longer_unread(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    client = builders.signed_in(desk.dana)
    client.get(reverse("request", args=[record.number]))
    assert "New mail." not in client.get(reverse("requests")).content.decode()
    assert "New mail." in list_of(desk.sam)


def test_views_show_what_their_names_say(desk: Desk) -> None:
    waiting, closed = Status.objects.get(name="Waiting for customer"), Status.objects.get(name="Closed")
    mine = by_hand(desk, "Mine", technician=desk.dana)
    by_hand(desk, "Nobody's")
    waits = by_hand(desk, "Waits", technician=desk.sam)
    ended = by_hand(desk, "Ended", technician=desk.dana)
    write(waits, Changes({"Status": waiting}), By(desk.dana, "page"))
    write(ended, Changes({"Status": closed}), By(desk.dana, "page"))
    assert subjects(desk.dana, Wanted("mine")) == ["Mine"]
    assert subjects(desk.dana, Wanted("unassigned")) == ["Nobody's"]
    assert subjects(desk.dana, Wanted("open")) == ["Waits", "Nobody's", "Mine"]
    assert subjects(desk.dana, Wanted("waiting")) == ["Waits"]
    assert subjects(desk.dana, Wanted("all")) == ["Ended", "Waits", "Nobody's", "Mine"]
    assert mine.status.kind == "open"


def test_filters_narrow_a_view_and_can_be_dropped(desk: Desk) -> None:
    urgent = Priority.objects.get(name="Urgent")
    by_hand(desk, "Urgent one", priority=urgent)
    by_hand(desk, "Other one")
    page = list_of(desk.dana, f"?priority={urgent.pk}")
    assert "Urgent one" in page
    assert "Other one" not in page
    assert "Drop the filter Priority" in page
    assert "No request fits these filters" in list_of(desk.dana, f"?account={desk.vantage.pk}")
    assert "Other one" in list_of(desk.dana, "?technician=0")
    assert "Other one" in list_of(
        desk.dana, "?status=x&account=99999999999999999999&place=nonsense&view=none"
    )


@pytest.mark.parametrize("most", [6_000, 0], ids=["rare", "common"])
def test_search_finds_words_names_and_addresses(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("deskpost.desk.text_search.MOST_FOUND", most)
    record = builders.request_by_mail(desk.box, text="The Überspannungsschutz hums.")
    builders.request_by_mail(
        desk.box,
        sender="Helen Cho <h@vantage.example>",
        subject="Else",
        text="Cat",
        message_id="<c@vantage.example>",
    )
    for text in (
        "überspannungsschutz",
        "uberspannungs",
        "Achterberg",
        "tom@kestrel.example",
        '"vpn drops"',
        "hums -cat",
    ):
        assert subjects(desk.dana, Wanted(text=text)) == [record.subject], text
    for text in ("hums -vpn", "nowhere", "'", "&|!:*", "\\", "(", '"'):
        assert record.subject not in subjects(desk.dana, Wanted(text=text)), text


@pytest.mark.parametrize("most", [6_000, 0], ids=["rare", "common"])
def test_search_never_looks_into_notes_for_a_requester(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("deskpost.desk.text_search.MOST_FOUND", most)
    record = builders.request_by_mail(desk.box)
    requests.add_conversation(
        record,
        direction="note",
        author=desk.dana,
        sender=("Dana", ""),
        text="zebra",
        subject="VPN",
        at=timezone.now(),
    )
    assert subjects(desk.dana, Wanted(text="zebra")) == [record.subject]
    assert subjects(desk.tom, Wanted(text="zebra")) == []


@pytest.mark.parametrize("typed", ["{}", "#{}", "RE-{}", "##RE-{}##", "re-{}"])
def test_a_number_in_the_search_opens_its_request(desk: Desk, typed: str) -> None:
    record = builders.request_by_mail(desk.box)
    client = builders.signed_in(desk.dana)
    response = client.get(reverse("requests"), {"q": typed.format(record.number)})
    assert response.headers["Location"] == f"/requests/{record.number}/"
    nowhere = client.get(reverse("requests"), {"q": typed.format(99_999)})
    assert nowhere.status_code == 200


def test_the_links_of_mails_open_the_request(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    response = builders.signed_in(desk.dana).get(f"/requests/RE-{record.number}", follow=True)
    assert response.redirect_chain[-1][0] == f"/requests/{record.number}/"


def test_a_long_list_is_walked_to_its_end_and_back(desk: Desk) -> None:
    number = 2 * PAGE + 7
    now = timezone.now()
    for place in range(number):
        record = by_hand(desk, f"Request {place}")
        at = now - timedelta(minutes=place // 3)  # three share a time: the id decides
        Record.objects.filter(pk=record.pk).update(last_mail_at=at)
    for newest_first in (True, False):
        wanted = Wanted("all", newest_first=newest_first)
        down: list[int] = []
        cursor: Cursor | None = None
        starts = []
        while True:
            part = Listing(visible(desk.dana), wanted).page(cursor)
            down += [row.record.pk for row in part.rows]
            starts.append(part)
            if part.next is None:
                break
            cursor = Cursor.read(str(part.next))
        assert len(down) == len(set(down)) == number
        up = Listing(visible(desk.dana), wanted).page(Cursor.read(str(starts[-1].previous)))
        assert [row.record.pk for row in up.rows] == [row.record.pk for row in starts[-2].rows]
        assert starts[0].previous is None
    assert Listing(visible(desk.dana), Wanted("all")).count().number == number
    assert f"1–{PAGE} of {number}" in list_of(desk.dana)


def test_new_mail_is_counted_and_not_pushed_into_the_list(desk: Desk) -> None:
    builders.request_by_mail(desk.box)
    client = builders.signed_in(desk.dana)
    html = client.get(reverse("requests")).content.decode()
    live = html.split('id="news"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(live, headers=builders.htmx()).status_code == 204
    builders.request_by_mail(desk.box, subject="Second", message_id="<2@kestrel.example>")
    builders.request_by_mail(
        desk.box,
        subject="Third",
        sender="Helen Cho <helen@vantage.example>",
        message_id="<3@vantage.example>",
    )
    part = client.get(live, headers=builders.htmx()).content.decode()
    assert "2 new, show" in part
    assert "Second" not in part
    assert ">3<" in part  # the open requests beside the menu's link
    only_kestrel = client.get(f"{live}&account={desk.kestrel.pk}", headers=builders.htmx()).content.decode()
    assert "1 new, show" in only_kestrel


def test_a_request_knows_the_list_it_was_opened_from(desk: Desk) -> None:
    numbers = [by_hand(desk, f"Request {place}").number for place in range(3)]
    page = builders.signed_in(desk.dana).get(f"/requests/{numbers[1]}/?view=all").content.decode()
    assert "2 of 3" in page
    assert f"/requests/{numbers[2]}/?view=all" in page
    assert f"/requests/{numbers[0]}/?view=all" in page
    assert f'href="/requests/?view=all&amp;at={numbers[1]}"' in page
    assert 'aria-current="true"' in list_of(desk.dana, f"?view=all&at={numbers[1]}")


def fares(box: Mailbox, fetching: bool = True, **state: Any) -> None:
    """Let a mailbox be fetched, or not, with this success."""
    Mailbox.objects.filter(pk=box.pk).update(fetching=fetching)
    MailboxState.objects.filter(pk=box.pk).update(**state)


def test_an_empty_desk_says_why_it_is_empty(desk: Desk) -> None:
    since = timezone.now()
    second = builders.mailbox("Sales", addresses=["sales@northgate-it.example"])
    page = list_of(desk.dana)
    assert "because no mailbox is being fetched" in page
    assert page.count("Fetching was not started.") == 2

    fares(desk.box, failing_since=since, reason="The server refused the sign-in.")
    fares(second, failing_since=since, reason="imap.example was not found.")
    page = list_of(desk.dana)
    assert "because none of the 2 mailboxes can be fetched" in page
    assert "The server refused the sign-in." in page and "imap.example was not found." in page

    fares(second, failing_since=None, reason="", last_fetch_at=since)
    page = list_of(desk.dana)
    assert "1 of 2 mailboxes cannot be fetched" in page
    assert "Sales" not in page and "Failing since" in page

    fares(desk.box, failing_since=None, reason="")
    page = list_of(desk.dana)
    assert "because no new mail has come" in page
    assert "sales@northgate-it.example, support@northgate-it.example" in page
    assert page.count("Not fetched yet.") == 1 and page.count("Last fetched") == 1
    assert "Write a request by hand" in page
    assert "because no new mail has come" in list_of(desk.dana, "?q=printer"), "no filter hides anything here"

    deliver(desk.box, builders.mail(subject="Out of office", Auto_Submitted="auto-replied"))
    assert "for no mail that came opened one" in list_of(desk.dana)

    by_hand(desk, "One", technician=desk.sam)
    assert "Nothing here now" in list_of(desk.dana, "?view=mine")
    assert "No request holds “nowhere”" in list_of(desk.dana, "?q=nowhere")


@pytest.mark.parametrize("who", ["dana", "admin"])
def test_every_link_of_an_empty_list_leads_somewhere(desk: Desk, who: str) -> None:
    person = getattr(desk, who)
    client, led = builders.signed_in(person), []
    for state in (
        {},
        {"fetching": True},
        {"fetching": True, "failing_since": timezone.now(), "reason": "No."},
    ):
        fares(desk.box, **{"fetching": False, **state})
        for link in re.findall(r'class="button primary" href="([^"]+)"><svg', list_of(person)):
            path, _, anchor = link.partition("#")
            page = client.get(path)
            assert page.status_code == 200
            assert f'id="{anchor}"' in page.content.decode() or not anchor, link
            led.append(path)
    helps = ["/help/first-mailbox/", "/help/troubleshooting/"]
    incoming = reverse("incoming")
    assert [one for one in led if one != reverse("new_request")] == (
        [incoming, helps[0], incoming] if who == "admin" else helps
    )


def test_without_any_mailbox_an_empty_list_leads_who_may_to_the_form_of_one(desk: Desk) -> None:
    MailboxState.objects.all().delete()
    Mailbox.objects.all().delete()
    page = list_of(desk.dana)
    assert "No requests yet, because no mail comes in" in page
    assert "ask an administrator" in page and "Connect a mailbox" not in page
    page = list_of(desk.admin)
    assert f'href="{reverse("setup")}"' in page and "Connect a mailbox" in page
    assert "three client organisations" in page
    from deskpost.sandbox.cast import CUSTOMERS

    assert len({one.address.rpartition("@")[2] for one in CUSTOMERS}) == 3, "what the demo has"


def test_who_works_for_nobody_or_for_one_account_is_told_of_no_foreign_mailbox(desk: Desk) -> None:
    fares(desk.box, failing_since=timezone.now(), reason="Secret of all.")
    Mailbox.objects.update(account=desk.vantage)
    kim = builders.person("Kim", "kim@northgate-it.example", "SDTechnician", within=desk.kestrel)
    lee = builders.person("Lee", "lee@northgate-it.example")
    assert "Secret of all" not in list_of(kim)
    assert "You have no requests yet" in list_of(desk.tom)
    page = list_of(lee)
    assert "You see no requests, because you have no role" in page
    assert "Priya Raman can give you one." in page
    assert "Secret of all" not in page and "Write a request by hand" not in page


def test_a_requester_sees_only_their_own_requests(desk: Desk) -> None:
    mine = builders.request_by_mail(desk.box)
    colleague = builders.request_by_mail(
        desk.box,
        sender="Ilse Roth <ilse@kestrel.example>",
        subject="Secret of Ilse",
        message_id="<i@kestrel.example>",
    )
    page = list_of(desk.tom)
    assert mine.subject in page
    assert "Secret of Ilse" not in page
    assert "Unassigned" not in page
    client = builders.signed_in(desk.tom)
    assert client.get(f"/requests/{colleague.number}/").status_code == 404
    assert client.get(f"/requests/{10**30}/").status_code == 404


def test_ten_thousand_and_more_are_not_counted_to_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.desk.search.MOST_COUNTED", 2)
    for place in range(3):
        by_hand(desk, f"Request {place}")
    assert "of 2+" in list_of(desk.dana)
