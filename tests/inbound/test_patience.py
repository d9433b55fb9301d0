"""A mailbox whose server asks for patience: a pause as asked is no failure; one that lasts is failing, and is told."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from deskpost.access.lanes import GraphPause
from deskpost.console.mail_settings.incoming_rows import row_of
from deskpost.desk.roles import Grant, Role
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.connectivity import patience
from deskpost.inbound.describe import mailboxes_json
from deskpost.inbound.mailboxes import Mailbox, MailboxState, start_fetching, stop_fetching
from deskpost.inbound.standings import standing
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.failover import Generation
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.tick import Pulse
from deskpost.transports.errors import Throttled
from tests.inbound.test_graph import deliver, fault, graph, served, take_in, there
from tests.oauth.world import World
from tests.outbound import builders as make

__all__ = ["served", "there"]

pytestmark = pytest.mark.usefixtures("database")
LOST, REGAINED = "connectivity_lost", "connectivity_regained"
_TIMES = ("next_fetch_at", "last_fetch_at", "patience_since", "failing_since", "outage_told_at")


@pytest.fixture
def box(there: World) -> Mailbox:
    """A mailbox that was fetched, in a desk that has run for long, with somebody to be told by bell and by mail."""
    Generation.objects.create()
    priya = make.person("Priya", technician=True)
    Grant.objects.create(person=priya, role=Role.objects.get(name="SDAdmin"))
    rule, _ = NotificationRule.objects.get_or_create(event="application_error", defaults={"enabled": False})
    RuleTechnician.objects.create(rule=rule, person=make.technician("Dana"))
    make.server()
    made = graph(there, fetch_every=60)
    take_in(made)
    wait(48 * 60)
    MailboxState.objects.update(last_fetch_at=Now())
    return made


def wait(minutes: float) -> None:
    """Let so much time pass: everything that was, was so much earlier."""
    by = timedelta(minutes=minutes)
    MailboxState.objects.update(**{name: F(name) - by for name in _TIMES})
    GraphPause.objects.update(not_before=F("not_before") - by)
    Generation.objects.update(started_at=F("started_at") - by)


def throttle(there: World, seconds: int) -> None:
    answer = {"status": 429, "headers": {"Retry-After": str(seconds)}}
    fault(there, "status", answer, path="delta", times=None)


def throttled_for(made: Mailbox, minutes: int, every: int) -> list[str]:
    """Fetch for so long, looking as every process does; give who was told of meanwhile."""
    told: list[str] = []
    for _ in range(0, minutes, every):
        assert isinstance(fetch(made.pk).failure, Throttled)
        wait(every)
        told += patience.find_long()
    return told


def word(made: Mailbox) -> str:
    return next(one["state"] for one in mailboxes_json() if one["name"] == made.name)


def rang() -> list[str]:
    """Give the events that rang, and check that each was written to the list as well."""
    kinds = list(BellNotice.objects.order_by("pk").values_list("kind", flat=True))
    told = OutboxMail.objects.filter(event__startswith="connectivity").order_by("pk")
    assert kinds == list(told.values_list("event", flat=True))
    return kinds


def test_status_does_not_stay_green_where_the_server_asks_for_patience_for_hours(
    there: World, box: Mailbox
) -> None:
    throttle(there, 600)
    asked = len(there.cloud.asked)
    assert throttled_for(box, 12 * 60, every=10) == [box.name], "once"
    assert len(there.cloud.asked) - asked >= 70, "and it is still tried, each time as asked"
    assert word(box) == "failing" and rang() == [LOST]
    state = MailboxState.objects.get(mailbox=box)
    assert (
        not state.consecutive_failures and "To do: see which other programs use this mailbox" in state.reason
    )
    row = row_of(standing(Mailbox.objects.get(), state.next_fetch_at))
    assert (row.state, row.pill.tone) == ("needs", "bad") and row.pill.words.startswith("Failing since")
    assert "asks for patience" in row.says and row.to_do.startswith("see which other programs")
    words = words_of(BellNotice.objects.get())
    assert words.title == f"{box.name} is not fetched" and "asking for patience since" in words.text
    written = OutboxMail.objects.get(event=LOST).text
    assert "no fetch was completed" in written and "To do: see which other programs" in written
    there.cloud.faults.clear()
    deliver(there, 1)
    wait(10)
    assert take_in(box) == 1
    assert word(box) == "fetching" and rang() == [LOST, REGAINED]
    assert MailboxState.objects.get(mailbox=box).patience_since is None


def test_a_pause_as_asked_is_no_failure_and_rings_for_nobody(there: World, box: Mailbox) -> None:
    for _ in range(3):
        throttle(there, 300)
        assert throttled_for(box, 14, every=7) == []
        assert word(box) == "fetching" and rang() == []
        there.cloud.faults.clear()
        take_in(box)


def test_a_mailbox_that_is_fetched_every_hour_is_failing_after_three(there: World, box: Mailbox) -> None:
    Mailbox.objects.update(fetch_every=3600)
    connectivity.change(None, "test", threshold=4)
    throttle(there, 60)
    box.refresh_from_db()
    assert throttled_for(box, 179, every=179) == [] and word(box) == "fetching"
    wait(2)
    assert patience.find_long() == [] and word(box) == "failing"
    wait(60)
    assert patience.find_long() == [box.name]


@pytest.mark.parametrize("case", ["told nothing", "restarted", "started anew", "mail came in"])
def test_nobody_is_told_where_it_is_no_outage(there: World, box: Mailbox, case: str) -> None:
    throttle(there, 60)
    assert throttled_for(box, 10, every=10) == []
    match case:
        case "told nothing":
            connectivity.change(None, "test", enabled=False)
        case "restarted":
            wait(60)
            Generation.objects.create()  # nobody was there to ask for an hour
        case "started anew":
            stop_fetching(None, "test", box)
            start_fetching(None, "test", box)
        case "mail came in":
            there.cloud.faults.clear()
            deliver(there, 1)
            second = deliver(there, 2)
            busy = {"status": 429, "headers": {"Retry-After": "60"}}
            fault(there, "status", busy, path=f"{second.immutable_id}/.value$", times=None)
            assert fetch(box.pk).collected == 1
    assert throttled_for(box, 10, every=10) == []
    assert rang() == [] and word(box) == ("failing" if case == "told nothing" else "fetching")


@pytest.mark.pain("status-stays-green")
def test_another_process_than_the_fetcher_finds_it(there: World, box: Mailbox) -> None:
    throttle(there, 600)
    assert isinstance(fetch(box.pk).failure, Throttled)
    wait(60)
    with Pulse("web"), Pulse("web"):
        wait(60)  # they began a generation
        make.wait_until(lambda: BellNotice.objects.exists())
    assert rang() == [LOST] and word(box) == "failing"
