"""A whole queue is sent through another server: what goes, what stays, and from which address."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deskpost.desk.search import Count
from deskpost.outbound import outbox_queues
from deskpost.outbound.by_person import written_to
from deskpost.outbound.outbox import OutboxAct, OutboxMail
from deskpost.outbound.outbox_queues import Queue
from deskpost.outbound.send import send_due
from tests.outbound import builders as make
from tests.servers.smtp_sink import SmtpSink


def of(number: int) -> Count:
    return Count(number)


def test_what_waits_leaves_by_the_other_server_at_once_and_what_is_being_sent_stays(database: str) -> None:
    priya = make.person("Priya Raman")
    with SmtpSink() as other:
        first = make.server(1)
        second = make.server(
            other.port, instance=None, name="Second", reply_to="desk@other.example", connections=1
        )
        waits, later, flying, held = make.queue_mails(first, [f"{n}@acme.example" for n in "abcd"])
        mails = OutboxMail.objects
        mails.filter(pk=later.pk).update(next_try_at=timezone.now() + timedelta(hours=1), tries=3)
        mails.filter(pk=flying.pk).update(state="sending", lease_owner="x", lease_until=timezone.now())
        mails.filter(pk=held.pk).update(state="held")
        assert outbox_queues.look(first, second) == Queue(of(2), of(0), of(0), of(1))
        moved = outbox_queues.move(first, second, priya)
        assert moved and (moved.moved, moved.stays) == (2, Queue(of(0), of(0), of(0), of(1)))
        send_due(second.pk)
        assert [mail.recipients for mail in other.received] == [("a@acme.example",), ("b@acme.example",)]
        assert {mail.sender for mail in other.received} == {"desk@other.example"}
        assert make.understood(other.received[0].content).message_id == waits.message_id
    assert set(mails.filter(server=first).values_list("pk", flat=True)) == {flying.pk, held.pk}
    acts = OutboxAct.objects.order_by("mail").values_list("mail", "kind", "who", "server")
    assert list(acts) == [(one.pk, "through", "Priya Raman", "ESM Directory") for one in (waits, later)]


def test_a_server_of_an_account_takes_the_mails_of_this_account_alone(db: None) -> None:
    priya, acme = make.person("Priya Raman"), make.account("Acme")
    first, theirs = make.server(25), make.server(26, account=acme)
    (own,) = make.queue_mails(first, ["a@acme.example"], account_id=acme.pk)
    for account in (make.account("Vantage").pk, None):
        make.queue_mails(first, ["b@vantage.example"], account_id=account)
    assert outbox_queues.look(first, theirs) == Queue(of(1), of(2), of(0), of(0))
    moved = outbox_queues.move(first, theirs, priya)
    assert moved and (moved.moved, moved.stays.of_others) == (1, of(2))
    assert OutboxMail.objects.get(server=theirs) == own


def test_it_takes_as_many_questions_for_a_thousand_mails_as_for_one(db: None) -> None:
    priya = make.person("Priya Raman")
    first, second = make.server(25), make.server(26, instance=None)
    asked = []
    for number in (1, 1000):
        make.queue_mails(first, [f"{n}@acme.example" for n in range(number)])
        with CaptureQueriesContext(connection) as questions:
            moved = outbox_queues.move(first, second, priya)
        asked.append(len(questions))
        assert moved and moved.moved == number
    assert asked[0] == asked[1]


def test_a_reply_keeps_its_address_where_it_may_else_leaves_from_the_one_that_was_written_to(
    db: None,
) -> None:
    priya, ute = make.person("Priya Raman"), make.person("Ute")
    first = make.server(25)
    second = make.server(
        26, instance=None, reply_to="desk@other.example", allowed_from=["Help+x@desk.example"]
    )
    third = make.server(
        27, account=make.account(), reply_to="all@third.example", allowed_from=["it@third.example"]
    )
    request = make.record(ute)
    make.mail_in(request, to=[["", "it@third.example"]])
    said = make.mail_out(request, priya)
    (reply,) = make.queue_mails(
        first,
        ["ute@acme.example"],
        account_id=request.account_id,
        record_id=request.pk,
        conversation_id=said.pk,
    )
    type(said).objects.filter(pk=said.pk).update(message_id=reply.message_id)
    assert written_to(request) == ["it@third.example"]
    for target, address, answers in (
        (second, "Help+x@desk.example", "desk@other.example"),
        (third, "it@third.example", "all@third.example"),
    ):
        moved = outbox_queues.move(OutboxMail.objects.get().server, target, priya)
        assert moved and moved.moved == 1
        reply.refresh_from_db()
        said.refresh_from_db()
        assert (reply.server_id, reply.sender_address, reply.reply_to) == (target.pk, address, answers)
        assert said.from_address == address


def test_nothing_goes_to_a_server_that_is_gone_or_the_same(db: None) -> None:
    priya, first = make.person("Priya Raman"), make.server(25)
    second = make.server(26, instance=None)
    type(second).objects.filter(pk=second.pk).delete()
    assert outbox_queues.move(first, second, priya) is None
    assert outbox_queues.move(first, first, priya) is None
