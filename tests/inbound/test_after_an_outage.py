"""Of a day and more in which a server could not be reached no mail is left behind, however old it has become."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from deskpost.desk.records import Record
from deskpost.inbound.collecting import collect
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.process import process
from deskpost.inbound.standings import standing
from deskpost.sandbox.cloud.cloud import Fault
from deskpost.sandbox.cloud.store import Mailbox as CloudMailbox
from deskpost.transports.errors import ServerUnreachable
from tests.inbound import test_ews, test_fetch, test_graph
from tests.inbound.builders import mail
from tests.inbound.test_graph import served, there
from tests.oauth.world import DESK
from tests.transports.ews_world import cloud_served, fresh

__all__ = ["served", "there"]

pytestmark = pytest.mark.usefixtures("database")
OUTAGE = timedelta(hours=30)


@dataclass
class Way:
    """A mailbox, how its server is taken away and given back, and how a mail arrives there that long ago."""

    box: Mailbox
    stop: Callable[[], None]
    start: Callable[[], None]
    deliver: Callable[[bytes, timedelta], None]


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    """The mailbox of one protocol, whose first fetch takes new mail alone."""
    made: Callable[[pytest.FixtureRequest], Iterator[Way]] = request.param
    yield from made(request)


def by_dovecot(protocol: str) -> Callable[[pytest.FixtureRequest], Iterator[Way]]:
    def made(request: pytest.FixtureRequest) -> Iterator[Way]:
        server = request.getfixturevalue("dovecot_with")()
        box = test_fetch.box(server, protocol, first_fetch="new")

        def deliver(content: bytes, ago: timedelta) -> None:
            folder = server.maildir(box.username) / "cur"
            before = set(folder.iterdir())
            server.deliver(box.username, content)
            (file,) = set(folder.iterdir()) - before
            at = (timezone.now() - ago).timestamp()
            os.utime(file, (at, at))  # Dovecot's INTERNALDATE

        yield Way(box, server.stop, server.start, deliver)

    return made


def by_ews(request: pytest.FixtureRequest) -> Iterator[Way]:
    folder = request.getfixturevalue("tmp_path_factory").mktemp("ews")
    with cloud_served(folder) as served_there:
        world = fresh(served_there)
        yield _in_a_cloud(world.cloud, "ews", test_ews.box(world, first_fetch="new"), world.desk)


def by_graph(request: pytest.FixtureRequest) -> Iterator[Way]:
    world = request.getfixturevalue("there")
    desk = world.cloud.store.mailbox(DESK)
    yield _in_a_cloud(world.cloud, "graph", test_graph.graph(world, first_fetch="new"), desk)


def _in_a_cloud(cloud: Any, service: str, box: Mailbox, desk: CloudMailbox) -> Way:
    def deliver(content: bytes, ago: timedelta) -> None:
        cloud.store.deliver(desk, content).received = timezone.now() - ago

    def stop() -> None:
        cloud.faults.append(Fault(service, "reset", None, times=None))

    return Way(box, stop, cloud.faults.clear, deliver)


@pytest.mark.pain("older-mails-never-fetched")
@pytest.mark.parametrize(
    "way",
    [by_dovecot("imap"), by_dovecot("pop"), by_ews, by_graph],
    ids=["imap", "pop", "ews", "graph"],
    indirect=True,
)
def test_after_a_day_s_outage_the_older_mails_are_fetched_and_the_page_counts_down(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.deliver(written(0), timedelta(days=9))
    assert fetch(way.box.pk).failure is None and not Record.objects.exists(), (
        "it was there before the first start"
    )
    way.deliver(written(1), timedelta(0))
    take_in(way)
    way.stop()
    assert isinstance(fetch(way.box.pk).failure, ServerUnreachable)
    wait(OUTAGE)
    for number in range(2, 9):
        way.deliver(written(number), OUTAGE - timedelta(hours=4 * (number - 2)))
    assert isinstance(fetch(way.box.pk).failure, ServerUnreachable)
    way.start()

    monkeypatch.setattr(collect, "BATCH_MAILS", 2)
    left: list[int | None] = []

    def watched(mailbox: Mailbox, *what: Any) -> None:
        stored(mailbox, *what)
        state = MailboxState.objects.get(mailbox=mailbox)
        assert state.failing_since, "until the fetch is completed"
        left.append(state.backlog)

    stored = collect._store
    monkeypatch.setattr(collect, "_store", watched)
    take_in(way)
    assert left == [5, 3, 1, 0], "the page counts down what is left"
    assert standing(Mailbox.objects.get(), timezone.now()).backlog == 0
    assert subjects() == [f"Number {number}" for number in range(1, 9)]
    take_in(way)
    assert Record.objects.count() == 8


def written(number: int) -> bytes:
    return mail(message_id=f"<{number}@acme.example>", subject=f"Number {number}", text=f"Text {number}")


def take_in(way: Way) -> None:
    found = fetch(way.box.pk)
    assert found.failure is None, found.failure
    process(way.box.pk)


def wait(by: timedelta) -> None:
    """Let so much time pass: everything that was, was so much earlier."""
    times = ("next_fetch_at", "last_fetch_at", "failing_since", "first_started_at")
    MailboxState.objects.update(**{name: F(name) - by for name in times})


def subjects() -> list[str]:
    return list(Record.objects.order_by("number").values_list("subject", flat=True))
