"""A mailbox at Exchange, fetched over EWS end to end: from the server to a request, and back to the server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskpost.access import consents
from deskpost.desk.installation import Installation
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.collecting.sources import sample
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, Unacknowledged
from deskpost.inbound.process import process
from deskpost.oauth.grant import Tokens
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.sandbox.cloud.ews import BLOCKED
from deskpost.transports.errors import LoginRefused, ServiceEnded, Throttled
from tests.inbound.builders import mailbox
from tests.outbound import builders as make
from tests.transports.ews_world import CLIENT, PASSWORD, SECRET, World, cloud_served, fresh, numbered

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("ews")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


def box(world: World, **settings: Any) -> Mailbox:
    """Make a mailbox that signs in with a password."""
    values = {
        "protocol": "ews",
        "connect_url": world.url,
        "server": "",
        "port": 443,
        "tls": "implicit",
        "ca_file": str(world.server.ca_file),
        "username": world.desk.address,
        "password": PASSWORD,
        "addresses": [world.desk.address],
        **settings,
    }
    return mailbox(f"Box {world.desk.address}", **values)


def by_application(world: World, **settings: Any) -> Mailbox:
    """Make a mailbox that an application opens on its own."""
    values = {
        "authentication": "oauth",
        "grant": "client_credentials",
        "username": "",
        "password": "",
        "mailbox_to_open": world.desk.address,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "token_url": f"{world.server.base}/{world.cloud.tenant}/oauth2/v2.0/token",
        "scope": "https://outlook.office365.com/.default",
    }
    return box(world, **{**values, **settings})


def take_in(made: Mailbox) -> int:
    found = fetch(made.pk)
    assert found.failure is None, found.failure
    process(made.pk)
    return found.collected


def state(made: Mailbox) -> MailboxState:
    return MailboxState.objects.get(mailbox=made)


def test_where_the_provider_names_nobody_a_token_opens_the_user_s_mailbox_and_no_other(
    world: World,
) -> None:
    by_person = {"authentication": "oauth", "grant": "authorization_code", "mailbox_to_open": ""}
    made = by_application(world, **by_person, username=world.desk.address)
    stranger = world.cloud.store.add_mailbox("stranger@msp.example", "A stranger", PASSWORD)
    world.deliver()
    world.deliver(into=stranger)
    until = datetime.now(UTC) + timedelta(hours=1)
    consents.keep(made, Tokens(world.token(stranger.address), until, "renews"), "", None)
    assert fetch(made.pk).failure is not None
    assert not InboundMessage.objects.exists()
    consents.keep(made, Tokens(world.token(), until, "renews"), "", None)
    assert take_in(made) == 1


@pytest.mark.requirement("R14", "R34", "R106")
@pytest.mark.parametrize("kind", [box, by_application])
def test_each_mail_becomes_a_request_and_is_marked_read(world: World, kind: Any) -> None:
    made = kind(world)
    items = [world.deliver() for _ in range(3)]
    assert take_in(made) == 3
    assert take_in(made) == 0
    subjects = [f"{one.message['subject']}" for one in items]
    assert list(Record.objects.order_by("number").values_list("subject", flat=True)) == subjects
    assert all(item.is_read for item in items)
    assert not Unacknowledged.objects.exists()
    origins = InboundMessage.objects.order_by("pk").values_list("uid", "validity", "listed_size")
    assert list(origins) == [(item.id, "ews", None) for item in items]
    assert state(made).bookmark


@pytest.mark.pain("read-in-outlook-first")
def test_a_mail_that_somebody_read_in_outlook_first_becomes_a_request_all_the_same(world: World) -> None:
    made = box(world)
    world.cloud.store.deliver(world.desk, numbered(Subject="Read before the first look"), is_read=True)
    assert take_in(made) == 1
    world.cloud.store.deliver(world.desk, numbered(Subject="Read before the next look"), is_read=True)
    assert (take_in(made), take_in(made)) == (1, 0)
    subjects = list(Record.objects.order_by("number").values_list("subject", flat=True))
    assert subjects == ["Read before the first look", "Read before the next look"]


@pytest.mark.parametrize("after", ["move", "delete", "leave"])
def test_what_is_done_after_fetching_is_done_once_the_mail_has_its_outcome(world: World, after: str) -> None:
    world.folder("Erledigt", "inbox")
    made = box(world, after_fetching=after, move_to="INBOX/Erledigt" if after == "move" else "")
    item = world.deliver()
    assert take_in(made) == 1
    assert [one.id for one in world.lies_in("inbox")] == [item.id]
    assert take_in(made) == 0
    assert bool(world.lies_in("inbox")) == (after == "leave")
    assert len(world.desk.items) == (after != "delete")
    assert not Unacknowledged.objects.exists() and Record.objects.count() == 1


@pytest.mark.parametrize("after", ["move", "delete"])
def test_a_mail_that_somebody_flagged_meanwhile_is_moved_or_deleted_all_the_same(
    world: World, after: str
) -> None:
    """A flag changes what Exchange takes the mail for; of a mail without a Message-ID nothing else is known."""
    made = box(world, after_fetching=after, move_to="Archive" if after == "move" else "")
    flagged = world.deliver()
    nameless = world.deliver(b"From: ute@customer.example\r\nSubject: No Message-ID\r\n\r\nIt smokes.\r\n")
    assert take_in(made) == 2
    for item in (flagged, nameless):
        world.cloud.store.update(world.desk, item, raw=item.raw + b"what Exchange adds\r\n")
    assert take_in(made) == 0
    assert [one.id for one in world.lies_in("inbox")] == [nameless.id]
    assert len(world.lies_in("archive")) == (after == "move")
    waits = Unacknowledged.objects.get()
    assert waits.mail.uid == nameless.id and "its size is" in waits.reason


def test_a_mail_that_comes_back_from_another_folder_is_met_again_under_another_id(world: World) -> None:
    made = box(world, after_fetching="move", move_to="Archive")
    world.deliver()
    take_in(made)
    take_in(made)
    (item,) = world.lies_in("archive")
    world.cloud.store.move(world.desk, item, "inbox")
    assert take_in(made) == 1
    assert InboundMessage.objects.count() == 2 and Record.objects.count() == 1  # a duplicate of the first


@pytest.mark.parametrize("first", ["new", "2026-11-20", "everything"])
def test_the_first_fetch_takes_what_it_is_told_to_also_when_all_is_listed_anew(
    world: World, first: str
) -> None:
    old, recent = world.deliver(), world.deliver()
    old.received = datetime(2026, 11, 1, tzinfo=UTC)
    recent.received = datetime(2026, 11, 25, tzinfo=UTC)
    made = box(world, first_fetch=first)
    assert take_in(made) == {"new": 0, "2026-11-20": 1, "everything": 2}[first]
    world.deliver()
    assert take_in(made) == 1
    world.cloud.habits.expire_delta = True
    world.deliver()
    assert take_in(made) == 1
    assert take_in(made) == 0


def test_a_fetch_that_broke_off_is_taken_up_again_and_nothing_is_stored_twice(world: World) -> None:
    made = box(world, max_size_mb=10)
    items = [world.deliver(numbered("x" * 5_000_000)) for _ in range(3)]
    world.fault("half_answer", operation="UpdateItem")
    found = fetch(made.pk)
    assert found.failure is not None and found.collected < 3
    assert take_in(made) == 3 - found.collected
    assert [item.is_read for item in items] == [True] * 3
    assert Record.objects.count() == 3 and not Unacknowledged.objects.exists()


def test_a_mail_over_the_limit_becomes_an_error_mail_with_its_header(world: World) -> None:
    made = box(world, max_size_mb=1)
    item = world.deliver(numbered("x" * 1_200_000))
    assert take_in(made) == 1
    mail = InboundMessage.objects.get()
    assert (mail.truncated, mail.size) == (True, len(item.raw)) and not item.is_read


@pytest.mark.requirement("R106")
def test_the_end_of_ews_stops_fetching_and_says_what_to_do(world: World) -> None:
    ada, technician = make.person("Ada Admin", technician=True), make.technician("Dana", "dana@desk.example")
    Grant.objects.create(person=ada, role=Role.objects.get(name="SDAdmin"))
    Installation.objects.update(public_url="https://desk.example")
    rule, _ = NotificationRule.objects.get_or_create(event="application_error", defaults={"enabled": False})
    RuleTechnician.objects.create(rule=rule, person=technician)
    made = box(world)
    world.deliver()
    world.fault("policy", "blocked")
    found = fetch(made.pk)
    assert isinstance(found.failure, ServiceEnded)
    made.refresh_from_db()
    assert not made.fetching
    stopped = state(made)
    assert stopped.stopped_by == "deskpost" and stopped.failing_since is None
    for told in (BLOCKED, "2027-04-01", "Set-OrganizationConfig -EwsAllowedAppIDs"):
        assert told in stopped.reason
    notice = BellNotice.objects.get()
    assert (notice.kind, notice.person) == ("service_ended", ada), "a technician cannot mend it"
    assert made.name in words_of(notice).title and BLOCKED in words_of(notice).text
    mail = OutboxMail.objects.get()
    assert (mail.event, mail.to) == ("fetching_stopped", [["Dana", "dana@desk.example"]])
    assert made.name in mail.subject
    for told in (BLOCKED, "Set-OrganizationConfig -EwsAllowedAppIDs", f"https://desk.example{notice.url}"):
        assert told in mail.text
    assert fetch(made.pk).failure is None and not InboundMessage.objects.exists()
    assert (BellNotice.objects.count(), OutboxMail.objects.count()) == (1, 1)


@pytest.mark.pain("throttling-taken-for-bad-password")
def test_a_busy_server_is_no_failure_and_a_refused_login_is_one(world: World) -> None:
    made = box(world)
    world.fault("busy", 900)
    found = fetch(made.pk)
    assert isinstance(found.failure, Throttled)
    waits = state(made)
    assert waits.failing_since is None
    assert waits.next_fetch_at - datetime.now(UTC) > timedelta(seconds=800)
    Mailbox.objects.filter(pk=made.pk).update(password="wrong")
    assert type(fetch(made.pk).failure) is LoginRefused
    assert state(made).failing_since


@pytest.mark.pain("back-off-0-ms")
def test_a_back_off_of_0_ms_again_and_again_is_no_storm_and_no_bad_password(world: World) -> None:
    made = box(world, fetch_every=10)
    world.deliver()
    take_in(made)
    world.deliver()
    world.fault("busy", 0.0, times=None)
    waits = []
    for minutes in (2, 8, 60):
        since = datetime.now(UTC) - timedelta(minutes=minutes)
        MailboxState.objects.update(last_fetch_at=since, next_fetch_at=datetime.now(UTC))
        assert isinstance(fetch(made.pk).failure, Throttled)
        waits.append((state(made).next_fetch_at - datetime.now(UTC)).total_seconds())
    assert 25 < waits[0] < 31 and 110 < waits[1] < 121 and 290 < waits[2] <= 300
    made.refresh_from_db()
    assert made.fetching and state(made).failing_since is None and not state(made).consecutive_failures
    assert not BellNotice.objects.exists()
    world.cloud.faults.clear()
    assert take_in(made) == 1


def test_a_sample_shows_the_oldest_mail_and_changes_nothing(world: World) -> None:
    item = world.deliver()
    found = sample(box(world))
    assert found is not None and (found.uid, found.count) == (item.id, 1)
    assert not item.is_read
    bare = mailbox(
        "Not saved", protocol="ews", connect_url="http://192.0.2.1/EWS/Exchange.asmx", tls="implicit"
    )
    with pytest.raises(LoginRefused, match="only over a secret connection"):
        sample(bare)
