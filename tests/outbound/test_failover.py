"""The alternate server: when it is used, for how long, and what leads back."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.outbound import failover
from deskpost.outbound.failover import Process
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import send_due
from deskpost.outbound.server_rules import after_saving
from deskpost.outbound.servers import OutgoingServer
from tests.outbound import builders as make
from tests.outbound.workers import Worker
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")

TO = "ute@client.example"


@pytest.fixture
def worker() -> Iterator[Callable[..., Worker]]:
    """Starts worker processes that end with the test."""
    started: list[Worker] = []

    def start(kind: str = "worker") -> Worker:
        started.append(Worker(kind))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def pair_of_sinks() -> tuple[SmtpSink, SmtpSink]:
    return SmtpSink(), SmtpSink()


def with_alternate(primary: int, alternate: int, **settings: object) -> OutgoingServer:
    return make.server(primary, alternate_server=f"127.0.0.1:{alternate}", **settings)


def send_one(server: OutgoingServer) -> str:
    """Send one mail, and give the host:port that took it."""
    (mail,) = make.queue_mails(server, [TO])
    assert send_due(server.pk).sent == 1
    return mail.attempts.order_by("-at")[0].server


@pytest.mark.requirement("R66", "R67", "R68", "R69")
def test_after_the_primary_died_the_alternate_is_used_until_saving_or_a_restart(
    postfix_pair: Callable[..., list[Postfix]], worker: Callable[..., Worker]
) -> None:
    primary, alternate = postfix_pair()
    server = with_alternate(primary.no_login, alternate.no_login)
    web, first = worker("web"), worker()
    make.queue_mails(server, [TO])
    assert first.send(server.pk)["sent"] == 1
    assert len(primary.mails(TO, wait_for=1)) == 1

    primary.kill()
    (mail,) = make.queue_mails(server, [TO])
    assert first.send(server.pk)["sent"] == 1
    assert len(alternate.mails(TO, wait_for=1)) == 1, "at once"
    refused, taken = mail.attempts.order_by("at")
    assert (refused.server, taken.server) == (
        f"127.0.0.1:{primary.no_login}",
        f"127.0.0.1:{alternate.no_login}",
    )
    assert "refused the connection" in refused.result
    server.refresh_from_db()
    assert failover.is_on_alternate(server)
    assert "refused the connection" in server.state.alternate_reason

    primary.start()
    make.queue_mails(server, [TO] * 10)
    assert first.send(server.pk)["sent"] == 10
    assert len(alternate.mails(TO, wait_for=11)) == 11, "the primary is back, and not used"

    first.kill()
    second = worker()
    make.queue_mails(server, [TO])
    assert second.send(server.pk)["sent"] == 1
    assert len(alternate.mails(TO, wait_for=12)) == 12, "a worker that died and came back changes nothing"

    second.leave()
    web.kill()
    Process.objects.update(
        host="elsewhere", seen_at=timezone.now() - timedelta(seconds=failover.GONE_AFTER + 1)
    )
    third = worker()
    make.queue_mails(server, [TO])
    assert third.send(server.pk)["sent"] == 1
    assert len(primary.mails(TO, wait_for=2)) == 2, "the application was restarted"

    failover.use_alternate(server, "It was down.")
    assert send_one(server).endswith(f":{alternate.no_login}")
    assert after_saving(server)
    assert send_one(server).endswith(f":{primary.no_login}"), "the settings were saved"
    assert len(primary.mails(TO, wait_for=3)) == 3


def test_deskpost_run_begins_a_new_generation_and_those_that_join_do_not(
    worker: Callable[..., Worker],
) -> None:
    before = failover.current()
    run = worker("run")
    generation = failover.current()
    assert generation == before + 1
    child = worker("worker")
    worker("web")
    child.kill()
    worker("worker")
    assert failover.current() == generation
    run.kill()
    worker("worker")
    assert failover.current() == generation, "others live on"
    worker("run")
    assert failover.current() == generation + 1


def test_the_first_process_after_all_had_left_begins_a_new_generation(worker: Callable[..., Worker]) -> None:
    only = worker("worker")
    generation = failover.current()
    only.leave()
    worker("web")
    assert failover.current() == generation + 1


def test_killed_processes_of_this_host_are_no_reason_to_join_their_generation(
    worker: Callable[..., Worker],
) -> None:
    killed = [worker("worker"), worker("web")]
    generation = failover.current()
    killed[0].kill()
    worker("worker").kill()
    assert failover.current() == generation, "one lives on"
    killed[1].kill()
    worker("worker")
    assert failover.current() == generation + 1, "at once, without waiting for beats that will not come"


def test_a_process_of_another_host_is_given_up_by_its_beats_alone(worker: Callable[..., Worker]) -> None:
    Process.objects.create(host="elsewhere", pid=1, started="1", kind="worker")
    generation = failover.current()
    worker("worker")
    assert failover.current() == generation


def test_settings_saved_while_a_try_goes_over_begin_at_their_own_primary() -> None:
    tried = with_alternate(25, 26)
    OutgoingServer.objects.filter(pk=tried.pk).update(port=27)
    after_saving(tried)
    assert not failover.use_alternate(tried, "It was down."), "what was tried is no longer what is set"
    assert not failover.is_on_alternate(tried)
    tried.refresh_from_db()
    assert failover.use_alternate(tried, "It was down.")
    assert failover.is_on_alternate(tried)


def test_two_workers_send_by_the_alternate_and_so_does_the_one_that_is_left(
    worker: Callable[..., Worker],
) -> None:
    primary, alternate = pair_of_sinks()
    with primary, alternate:
        server = with_alternate(primary.port, alternate.port)
        ann, bob = worker(), worker()
        for one in (ann, bob):
            make.queue_mails(server, [TO])
            assert one.send(server.pk)["sent"] == 1
        assert len(primary.received) == 2
        primary.stop()
        for one in (ann, bob):
            make.queue_mails(server, [TO])
            assert one.send(server.pk)["sent"] == 1
        assert len(alternate.received) == 2
        primary.start()
        ann.kill()
        make.queue_mails(server, [TO])
        assert bob.send(server.pk)["sent"] == 1
        ann = worker()
        bob.kill()
        make.queue_mails(server, [TO])
        assert ann.send(server.pk)["sent"] == 1
        assert (len(primary.received), len(alternate.received)) == (2, 4)
        worker("run")
        make.queue_mails(server, [TO])
        assert ann.send(server.pk)["sent"] == 1
        assert len(primary.received) == 3, "only a new generation goes back"


def test_a_worker_that_is_killed_in_mid_sending_loses_nothing_and_what_may_be_doubled_is_said(
    worker: Callable[..., Worker],
) -> None:
    with SmtpSink() as sink:
        server = make.server(sink.port)
        mails = make.queue_mails(server, [f"n{number}@x.example" for number in range(400)])
        dying = worker()
        dying.tell(server.pk)
        make.wait_until(lambda: len(sink.received) >= 100)
        dying.kill()
        OutboxMail.objects.filter(state="sending").update(lease_until=timezone.now())
        send_due(server.pk)
        assert not OutboxMail.objects.exclude(state="sent").exists()
        taken = [mail.recipients[0] for mail in sink.received]
        assert set(taken) == {f"n{number}@x.example" for number in range(400)}
        for mail in mails:
            if taken.count(mail.to[0][1]) > 1:
                assert "same Message-ID" in mail.attempts.order_by("at")[0].result
        assert len(taken) - 400 <= 32, "the window is what was begun and not noted"


def test_two_workers_share_the_connections_of_a_server(worker: Callable[..., Worker]) -> None:
    with SmtpSink() as sink:
        sink.behaviour.patience = 0.01  # else the first could be done before the second begins
        server = make.server(sink.port, connections=4)
        make.queue_mails(server, [f"n{number}@x.example" for number in range(1500)])
        ann, bob = worker(), worker()
        ann.tell(server.pk)
        make.wait_until(lambda: len(sink.received) > 200)
        bob.tell(server.pk)
        make.wait_until(lambda: len(sink.received) > 1000)
        open_now = len(sink._transports)
        sent = [one.result()["sent"] for one in (ann, bob)]
        assert sum(sent) == 1500 and min(sent) > 50
        assert open_now <= 4
        assert len(sink.received) == 1500


@pytest.mark.requirement("R50")
def test_the_alternate_takes_port_tls_and_login_of_the_primary(
    smtp_sink_with: Callable[..., SmtpSink], certificate_authority: object
) -> None:
    sink = smtp_sink_with(tls="starttls", logins={"help": "secret"})
    server = make.server(
        sink.port,
        server="127.0.0.2",  # nothing listens there
        alternate_server="127.0.0.1",
        tls="starttls",
        ca_file=str(certificate_authority.ca_file),  # type: ignore[attr-defined]
        authentication="basic",
        username="help",
        password="secret",
    )
    assert send_one(server) == f"127.0.0.1:{sink.port}"
    assert (sink.received[0].tls, sink.received[0].username) == (True, "help")


@pytest.mark.parametrize("greeting", [b"421 4.3.2 Shutting down", b"554 No service", b"* OK this is IMAP"])
def test_a_server_that_does_not_serve_is_left_for_the_alternate(
    scripted: Callable[..., object], smtp_sink: SmtpSink, greeting: bytes
) -> None:
    primary = scripted(lambda line: line.say(greeting))  # type: ignore[attr-defined]
    server = with_alternate(primary.port, smtp_sink.port)  # type: ignore[attr-defined]
    assert send_one(server) == f"127.0.0.1:{smtp_sink.port}"


def test_a_421_in_mid_mail_leads_to_the_alternate_and_the_mail_is_sent_once(
    scripted: Callable[..., object], smtp_sink: SmtpSink
) -> None:
    def script(line: object) -> None:
        line.say(b"220 ready")  # type: ignore[attr-defined]
        line.hear()  # type: ignore[attr-defined]
        line.say(b"250 Ok")  # type: ignore[attr-defined]
        line.hear()  # type: ignore[attr-defined]
        line.say(b"421 4.3.2 Shutting down")  # type: ignore[attr-defined]

    server = with_alternate(scripted(script).port, smtp_sink.port)  # type: ignore[attr-defined]
    assert send_one(server) == f"127.0.0.1:{smtp_sink.port}"
    assert len(smtp_sink.received) == 1
    assert failover.is_on_alternate(server)


def test_when_neither_can_be_reached_the_mail_waits_and_the_primary_is_tried_first_again(
    smtp_sink: SmtpSink,
) -> None:
    port = smtp_sink.port
    smtp_sink.stop()
    server = with_alternate(port, 1)
    (mail,) = make.queue_mails(server, [TO])
    result = send_due(server.pk)
    assert "refused the connection" in result.trouble
    assert not failover.is_on_alternate(server)
    server.refresh_from_db()
    assert server.state.failing_since is not None
    mail.refresh_from_db()
    assert (mail.state, mail.unknown_fate) == ("queued", False)
    smtp_sink.start()
    type(server.state).objects.update(not_before=timezone.now())
    assert send_due(server.pk).sent == 1
    server.state.refresh_from_db()
    assert server.state.failing_since is None


def test_without_an_alternate_the_mail_waits_for_the_primary(smtp_sink: SmtpSink) -> None:
    smtp_sink.stop()
    server = make.server(smtp_sink.port)
    make.queue_mails(server, [TO])
    assert send_due(server.pk).trouble
    assert not failover.is_on_alternate(server)


def test_every_connection_goes_over_when_the_primary_dies_under_load() -> None:
    primary, alternate = pair_of_sinks()
    with primary, alternate:
        server = with_alternate(primary.port, alternate.port, connections=4)
        make.queue_mails(server, [f"n{number}@x.example" for number in range(300)])
        stopped: list[bool] = []

        def dies() -> bool:
            if len(primary.received) > 60 and not stopped:
                stopped.append(True)
                primary.stop()
            return False

        send_due(server.pk, stopping=dies)
        make.send_until_none_is_queued(server)
        assert not OutboxMail.objects.exclude(state="sent").exists()
        taken = [mail.recipients[0] for mail in (*primary.received, *alternate.received)]
        assert len(set(taken)) == 300
        unknown = (
            OutboxMail.objects.filter(attempts__result__contains="broke off before it said")
            .distinct()
            .count()
        )
        assert len(taken) - 300 <= unknown <= 4, "at most one mail a connection was in flight"
