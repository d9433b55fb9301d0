"""A server that breaks off while a mail is offered: first that mail's trouble, and the server's only in a row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.outbound import failover, health
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import SendResult, send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from tests.outbound import builders as make
from tests.servers.cutting_proxy import CuttingProxy, Fault
from tests.servers.scripted import Line, ScriptedServer
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")

IVIES = [f"ivy{number}@x.example" for number in range(4)]
GOOD = [f"good{number}@x.example" for number in range(3)]


def break_off_at(sink: SmtpSink, *recipients: str) -> None:
    for address in recipients:
        sink.behaviour.recipients[address] = "421 4.7.0 Try again later"


def again_at_once(mail: OutboxMail) -> None:
    OutboxMail.objects.filter(pk=mail.pk).update(next_try_at=timezone.now())


def wait_of(mail: OutboxMail) -> timedelta:
    mail.refresh_from_db()
    return mail.next_try_at - timezone.now()


@pytest.mark.parametrize("connections", [1, 4])
def test_mails_at_which_the_servers_break_off_hold_up_no_others(connections: int) -> None:
    with SmtpSink() as primary, SmtpSink() as alternate:
        break_off_at(primary, *IVIES)
        break_off_at(alternate, *IVIES)
        server = make.server(
            primary.port, alternate_server=f"127.0.0.1:{alternate.port}", connections=connections
        )
        ivies = make.queue_mails(server, IVIES)
        make.queue_mails(server, GOOD)
        assert send_due(server.pk) == SendResult(sent=3, queued_again=4)
        assert {mail.recipients[0] for mail in primary.received} == set(GOOD)
        assert not failover.is_on_alternate(server), "it would break off there as well"
    for ivy in ivies:
        assert wait_of(ivy) > timedelta(seconds=1)
        assert ivy.tries == 1
        assert "421 4.7.0 Try again later" in ivy.reason
        assert ivy.attempts.count() == 2, "one at each of the two servers"


def test_the_delay_of_such_a_mail_grows_whatever_others_pass(smtp_sink: SmtpSink) -> None:
    break_off_at(smtp_sink, IVIES[0])
    server = make.server(smtp_sink.port)
    (ivy,) = make.queue_mails(server, IVIES[:1])
    waits = []
    for _ in range(3):
        again_at_once(ivy)
        make.queue_mails(server, GOOD[:1])
        assert send_due(server.pk) == SendResult(sent=1, queued_again=1)
        waits.append(wait_of(ivy))
    assert waits[0] * 1.3 < waits[1] and waits[1] * 1.3 < waits[2]


def test_others_of_the_same_request_get_their_mail_while_one_waits(smtp_sink: SmtpSink) -> None:
    break_off_at(smtp_sink, IVIES[0])
    server = make.server(smtp_sink.port)
    request = make.record(make.person("Ivy", IVIES[0]))
    make.queue_mails(
        server, [IVIES[0], GOOD[0], IVIES[0]], record_id=request.pk, account_id=request.account_id
    )
    assert send_due(server.pk) == SendResult(sent=1, queued_again=1)
    assert [mail.recipients[0] for mail in smtp_sink.received] == [GOOD[0]]


@pytest.mark.parametrize("act", ["reset", "close"])
def test_a_connection_that_breaks_while_a_mail_is_offered_delays_that_mail_alone(
    smtp_sink: SmtpSink, act: str
) -> None:
    with CuttingProxy(smtp_sink.port) as proxy:
        proxy.arm(Fault(act, after_commands=3, swallow=True))  # type: ignore[arg-type]
        server = make.server(proxy.port, connections=1)
        first, *_ = make.queue_mails(server, GOOD)
        assert send_due(server.pk) == SendResult(sent=2, queued_again=1)
    assert wait_of(first) > timedelta(seconds=1)
    assert (first.tries, first.attempts.count(), first.unknown_fate) == (1, 1, False)


def test_a_mail_alone_in_the_queue_says_nothing_of_its_server(smtp_sink: SmtpSink) -> None:
    break_off_at(smtp_sink, IVIES[0])
    server = make.server(smtp_sink.port)
    (ivy,) = make.queue_mails(server, IVIES[:1])
    for _ in range(health.SERVER_S_TROUBLE + 1):
        again_at_once(ivy)
        assert send_due(server.pk) == SendResult(queued_again=1)
    server.refresh_from_db()
    assert server.state.failing_since is None


def test_a_server_that_breaks_off_at_five_different_mails_in_a_row_is_left_alone(
    scripted: Callable[[Callable[[Line], None]], ScriptedServer],
) -> None:
    def script(line: Line) -> None:
        line.say(b"220 ready")
        line.hear()
        line.say(b"250 Ok")
        line.hear()
        line.say(b"250 Ok")
        line.hear_until(b"RCPT")

    server = make.server(scripted(script).port, connections=1)
    mails = make.queue_mails(server, [f"n{number}@x.example" for number in range(8)])
    assert send_due(server.pk, connections=1).queued_again == health.SERVER_S_TROUBLE
    server.refresh_from_db()
    assert server.state.failing_since is not None and server.state.not_before > timezone.now()
    assert send_due(server.pk) == SendResult()
    assert [OutboxMail.objects.get(pk=mail.pk).tries for mail in mails] == [1] * 5 + [0] * 3
    OutgoingServerState.objects.update(not_before=timezone.now())
    result = send_due(server.pk)
    assert (result.queued_again, result.trouble) == (3, ""), "it is counted anew"


def with_alternate(primary: SmtpSink, alternate: SmtpSink) -> OutgoingServer:
    return make.server(primary.port, alternate_server=f"127.0.0.1:{alternate.port}", connections=1)


@pytest.mark.requirement("R66")
def test_the_alternate_takes_a_mail_at_once_and_stays_in_use_after_a_second_in_a_row() -> None:
    with SmtpSink() as primary, SmtpSink() as alternate:
        break_off_at(primary, *IVIES)
        server = with_alternate(primary, alternate)
        for address in (IVIES[0], GOOD[0], IVIES[1]):
            make.queue_mails(server, [address])
            assert send_due(server.pk) == SendResult(sent=1)
        assert [mail.recipients[0] for mail in alternate.received] == IVIES[:2]
        assert not failover.is_on_alternate(server), "one mail passed in between"
        make.queue_mails(server, [IVIES[2], GOOD[1]])
        assert send_due(server.pk) == SendResult(sent=2)
        assert failover.is_on_alternate(server)
        server.refresh_from_db()
        assert "421 4.7.0 Try again later" in server.state.alternate_reason
        assert alternate.received[-1].recipients == (GOOD[1],)


def test_further_tries_of_the_same_mails_say_nothing_of_their_server(smtp_sink: SmtpSink) -> None:
    many = [f"ivy{number}@x.example" for number in range(health.SERVER_S_TROUBLE + 2)]
    break_off_at(smtp_sink, *many)
    server = make.server(smtp_sink.port, connections=1)
    ivies = make.queue_mails(server, many)
    OutboxMail.objects.update(tries=1)
    make.queue_mails(server, GOOD)
    assert send_due(server.pk) == SendResult(sent=3, queued_again=len(ivies))
