"""What people wait for, while a Graph mailbox has more notifications to send than its four lanes can."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from deskpost.outbound import queue, taken_lately
from deskpost.outbound.letter import prepare
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.route import Route
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from deskpost.outbound.work import Work
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, Desk, desk_served

pytestmark = pytest.mark.usefixtures("database")

LANES = 4
REPLIES = 4
OVERTAKEN_BY = 3 * LANES  # one whose end makes room, three beside, and what began while the claim was seen


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_served(tmp_path) as served:
        served.cloud.limits.service_time = (0.6, 0.8)
        served.cloud.limits.sent_per_minute = 1_000  # more would arrive later
        yield served


@pytest.mark.requirement("R96")
def test_a_reply_gets_the_next_free_lane_and_asks_for_nothing_but_to_be_sent(desk: Desk) -> None:
    before = _lanes()
    server = desk.server()
    sending = _a_crowd(server)
    for number in range(REPLIES):
        assert _overtaking_a_reply(desk, server, f"bob{number}@acme.example") <= OVERTAKEN_BY
        make.wait_until(lambda: len(_lanes() - before) == LANES)  # the lane beside is one no more
    OutboxMail.objects.filter(state="queued").update(state="cancelled")
    sending.join(60)
    asked = [one.path.rsplit("/", 1)[-1] for one in desk.cloud.asked]
    assert asked.count("inbox") <= LANES, "none but the first lanes asked whether the mailbox can be used"
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk).sent == 1
    assert [one.path.rsplit("/", 1)[-1] for one in desk.cloud.asked][len(asked) :][0] == "sendMail"


@pytest.mark.requirement("R94")
def test_notices_of_one_request_to_different_people_are_sent_at_the_same_time(desk: Desk) -> None:
    server, request = desk.server(), make.record()
    of_it = {"record_id": request.pk, "account_id": request.account_id, "sending_class": 3, "automatic": True}
    people = [CUSTOMER, "ann@msp.example", "bob@msp.example"]
    make.queue_mails(server, people, **of_it)
    make.queue_mails(server, [CUSTOMER], **of_it)
    assert send_due(server.pk).sent == 4
    assert max(one.concurrent for one in desk.orders) == 3, "and one person's one after the other"


def test_a_lane_that_is_to_end_takes_no_reply_s_lane_away(desk: Desk) -> None:
    server = desk.server()
    make.queue_mails(server, [CUSTOMER], sending_class=3, automatic=True)
    make.queue_mails(server, [CUSTOMER])
    reply, notice = prepare(queue.claim(server.pk, "a worker", 2), "")
    work = Work(8)
    work.put([notice])
    work.end(1)
    assert not work.people_wait
    assert work.is_urgent_beside(3), "a lane ends before it sends the rest of its mails"
    work.put([reply])
    assert work.people_wait
    assert work.take(fresh=True) == [reply], "what it was started for"
    assert work.take() == [], "another lane ends"
    assert work.take() == [notice]


def test_a_lane_that_is_added_before_any_mail_was_taken_does_not_ask_what_the_first_were_told(
    desk: Desk,
) -> None:
    server = desk.server(connections=1)
    make.queue_mails(server, [CUSTOMER] * 4, sending_class=3, automatic=True)
    first = desk.held("/sendMail$")
    sending = threading.Thread(target=_send, args=[server.pk], daemon=True)
    sending.start()
    first.wait()
    assert taken_lately.by(Route(server, on_alternate=False).present)
    assert len(desk.cloud.asked) == 1, "no mail was taken yet"
    make.queue_mails(server, ["bob@acme.example"])
    make.wait_until(lambda: len(desk.sent) == 1)
    first.let_go()
    sending.join(60)
    asked = [one.path.rsplit("/", 1)[-1] for one in desk.cloud.asked]
    assert asked == ["inbox", *["sendMail"] * 5]


def test_a_mailbox_where_a_mail_was_not_taken_is_asked_before_the_next(desk: Desk) -> None:
    server = desk.server()
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk).sent == 1
    desk.fault("status", 502, path="/sendMail$")
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk).sent == 0
    desk.cloud.asked.clear()
    make.queue_mails(server, ["bob@acme.example"])
    assert send_due(server.pk).sent == 1
    assert desk.cloud.asked[0].path.endswith("/inbox")


@pytest.mark.parametrize("fares", ["well", "failing", "long ago"])
def test_a_process_that_begins_asks_nothing_of_a_server_that_took_mail_lately(desk: Desk, fares: str) -> None:
    server = desk.server()
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk).sent == 1
    taken_lately.forget()  # as in a process that has just begun
    state = OutgoingServerState.objects.filter(server=server)
    if fares == "failing":
        state.update(failing_since=timezone.now())
    if fares == "long ago":
        state.update(last_sent_at=timezone.now() - timedelta(hours=2))
    desk.cloud.asked.clear()
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk).sent == 1
    asked = [one.path.rsplit("/", 1)[-1] for one in desk.cloud.asked]
    assert asked == (["sendMail"] if fares == "well" else ["inbox", "sendMail"])


def test_lanes_that_another_process_has_no_mails_for_are_taken_over(desk: Desk) -> None:
    server = desk.server()
    make.queue_mails(server, [CUSTOMER] * 12, sending_class=3, automatic=True)
    (held,) = queue.claim(server.pk, "elsewhere", 1)
    assert send_due(server.pk).sent == 11
    assert max(one.concurrent for one in desk.orders) == LANES - 1
    assert OutboxMail.objects.get(pk=held.id).lease_owner == "elsewhere"


def _a_crowd(server: OutgoingServer) -> threading.Thread:
    """Send many notifications from a thread; give it once they are being sent."""
    make.queue_mails(server, [CUSTOMER] * 200, sending_class=3, automatic=True)
    sending = threading.Thread(target=_send, args=[server.pk], daemon=True)
    sending.start()
    make.wait_until(lambda: OutboxMail.objects.filter(state="sent").count() > 2 * LANES)
    return sending


def _send(server_id: int) -> None:
    send_due(server_id)
    connections.close_all()


def _overtaking_a_reply(desk: Desk, server: OutgoingServer, address: str) -> int:
    """Write a reply, and give how many notifications were sent from its being claimed until it was sent."""
    (reply,) = make.queue_mails(server, [address])
    make.wait_until(lambda: not OutboxMail.objects.filter(pk=reply.pk, state="queued").exists())
    sent = len(desk.sent)
    make.wait_until(lambda: any(address in to for _, to, _ in list(desk.sent)))
    return next(place for place, (_, to, _) in enumerate(desk.sent) if address in to) - sent


def _lanes() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "outgoing mail"}
