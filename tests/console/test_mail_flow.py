"""Mail flow: who sees what of it, and what it says."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deskpost.desk.accounts import Site
from deskpost.desk.people import Person
from deskpost.inbound import minutes as inbound_minutes
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.inbound.messages import InboundMessage, Undecided
from deskpost.inbound.minutes import MailboxMinute
from deskpost.minutes import EVER
from deskpost.outbound import minutes as outbound_minutes
from deskpost.outbound.minutes import Ended, ServerMinute
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.outbound.builders import queue_mails

URL = "/mail-flow/"


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    """Give the desk within the test's transaction: nothing is fetched here."""
    yield build_desk()


def page(who: Person, query: str = "", **headers: str) -> str:
    response = builders.signed_in(who).get(URL + query, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def words(text: str) -> str:
    """Give what a person reads of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def row_of(text: str, name: str) -> str:
    """Give what a person reads in the row of a mailbox or server."""
    return next(words(row) for row in text.split("<tr ")[1:] if f">{name}</" in row)


def state(box: Mailbox, **values: Any) -> None:
    MailboxState.objects.filter(mailbox=box).update(**values)


def limited(desk: Desk, **where: Any) -> Person:
    return builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel, **where
    )


def test_it_is_for_who_may_set_mail_and_for_nobody_else(desk: Desk) -> None:
    at_a_site = limited(desk, at=Site.objects.create(account=desk.kestrel, name="Oslo"))
    for who in (desk.dana, desk.tom, at_a_site):
        client = builders.signed_in(who)
        assert client.get(URL).status_code == 403, who.name
        assert "/mail-flow/" not in client.get("/requests/").content.decode(), "no link to a closed page"
    assert builders.signed_in(desk.admin).post(URL).status_code == 405


def test_who_sets_mail_of_one_account_sees_its_mailboxes_and_servers_alone(desk: Desk) -> None:
    ours = builders.mailbox("Kestrel's box", account=desk.kestrel, fetching=True)
    theirs = builders.mailbox("Vantage's box", account=desk.vantage, fetching=True)
    state(theirs, failing_since=timezone.now(), reason="It does not answer. To do: look.")
    server = builders.outgoing_of(desk.vantage)
    builders.outgoing_of(desk.kestrel)
    for box, count in ((ours, 2), (theirs, 30), (desk.box, 500)):
        inbound_minutes.fetched(box.pk, count)
    outbound_minutes.ended([Ended(server.pk, "sent", 3, 1.0)] * 40)
    queue_mails(server, ["helen@vantage.example"])
    ann = limited(desk)
    for query in ("", "?table=1", "?span=week"):
        shown = page(ann, query)
        assert "Kestrel" in shown
        assert "Vantage" not in shown and "Support" not in shown and "need you" not in shown
        assert "peak 2 at" in shown and "no mail in this time" in shown
        assert "Outbox <" not in shown and "/incoming/" not in shown and "/outgoing/" not in shown
    assert 'class="dot end tone-ok"' in page(ann)
    everything = page(desk.admin)
    assert (
        "Vantage" in everything and "peak 532 at" in everything and 'class="dot end tone-bad"' in everything
    )


def test_the_banner_says_who_needs_a_person_why_and_where(desk: Desk) -> None:
    now = timezone.now()
    assert "need you" not in page(desk.admin)
    away = builders.mailbox("Away", fetching=True)
    state(away, failing_since=now, reason="It does not answer. To do: look.")
    shown = page(desk.admin)
    assert "1 mailbox needs you." in words(shown) and "Away fails since" in shown
    lost = builders.mailbox("Lost", fetching=True)
    MailboxConsent.objects.create(mailbox=lost, access_token="x", lost_at=now, lost_reason="Revoked.")
    full = builders.mailbox(
        "Full", error_folder=True, error_folder_name="Errors", error_stop_after=25, fetching=False
    )
    state(full, held_at_limit=True)
    OutgoingServerState.objects.create(server=desk.server, failing_since=now, reason="No.")
    shown = words(page(desk.admin))
    assert "3 mailboxes and 1 server need you." in shown
    for cause in (
        "Lost needs consent since",
        "Full stopped at its limit of 25 error mails",
        "IT Help Desk (outgoing) sends nothing since",
        "Open Incoming",
        "Open Outgoing",
    ):
        assert cause in shown, cause
    for name in ("Also away", "Away as well"):
        state(builders.mailbox(name, fetching=True), failing_since=now, reason="No.")
    shown = words(page(desk.admin))
    assert "5 mailboxes and 1 server need you." in shown and "and 3 others" in shown


def test_where_nothing_is_set_up_it_leads_to_the_steps_that_do(desk: Desk) -> None:
    ann = limited(desk)
    assert "No mailbox and no server of your accounts" in page(ann) and "/setup/" not in page(ann)
    Mailbox.objects.update(removed_at=timezone.now(), password="", fetching=False)
    OutgoingServer.objects.all().delete()
    shown = page(desk.admin)
    assert "No mail flows yet" in shown and 'href="/setup/"' in shown and "Mails a minute" not in shown


def test_the_dot_in_the_sidebar_says_on_every_page_whether_somebody_is_needed(desk: Desk) -> None:
    def dot() -> str:
        shown = builders.signed_in(desk.admin).get("/requests/").content.decode()
        return re.findall(r'class="dot end tone-(\w+)"', shown)[0]

    assert dot() == "ok"
    queue_mails(desk.server, ["tom@kestrel.example"])
    assert dot() == "ok"
    OutboxMail.objects.update(next_try_at=timezone.now() - timedelta(minutes=3))
    assert dot() == "warn", "the queue is behind"
    OutgoingServer.objects.update(paused=True)
    assert dot() == "ok", "somebody wanted it so"
    away = builders.mailbox("Away", fetching=True)
    state(away, reason="It asks for patience.")
    assert dot() == "warn"
    state(away, failing_since=timezone.now())
    assert dot() == "bad"


def test_minutes_that_a_clock_set_back_left_ahead_break_nothing(desk: Desk) -> None:
    ahead = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=30)
    MailboxMinute.objects.create(mailbox=desk.box, minute=ahead, what="in", count=5)
    outbound_minutes.ended([Ended(desk.server.pk, "sent", 3, 1.0)])
    ServerMinute.objects.exclude(minute=EVER).update(minute=ahead)
    for query in ("", "?span=day", "?span=week&table=1"):
        assert "Mails a minute" in page(desk.admin, query)


def test_the_rows_say_what_waits_how_long_and_what_went_wrong(desk: Desk) -> None:
    now = timezone.now()
    waits = builders.mailbox("Waits", fetching=True)
    state(waits, last_fetch_at=now, backlog=4)
    mail = InboundMessage.objects.create(
        mailbox=waits, source_number=1, folder="INBOX", validity="1", uid="1", size=1, sha256=b"0",
        received_at=now - timedelta(minutes=22),
    )  # fmt: skip
    Undecided.objects.create(mail=mail, mailbox=waits)
    away = builders.mailbox("Away", fetching=True)
    state(away, failing_since=now, reason="No.", next_fetch_at=now + timedelta(seconds=38, milliseconds=500))
    for _ in range(4):
        inbound_minutes.trouble(away.pk, "connection")
    inbound_minutes.trouble(away.pk, "throttled")
    shown = page(desk.admin)
    assert "5 waiting 22 min" in row_of(shown, "Waits") and "no errors" in row_of(shown, "Waits")
    assert "unknown" in row_of(shown, "Away") and "next try in 3" in row_of(shown, "Away")
    assert "4 connection, 1 throttled" in row_of(shown, "Away")
    assert "until started" in row_of(shown, "Support")
    assert "1 mail oldest 22 min, Waits" in words(shown)
    assert "4 today 4 Away" in words(shown), "patience that was asked for is no error"
    order = [shown.index(f">{name}</a>") for name in ("Away", "Waits", "Support")]
    assert order == sorted(order), "what needs a person first, what rests last"


def test_a_server_says_for_whom_its_mail_waits(desk: Desk) -> None:
    queue_mails(desk.server, ["tom@kestrel.example"])
    name = "IT Help Desk, SMTP"
    assert "not measured yet" in row_of(page(desk.admin), name)
    outbound_minutes.ended([Ended(desk.server.pk, "sent", 3, 2.0)])
    assert "3 s" in row_of(page(desk.admin), name), (
        "half of what one takes, for four leave at a time, and its own"
    )
    OutgoingServer.objects.filter(pk=desk.server.pk).update(paused=True)
    assert "until resumed" in row_of(page(desk.admin), name)
    assert "no server sends now" in page(desk.admin)


def test_the_chart_shows_each_span_and_its_table_the_same_figures(desk: Desk) -> None:
    present = timezone.now().replace(second=0, microsecond=0)
    for ago, count in ((timedelta(minutes=10), 6), (timedelta(hours=20), 30), (timedelta(days=5), 120)):
        MailboxMinute.objects.create(mailbox=desk.box, minute=present - ago, what="in", count=count)
    ServerMinute.objects.create(
        server=desk.server, minute=present - timedelta(minutes=10), what="throttled", sending_class=0, count=2
    )
    peaks = {"": "peak 6 at", "?span=day": "peak 30 at", "?span=week": "peak 120 at"}
    for query, peak in peaks.items():
        shown = page(desk.admin, query)
        assert peak in shown and "throttled" in shown
        assert shown.count('<svg class="chart"') == 2, "one for wide windows and one for phones"
    rows = re.findall(r"<tr><td[^>]*>(.*?)</tr>", page(desk.admin, "?table=1"))
    assert len(rows) == 61
    ((told,)) = [words(row) for row in rows if "throttled" in row]
    assert told.split()[1:] == ["6", "0", "throttled"]
    assert sum(int(words(row).split()[1]) for row in rows) == 6
    week = re.findall(r"<tr><td[^>]*>(.*?)</tr>", page(desk.admin, "?span=week&table=1"))
    assert len(week) == 168 and [words(row) for row in week if " 2 0" in words(row)], (
        "120 an hour are 2 a minute"
    )


def test_what_is_chosen_is_in_the_address_and_updates_can_be_paused(desk: Desk) -> None:
    shown = page(desk.admin, "?span=day&table=1")
    assert 'hx-get="/mail-flow/?span=day&amp;table=1"' in shown and 'hx-trigger="every 5s"' in shown
    assert 'href="/mail-flow/?span=day&amp;table=1&amp;paused=1"' in shown
    paused = page(desk.admin, "?span=day&paused=1")
    assert 'id="flow" data-live' not in paused and "every" not in paused.split('id="flow"')[1][:80]
    assert "Resume updates" in paused and 'href="/mail-flow/?span=day"' in paused
    assert page(desk.admin, "?span=year&table=2&paused=yes").count('aria-current="true">Hour<') == 1
    part = page(desk.admin, **builders.htmx())
    assert part.startswith('<div class="flow" id="flow"') and 'hx-swap-oob="true"' in part


def test_it_asks_as_many_statements_however_many_mailboxes_and_servers_there_are(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for number in range(20):
        builders.mailbox(f"Box {number}", fetching=True)
        builders.outgoing_of(builders.account(f"Client {number}"))
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)
