"""What a person does to one outgoing mail: tried at once, cancelled, sent through another server."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.outbound import queue
from deskpost.outbound.outbox import OutboxAct, OutboxMail
from deskpost.outbound.outbox_acts import cancel, do, retry_now, send_through, was_sent
from deskpost.outbound.send import send_due
from deskpost.outbound.tries import Outcome
from tests.outbound import builders as make
from tests.servers.smtp_sink import SmtpSink

STATES = {"queued", "sending", "sent", "held", "lapsed", "failed", "cancelled"}


@pytest.fixture
def sink() -> SmtpSink:
    with SmtpSink() as one:
        yield one


def in_state(server: object, state: str) -> OutboxMail:
    (mail,) = make.queue_mails(server, ["x@y.example"])  # type: ignore[arg-type]
    OutboxMail.objects.filter(pk=mail.pk).update(state=state)
    return mail


def test_a_mail_that_waits_for_another_try_is_sent_at_once_by_retry_now(
    database: str, sink: SmtpSink
) -> None:
    server = make.server(sink.port)
    (mail,) = make.queue_mails(server, ["ute@acme.example"])
    sink.behaviour.recipients["ute@acme.example"] = "450 4.1.1 unverified address"
    send_due(server.pk)
    sink.behaviour.recipients.clear()
    mail.refresh_from_db()
    assert (mail.state, mail.tries) == ("queued", 1)
    assert "450 4.1.1 unverified address" in mail.attempts.get().result
    send_due(server.pk)
    assert not sink.mails_to("ute@acme.example"), "its next try is not due yet"
    assert retry_now(mail.pk)
    send_due(server.pk)
    (got,) = sink.mails_to("ute@acme.example")
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert mail.message_id.encode() in got.content


def test_a_failed_mail_is_tried_anew_and_those_who_have_it_are_not_written_to_again(
    database: str, sink: SmtpSink
) -> None:
    server = make.server(sink.port)
    (mail,) = make.queue_mails(server, [["ute@acme.example", "ali@acme.example"]])
    fates = {
        "ute@acme.example": {"state": "sent", "answer": "250 Ok"},
        "ali@acme.example": {"state": "failed", "answer": "450 later"},
    }
    past = timezone.now() - timedelta(hours=1)
    OutboxMail.objects.filter(pk=mail.pk).update(state="failed", recipients=fates, give_up_at=past)
    assert retry_now(mail.pk)
    mail.refresh_from_db()
    assert mail.give_up_at > timezone.now() + timedelta(days=1)
    send_due(server.pk)
    (got,) = sink.received
    assert got.recipients == ("ali@acme.example",)


def test_a_cancelled_mail_is_never_sent(database: str, sink: SmtpSink) -> None:
    server = make.server(sink.port)
    gone, stays = make.queue_mails(server, ["gone@acme.example", "stays@acme.example"])
    priya = make.person("Priya Raman")
    assert cancel(gone.pk, priya)
    assert not retry_now(gone.pk)
    send_due(server.pk)
    assert not sink.mails_to("gone@acme.example")
    assert len(sink.mails_to("stays@acme.example")) == 1
    gone.refresh_from_db()
    assert (gone.state, gone.reason) == ("cancelled", "Cancelled by Priya Raman.")
    assert not cancel(stays.pk, priya), "it was sent"


def test_a_mail_leaves_by_the_server_it_is_sent_through_from_an_address_of_that_server(
    database: str, sink: SmtpSink
) -> None:
    first = make.server(1)
    with SmtpSink() as other:
        second = make.server(
            other.port, instance=None, reply_to="desk@other.example", sender_name="Other desk"
        )
        (mail,) = make.queue_mails(first, ["ute@acme.example"])
        assert send_through(mail.pk, second.pk)
        send_due(second.pk)
        (got,) = other.received
        assert got.sender == "desk@other.example"
        assert make.understood(got.content).from_[0].name == "Other desk"
        assert make.understood(got.content).message_id == mail.message_id


def test_the_address_a_mail_was_written_from_stays_where_the_other_server_allows_it(db: None) -> None:
    first = make.server(25)
    second = make.server(26, instance=None, reply_to="desk@other.example", allowed_from=["Help@desk.example"])
    (mail,) = make.queue_mails(first, ["ute@acme.example"])
    assert send_through(mail.pk, second.pk)
    mail.refresh_from_db()
    assert (mail.sender_address, mail.reply_to) == ("Help@desk.example", "desk@other.example")


def test_no_mail_is_sent_through_a_server_of_another_account(db: None) -> None:
    first = make.server(25)
    theirs = make.server(26, account=make.account("Vantage"))
    for account in (make.account("Acme").pk, None):
        (mail,) = make.queue_mails(first, ["ute@acme.example"], account_id=account)
        assert not send_through(mail.pk, theirs.pk)
        mail.refresh_from_db()
        assert mail.server_id == first.pk


def test_each_act_is_refused_where_the_state_does_not_allow_it(db: None) -> None:
    first, second = make.server(25), make.server(26, instance=None)
    priya = make.person("Priya Raman")
    for state in STATES:
        assert cancel(in_state(first, state).pk, priya) == (state in {"queued", "held", "lapsed"}), state
        may_try = state in {"queued", "held", "failed", "lapsed"}
        assert retry_now(in_state(first, state).pk) == may_try, state
        assert send_through(in_state(first, state).pk, second.pk) == may_try, state


def test_a_mail_held_for_want_of_a_server_is_retried_once_there_is_one(db: None) -> None:
    gone = make.server(25)
    request = make.record(make.person("Ute"))
    (mail,) = make.queue_mails(gone, ["x@y.example"], record_id=request.pk, account_id=request.account_id)
    gone.delete()
    mail.refresh_from_db()
    assert mail.state == "held"
    assert not retry_now(mail.pk), "there is still none"
    server = make.server(26, reply_to="new@desk.example")
    assert retry_now(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.server_id, mail.sender_address) == ("queued", server.pk, "new@desk.example")


def test_what_a_lane_notes_after_a_cancel_does_not_bring_the_mail_back(db: None) -> None:
    server = make.server(25)
    (mail,) = make.queue_mails(server, ["x@y.example"])
    assert cancel(mail.pk, make.person("Priya Raman"))
    queue.note("host/1/1/a", [Outcome(mail.pk, "queued", {}, "later")], [])
    mail.refresh_from_db()
    assert mail.state == "cancelled"


def test_only_a_held_mail_of_unknown_fate_can_be_said_to_have_been_sent(db: None) -> None:
    server, priya = make.server(25), make.person("Priya Raman")
    for state in STATES:
        mail = in_state(server, state)
        assert not was_sent(mail.pk, priya), "it was not begun"
        OutboxMail.objects.filter(pk=mail.pk).update(unknown_fate=True)
        assert was_sent(mail.pk, priya) == (state == "held"), state
        mail.refresh_from_db()
        assert mail.state == ("sent" if state == "held" else state)


def test_a_lapsed_notice_that_is_sent_after_all_lapses_no_more(database: str, sink: SmtpSink) -> None:
    server, priya = make.server(sink.port), make.person("Priya Raman")
    (mail,) = make.queue_mails(server, ["x@y.example"], automatic=True, sending_class=3)
    long_ago = timezone.now() - timedelta(days=9)
    OutboxMail.objects.filter(pk=mail.pk).update(date=long_ago, give_up_at=long_ago)
    queue.lapse(server.pk)
    mail.refresh_from_db()
    assert mail.state == "lapsed"
    assert retry_now(mail.pk, priya)
    send_due(server.pk)
    assert len(sink.mails_to("x@y.example")) == 1


def test_the_trace_of_each_mail_keeps_who_did_what_to_it(db: None) -> None:
    first, second = make.server(25), make.server(26, instance=None, name="Second")
    priya = make.person("Priya Raman")
    mails = [in_state(first, state) for state in ("lapsed", "lapsed", "sent")]
    assert do(OutboxAct.Kind.RETRIED, OutboxMail.objects.filter(server=first), priya) == 2
    assert send_through(mails[0].pk, second.pk, priya)
    assert cancel(mails[0].pk, priya)
    done = list(OutboxAct.objects.order_by("pk").values_list("mail", "kind", "who", "server"))
    assert done == [
        (mails[0].pk, "retried", "Priya Raman", ""),
        (mails[1].pk, "retried", "Priya Raman", ""),
        (mails[0].pk, "through", "Priya Raman", "ESM Directory"),
        (mails[0].pk, "cancelled", "Priya Raman", ""),
    ]
