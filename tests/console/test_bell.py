"""The bell: its count, its panel, its page; only one's own notices, and what marks them as read."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deskpost.desk.people import Person
from deskpost.outbound import bell
from deskpost.outbound.bell import BellNotice
from tests.console import builders
from tests.console.conftest import Desk

URL = "/bell/"


def ring(who: Person, title: str = "Mail goes through the alternate server", **more: object) -> BellNotice:
    """Tell somebody something, so long ago as `at` says."""
    return BellNotice.objects.create(
        person=who, kind="failover", title=title, text="smtp1 did not answer.", url="/admin/", **more
    )


def read(client: Client, url: str, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_bell_is_on_every_page_with_the_number_that_is_unread(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    page = read(client, "/requests/")
    assert 'popovertarget="bell"' in page and "bell-dot" not in page
    ring(desk.admin)
    ring(desk.admin)
    for url in ("/requests/", "/admin/", "/help/index/"):
        page = read(client, url)
        assert page.count('<span class="bell-dot"></span><span class="visually-hidden">2 unread</span>') == 4
        assert 'hx-get="/bell/count/?known=2" hx-trigger="every 30s"' in page


def test_a_requester_has_a_bell_only_with_notices(desk: Desk) -> None:
    client = builders.signed_in(desk.tom)
    page = read(client, "/requests/")
    assert "/bell/" not in page and "bell-" not in page
    one = ring(desk.tom)
    assert "bell-dot" in read(client, "/requests/")
    bell.mark_read(BellNotice.objects.filter(pk=one.pk))
    page = read(client, "/requests/")
    assert "bell-live" in page and "bell-dot" not in page


def test_the_count_is_told_when_it_is_another_and_asked_for_by_one_question(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    ask = builders.htmx()
    assert client.get("/bell/count/?known=0", headers=ask).status_code == 204
    ring(desk.admin)
    answer = client.get("/bell/count/?known=0", headers=ask).content.decode()
    assert 'hx-get="/bell/count/?known=1"' in answer
    assert ">1 unread<" in answer and "1 unread notification<" in answer
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get("/bell/count/?known=1", headers=ask).status_code == 204
    assert sum("bell_notice" in one["sql"] for one in asked) == 1
    bell.mark_read(BellNotice.objects.all())
    answer = client.get("/bell/count/?known=1", headers=ask).content.decode()
    assert "bell-dot" not in answer and "unread notification" not in answer, "less is not announced"


def test_the_panel_shows_the_newest_first_by_day_in_ones_own_time(desk: Desk) -> None:
    Person.objects.filter(pk=desk.admin.pk).update(time_zone="Pacific/Kiritimati")
    now = timezone.now()
    ring(desk.admin, "Long ago", at=now - timedelta(days=10), read_at=now)
    ring(desk.admin, "The other day", at=now - timedelta(days=1))
    ring(desk.admin, "Just now")
    panel = read(builders.signed_in(desk.admin), URL, **builders.htmx())
    assert "<html" not in panel
    found = re.findall(r'class="bell-day">([^<]+)|<b dir="auto">([^<]+)', panel)
    words = [day or title for day, title in found]
    assert words[:4] == ["Today", "Just now", "Yesterday", "The other day"]
    assert re.fullmatch(r"\w+day \d+ \w+", words[4]) and words[5] == "Long ago"
    assert panel.count("Back to primary") == 3 and 'href="/admin/"' in panel
    assert panel.count('class="notice is-new"') == 2
    assert "kept for 30 days" in panel and "All notifications" in panel


def test_the_tabs_are_all_and_unread_with_their_counts(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    ring(desk.admin, "Read", read_at=timezone.now())
    ring(desk.admin, "New")
    for headers in ({}, builders.htmx()):
        page = read(client, URL, **headers)
        assert re.search(r'aria-current="page">All<span class="num">2<', page)
        assert "Read</b>" in page
        page = read(client, f"{URL}?tab=unread", **headers)
        assert re.search(r'aria-current="page">Unread<span class="num bell-unread">1<', page)
        assert "New</b>" in page and "Read</b>" not in page
    bell.mark_read(BellNotice.objects.all())
    page = read(client, f"{URL}?tab=unread")
    assert "Nothing is unread" in page and "Mark all read" not in page


def test_the_page_has_parts_that_lead_to_the_oldest(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for number in range(60):
        ring(desk.admin, f"Number {number}")
    seen, url = [], URL
    while url:
        page = read(client, url)
        seen += re.findall(r"Number (\d+)<", page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        url = found[1].replace("&amp;", "&") if found else ""
    assert seen == [str(number) for number in reversed(range(60))]
    assert 'href="/bell/" aria-label="To the start"' in page
    assert "Number 59" in read(client, f"{URL}?before=x")


def test_what_was_seen_is_read_and_the_count_follows(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    one, other = ring(desk.admin), ring(desk.admin)
    answer = client.post(f"/bell/{one.pk}/seen/", headers=builders.htmx()).content.decode()
    assert ">1 unread<" in answer and "unread notification" not in answer
    assert client.post(f"/bell/{one.pk}/seen/").status_code == 303, "twice, and without scripts"
    assert list(BellNotice.objects.filter(read_at=None)) == [other]


def test_all_are_marked_as_read_but_what_rang_since(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    ring(desk.admin)
    newest = re.search(r'name="newest" value="(\d+)"', read(client, URL))
    assert newest
    since = ring(desk.admin, "Since")
    response = client.post("/bell/read/", {"newest": newest[1]})
    assert (response.status_code, response.headers["Location"]) == (303, URL)
    assert list(BellNotice.objects.filter(read_at=None)) == [since]
    answer = client.post("/bell/read/", {"newest": str(since.pk)}, headers=builders.htmx()).content.decode()
    assert "Since</b>" in answer and "Mark all read" not in answer and 'known=0"' in answer
    assert not BellNotice.objects.filter(read_at=None).exists()


def test_the_notices_of_others_are_not_there(desk: Desk) -> None:
    theirs = ring(desk.admin, "For Priya alone")
    client = builders.signed_in(desk.dana)
    for url in (URL, f"{URL}?tab=unread", "/requests/"):
        for headers in ({}, builders.htmx()):
            assert "For Priya alone" not in client.get(url, headers=headers).content.decode()
    assert client.post(f"/bell/{theirs.pk}/seen/").status_code == 404
    assert client.post(f"/bell/{theirs.pk + 1}/seen/").status_code == 404
    assert client.post("/bell/read/", {"newest": str(theirs.pk)}).status_code == 303
    assert BellNotice.objects.filter(read_at=None).count() == 1
    assert client.get("/bell/count/?known=0").status_code == 204


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_a_notice_says_is_text(desk: Desk, evil: str) -> None:
    bell.ring([desk.admin.pk], "failover", {"primary": evil, "alternate": evil}, f"/{evil}")
    ring(desk.admin, evil)
    page = read(builders.signed_in(desk.admin), URL)
    assert evil not in page and "alert(1)" in page
