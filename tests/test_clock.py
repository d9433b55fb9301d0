"""The clock of the database is set back, or forward: nothing waits for hours that come once more, nor is it told of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost import clock
from deskpost.inbound.leases import Lease
from deskpost.inbound.mailboxes import MailboxState, due
from deskpost.outbound.failover import Process
from deskpost.outbound.upkeep import due_servers
from deskpost.tick import find_late
from tests.inbound.builders import mailbox
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=3)


def _beat_before(ahead: timedelta) -> None:
    """Leave the beat of a process from before the clock was set back by so much."""
    Process.objects.create(host="a", pid=1, started="1", kind="worker", seen_at=timezone.now() + ahead)


def test_what_was_due_by_the_clock_before_is_due_by_the_clock_now() -> None:
    made = mailbox()
    server = make.server()
    (mail,) = make.queue_mails(server, ["ute@acme.example"])
    later = timezone.now() + HOURS
    MailboxState.objects.update(next_fetch_at=later, last_fetch_at=later)
    type(mail).objects.update(next_try_at=later)
    Lease.objects.create(thing="process:1", owner="a dead worker", until=later + timedelta(seconds=15))
    _beat_before(HOURS)
    assert not due() and not due_servers()
    assert abs(clock.follow() - HOURS) < timedelta(seconds=10)
    assert due() == [made.pk] and due_servers() == [server.pk]
    assert Lease.objects.get().until - timezone.now() < timedelta(seconds=20)
    assert clock.follow() == timedelta(), "once"


def test_a_clock_that_runs_as_it_should_moves_nothing() -> None:
    mailbox()
    later = timezone.now() + HOURS
    MailboxState.objects.update(next_fetch_at=later)
    _beat_before(timedelta(seconds=5))
    assert clock.follow() == timedelta()
    assert MailboxState.objects.get().next_fetch_at == later


def _last_looked(ago: timedelta) -> None:
    """Let this process have looked at a clock that has gone so much further since than its own seconds."""
    clock.follow()
    assert clock.last.there is not None
    clock.last.there -= ago


def test_a_leap_forward_is_no_outage_of_mailboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "last", clock.Look())
    made = mailbox()
    long_ago = timezone.now() - HOURS
    MailboxState.objects.update(next_fetch_at=long_ago, last_fetch_at=long_ago)
    _last_looked(HOURS)
    assert clock.follow() == timedelta() and clock.calm()
    find_late()
    state = MailboxState.objects.get()
    assert (state.failing_since, state.outage_told_at) == (None, None) and due() == [made.pk]
    monkeypatch.setattr(clock, "CALM", 0.0)
    find_late()
    state.refresh_from_db()
    assert state.failing_since is not None, "nobody fetched it all the same"


def test_a_clock_that_goes_on_by_the_seconds_that_pass_has_not_leapt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "last", clock.Look())
    clock.follow()
    _last_looked(timedelta(seconds=5))
    clock.follow()
    assert not clock.calm()
