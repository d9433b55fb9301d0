"""The sender pool: further mailboxes of a Graph server share its notifications, each with four lanes of its own."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from deskpost.access import lanes
from deskpost.access.inboxes import Named
from deskpost.outbound import fate, overflow, pool, queue, server_rules, upkeep
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail, SentCopy
from deskpost.outbound.pool import SenderPoolState
from deskpost.outbound.send import SendResult, send_due
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent
from tests.inbound import builders as inbound
from tests.outbound import builders as make
from tests.outbound.graph_desk import CLIENT, CUSTOMER, DESK, Desk, again, desk_served
from tests.outbound.workers import Worker

pytestmark = pytest.mark.usefixtures("database")

FIRST, SECOND = "notices-1@contoso.example", "notices-2@contoso.example"
ALL = (DESK, FIRST, SECOND)
NOTICE: dict[str, Any] = {"sending_class": 3, "automatic": True, "event": "request_created"}
_SCOPES = [
    f"https://graph.microsoft.com/{one}"
    for one in ("Mail.ReadWrite", "Mail.Send", "Mail.ReadWrite.Shared", "Mail.Send.Shared")
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_served(tmp_path_factory.mktemp("cloud")) as desk:
        for mailbox in (FIRST, SECOND):
            desk.cloud.store.add_mailbox(mailbox, "Help Desk", "secret", shared_with=[DESK])
        yield desk


@pytest.fixture
def desk(served: Desk) -> Desk:
    """The mailboxes of the pool may be opened by the desk's user, and send as the desk's address."""
    served.begin()
    for address in ALL:
        mailbox = found(served, address)
        mailbox.items.clear()
        mailbox.shared_with = [FIRST, SECOND] if address == DESK else [DESK]
    served.cloud.limits.sent_per_minute = 10_000
    return served


def found(desk: Desk, address: str) -> Any:
    mailbox = desk.cloud.store.mailbox(address)
    assert mailbox is not None
    return mailbox


def pool_server(desk: Desk, **changes: Any) -> OutgoingServer:
    """Make a server with both mailboxes in its pool, and a consent that lets it open them."""
    server = desk.server(**{"sender_pool": [FIRST, SECOND], **changes})
    token = desk.cloud.tokens.grant(CLIENT, DESK, _SCOPES)[0].token
    ServerConsent.objects.filter(server=server).update(access_token=token)
    return server


def orders(desk: Desk) -> dict[str | None, int]:
    """Give how many orders to send each mailbox got that were taken."""
    return Counter(one.mailbox for one in desk.orders if one.status == 202)


def subjects(desk: Desk, address: str) -> set[str]:
    mailbox = found(desk, address)
    folder = mailbox.folder("sentitems")
    return {make.understood(item.raw).message_id or "" for item in mailbox.in_folder(folder.id)}


def told(mail: OutboxMail) -> list[str]:
    return list(mail.attempts.order_by("pk").values_list("result", flat=True))


def most_at_once(desk: Desk) -> int:
    """Give how many requests were in flight at once over all mailboxes, at most."""
    moments = [(one.at, 1) for one in desk.cloud.asked]
    moments += [(one.at + one.ms / 1000, -1) for one in desk.cloud.asked]
    most = present = 0
    for _, change in sorted(moments):
        present += change
        most = max(most, present)
    return most


@pytest.mark.pain("more-client-ids-raise-no-limit")
@pytest.mark.requirement("R96")
def test_more_mailboxes_raise_the_limit_of_four_that_more_client_ids_do_not_raise(desk: Desk) -> None:
    """microsoft-graph-docs-contrib #5677, #9394: what was suffered, and what helps."""
    desk.cloud.limits.service_time = (0.4, 0.5)
    server = pool_server(desk)
    make.queue_mails(server, [CUSTOMER] * 40, **NOTICE)
    replies = make.queue_mails(server, ["bob@acme.example"] * 6)
    assert send_due(server.pk) == SendResult(sent=46)
    assert max(one.concurrent for one in desk.cloud.asked) <= 4, "of any mailbox"
    assert most_at_once(desk) > 4, "of the server"
    assert {one.status for one in desk.cloud.asked} <= {200, 202}, "none was turned away"
    sent = [make.understood(content) for _, _, content in desk.sent]
    assert len({one.message_id for one in sent}) == len(sent) == 46
    assert {one.from_[0].address for one in sent} == {DESK} and not any(one.reply_to for one in sent)
    assert all(orders(desk)[address] for address in ALL), orders(desk)
    assert {one.message_id for one in replies} <= subjects(desk, DESK), (
        "people's own leave from the own mailbox"
    )
    for address in (FIRST, SECOND):
        ours = OutboxMail.objects.filter(sent_from=address)
        assert set(ours.values_list("message_id", flat=True)) == subjects(desk, address)
    places = set(OutboxAttempt.objects.values_list("server", flat=True))
    assert {place.partition(", ")[2] for place in places} == {"", FIRST, SECOND}


def test_several_workers_never_ask_more_than_four_times_at_once_for_any_mailbox(desk: Desk) -> None:
    desk.cloud.limits.service_time = (0.3, 0.4)
    server = pool_server(desk)
    make.queue_mails(server, [CUSTOMER] * 60, **NOTICE)
    workers = [Worker() for _ in range(2)]
    for worker in workers:
        worker.tell(server.pk)
    results = [worker.result() for worker in workers]
    for worker in workers:
        worker.leave()
    assert sum(result["sent"] for result in results) == 60 == len(desk.sent)
    assert max(one.concurrent for one in desk.cloud.asked) == 4 and most_at_once(desk) > 4
    assert {one.status for one in desk.cloud.asked} <= {200, 202}
    assert all(orders(desk)[address] for address in ALL)


def test_a_reply_that_comes_while_the_pool_is_at_work_leaves_from_the_own_mailbox_at_once(desk: Desk) -> None:
    desk.cloud.limits.service_time = (0.2, 0.2)
    server = pool_server(desk)
    make.queue_mails(server, [CUSTOMER] * 60, **NOTICE)

    def send() -> None:
        send_due(server.pk)
        connections.close_all()

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    make.wait_until(lambda: len(desk.orders) > 6)
    (reply,) = make.queue_mails(server, ["bob@acme.example"])
    begun = len(desk.orders)
    sending.join(60)
    place = next(place for place, (_, to, _) in enumerate(desk.sent) if "bob@acme.example" in to)
    assert place - begun < 30, "it overtook"
    assert reply.message_id in subjects(desk, DESK)
    assert OutboxMail.objects.filter(state="sent").count() == 61


def notices_left_by(server: OutgoingServer, mailbox: str, mails: int = 1) -> list[OutboxMail]:
    """Make notifications, and let them be claimed for a mailbox of the pool alone."""
    made = make.queue_mails(server, [CUSTOMER] * mails, **NOTICE)
    others = [one for one in (FIRST, SECOND) if one != mailbox]
    for one in others:
        pool.note_failing(server.pk, one, "It rests for this test.", 3600.0)
    state, _ = OutgoingServerState.objects.get_or_create(server=server)
    OutgoingServerState.objects.filter(pk=state.pk).update(not_before=timezone.now() + timedelta(hours=1))
    return made


def own_may_send(server: OutgoingServer) -> None:
    OutgoingServerState.objects.filter(server=server).update(not_before=timezone.now())


def of_mailbox(desk: Desk, address: str) -> list[str]:
    return [f"{one.method} {one.path}" for one in desk.cloud.asked if one.mailbox == address]


def test_a_mail_of_unknown_fate_is_looked_for_in_the_mailbox_that_it_left_from(desk: Desk) -> None:
    server = pool_server(desk)
    (mail,) = notices_left_by(server, FIRST)
    desk.fault("lost_answer", path="/sendMail$")
    assert send_due(server.pk) == SendResult(queued_again=1)
    mail.refresh_from_db()
    assert (mail.sent_from, mail.unknown_fate, len(desk.sent)) == (FIRST, True, 1)
    own_may_send(server)
    desk.cloud.asked.clear()
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1 and "Found in Sent Items" in told(mail)[-1] and FIRST in told(mail)[-1]
    assert of_mailbox(desk, FIRST) and not desk.orders
    assert not any("$filter" in one for one in of_mailbox(desk, DESK))


@pytest.mark.parametrize(("fault", "copies"), [("lost_answer", 1), ("reset", 0)])
def test_a_mailbox_that_left_the_pool_is_still_asked_before_the_own_sends(
    desk: Desk, fault: str, copies: int
) -> None:
    server = pool_server(desk)
    (mail,) = notices_left_by(server, FIRST)
    desk.fault(fault, path="/sendMail$")
    assert send_due(server.pk) == SendResult(queued_again=1)
    OutgoingServer.objects.filter(pk=server.pk).update(sender_pool=[SECOND])
    own_may_send(server)
    assert len(desk.sent) == copies
    for look in range(1, fate.ENOUGH):
        again(mail, server)
        if copies:
            break
        assert (mail.state, mail.looks, mail.sent_from) == ("queued", look, FIRST)
        assert FIRST in told(mail)[-1] and not desk.sent
    if not copies:
        assert again(mail, server) == SendResult(sent=1)
        assert mail.sent_from == "" and mail.message_id in subjects(desk, DESK)
    assert mail.state == "sent" and len(desk.sent) == 1


def test_a_mail_whose_mailbox_cannot_be_asked_any_more_is_held_and_shown(desk: Desk) -> None:
    server = pool_server(desk)
    (mail,) = notices_left_by(server, FIRST)
    desk.fault("lost_answer", path="/sendMail$")
    send_due(server.pk)
    found(desk, FIRST).shared_with = []
    OutgoingServer.objects.filter(pk=server.pk).update(sender_pool=[])
    own_may_send(server)
    for _ in range(fate.ENOUGH):
        assert again(mail, server).sent == 0
    assert (mail.state, mail.unknown_fate, len(desk.sent)) == ("held", True, 1)
    assert FIRST in mail.reason and "To do: look into Sent Items" in mail.reason
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk) == SendResult(sent=1), "the server sends on"


def test_a_pool_mailbox_without_permission_stops_nobody_and_loses_nothing(desk: Desk) -> None:
    """One may not be opened, the other may not send as the address: the page says which, and they are tried again."""
    server = pool_server(desk)
    found(desk, FIRST).shared_with = []
    found(desk, DESK).shared_with = [FIRST]
    mails = make.queue_mails(server, [CUSTOMER] * 30, **NOTICE)
    replies = make.queue_mails(server, [CUSTOMER] * 3)
    desk.cloud.limits.service_time = (0.05, 0.1)
    result = send_due(server.pk)
    assert (result.sent, result.failed, result.trouble) == (33, 0, "")
    assert subjects(desk, DESK) == {one.message_id for one in (*mails, *replies)}
    assert len(desk.sent) == 33 and not OutboxMail.objects.exclude(state="sent").exists()
    first, second = pool.at_fault(server)
    assert (first.mailbox, second.mailbox) == (FIRST, SECOND)
    assert FIRST in first.reason and "To do: " in first.reason
    assert (
        f'"{SECOND}" send as "{DESK}"' in second.reason
        and "or take it out of the sender pool" in second.reason
    )
    assert f'grant "{SECOND}" Send As on "{DESK}"' in second.reason and "Reply to" not in second.reason
    assert not OutgoingServerState.objects.get(server=server).failing_since
    desk.cloud.asked.clear()
    make.queue_mails(server, [CUSTOMER] * 4, **NOTICE)
    assert send_due(server.pk).sent == 4 and not of_mailbox(desk, FIRST), "they are left alone for a while"
    found(desk, FIRST).shared_with = [DESK]
    found(desk, DESK).shared_with = [FIRST, SECOND]
    SenderPoolState.objects.update(not_before=timezone.now())
    make.queue_mails(server, [CUSTOMER] * 40, **NOTICE)
    desk.cloud.limits.service_time = (0.2, 0.2)
    assert send_due(server.pk).sent == 40
    assert pool.at_fault(server) == [] and all(orders(desk)[address] for address in ALL)


@pytest.mark.parametrize(
    ("status", "code"), [(429, "ApplicationThrottled"), (404, "ErrorInvalidUser"), (403, "ErrorAccessDenied")]
)
def test_a_pool_mailbox_that_is_throttled_or_gone_gives_its_mails_to_the_others(
    desk: Desk, status: int, code: str
) -> None:
    server = pool_server(desk, sender_pool=[FIRST])
    refusal = {"status": status, "body": f'{{"error": {{"code": "{code}", "message": "No."}}}}'}
    desk.fault("status", refusal, path=f"{FIRST}/sendMail$", times=None)
    desk.cloud.limits.service_time = (0.05, 0.1)
    mails = make.queue_mails(server, [CUSTOMER] * 24, **NOTICE)
    assert send_due(server.pk).sent == 24
    assert subjects(desk, DESK) == {one.message_id for one in mails} and len(desk.sent) == 24
    (one,) = pool.at_fault(server)
    assert one.mailbox == FIRST and one.until > one.since
    assert code in one.reason or (status == 429 and "asked for patience with notices-1" in one.reason)
    assert len([order for order in desk.orders if order.mailbox == FIRST]) <= 4, "those that were under way"
    consent = ServerConsent.objects.get(server=server)
    assert consent.lost_at is None and not OutgoingServerState.objects.get(server=server).failing_since


def test_while_the_own_mailbox_is_left_alone_the_pool_sends_notifications_and_no_replies(desk: Desk) -> None:
    server = pool_server(desk)
    OutgoingServerState.objects.create(server=server, not_before=timezone.now() + timedelta(hours=1))
    make.queue_mails(server, [CUSTOMER] * 2)
    assert upkeep.due_servers() == []
    make.queue_mails(server, [CUSTOMER] * 3, **NOTICE)
    assert upkeep.due_servers() == [server.pk]
    assert send_due(server.pk) == SendResult(sent=3)
    assert orders(desk)[DESK] == 0 and upkeep.due_servers() == []


def test_a_worker_that_is_killed_sends_nothing_twice_from_the_pool(desk: Desk) -> None:
    desk.cloud.limits.service_time = (0.3, 0.4)
    server = pool_server(desk)
    mails = make.queue_mails(server, [CUSTOMER] * 30, **NOTICE)
    worker = Worker()
    worker.tell(server.pk)
    make.wait_until(lambda: len(desk.sent) > 8)
    worker.kill()
    make.wait_until(lambda: not sum(desk.cloud.traffic.in_flight.values()))
    desk.cloud.limits.service_time = (0.0, 0.0)
    queue.release_dead("")
    lanes.release_dead("")
    for _ in range(fate.ENOUGH + 1):
        OutboxMail.objects.filter(state="queued").update(next_try_at=timezone.now())
        lanes.GraphLane.objects.all().delete()
        send_due(server.pk)
    assert OutboxMail.objects.filter(state="sent").count() == 30
    arrived = [make.understood(content).message_id for _, _, content in desk.sent]
    assert sorted(arrived) == sorted(one.message_id for one in mails)


def test_further_message_ids_are_read_in_the_mailbox_that_a_mail_left_from(desk: Desk) -> None:
    desk.cloud.habits.keep_message_id = False
    server = pool_server(desk)
    (mail,) = notices_left_by(server, FIRST)
    assert send_due(server.pk) == SendResult(sent=1)
    SentCopy.objects.update(look_at=timezone.now())
    send_due(server.pk)
    (copy,) = SentCopy.objects.filter(mail=mail)
    assert {copy.message_id} == subjects(desk, FIRST) != {mail.message_id}
    assert pool.keeps_message_id(server.pk, FIRST) is False and pool.keeps_message_id(server.pk, "") is None
    assert pool.row_of(server, FIRST).in_two_steps and not server.in_two_steps


def test_with_certain_a_draft_lies_in_the_mailbox_that_sends_it(desk: Desk) -> None:
    server = pool_server(desk, certain=True)
    (mail,) = notices_left_by(server, FIRST)
    desk.fault("reset", path="/send$")
    assert send_due(server.pk) == SendResult(queued_again=1)
    drafts = found(desk, FIRST).in_folder(found(desk, FIRST).folder("drafts").id)
    mail.refresh_from_db()
    assert [one.immutable_id for one in drafts] == [mail.draft_id]
    OutgoingServer.objects.filter(pk=server.pk).update(sender_pool=[SECOND])
    own_may_send(server)
    assert again(mail, server) == SendResult(queued_again=1)
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1 and mail.message_id in subjects(desk, DESK)
    assert not found(desk, FIRST).in_folder(found(desk, FIRST).folder("drafts").id)


def test_the_delay_that_overflow_goes_by_counts_the_lanes_of_the_pool(desk: Desk) -> None:
    relay = make.server(25, instance=None, account=None, reply_to="house@desk.example")
    server = pool_server(desk, overflow_to=relay, overflow_after_s=6)
    make.queue_mails(server, [CUSTOMER] * 20, **NOTICE)
    assert not overflow.judge(server.pk), "20 mails in 12 lanes"
    for mailbox in (FIRST, SECOND):
        pool.note_failing(server.pk, mailbox, "Gone.", 60.0)
    assert overflow.judge(server.pk), "20 mails in four lanes"


def test_people_s_mails_cannot_be_marked_as_sent_from_the_pool(desk: Desk) -> None:
    server = pool_server(desk)
    make.queue_mails(server, [CUSTOMER] * 2)
    assert queue.claim(server.pk, "pool", 9, mailbox=FIRST) == []
    with pytest.raises(IntegrityError, match="outbox_mail_pool_of_notifications"), transaction.atomic():
        OutboxMail.objects.update(sent_from=FIRST)


OTHER = "another@contoso.example"


def promise_broken_by(act: Any) -> str | None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    assert isinstance(refused.value.__cause__, psycopg.Error)
    return refused.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sender_pool": [DESK]}, "is the server's own mailbox"),
        ({"sender_pool": [FIRST, FIRST]}, "stands here twice"),
        ({"sender_pool": [OTHER]}, "sends from another@contoso.example with this application already"),
        ({"sender_pool": ["of-another@contoso.example"]}, "sends from of-another@contoso.example with this"),
        (
            {"username": "", "reply_to": "of-another@contoso.example"},
            "is in the sender pool of Bolt, whose application is this one",
        ),
    ],
)
def test_a_mailbox_is_in_one_pool_once(desk: Desk, changes: dict[str, Any], said: str) -> None:
    """The rules say it in words; the database holds it for whoever writes past them."""
    theirs = {"username": OTHER, "reply_to": OTHER, "sender_pool": ["of-another@contoso.example"]}
    make.server(account=make.account("Bolt"), **{**desk.values(), **theirs})
    server = pool_server(desk)
    values = {**{one.name: getattr(server, one.attname) for one in server._meta.fields}, "overflow_to": None}
    judged = {
        **values,
        **changes,
        "authorization_url": "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
    }
    words = [words for _, words in server_rules.refusals({**judged, "id": server.pk})]
    assert any(said in one for one in words), words
    broken = promise_broken_by(lambda: OutgoingServer.objects.filter(pk=server.pk).update(**changes))
    assert broken == "outgoing_server_sender_pool"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sender_pool": ["alias-of-desk"]}, "is the server's own mailbox"),
        ({"sender_pool": [FIRST, "alias-of-first"]}, "stands here twice"),
        ({"sender_pool": ["alias-of-other"]}, "sends from alias-of-other with this application already"),
        ({"sender_pool": ["alias-of-pool"]}, "sends from alias-of-pool with this application already"),
        ({"username": "alias-of-pool"}, "is in the sender pool of Bolt, whose application is this one"),
    ],
)
def test_another_name_of_a_mailbox_is_in_one_pool_once(
    desk: Desk, changes: dict[str, Any], said: str
) -> None:
    """In the words for the same name, once it is known which mailbox the name leads to."""
    theirs = {"username": OTHER, "reply_to": OTHER, "sender_pool": ["of-another@contoso.example"]}
    make.server(account=make.account("Bolt"), **{**desk.values(), **theirs})
    server = pool_server(desk)
    values = {**{one.name: getattr(server, one.attname) for one in server._meta.fields}, "overflow_to": None}
    authorize = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize"
    judged = {**values, **changes, "authorization_url": authorize, "id": server.pk}
    assert not [words for _, words in server_rules.refusals(judged) if said in words], "nobody knows yet"
    names = {"desk": DESK, "first": FIRST, "other": OTHER, "pool": "of-another@contoso.example"}
    for key, name in names.items():
        for one in (name, f"alias-of-{key}"):
            Named(desk.at.base, one).told(f"AAMk{key}")
    assert [words for _, words in server_rules.refusals(judged) if said in words]
    broken = promise_broken_by(lambda: OutgoingServer.objects.filter(pk=server.pk).update(**changes))
    assert broken == "outgoing_server_sender_pool"


def test_what_is_fetched_with_the_same_application_is_in_no_pool(desk: Desk) -> None:
    server = pool_server(desk)
    fetched = {"protocol": "graph", "client_id": CLIENT, "authentication": "oauth", "port": 443}

    def make_mailbox() -> None:
        inbound.mailbox("Notices", server="", username=FIRST, password="", fetching=False, **fetched)

    assert promise_broken_by(make_mailbox) == "graph_client_of_one_direction"
    OutgoingServer.objects.filter(pk=server.pk).update(sender_pool=[])
    make_mailbox()
    broken = promise_broken_by(
        lambda: OutgoingServer.objects.filter(pk=server.pk).update(sender_pool=[FIRST])
    )
    assert broken == "graph_client_of_one_direction"


def test_only_graph_has_a_pool_and_no_endless_one(desk: Desk) -> None:
    assert promise_broken_by(lambda: make.server(sender_pool=[FIRST])) == "outgoing_server_pool_of_graph"
    many = [f"n{number}@contoso.example" for number in range(9)]
    server = pool_server(desk)
    assert (
        promise_broken_by(lambda: OutgoingServer.objects.filter(pk=server.pk).update(sender_pool=many))
        == "outgoing_server_pool_of_so_many"
    )
    assert connection.in_atomic_block is False
