"""Four requests at a time to one mailbox by one application, whoever asks: threads, processes, fetching and sending."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deskpost import process
from deskpost.access import lanes
from deskpost.access.inboxes import Named
from deskpost.access.lanes import GraphLane, GraphPause, GraphWish
from deskpost.access.places import NotWaited, _places, places, waiting
from deskpost.sandbox.cloud import graph
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.server import serving
from deskpost.transports.errors import Throttled
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")

GRAPH = "https://graph.example"
DESK, CLIENT = "desk@contoso.example", "7c3b2d1e-0000-4000-8000-000000000001"

# Threads of one process that ask the sandbox as often as they can, each request within a place.
_ASKS = """
import http.client, ssl, sys, threading, time
import django; django.setup()
from deskpost.access.inboxes import Named
from deskpost.access.places import places
mailbox, client, port, ca_file, token, threads, requests = sys.argv[1:]
context = ssl.create_default_context(cafile=ca_file)
gate = places(Named("https://graph.example", mailbox), client)
def ask():
    for _ in range(int(requests)):
        with gate():
            asked = http.client.HTTPSConnection("127.0.0.1", int(port), context=context)
            asked.request("GET", "/v1.0/me/messages", headers={"Authorization": "Bearer " + token})
            assert asked.getresponse().read() is not None
            asked.close()
print("ready", flush=True)
sys.stdin.read()
everybody = [threading.Thread(target=ask) for _ in range(int(threads))]
[one.start() for one in everybody]
[one.join() for one in everybody]
"""


@contextmanager
def held(mailbox: str = DESK, urgency: int = 2) -> Iterator[None]:
    """Hold a lane."""
    with waiting(urgency, lambda: False), places(Named(GRAPH, mailbox), CLIENT)():
        yield


def waiting_here() -> int:
    """Give how many requests of this process wait for a lane."""
    return len(_places(DESK, CLIENT)._waiting)


def started(act: object) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread


@pytest.mark.requirement("R92")
def test_three_processes_and_a_fetch_never_have_five_requests_under_way_and_use_their_four(
    tmp_path: Path,
) -> None:
    cloud = Cloud.new()
    cloud.store.add_mailbox(DESK, "Desk", "secret")
    cloud.limits.service_time = (0.4, 0.6)
    token = cloud.tokens.grant(CLIENT, DESK, ["https://graph.microsoft.com/Mail.ReadWrite"])[0].token
    with serving(cloud, [graph.served(cloud)], authority=Authority(tmp_path)) as server:
        asking = [
            subprocess.Popen(
                [sys.executable, "-c", _ASKS, DESK.upper(), CLIENT, str(server.server_port)]
                + [str(server.ca_file), token, threads, "3"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for threads in ("4", "4", "4", "1")
        ]
        assert [one.stdout and one.stdout.readline() for one in asking] == [b"ready\n"] * 4
        for one in asking:
            assert one.stdin is not None
            one.stdin.close()  # now all of them begin
        assert [one.wait(60) for one in asking] == [0, 0, 0, 0]
        for one in asking:
            assert one.stdout is not None
            one.stdout.close()
    assert {one.status for one in cloud.asked} == {200}, "none was turned away"
    assert max(one.concurrent for one in cloud.asked) == 4
    assert median(one.concurrent for one in cloud.asked) >= 3, "while many wait, three are under way"


def test_a_fifth_request_waits_for_a_place_and_those_of_people_come_first() -> None:
    order: list[str] = []

    def ask(name: str, urgency: int) -> threading.Thread:
        def act() -> None:
            with held(urgency=urgency):
                order.append(name)
                time.sleep(0.05)

        before = waiting_here()
        thread = started(act)
        make.wait_until(lambda: waiting_here() > before)
        return thread

    with held(), held(), held():
        with held():
            waiting_ones = [ask("notice", 3), ask("digest", 4), ask("reply", 2), ask("notice too", 3)]
            assert order == []
        for one in waiting_ones:
            one.join(60)
    assert order == ["reply", "notice", "notice too", "digest"]


def test_who_waits_longest_in_another_process_is_next() -> None:
    with held(), held(), held():
        with held():
            assert lanes.take(DESK, CLIENT, "elsewhere/lane-1", "elsewhere", 2).number is None
            GraphWish.objects.update(
                until=timezone.now() + timedelta(minutes=1)
            )  # as if it asked all the time
        assert lanes.take(DESK, CLIENT, "late/lane-1", "late", 2).number is None, "it came later"
        assert lanes.take(DESK, CLIENT, "elsewhere/lane-1", "elsewhere", 2).number == 4


def test_mailboxes_and_applications_have_lanes_of_their_own() -> None:
    another = places(Named(GRAPH, DESK), "another application")
    with held(), held(), held(), held(), held("other@contoso.example"), another():
        assert GraphLane.objects.exclude(owner="").count() == 6


def test_a_lane_of_a_dead_process_runs_out() -> None:
    for number in range(4):
        lanes.take(DESK, CLIENT, f"dead/1/2/lane-{number}", "dead/1/2/lanes", 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() + interval '5.5 s' > max(until) FROM graph_lane")
        assert cursor.fetchone() == (False,)
        lanes.release_dead("dead/1/2/")
        cursor.execute("SELECT clock_timestamp() + interval '5.5 s' > max(until) FROM graph_lane")
        assert cursor.fetchone() == (True,), "its last requests may still be under way at Microsoft"
        cursor.execute("UPDATE graph_lane SET until = clock_timestamp()")
    with held():
        pass


def test_a_place_is_held_and_given_back_whatever_transaction_the_caller_is_in() -> None:
    with transaction.atomic():
        with held():
            lanes.take(DESK, CLIENT, "other/lane-1", "other", 2)
        transaction.set_rollback(True)
    assert list(GraphLane.objects.order_by("number").values_list("number", "owner")) == [
        (1, ""),
        (2, "other/lane-1"),
    ]


def test_one_that_is_not_needed_any_more_waits_no_longer() -> None:
    over = threading.Event()
    with held(), held(), held(), held(), pytest.raises(NotWaited):
        threading.Timer(0.2, over.set).start()
        with waiting(2, over.is_set), places(Named(GRAPH, DESK), CLIENT)():
            raise AssertionError("there is no fifth place")


def test_one_who_is_asked_for_patience_makes_every_process_wait_as_long() -> None:
    with pytest.raises(Throttled), held():
        raise Throttled("Slow down.", retry_after=70)
    asked = lanes.take(DESK, CLIENT, "elsewhere/lane-1", "elsewhere", 2)
    assert asked.number is None and 10 < asked.pause <= 70
    with (
        pytest.raises(Throttled, match="Microsoft asked for patience with desk@contoso.example") as told,
        held(),
    ):
        raise AssertionError("it is left alone")
    assert told.value.retry_after is not None and 10 < told.value.retry_after <= 70


@pytest.mark.parametrize("named", [None, 0.0])
def test_without_retry_after_or_with_one_of_zero_our_own_pause_grows_and_shrinks_again(
    named: float | None,
) -> None:
    pauses = []
    for _ in range(4):
        GraphPause.objects.update(not_before="2020-01-01T00:00Z")
        pauses.append(lanes.throttled(DESK, CLIENT, named))
        assert lanes.throttled(DESK, CLIENT, named) <= pauses[-1], "those under way are told the same at once"
    assert 1.5 < pauses[0] < 2.5
    assert all(later > 1.3 * earlier for earlier, later in zip(pauses, pauses[1:], strict=False))
    for left in (3, 2):
        GraphPause.objects.update(not_before="2020-01-01T00:00Z")
        with held():
            pass
        assert GraphPause.objects.get().step == left


def test_a_process_knows_its_own_lanes() -> None:
    with held():
        assert GraphLane.objects.get().owner.startswith(process.owner())
