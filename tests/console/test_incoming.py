"""Incoming: the list of mailboxes, Start, Stop, Try now, and removal."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deskpost.inbound import leases, standings
from deskpost.inbound.mailboxes import Mailbox, MailboxState, own_addresses, start_fetching, stop_fetching
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.push import states
from deskpost.transports.words import idle_not_offered
from tests.console import builders
from tests.console.conftest import Desk, build_desk

URL = "/admin/mail-server-settings/incoming/"


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    """Give the desk within the test's transaction: nothing is fetched here."""
    yield build_desk()


def page(desk: Desk, query: str = "", **headers: str) -> str:
    response = builders.signed_in(desk.admin).get(URL + query, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def act(desk: Desk, name: str, box: Mailbox, **values: str) -> str:
    url = reverse(f"incoming_{name}", args=[box.pk])
    response = builders.signed_in(desk.admin).post(url, values, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def state(box: Mailbox, **values: Any) -> None:
    MailboxState.objects.filter(mailbox=box).update(**values)


@pytest.mark.requirement("R86")
def test_mailboxes_are_set_by_who_may_set_mail_everywhere_and_by_nobody_else(desk: Desk) -> None:
    limited = builders.person(
        "Ann", "ann@kestrel.example", "SDAdmin", account=desk.kestrel, within=desk.kestrel
    )
    reads = [URL, f"{URL}new/", f"{URL}{desk.box.pk}/", f"{URL}{desk.box.pk}/remove/"]
    acts = [
        f"{URL}new/",
        *(f"{URL}{desk.box.pk}/{name}" for name in ("", "start/", "stop/", "try/", "remove/")),
    ]
    for who in (desk.dana, desk.tom, limited):
        client = builders.signed_in(who)
        assert [client.get(url).status_code for url in reads] == [403] * len(reads), who.name
        assert [client.post(url).status_code for url in acts] == [403] * len(acts), who.name
        assert [client.get(f"{URL}99/").status_code] == [403], "who may not set mail learns of no mailbox"
    assert Mailbox.objects.get().fetching is False
    client = builders.signed_in(desk.admin)
    assert [client.get(url).status_code for url in reads] == [200] * len(reads)
    assert client.get(f"{URL}{desk.box.pk + 99}/").status_code == 404


@pytest.mark.requirement("R4")
def test_admin_leads_by_its_words_to_msp_details_and_mail_server_settings(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)

    def click(words: str, on: str) -> str:
        found = re.search(rf'<a[^>]* href="([^"]+)"[^>]*>(?:<[^>]+>|\s)*{words}<', on)
        assert found, words
        return client.get(found[1].partition("#")[0] or reverse("all_settings")).content.decode()

    settings = click("Admin", client.get(reverse("requests")).content.decode())
    listed = click("Mail server settings", click("MSP Details", settings))
    assert 'aria-current="page">Incoming<span class="num">1</span>' in listed


def test_a_state_says_since_when_why_and_what_comes_next(desk: Desk) -> None:
    start_fetching(desk.admin, "page", desk.box)
    now = timezone.now()
    state(desk.box, last_fetch_at=now, next_fetch_at=now + timedelta(seconds=40), backlog=0)
    assert "Every 1 min, next in" in page(desk)
    state(
        desk.box,
        failing_since=now - timedelta(minutes=2),
        consecutive_failures=4,
        reason='imap.example:993 refused the login of "support". imap.example:993 answered: "no". To do: check it.',
    )
    listed = page(desk)
    for words in (
        "Failing since",
        "4 of 5 tries failed.",
        "refused the login of",
        "Next try in",
        "Mail waits at its server, none is lost.",
        "/help/troubleshooting/#refused-the-login-of",
        "Try now",
        "unknown",
    ):
        assert words in listed
    assert "To do: check it" not in listed
    stop_fetching(desk.admin, "page", desk.box)
    state(desk.box, failing_since=None, reason="")
    listed = page(desk)
    assert f"By Priya Raman, {timezone.localtime():%H:}" in listed and "Start fetching" in listed
    state(desk.box, junk_new=3)
    assert "3 new mails in the server’s folder of junk" in page(desk)


def test_what_needs_a_person_comes_first_and_the_list_is_filtered_by_state(desk: Desk) -> None:
    zone, able = builders.mailbox("Zone", fetching=True), builders.mailbox("Able", fetching=True)
    state(zone, failing_since=timezone.now(), reason="It does not answer. To do: look.")
    listed = page(desk)
    order = [listed.index(f">{name}</a>") for name in ("Zone", "Able", "Support")]
    assert order == sorted(order)
    assert "3 mailboxes" in listed and "1 need you" in listed
    assert f">{able.name}</a>" not in page(desk, "?state=needs")
    assert f">{zone.name}</a>" in page(desk, "?state=needs")
    assert f">{able.name}</a>" in page(desk, "?state=nonsense")


def test_without_a_mailbox_the_page_says_what_to_do(desk: Desk) -> None:
    desk.box.delete()
    assert "No mailbox is fetched yet" in page(desk) and f'href="{URL}new/"' in page(desk)


def test_today_and_the_last_hour_are_counted_without_a_question_per_mailbox(desk: Desk) -> None:
    now = timezone.now()
    for minutes, uid in ((1, "1"), (2, "2"), (59, "3"), (61, "4")):
        InboundMessage.objects.create(
            mailbox=desk.box,
            source_number=1,
            folder="INBOX",
            validity="1",
            uid=uid,
            size=1,
            sha256=b"0",
            received_at=now - timedelta(minutes=minutes),
        )
    (one,) = standings.standings(now, now - timedelta(hours=2))
    assert one.today == 4
    assert one.last_hour == [1, *[0] * 18, 2]
    with CaptureQueriesContext(connection) as few:
        page(desk)
    for number in range(5):
        builders.mailbox(f"More {number}")
    with CaptureQueriesContext(connection) as many:
        page(desk)
    assert len(many) == len(few)


def test_htmx_gets_the_live_part_alone(desk: Desk) -> None:
    part = page(desk, **builders.htmx())
    assert part.startswith('<div id="incoming"') and "Support" in part and "<html" not in part


@pytest.mark.requirement("R88")
def test_start_and_stop_are_told_with_who_and_when(desk: Desk) -> None:
    assert "Fetching of Support is on" in act(desk, "start", desk.box)
    assert Mailbox.objects.get().fetching
    assert "was on already" in act(desk, "start", desk.box)
    assert "is tried now" in act(desk, "try", desk.box)
    assert "is off until somebody starts it" in act(desk, "stop", desk.box, **{"from": "form"})
    assert not Mailbox.objects.get().fetching
    assert "Priya Raman stopped it" in act(desk, "stop", desk.box)
    assert "Priya Raman stopped it" in act(desk, "try", desk.box)


def test_a_removed_mailbox_asks_first_and_its_mails_stay(desk: Desk) -> None:
    InboundMessage.objects.create(
        mailbox=desk.box, source_number=1, folder="INBOX", validity="1", uid="1", size=1, sha256=b"0"
    )
    url = f"{URL}{desk.box.pk}/remove/"
    asks = builders.signed_in(desk.admin).get(url).content.decode()
    assert "Remove the mailbox Support?" in asks and "Its 1 mail stays" in asks
    assert Mailbox.objects.exists()
    start_fetching(desk.admin, "page", desk.box)
    assert "Support is removed. Its mails stay." in act(desk, "remove", desk.box)
    assert not Mailbox.objects.exists() and InboundMessage.objects.count() == 1
    gone = Mailbox.every.get()
    assert (gone.fetching, gone.password) == (False, "")
    assert InboundMessage.objects.get().mailbox == gone
    assert builders.HELP not in own_addresses()
    assert builders.mailbox("Support").pk != gone.pk, "its name is free again"
    with pytest.raises(IntegrityError), transaction.atomic():
        builders.mailbox("Support")
    assert builders.signed_in(desk.admin).get(f"{URL}{gone.pk}/").status_code == 404


@pytest.mark.pain("subscription-expires-or-is-silent")
def test_push_is_said_to_be_connected_with_its_last_push_or_why_it_is_not(desk: Desk) -> None:
    Mailbox.objects.update(push=True)
    desk.box.refresh_from_db()
    start_fetching(desk.admin, "page", desk.box)
    now = timezone.now()
    state(desk.box, last_fetch_at=now, next_fetch_at=now + timedelta(seconds=40), backlog=0)
    assert "with push" in page(desk) and "Every 1 min, next in" in page(desk)
    states.connected(desk.box.pk, "v")
    assert "Push connected" not in page(desk), "who listened is gone"
    with leases.take(f"{states.WATCH}{desk.box.pk}"):
        clock = f"{timezone.localtime():%H:}"
        listed = page(desk)
        assert "Push connected" in listed and f"Since {clock}" in listed and "no push yet" in listed
        states.pushed(desk.box.pk)
        assert f"last push {clock}" in page(desk)
        assert f"last push {clock}" in page(desk, f"{desk.box.pk}/"), "in the form's head too"
    states.failed(desk.box.pk, "v", idle_not_offered("imap.example:993"))
    listed = page(desk)
    assert "Push connected" not in listed and "Every 1 min, next in" in listed
    assert "imap.example:993 does not offer IDLE" in listed
    assert "/help/troubleshooting/#does-not-offer-idle" in listed and "To do: nothing" not in listed
    stop_fetching(desk.admin, "page", desk.box)
    assert "IDLE" not in page(desk)
