"""Mails that go out and what goes wrong with it are counted by the minute; Graph lanes tell their mails."""

import importlib
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from deskpost.access.throttles import GraphThrottle
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role, visible
from deskpost.minutes import EVER
from deskpost.outbound import flow, flow_lanes
from deskpost.outbound.flow import Outgoing
from deskpost.outbound.minutes import ServerMinute
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, Desk
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")


def counts() -> dict[tuple[str, int], int]:
    """Give what is counted of all time; the minutes hold the same."""
    told: dict[tuple[str, int], int] = {}
    for what, of_class, count in ServerMinute.objects.exclude(minute=EVER).values_list(
        "what", "sending_class", "count"
    ):
        told[what, of_class] = told.get((what, of_class), 0) + count
    ever = ServerMinute.objects.filter(minute=EVER).values_list("what", "sending_class", "count")
    assert told == {(what, of_class): count for what, of_class, count in ever}
    return told


def flows(server: OutgoingServer) -> Outgoing:
    now = timezone.now()
    (one,) = [one for one in flow.outgoing(now, now - timedelta(hours=2), None) if one.server == server]
    return one


def test_what_is_sent_is_counted_by_class_with_the_seconds_that_it_took(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    make.queue_mails(server, ["a@x.example", "b@x.example"], sending_class=3)
    make.queue_mails(server, ["c@x.example"], sending_class=2)
    assert send_due(server.pk).sent == 3
    assert counts() == {("sent", 2): 1, ("sent", 3): 2}
    one = flows(server)
    assert (one.hour.sent, sum(one.hour.bars)) == (3, 3)
    took = sum(OutboxMail.objects.values_list("attempts__ms", flat=True)) / 1000
    assert one.seconds_a_mail == pytest.approx(took / 3)


def test_a_mail_that_is_refused_for_good_is_counted_as_failed(postfix: Postfix) -> None:
    server = make.server(postfix.smtp)
    make.queue_mails(server, ["refused@client.example"], sending_class=3)
    assert send_due(server.pk).failed == 1
    assert counts() == {("failed", 3): 1}


def test_a_server_that_cannot_be_reached_is_counted_and_so_is_what_is_given_up() -> None:
    server = make.server(1)
    (mail,) = make.queue_mails(server, ["a@x.example"], sending_class=3)
    OutboxMail.objects.filter(pk=mail.pk).update(give_up_at=timezone.now())
    send_due(server.pk)
    assert counts() == {("connection", 0): 1, ("failed", 3): 1}
    one = flows(server)
    assert one.today == {"connection": 1, "failed": 1}
    assert one.delay() is None, "nothing is sent until it is tried again"


def test_what_a_server_sent_that_was_removed_stays_counted(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    make.queue_mails(server, ["a@x.example"])
    send_due(server.pk)
    server.delete()
    now = timezone.now()
    assert sum(flow.by_minute(now - timedelta(hours=1), None).mails.values()) == 1
    assert not flow.by_minute(now - timedelta(hours=1), [make.account().pk]).mails


def test_answers_that_ask_for_patience_are_counted_with_the_longest_retry_after(desk: Desk) -> None:
    server = desk.server()
    make.queue_mails(server, [CUSTOMER], sending_class=3)
    desk.fault("status", {"status": 429, "headers": {"Retry-After": "7"}}, path="/sendMail$")
    send_due(server.pk)
    assert counts() == {("throttled", 0): 1}
    seen = GraphThrottle.objects.exclude(minute=EVER).get()
    assert (seen.answers, seen.longest) == (1, 7)
    (lanes,) = flow_lanes.lanes_of([server], timezone.now())
    assert (lanes.throttled, lanes.longest, lanes.ever, lanes.in_use) == (1, 7, 1, 0)
    now = timezone.now()
    told = flow.by_minute(now - timedelta(hours=1), None)
    assert len(told.throttled) == 1 and told.graph_alone


def test_a_lane_tells_which_mail_it_is_taken_for_to_who_may_see_that_mail(desk: Desk) -> None:
    server = desk.server()
    admin = make.technician("Priya")
    tom = make.person("Tom", of=make.account("Other"))
    (mail,) = make.queue_mails(server, [CUSTOMER], sending_class=3)
    held = desk.held("/sendMail$")
    sending = threading.Thread(target=_send, args=[server.pk])
    sending.start()
    try:
        held.wait()
        lanes = flow_lanes.lanes_of([server], timezone.now())
        (lane,) = lanes[0].held
        assert lane.mail_id == mail.pk and lane.seconds is not None and lane.seconds >= 0
        assert lanes[0].in_use == 1
        assert set(flow_lanes.mails_in(lanes, visible(_manages_the_outbox(admin)))) == {mail.pk}
        assert not flow_lanes.mails_in(lanes, visible(tom))
    finally:
        held.let_go()
        sending.join(60)
    assert OutboxMail.objects.get().state == "sent"
    assert flow_lanes.lanes_of([server], timezone.now())[0].in_use == 0


def test_the_delay_counts_what_goes_first_the_lanes_and_a_pause() -> None:
    server = make.server(connections=2)
    ServerMinute.objects.create(
        server=server, minute=timezone.now(), what="sent", sending_class=3, count=10, seconds=20
    )
    make.queue_mails(server, [f"{n}@x.example" for n in range(6)], sending_class=3)
    make.queue_mails(server, ["p@x.example"], sending_class=2)
    one = flows(server)
    assert one.delay(2) == 2 + 1 * 2 / 2
    assert one.delay(3) == one.delay() == 2 + 7 * 2 / 2
    now = timezone.now()
    OutgoingServerState.objects.create(
        server=server, patience_since=now, not_before=now + timedelta(seconds=60), reason="It asked."
    )
    delay = flows(server).delay()
    assert delay is not None and 9 + 55 < delay <= 9 + 60
    OutgoingServer.objects.filter(pk=server.pk).update(paused=True)
    assert flows(server).delay() is None
    OutgoingServer.objects.filter(pk=server.pk).update(paused=False, mails_per_minute=7)
    OutgoingServerState.objects.all().delete()
    assert flows(server).delay() == 2 + 60, "seven mails at seven a minute"


def test_an_upgrade_counts_what_the_outbox_holds(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    make.queue_mails(server, ["a@x.example", "b@x.example"], sending_class=3)
    send_due(server.pk)
    fields = ("server", "minute", "what", "sending_class", "count")
    counted = sorted(ServerMinute.objects.values_list(*fields))
    OutboxMail.objects.update(done_at=max(minute for _, minute, *_ in counted))
    ServerMinute.objects.all().delete()
    upgrade = importlib.import_module("deskpost.outbound.migrations.0022_mails_a_minute")
    with connection.cursor() as cursor:
        cursor.execute(upgrade.UNTIL_NOW)
    assert sum(row[-1] for row in ServerMinute.objects.values_list(*fields)) == sum(
        row[-1] for row in counted
    )


def _send(server_id: int) -> None:
    try:
        send_due(server_id)
    finally:
        connections.close_all()


def _manages_the_outbox(person: Person) -> Person:

    Grant.objects.create(person=person, role=Role.objects.get(name="SDAdmin"))
    return person
