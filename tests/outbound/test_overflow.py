"""Overflow: while a Graph server's queue takes too long, its notifications leave by an SMTP server."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import F
from django.db.models.functions import Now

from deskpost.desk.installation import Instance
from deskpost.outbound import overflow, queue, upkeep
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, DESK, desk_served
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")

NOTICE: dict[str, Any] = {"sending_class": 3, "automatic": True, "event": "request_created"}


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with closing(SmtpSink()) as made:
        yield made


def relay(port: int = 25, **settings: Any) -> OutgoingServer:
    """Make an SMTP server of another scope, which takes up what the Graph server has too much of."""
    wide = Instance.objects.create(name="Facilities")
    values = {"instance": wide, "sender_name": "Facilities", "reply_to": "house@desk.example"}
    return make.server(port, **{**values, **settings})


def graph_server(to: OutgoingServer, **settings: Any) -> OutgoingServer:
    """Make a Graph server that nobody is going to ask."""
    values = {
        "protocol": "graph",
        "authentication": "oauth",
        "server": "",
        "reply_to": DESK,
        "connections": 4,
    }
    return make.server(443, **{**values, "overflow_to": to, "overflow_after_s": 1, **settings})


def since(server: OutgoingServer) -> object:
    return OutgoingServerState.objects.filter(server=server).values_list("overflow_since", flat=True).first()


@pytest.mark.requirement("R96")
def test_notifications_leave_by_the_other_server_until_the_queue_has_drained(
    tmp_path: Path, sink: SmtpSink
) -> None:
    """People's replies stay, the sender stays, and the trace says by which server each mail went."""
    with desk_served(tmp_path) as desk:
        desk.cloud.limits.service_time = (0.3, 0.3)
        other = relay(sink.port)
        server = desk.server(overflow_to=other, overflow_after_s=2)
        notices = make.queue_mails(server, [CUSTOMER] * 40, **NOTICE)
        replies = make.queue_mails(server, [CUSTOMER] * 6)

        def send() -> None:
            send_due(server.pk)
            connections.close_all()

        sending = threading.Thread(target=send, daemon=True)
        sending.start()
        make.wait_until(lambda: since(server) is not None)
        assert other.pk in upkeep.due_servers()
        assert send_due(other.pk).sent == len(sink.received) > 20
        sending.join(30)
        by_graph = {make.understood(content).message_id for _, _, content in desk.sent}
    assert not overflow.judge(server.pk) and since(server) is None
    assert OutboxMail.objects.filter(state="sent", server=server, tries=1).count() == 46
    by_relay = {make.understood(one.content).message_id for one in sink.received}
    assert by_graph | by_relay == {one.message_id for one in [*notices, *replies]} and not by_graph & by_relay
    assert {one.message_id for one in replies} <= by_graph
    assert {one.sender for one in sink.received} == {DESK}
    assert b"Northgate IT Support <" in sink.received[0].content
    places = OutboxAttempt.objects.filter(mail__message_id__in=by_relay).values_list("server", flat=True)
    assert set(places) == {f"127.0.0.1:{sink.port}"}
    measured = OutgoingServerState.objects.get(server=server).seconds_a_mail
    assert measured is not None and 0.3 <= measured < 10


def test_it_begins_over_the_limit_and_ends_under_half_of_it() -> None:
    """Four lanes take 2.5 s for each mail until more is known: eight mails are five seconds."""
    server = graph_server(relay(), overflow_after_s=4)
    make.queue_mails(server, [CUSTOMER] * 6, **NOTICE)
    assert not overflow.judge(server.pk)
    make.queue_mails(server, [CUSTOMER] * 2, **NOTICE)
    assert overflow.judge(server.pk) and since(server)
    began = since(server)
    OutboxMail.objects.filter(pk__in=OutboxMail.objects.values("pk")[:4]).update(state="cancelled")
    assert overflow.judge(server.pk) and since(server) == began
    OutboxMail.objects.filter(pk__in=OutboxMail.objects.filter(state="queued").values("pk")[:1]).update(
        state="sent"
    )
    assert not overflow.judge(server.pk) and since(server) is None


def test_a_pause_that_microsoft_asked_for_counts_as_delay_and_one_of_a_person_ends_it() -> None:
    server = graph_server(relay(), overflow_after_s=60)
    make.queue_mails(server, [CUSTOMER], **NOTICE)
    OutgoingServerState.objects.create(server=server, not_before=Now() + timedelta(seconds=120))
    assert overflow.judge(server.pk)
    OutgoingServer.objects.filter(pk=server.pk).update(paused=True)
    overflow.judge_all()
    assert since(server) is None


def test_only_notifications_that_were_never_tried_are_taken_up_and_none_before_an_earlier_one() -> None:
    other = relay()
    server = graph_server(other)
    record = make.record(make.person("Ute"))
    of_record = {"record_id": record.pk, "account_id": record.account_id}
    earlier, _ = make.queue_mails(server, [CUSTOMER] * 2, **NOTICE, **of_record)
    OutboxMail.objects.filter(pk=earlier.pk).update(tries=1)
    make.queue_mails(server, [CUSTOMER])
    bulk = make.queue_mails(server, [CUSTOMER] * 4, **{**NOTICE, "sending_class": 4})
    assert overflow.judge(server.pk)
    claimed = queue.claim(other.pk, "relay", 50)
    assert [one.id for one in claimed] == [one.pk for one in bulk] and all(one.overflows for one in claimed)
    assert queue.others(server.pk, "graph") == (0, 0, 0), (
        "the lanes of its own server are not shared with the relay"
    )
    assert queue.others(other.pk, "graph") == (1, 0, 4)
    queue.give_back("relay", [one.id for one in claimed])
    assert [one.overflows for one in queue.claim(server.pk, "graph", 50)] == [False] * 7


def test_what_the_relay_refuses_its_own_server_sends(tmp_path: Path, sink: SmtpSink) -> None:
    """A relay that lets nobody write as this address costs no mail."""
    sink.behaviour.senders[DESK] = "554 5.7.1 You may not write as this address"
    sink.behaviour.recipients["gone@acme.example"] = "550 5.1.1 No such user"
    with desk_served(tmp_path) as desk:
        other = relay(sink.port)
        server = desk.server(overflow_to=other, overflow_after_s=1)
        make.queue_mails(server, [CUSTOMER] * 4, **NOTICE)
        assert overflow.judge(server.pk)
        assert send_due(other.pk).failed == 0 == OutboxMail.objects.filter(state="failed").count()
        sink.behaviour.senders.clear()
        make.queue_mails(server, [[CUSTOMER, "gone@acme.example"]] * 4, **NOTICE)
        assert overflow.judge(server.pk)
        send_due(other.pk)
        assert OutboxMail.objects.filter(state="queued", tries=1).count() == 8
        assert send_due(server.pk).sent == 8
        to = sorted(tuple(sorted(recipients)) for _, recipients, _ in desk.sent)
    assert to == [("gone@acme.example",)] * 4 + [(CUSTOMER,)] * 4, "who was reached is not written to again"
    refused = OutboxAttempt.objects.filter(result__contains="You may not write as this address")
    assert refused.count() == 4 and {one.server for one in refused} == {f"127.0.0.1:{sink.port}"}


def test_a_mail_whose_relay_run_died_is_not_looked_for_in_the_mailbox() -> None:
    other = relay(2525)
    server = graph_server(other)
    (mail,) = make.queue_mails(server, [CUSTOMER] * 2, **NOTICE)[:1]
    assert overflow.judge(server.pk) and queue.claim(other.pk, "dead-1", 1)
    queue.release_dead("dead-")
    mail.refresh_from_db()
    assert (mail.state, mail.unknown_fate, mail.looks, mail.server_id) == ("queued", True, 5, server.pk)
    assert mail.attempts.get().server == "127.0.0.1:2525"
    assert not any(one.id == mail.pk for one in queue.claim(other.pk, "relay", 9))


def refused_by(sql: str, *values: object) -> str | None:
    """Give the promise of the database that a statement breaks."""
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(sql, values)
    assert isinstance(refused.value.__cause__, psycopg.Error)
    return refused.value.__cause__.diag.constraint_name


def test_the_database_lets_no_mail_overflow_to_a_server_of_another_account_and_no_person_s_mail_at_all() -> (
    None
):
    acme, bolt = make.account("Acme"), make.account("Bolt")
    other, bolts = relay(), make.server(account=bolt)
    server = graph_server(other, account=acme)
    (reply,) = make.queue_mails(server, [CUSTOMER])
    (notice,) = make.queue_mails(server, [CUSTOMER], **NOTICE)
    by = "UPDATE outbox_mail SET overflow_by_id = %s WHERE id = %s"
    assert refused_by(by, bolts.pk, notice.pk) == "outbox_mail_server_of_its_account"
    assert refused_by(by, other.pk, reply.pk) == "outbox_mail_overflow_of_notifications"
    to = "UPDATE outgoing_server SET overflow_to_id = %s WHERE id = %s"
    assert refused_by(to, bolts.pk, server.pk) == "outgoing_server_overflow_to_smtp"
    assert refused_by(to, server.pk, server.pk) == "outgoing_server_overflow_of_graph"
    change = "UPDATE outgoing_server SET protocol = 'ews' WHERE id = %s"
    assert refused_by(change, other.pk) == "outgoing_server_overflow_to_smtp"
    change = "UPDATE outgoing_server SET instance_id = NULL, account_id = (SELECT max(id) FROM account) WHERE id = %s"
    make.account("Cora")
    assert refused_by(change, other.pk) == "outgoing_server_overflow_to_smtp"
    other.delete()
    server.refresh_from_db()
    assert server.overflow_to is None and OutgoingServer.objects.filter(overflow_to=F("id")).count() == 0
