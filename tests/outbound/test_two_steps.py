"""With the setting *certain* a Graph mail leaves as a draft whose id is kept first, and the id tells its fate."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from deskpost.access import lanes
from deskpost.access.inboxes import GraphInbox
from deskpost.outbound import fate, outbox_acts, queue, steps
from deskpost.outbound.outbox import OutboxMail, SentCopy
from deskpost.outbound.send import SendResult, sample, send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from tests.outbound import builders as make
from tests.outbound.graph_desk import CLIENT, CUSTOMER, DESK, Desk, again
from tests.outbound.workers import Worker

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.kill()


def told(mail: OutboxMail) -> list[str]:
    return list(mail.attempts.order_by("pk").values_list("result", flat=True))


def one_mail(server: OutgoingServer, **fields: Any) -> OutboxMail:
    (mail,) = make.queue_mails(server, [CUSTOMER], **fields)
    return mail


def drafts(desk: Desk) -> int:
    return len(desk.items("drafts"))


def test_with_certain_the_id_of_the_draft_is_kept_and_is_that_of_the_copy(desk: Desk) -> None:
    server = desk.server(certain=True)
    mail = one_mail(server)
    assert send_due(server.pk) == SendResult(sent=1)
    mail.refresh_from_db()
    assert mail.draft_id == desk.items()[0].immutable_id and mail.state == "sent"
    assert [one.path.rsplit("/", 1)[-1] for one in desk.cloud.asked] == [*("inbox", "messages", "send")]
    assert drafts(desk) == 0 and len(desk.sent) == 1


def test_without_it_a_mail_goes_in_one_request(desk: Desk) -> None:
    server = desk.server()
    mail = one_mail(server)
    assert send_due(server.pk) == SendResult(sent=1)
    mail.refresh_from_db()
    assert mail.draft_id == "" and [one.path.rsplit("/", 1)[-1] for one in desk.orders] == ["sendMail"]


def test_a_mailbox_that_gives_message_ids_of_its_own_is_sent_from_in_two_steps_by_itself(desk: Desk) -> None:
    """The sample mail shows it; then a lost answer is found out by the id, where nothing else could tell."""
    desk.cloud.habits.keep_message_id = False
    server = desk.server()
    assert sample(server, "somebody@else.example").ok
    assert OutgoingServerState.objects.get(server=server).keeps_message_id is False
    desk.sent.clear()
    first, second = make.queue_mails(server, [CUSTOMER, CUSTOMER])
    desk.fault("lost_answer", path="/send$", times=2)
    assert send_due(server.pk) == SendResult(queued_again=2)
    assert again(first, server) == SendResult(sent=1)
    assert again(second, server) == SendResult(sent=1)
    assert len(desk.sent) == 2 and "Found in Sent Items" in told(first)[-1]
    ids = {make.understood(one.raw).message_id for one in desk.items()}
    assert set(SentCopy.objects.exclude(message_id=None).values_list("message_id", flat=True)) < ids
    SentCopy.objects.filter(message_id=None).update(look_at=timezone.now())


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("fault", ["lost_answer", "half_answer"])
def test_a_mail_that_was_sent_though_nobody_heard_of_it_is_not_sent_again(
    desk: Desk, fault: str, keeps: bool
) -> None:
    desk.cloud.habits.keep_message_id = keeps
    server = desk.server(certain=True)
    mail = one_mail(server)
    desk.fault(fault, path="/send$")
    assert send_due(server.pk) == SendResult(queued_again=1)
    mail.refresh_from_db()
    assert mail.unknown_fate and mail.draft_id
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1 == len(desk.orders) and mail.state == "sent"
    copy = make.understood(desk.items()[0].raw).message_id
    further = list(SentCopy.objects.filter(mail=mail, look_at=None).values_list("message_id", flat=True))
    assert further == ([] if keeps else [copy])


@pytest.mark.parametrize(("fault", "value"), [("reset", None), ("status", 504)])
def test_what_is_still_a_draft_is_sent_as_that_draft(desk: Desk, fault: str, value: object) -> None:
    server = desk.server(certain=True)
    mail = one_mail(server)
    desk.fault(fault, value, path="/send$")
    assert send_due(server.pk) == SendResult(queued_again=1)
    mail.refresh_from_db()
    draft = mail.draft_id
    assert again(mail, server) == SendResult(queued_again=1), "it may be on its way at this moment"
    assert drafts(desk) == 1 and not desk.sent
    assert again(mail, server) == SendResult(sent=1)
    assert mail.draft_id == draft and len(desk.sent) == 1 and drafts(desk) == 0
    assert "lies in Drafts" in told(mail)[-2]


def test_where_the_draft_is_gone_its_message_id_decides_as_ever(desk: Desk) -> None:
    server = desk.server(certain=True)
    mail = one_mail(server)
    desk.fault("reset", path="/send$")
    send_due(server.pk)
    mailbox = desk.cloud.store.mailbox(DESK)
    assert mailbox is not None
    desk.cloud.store.delete(mailbox, desk.items("drafts")[0])
    for look in range(1, fate.ENOUGH):
        assert again(mail, server) == SendResult(queued_again=1)
        assert mail.looks == look
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1 and "show no copy" in told(mail)[-2]


def test_a_mail_that_had_to_wait_leaves_as_the_draft_that_it_has(desk: Desk) -> None:
    """429 at the order to send: nothing was sent, and the draft is as good as before."""
    server = desk.server(certain=True)
    mail = one_mail(server)
    desk.fault("status", 429, path="/send$")
    assert send_due(server.pk).trouble
    mail.refresh_from_db()
    draft = mail.draft_id
    assert (mail.state, mail.tries, mail.unknown_fate, drafts(desk)) == ("queued", 0, False, 1)
    OutgoingServerState.objects.all().delete()
    lanes.GraphPause.objects.all().delete()
    assert again(mail, server) == SendResult(sent=1)
    assert mail.draft_id == draft and drafts(desk) == 0 and len(desk.sent) == 1


def test_the_draft_of_a_mail_that_is_refused_for_good_is_deleted(desk: Desk) -> None:
    server = desk.server(certain=True)
    mail = one_mail(server)
    refusal = {"status": 400, "body": '{"error": {"code": "ErrorInvalidRecipients", "message": "No."}}'}
    desk.fault("status", refusal, path="/send$")
    assert send_due(server.pk) == SendResult(failed=1)
    assert drafts(desk) == 0 and not desk.sent
    mail.refresh_from_db()
    assert mail.draft_id == "", "it was looked at whether it is gone"


def test_the_draft_of_a_mail_that_is_cancelled_is_deleted_and_one_that_was_sent_all_the_same_is_told(
    desk: Desk,
) -> None:
    server = desk.server(certain=True)
    one_mail(server), one_mail(server)
    desk.fault("reset", path="/send$")
    assert send_due(server.pk, connections=1).queued_again == 1
    unsent = OutboxMail.objects.get(unknown_fate=True)  # whichever lane came first
    sent = OutboxMail.objects.get(unknown_fate=False)
    OutboxMail.objects.filter(pk=sent.pk).update(state="failed", draft_id=desk.items()[0].immutable_id)
    priya = make.technician("Priya")
    assert outbox_acts.cancel(unsent.pk, priya)
    OutboxMail.objects.update(next_try_at=timezone.now())
    assert steps.due_servers() == [server.pk] and drafts(desk) == 1
    send_due(server.pk)
    assert drafts(desk) == 0 and len(desk.items()) == 1 and steps.due_servers() == []
    assert "Found in Sent Items" in told(sent)[-1]


def test_drafts_that_cannot_be_asked_for_are_asked_for_later(desk: Desk) -> None:
    server = desk.server(certain=True)
    mail = one_mail(server)
    OutboxMail.objects.update(state="cancelled", draft_id="AAMkGone")
    desk.fault("status", 500, path="AAMkGone")
    send_due(server.pk)
    mail.refresh_from_db()
    assert mail.draft_id and steps.due_servers() == [], "not again at once"
    assert again(mail, server) == SendResult()
    assert mail.draft_id == ""


def test_nobody_sends_a_draft_whose_mail_another_process_holds(desk: Desk) -> None:
    server = desk.server(certain=True)
    mail = one_mail(server)
    asked = desk.held("/messages$")
    with sending_meanwhile(Worker(), server) as worker:
        asked.wait()
        OutboxMail.objects.filter(pk=mail.pk).update(lease_owner="another")
        asked.let_go()
        assert worker.result()["sent"] == 0
    assert not desk.sent and drafts(desk) == 0
    mail.refresh_from_db()
    assert (mail.state, mail.lease_owner, mail.draft_id) == ("sending", "another", "")


@contextmanager
def sending_meanwhile(worker: Worker, server: OutgoingServer) -> Iterator[Worker]:
    worker.tell(server.pk)
    try:
        yield worker
    finally:
        worker.kill()


@contextmanager
def lanes_taken() -> Iterator[None]:
    """Hold all four lanes, so that nobody asks Graph for anything."""
    owners = [f"test-{number}" for number in range(lanes.LANES)]
    inbox = GraphInbox.objects.get(mailbox=DESK).inbox_id
    for owner in owners:
        make.wait_until(lambda owner=owner: lanes.take(inbox, CLIENT, owner, "test", 0).number is not None)  # type: ignore[misc]
    try:
        yield
    finally:
        lanes.give_back(owners)


def killed_before_the_id_is_kept(
    desk: Desk, worker: Worker, server: OutgoingServer, mail: OutboxMail
) -> None:
    asked = desk.held("/messages$")
    worker.tell(server.pk)
    asked.wait()
    worker.stand_still()
    asked.let_go()
    make.wait_until(lambda: drafts(desk) == 1)
    worker.kill()
    mail.refresh_from_db()
    assert mail.draft_id == ""


def killed_before_send(desk: Desk, worker: Worker, server: OutgoingServer, mail: OutboxMail) -> None:
    asked = desk.held("/messages$")
    worker.tell(server.pk)
    asked.wait()
    with transaction.atomic():
        OutboxMail.objects.select_for_update().get(pk=mail.pk)
        asked.let_go()
        make.wait_until(lambda: drafts(desk) == 1)
        taken = lanes_taken()
        taken.__enter__()
    make.wait_until(lambda: OutboxMail.objects.exclude(draft_id="").exists())
    worker.kill()
    taken.__exit__(None, None, None)
    assert not desk.orders and drafts(desk) == 1


def killed_while_it_is_sent(desk: Desk, worker: Worker, server: OutgoingServer, mail: OutboxMail) -> None:
    asked = desk.held("/send$")
    worker.tell(server.pk)
    asked.wait()
    worker.kill()
    asked.let_go()
    make.wait_until(lambda: len(desk.sent) == 1)


@pytest.mark.requirement("R107")
@pytest.mark.parametrize("keeps", [True, False], ids=["keeps Message-IDs", "rewrites them"])
@pytest.mark.parametrize(
    ("die", "found"),
    [
        (killed_before_the_id_is_kept, "lies in Drafts"),
        (killed_before_send, "lies in Drafts"),
        (killed_while_it_is_sent, "Found in Sent Items"),
    ],
)
def test_a_mail_whose_process_is_killed_between_draft_and_answer_arrives_once(
    desk: Desk,
    worker: Worker,
    die: Callable[[Desk, Worker, OutgoingServer, OutboxMail], None],
    found: str,
    keeps: bool,
) -> None:
    desk.cloud.habits.keep_message_id = keeps
    server = desk.server(certain=True)
    mail = one_mail(server)
    die(desk, worker, server, mail)
    queue.release_dead("")
    lanes.release_dead("")
    for _ in range(2):
        if OutboxMail.objects.filter(state="queued").exists():
            again(mail, server)
    assert (mail.state, len(desk.sent), drafts(desk)) == ("sent", 1, 0)
    assert any(found in words for words in told(mail))


def test_only_graph_can_be_certain() -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make.server(certain=True)
    assert isinstance(refused.value.__cause__, psycopg.Error)
    assert refused.value.__cause__.diag.constraint_name == "outgoing_server_certain_of_graph"
    assert connection.in_atomic_block is False


def test_where_the_id_does_not_stay_after_all_the_message_id_decides(desk: Desk) -> None:
    """microsoft-graph-docs #1533, #11969: drafts whose immutable id was gone once they were sent."""
    desk.cloud.habits.keep_draft_id = False
    server = desk.server(certain=True)
    mail = one_mail(server)
    desk.fault("lost_answer", path="/send$")
    assert send_due(server.pk) == SendResult(queued_again=1)
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1 == len(desk.orders) and "Found in Sent Items" in told(mail)[-1]
    desk.cloud.habits.keep_message_id = False
    other = one_mail(server, subject="Another printer")
    desk.fault("lost_answer", path="/send$")
    send_due(server.pk)
    assert again(other, server) == SendResult(sent=1)
    assert len(desk.sent) == 2, "the token in its body tells"
