"""Sending to real servers: what leaves, and what is noted of it."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deskpost.desk.installation import Installation, InstanceAlert
from deskpost.outbound import failover, outbox_acts, queue
from deskpost.outbound.notify import notify
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import SendResult, sample, send_due
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tokens import tokens
from tests.outbound import builders as make
from tests.servers.dovecot import PASSWORD
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def address() -> Iterator[str]:
    """An address that no other test writes to."""
    yield f"t{time.monotonic_ns()}@client.example"


@pytest.mark.requirement("R49", "R51", "R52")
def test_a_mail_leaves_by_the_server_under_the_senders_name_and_address(
    postfix: Postfix, address: str
) -> None:
    server = make.server(postfix.smtp, sender_name="Northgate IT, Support", reply_to="help@desk.example")
    (mail,) = make.queue_mails(server, [address], text="Hëllo\n.\nBye", subject="Ünterwegs")
    assert send_due(server.pk) == SendResult(sent=1)
    (content,) = postfix.mails(address, wait_for=1)
    got = make.understood(content)
    assert [(one.name, one.address) for one in got.from_] == [("Northgate IT, Support", "help@desk.example")]
    assert (got.message_id, got.subject, got.text.strip()) == (mail.message_id, "Ünterwegs", "Hëllo\n.\nBye")
    assert got.date == mail.date.replace(microsecond=0)
    assert b"Return-Path: <help@desk.example>" in content
    mail.refresh_from_db()
    (attempt,) = mail.attempts.all()
    assert (mail.state, mail.tries, attempt.server) == ("sent", 1, f"127.0.0.1:{postfix.smtp}")
    assert attempt.result.startswith("250 ")
    assert mail.recipients[address]["state"] == "sent"


@pytest.mark.requirement("R57")
def test_a_login_is_used_when_it_is_required_and_only_then(postfix: Postfix, address: str) -> None:
    values = {"username": "somebody", "password": PASSWORD, "tls": "starttls", "verify_certificate": False}
    without = make.server(postfix.smtp, **values)
    make.queue_mails(without, [address])
    before = len(postfix.sessions())
    assert send_due(without.pk).sent == 1
    assert "auth=" not in postfix.sessions(wait_for=before + 1)[-1]
    user = postfix.dovecot.new_user()
    account = make.server(
        postfix.smtp, account=make.account(), authentication="basic", **{**values, "username": user}
    )
    make.queue_mails(account, [address])
    before = len(postfix.sessions())
    assert send_due(account.pk).sent == 1
    assert "auth=1" in postfix.sessions(wait_for=before + 1)[-1]


@pytest.mark.parametrize(
    ("port", "tls", "protocol"), [("submission", "starttls", "smtp"), ("smtps", "implicit", "smtps")]
)
def test_mail_leaves_over_tls_with_a_checked_certificate(
    postfix: Postfix, address: str, port: str, tls: str, protocol: str
) -> None:
    server = make.server(
        postfix.ports[port],
        protocol=protocol,
        tls=tls,
        ca_file=postfix.ca_file,
        authentication="basic",
        username=postfix.dovecot.new_user(),
        password=PASSWORD,
    )
    make.queue_mails(server, [address])
    assert send_due(server.pk).sent == 1
    assert len(postfix.mails(address, wait_for=1)) == 1


def test_one_bad_recipient_does_not_stop_the_others(postfix: Postfix, address: str) -> None:
    server = make.server(postfix.smtp)
    (mail,) = make.queue_mails(server, [["refused@client.example", address]])
    assert send_due(server.pk) == SendResult(sent=1)
    assert len(postfix.mails(address, wait_for=1)) == 1
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert mail.recipients["refused@client.example"]["state"] == "failed"
    assert "550" in mail.reason and "No such person here" in mail.reason


def test_a_refused_recipient_fails_at_once_with_the_servers_words(postfix: Postfix) -> None:
    server = make.server(postfix.smtp, alternate_server="127.0.0.1:1")
    (mail,) = make.queue_mails(server, ["refused@client.example"])
    assert send_due(server.pk) == SendResult(failed=1)
    mail.refresh_from_db()
    assert mail.state == "failed"
    assert "No such person here" in mail.reason
    assert not failover.is_on_alternate(server), "a refused recipient is no reason to fail over"


def test_a_delayed_mail_is_tried_again_later_as_the_same_mail_to_those_who_wait(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    (mail,) = make.queue_mails(server, [["busy@x.example", "fine@x.example"]])
    smtp_sink.behaviour.recipients["busy@x.example"] = "450 4.2.0 Come back later"
    assert send_due(server.pk) == SendResult(queued_again=1)
    mail.refresh_from_db()
    assert (mail.state, mail.tries) == ("queued", 1)
    assert "450 4.2.0 Come back later" in mail.reason
    assert send_due(server.pk) == SendResult(), "not before its time"
    smtp_sink.behaviour.recipients.clear()
    assert outbox_acts.retry_now(mail.pk)
    assert send_due(server.pk) == SendResult(sent=1)
    first, second = smtp_sink.received
    assert (first.recipients, second.recipients) == (("fine@x.example",), ("busy@x.example",))
    assert first.content == second.content, "the same bytes each time"
    assert len(mail.attempts.all()) == 2


def test_the_author_hears_at_once_of_each_recipient_who_is_refused_and_once(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    ann = make.technician("Ann", "ann@northgate.example")
    to = ["fine@x.example", "bad@x.example", "busy@x.example"]
    (mail,) = make.queue_mails(server, [to], author_id=ann.pk)
    answers = smtp_sink.behaviour.recipients
    answers.update({to[1]: "550 5.1.1 No such person", to[2]: "450 4.2.0 Come back later"})

    def told() -> list[list[str]]:
        texts = (
            OutboxMail.objects.filter(event="outgoing_failed").order_by("pk").values_list("text", flat=True)
        )
        return [[address for address in to if address in text] for text in texts]

    send_due(server.pk)
    assert told() == [[to[1]]], "while the other is still tried"
    outbox_acts.retry_now(mail.pk)
    send_due(server.pk)
    assert told() == [[to[1]]], "not again"
    answers[to[2]] = "550 5.2.1 Gone"
    outbox_acts.retry_now(mail.pk)
    send_due(server.pk)
    assert told() == [[to[1]], [to[2]]]
    mail.refresh_from_db()
    assert mail.state == "sent"


def test_when_a_mail_is_given_up_the_author_hears_of_those_who_were_still_tried(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    ann = make.technician("Ann", "ann@northgate.example")
    to = ["bad@x.example", "busy@x.example"]
    (mail,) = make.queue_mails(server, [to], author_id=ann.pk)
    smtp_sink.behaviour.recipients.update({to[0]: "550 5.1.1 No such person", to[1]: "450 4.2.0 Later"})
    send_due(server.pk)
    OutboxMail.objects.filter(pk=mail.pk).update(give_up_at=timezone.now())
    assert queue.give_up(server, "It cannot be reached.") == 1
    texts = OutboxMail.objects.filter(event="outgoing_failed").order_by("pk").values_list("text", flat=True)
    assert [[address for address in to if address in text] for text in texts] == [[to[0]], [to[1]]]


def test_classes_and_the_mails_of_a_request_arrive_in_their_order(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port, connections=1)
    requests = [make.record(make.person(f"Ute {number}")) for number in range(5)]
    for number in range(40):
        request = requests[number % 5]
        make.queue_mails(
            server,
            ["x@y.example"],
            record_id=request.pk,
            account_id=request.account_id,
            sending_class=4 - number % 3,
            subject=f"{request.pk} {number:03}",
        )
    server.connections = 4
    server.save()
    assert send_due(server.pk).sent == 40
    order = [make.understood(mail.content).subject.split() for mail in smtp_sink.received]
    classes = dict(OutboxMail.objects.values_list("subject", "sending_class"))
    for request in requests:
        for sending_class in (2, 3, 4):
            ours = [n for pk, n in order if pk == str(request.pk) and classes[f"{pk} {n}"] == sending_class]
            assert ours == sorted(ours)


def test_a_more_urgent_mail_overtakes_those_that_were_queued_before(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port, connections=1)
    make.queue_mails(server, [f"n{number}@x.example" for number in range(600)], sending_class=3)
    thread = threading.Thread(target=lambda: (send_due(server.pk), connection.close()))
    thread.start()
    make.wait_until(lambda: bool(smtp_sink.received))
    make.queue_mails(server, ["urgent@x.example"], sending_class=1)
    thread.join()
    place = [mail.recipients[0] for mail in smtp_sink.received].index("urgent@x.example")
    assert place < 500, "it was not last, as first in first out would have it"


def test_a_server_that_takes_mails_without_saying_so_gets_those_again_and_no_others(
    smtp_sink: SmtpSink,
) -> None:
    server = make.server(smtp_sink.port, connections=2)
    smtp_sink.behaviour.close_before_250 = 5
    mails = make.queue_mails(server, [f"n{number}@x.example" for number in range(50)])
    make.send_until_none_is_queued(server)
    assert not OutboxMail.objects.exclude(state="sent").exists()
    seen = Counter(mail.recipients[0] for mail in smtp_sink.received)
    untold = len(smtp_sink.received) // 5
    assert len(smtp_sink.received) == 50 + untold, "each mail kept in silence came once more"
    assert set(seen) == {f"n{number}@x.example" for number in range(50)}
    contents = {mail.recipients[0]: set() for mail in smtp_sink.received}
    for mail in smtp_sink.received:
        got = make.understood(mail.content)
        contents[mail.recipients[0]].add((got.message_id, got.date))
    assert all(len(one) == 1 for one in contents.values()), "one Message-ID and Date over all tries"
    doubled = [mail for mail in mails if seen[mail.to[0][1]] > 1]
    for mail in doubled:
        assert "broke off" in mail.attempts.order_by("at")[0].result
    for mail in mails:
        if mail not in doubled:
            assert mail.attempts.count() == 1


def test_a_server_that_answers_so_many_mails_and_closes_loses_and_doubles_none(smtp_sink: SmtpSink) -> None:
    smtp_sink.behaviour.close_after = 3
    server = make.server(smtp_sink.port)
    make.queue_mails(server, [f"n{number}@x.example" for number in range(30)])
    make.send_until_none_is_queued(server)
    assert Counter(mail.recipients[0] for mail in smtp_sink.received) == {
        f"n{n}@x.example": 1 for n in range(30)
    }


def test_a_login_that_is_refused_is_said_and_nothing_is_lost(smtp_sink_with: Callable[..., SmtpSink]) -> None:
    sink = smtp_sink_with(logins={"help": "right"})
    server = make.server(
        sink.port,
        authentication="basic",
        username="help",
        password="wrong",
        alternate_server=f"127.0.0.1:{sink.port}",
    )
    (mail,) = make.queue_mails(server, ["x@y.example"])
    result = send_due(server.pk)
    assert "refused the login" in result.trouble
    server.refresh_from_db()
    assert server.state.reason == result.trouble
    assert not failover.is_on_alternate(server), "a login is no reason to fail over"
    assert "wrong" not in result.trouble
    mail.refresh_from_db()
    assert (mail.state, mail.unknown_fate) == ("queued", False)
    assert send_due(server.pk) == SendResult(), "it is left alone for a while"


def test_a_paused_server_sends_nothing_until_it_goes_on(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port, paused=True)
    make.queue_mails(server, ["x@y.example"])
    assert send_due(server.pk) == SendResult()
    assert not smtp_sink.commands
    OutgoingServer.objects.update(paused=False)
    assert send_due(server.pk) == SendResult(sent=1)


def test_when_it_is_time_to_stop_what_was_not_begun_is_given_back(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    make.queue_mails(server, ["x@y.example"] * 300)
    result = send_due(server.pk, deadline=time.monotonic() + 0.1)
    assert result.sent == len(smtp_sink.received) < 300
    assert OutboxMail.objects.filter(state="queued", unknown_fate=False).count() == 300 - result.sent


def test_after_the_time_for_a_run_what_is_in_flight_is_waited_for_and_not_sent_twice(
    smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.outbound.run._SHUTDOWN", 0.1)
    smtp_sink.behaviour.patience = 5
    server = make.server(smtp_sink.port)
    make.queue_mails(server, ["x@y.example"])
    assert send_due(server.pk, deadline=time.monotonic() + 3) == SendResult(sent=1)
    assert send_due(server.pk) == SendResult()
    assert len(smtp_sink.received) == 1


def test_a_server_that_never_answers_holds_up_a_stop_for_seconds_only(smtp_sink: SmtpSink) -> None:
    smtp_sink.behaviour.mute = True
    server = make.server(smtp_sink.port)
    (mail,) = make.queue_mails(server, ["x@y.example"])
    started = time.monotonic()
    send_due(server.pk, stopping=lambda: bool(smtp_sink.received))
    assert time.monotonic() - started < 45, "the server itself may take a minute"
    mail.refresh_from_db()
    assert (mail.state, mail.unknown_fate) == ("queued", True)


def test_a_lease_is_held_for_as_long_as_a_server_takes(
    smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.outbound.run._RENEW_EVERY", 0.2)
    smtp_sink.behaviour.mute = True
    server = make.server(smtp_sink.port)
    (mail,) = make.queue_mails(server, ["x@y.example"])
    seen: set[object] = set()

    def looked() -> bool:
        seen.add(OutboxMail.objects.values_list("lease_until", flat=True).get(pk=mail.pk))
        return len(seen) > 3

    send_due(server.pk, stopping=looked)
    assert len(seen) > 3


def test_a_connection_too_many_is_one_lane_less(scripted: Callable[..., object]) -> None:
    taken: list[bytes] = []
    places = threading.Semaphore(1)

    def script(line: object) -> None:
        if not places.acquire(blocking=False):
            line.say(b"432 4.3.2 Concurrent connections limit exceeded")  # type: ignore[attr-defined]
            return
        line.say(b"220 crowded")  # type: ignore[attr-defined]
        while heard := line.hear():  # type: ignore[attr-defined]
            if heard.startswith(b"DATA"):
                line.say(b"354 go on")  # type: ignore[attr-defined]
                while (text := line.hear()) != b".":  # type: ignore[attr-defined]
                    taken.extend([text] if text.startswith(b"Message-ID") else [])
                time.sleep(0.02)
            line.say(b"250 Ok")  # type: ignore[attr-defined]
        places.release()

    server = make.server(scripted(script).port, connections=4)  # type: ignore[attr-defined]
    make.queue_mails(server, [f"n{number}@x.example" for number in range(20)])
    assert send_due(server.pk) == SendResult(sent=20)
    assert len(set(taken)) == len(taken) == 20


@pytest.mark.requirement("R42")  # by SMTP; test_sent_once has Graph and EWS
def test_a_sample_mail_says_that_the_server_took_it_or_why_not(postfix: Postfix, address: str) -> None:
    server = OutgoingServer(
        server="127.0.0.1", port=postfix.smtp, sender_name="Desk", reply_to="help@desk.example"
    )
    good = sample(server, address)
    assert good.ok and good.answer is not None and good.answer.startswith("250")
    (content,) = postfix.mails(address, wait_for=1)
    assert re.search(rb"^Auto-Submitted: auto-generated", content, re.MULTILINE)
    refused = sample(server, "refused@client.example")
    assert not refused.ok
    assert "No such person here" in refused.words and "To do:" in refused.words
    server.port = 1
    unreachable = sample(server, address)
    assert not unreachable.ok and "refused the connection" in unreachable.words
    assert not OutboxMail.objects.exists()


def test_a_new_request_sends_exactly_three_mails_each_of_which_can_be_answered(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port)
    ann, bob, ute = make.technician("Ann"), make.technician("Bob"), make.person("Ute", "ute@acme.example")
    InstanceAlert.objects.create(instance=make.instance(), person=ann)
    request = make.record(ute, technician=bob)
    make.mail_in(request, "<first@acme.example>")
    with transaction.atomic():
        notify(make.new_request(request))
    assert send_due(server.pk) == SendResult(sent=3)
    got = {mail.recipients: make.understood(mail.content) for mail in smtp_sink.received}
    assert set(got) == {("ute@acme.example",), ("ann@acme.example",), ("bob@acme.example",)}
    for mail in got.values():
        assert mail.in_reply_to == ("<first@acme.example>",)
        assert mail.references == ("<first@acme.example>",)
        assert tokens().find(mail.message_id or "") == (
            OutboxMail.objects.get(message_id=mail.message_id).pk,
        )
        assert mail.subject == f"##RE-{request.number}## Printer on fire"
        assert mail.header("Auto-Submitted") == "auto-generated"
        assert mail.header("X-Auto-Response-Suppress") == "All"
        assert mail.header("X-Deskpost-Loop") == str(Installation.objects.get().identity)
        assert mail.html is not None and mail.html.startswith("<!DOCTYPE html>")
    indexes = {(mail.header("Thread-Index") or "")[:28] for mail in got.values()}
    assert len(indexes) == 1 and indexes != {""}, "Outlook keeps them together"


def test_no_subject_or_name_adds_a_header_or_a_recipient_to_what_is_sent(smtp_sink: SmtpSink) -> None:
    server = make.server(smtp_sink.port, sender_name="Desk\r\nBcc: a@evil.example")
    ute = make.person("Ute\r\nBcc: b@evil.example\r\n\r\n<script>", "ute@acme.example")
    request = make.record(ute, subject="Hello\r\nBcc: c@evil.example\r\n\r\n.\r\nMAIL FROM:<d@evil.example>")
    with transaction.atomic():
        notify(make.new_request(request))
        make.queue_mails(server, [["ute@acme.example>\r\nRCPT TO:<e@evil.example"]])
    result = send_due(server.pk)
    assert (result.sent, result.failed) == (1, 1)
    (received,) = smtp_sink.received
    assert received.recipients == ("ute@acme.example",)
    assert not [command for command in smtp_sink.commands if "evil" in command]
    names = [name.lower() for name, _ in make.understood(received.content).headers]
    assert "bcc" not in names
    assert len(names) == len(set(names))
    failed = OutboxMail.objects.get(state="failed")
    assert "cannot be written to a mail server as an address" in failed.reason
