"""By Graph and EWS a mail is sent once: what may have been sent is looked for before it is sent again."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from deskpost.access import lanes
from deskpost.desk.roles import Grant, Role
from deskpost.outbound import (
    fate,
    outbox_acts,
    queue,
    sent_copies,
    server_acts,
    server_consent,
    server_rules,
    steps,
)
from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bell_words import words_of
from deskpost.outbound.outbox import OutboxMail, SentCopy
from deskpost.outbound.send import SendResult, sample, send_due
from deskpost.outbound.servers import OutgoingServerState, ServerConsent
from tests.outbound import builders as make
from tests.outbound.graph_desk import CUSTOMER, DESK, Desk, again, copy_of, unmarked

pytestmark = pytest.mark.usefixtures("database")


def show_unmarked(desk: Desk) -> None:
    """Let Sent Items show what was sent under other Message-IDs, and without what names it in its body."""
    mailbox = desk.cloud.store.mailbox(DESK)
    assert mailbox is not None
    contents = [one.raw for one in desk.items()]
    mailbox.items.clear()
    for content in contents:
        desk.cloud.store.deliver(mailbox, unmarked(content), "sentitems")


def told(mail: OutboxMail) -> list[str]:
    return list(mail.attempts.order_by("pk").values_list("result", flat=True))


@pytest.mark.requirement("R106", "R107")
@pytest.mark.parametrize("protocol", ["graph", "ews"])
def test_a_mail_leaves_by_graph_and_ews_with_its_message_id(desk: Desk, protocol: str) -> None:
    server = desk.server(protocol)
    (mail,) = make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk) == SendResult(sent=1)
    ((sender, recipients, content),) = desk.sent
    assert (sender, recipients) == (DESK, [CUSTOMER])
    assert make.understood(content).message_id == mail.message_id
    assert len(desk.items()) == 1


@pytest.mark.pain("same-reply-sent-twenty-times")
@pytest.mark.parametrize(("protocol", "path"), [("graph", "/sendMail$"), ("ews", "CreateItem")])
def test_the_same_reply_is_not_sent_twenty_times_because_its_answers_were_lost(
    desk: Desk, protocol: str, path: str
) -> None:
    server = desk.server(protocol)
    (mail,) = make.queue_mails(server, [CUSTOMER])
    desk.fault("lost_answer", path=path, service=protocol)
    assert send_due(server.pk) == SendResult(queued_again=1)
    mail.refresh_from_db()
    assert mail.unknown_fate and len(desk.sent) == 1
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1, "it had been sent"
    assert (mail.state, mail.unknown_fate, mail.tries) == ("sent", False, 1)
    assert "Found in Sent Items" in told(mail)[-1]


def test_a_copy_that_comes_late_to_sent_items_is_waited_for(desk: Desk) -> None:
    desk.cloud.habits.late_sent_copy = 3600.0
    server = desk.server()
    (mail,) = make.queue_mails(server, [CUSTOMER])
    desk.fault("lost_answer", path="/sendMail$")
    send_due(server.pk)
    assert again(mail, server) == SendResult(queued_again=1)
    assert (mail.looks, mail.tries, len(desk.orders)) == (1, 1, 1)
    assert mail.next_try_at - timezone.now() > timedelta(seconds=5)
    assert "Look 1 of 5" in told(mail)[-1]
    desk.cloud.store.deliver(desk.cloud.store.mailbox(DESK), desk.sent[0][2], "sentitems")  # type: ignore[arg-type]
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1


def test_a_mail_that_was_never_taken_is_sent_after_five_looks(desk: Desk) -> None:
    server = desk.server()
    (mail,) = make.queue_mails(server, [CUSTOMER])
    queue.claim(server.pk, "a worker that died", 1)
    queue.release_dead("a worker that died")
    for look in range(1, fate.ENOUGH):
        assert again(mail, server) == SendResult(queued_again=1)
        assert mail.looks == look
    assert not desk.sent
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1
    assert "show no copy" in told(mail)[-2] and told(mail)[-1].startswith("202")


def test_a_mail_that_may_have_been_sent_under_another_message_id_is_held_and_a_person_decides(
    desk: Desk,
) -> None:
    server = desk.server()
    first, second = make.queue_mails(server, [CUSTOMER, CUSTOMER])
    desk.fault("lost_answer", path="/sendMail$", times=2)
    assert send_due(server.pk) == SendResult(queued_again=2)
    assert len(desk.sent) == 2
    show_unmarked(desk)
    ute = make.technician("Priya")
    for mail in (first, second):
        for _ in range(fate.ENOUGH):
            again(mail, server)
        assert mail.state == "held" and mail.unknown_fate
        assert "may be this mail under another Message-ID" in mail.reason
    assert outbox_acts.was_sent(first.pk, ute)
    assert outbox_acts.look_again(second.pk, ute)
    again(second, server)
    assert second.state == "held", "it is as uncertain as before"
    assert outbox_acts.retry_now(second.pk, ute)
    assert send_due(server.pk) == SendResult(sent=1)
    assert len(desk.sent) == 3, "a person said so"


def test_references_tell_which_mail_a_copy_under_another_message_id_is(desk: Desk) -> None:
    server = desk.server()
    asked = ["<ute-1@acme.example>"]
    (mail,) = make.queue_mails(server, [CUSTOMER], references=asked, in_reply_to=asked[0])
    desk.fault("lost_answer", path="/sendMail$")
    send_due(server.pk)
    show_unmarked(desk)
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1
    (copy,) = SentCopy.objects.filter(mail=mail)
    assert copy.message_id == make.understood(desk.items()[0].raw).message_id != mail.message_id


def test_a_mail_that_lies_in_drafts_was_not_sent(desk: Desk) -> None:
    server = desk.server()
    (mail,) = make.queue_mails(server, [CUSTOMER])
    OutboxMail.objects.update(unknown_fate=True, tries=1)
    mailbox = desk.cloud.store.mailbox(DESK)
    assert mailbox is not None
    draft = copy_of(b"To: ute@acme.example\r\nSubject: Printer on fire\r\n\r\nHm", Message_ID=mail.message_id)
    desk.cloud.store.put(mailbox, draft, "drafts", is_draft=True)
    assert again(mail, server) == SendResult(queued_again=1), "it may be on its way at this moment"
    assert again(mail, server) == SendResult(sent=1)
    assert len(desk.sent) == 1 and "lies in Drafts" in told(mail)[-2]


@pytest.mark.parametrize(
    "at_rest",
    [
        lambda now: OutgoingServerState.objects.update(not_before=now + timedelta(minutes=5)),
        lambda now: OutgoingServerState.objects.update(ended_since=now),
        lambda now: ServerConsent.objects.update(lost_at=now, lost_reason="AADSTS50173: taken back."),
    ],
    ids=["asked for patience", "ended", "no consent"],
)
def test_a_server_that_is_left_alone_is_not_asked_for_copies_and_drafts(
    desk: Desk, at_rest: Callable[[datetime], object]
) -> None:
    server = desk.server("ews")
    desk.cloud.habits.keep_message_id = False
    make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk) == SendResult(sent=1)
    (draft,) = make.queue_mails(server, [CUSTOMER])
    OutboxMail.objects.filter(pk=draft.pk).update(state="cancelled", draft_id="AAMkOne")
    SentCopy.objects.update(look_at=timezone.now())
    assert sent_copies.due_servers() == steps.due_servers() == [server.pk]
    at_rest(timezone.now())
    assert sent_copies.due_servers() == steps.due_servers() == []
    asked = len(desk.cloud.asked)
    send_due(server.pk)
    assert len(desk.cloud.asked) == asked and SentCopy.objects.get().looks == 0
    OutgoingServerState.objects.update(ended_since=None, not_before=timezone.now())
    ServerConsent.objects.update(lost_at=None, lost_reason="")
    desk.fault("busy", 60, path="", service="ews")
    send_due(server.pk)
    assert sent_copies.due_servers() == [] and SentCopy.objects.get().looks == 1, "it asked for patience"
    wait = OutgoingServerState.objects.get().not_before - timezone.now()
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)


@pytest.mark.requirement("R42")
@pytest.mark.parametrize("protocol", ["graph", "ews"])
@pytest.mark.parametrize("keeps", [True, False])
def test_a_sample_mail_tells_whether_the_mailbox_keeps_message_ids_and_x_headers(
    desk: Desk, protocol: str, keeps: bool
) -> None:
    desk.cloud.habits.keep_message_id = desk.cloud.habits.keep_x_headers = keeps
    server = desk.server(protocol)
    one = sample(server, CUSTOMER)
    assert one.ok and len(desk.sent) == 1, one.words
    assert one.kept.startswith("This mailbox"), one.words
    state = OutgoingServerState.objects.get(server=server)
    learned = (
        protocol == "graph"
    )  # its sample mail goes field by field: so Exchange gets to know our x-header
    assert (state.keeps_message_id, state.keeps_headers) == (keeps, keeps or learned)
    kept = "keeps x-headers, and gives each" if learned else "keeps neither Message-ID nor x-headers"
    kept = "keeps Message-ID and x-headers" if keeps else kept
    assert f"This mailbox {kept}" in one.words


@pytest.mark.pain("shared-mailbox")
@pytest.mark.parametrize(
    ("protocol", "permission"), [("graph", "Mail.Send.Shared"), ("ews", "Add-RecipientPermission")]
)
def test_send_as_that_is_denied_is_found_by_the_sample_mail_which_names_the_missing_permission(
    desk: Desk, protocol: str, permission: str
) -> None:
    desk.cloud.store.add_mailbox("boss@contoso.example", "Boss", "secret")
    one = sample(desk.server(protocol, reply_to="boss@contoso.example"), CUSTOMER)
    assert not one.ok and permission in one.words and not desk.sent


@pytest.mark.pain("back-off-0-ms")
@pytest.mark.parametrize("value", [429, 503])
def test_429_without_retry_after_is_no_try_of_the_mail_and_no_storm(desk: Desk, value: int) -> None:
    server = desk.server()
    mails = make.queue_mails(server, [CUSTOMER] * 20)
    desk.fault("status", {"status": value, "headers": {"Retry-After": "0"}}, path="/sendMail$", times=None)
    result = send_due(server.pk)
    assert result.trouble and result.sent == 0
    assert len(desk.orders) <= 4, "those that were under way"
    assert send_due(server.pk) == SendResult(), "it is left alone"
    for mail in mails:
        mail.refresh_from_db()
        assert (mail.state, mail.tries) == ("queued", 0)


def test_retry_after_is_obeyed_by_all_that_ask_for_the_mailbox(desk: Desk) -> None:
    server = desk.server()
    make.queue_mails(server, [CUSTOMER])
    desk.fault("status", {"status": 429, "headers": {"Retry-After": "30"}}, path="/sendMail$")
    send_due(server.pk)
    state = OutgoingServerState.objects.get(server=server)
    assert timedelta(seconds=25) < state.not_before - timezone.now() <= timedelta(seconds=30)
    before = len(desk.cloud.asked)
    one = sample(server, CUSTOMER)
    assert not one.ok and "Microsoft asked for patience" in one.words
    assert len(desk.cloud.asked) == before, "nothing was asked"


def times(desk: Desk, mail: OutboxMail) -> int:
    """Give how often a mail was sent."""
    return sum(make.understood(content).message_id == mail.message_id for _, _, content in desk.sent)


def over(mail: OutboxMail) -> None:
    """Let the mail's time for tries be over, and its server be tried again."""
    OutboxMail.objects.filter(pk=mail.pk).update(give_up_at=timezone.now() - timedelta(hours=1))
    OutgoingServerState.objects.all().delete()
    lanes.GraphPause.objects.all().delete()


def test_no_copy_is_looked_for_while_mails_wait_to_leave_but_for_some_minutes(desk: Desk) -> None:
    server = desk.server()
    (mail,) = make.queue_mails(server, [CUSTOMER])
    assert send_due(server.pk) == SendResult(sent=1)
    SentCopy.objects.update(look_at=timezone.now())
    assert sent_copies.due_servers() == [server.pk]
    make.queue_mails(server, [CUSTOMER])
    before = len(desk.cloud.asked)
    sent_copies.read_due(server)
    assert sent_copies.due_servers() == [] and len(desk.cloud.asked) == before
    SentCopy.objects.update(look_at=timezone.now() - timedelta(minutes=6))
    assert sent_copies.due_servers() == [server.pk]
    sent_copies.read_due(server)
    assert not SentCopy.objects.filter(mail=mail, message_id=None)


@pytest.mark.parametrize(("protocol", "path"), [("graph", "/sendMail$"), ("ews", "CreateItem")])
def test_a_mail_that_may_have_been_sent_is_not_told_as_undelivered_when_its_server_stays_away(
    desk: Desk, protocol: str, path: str
) -> None:
    server = desk.server(protocol)
    priya = make.technician("Priya")
    (mail,) = make.queue_mails(server, [CUSTOMER], author_id=priya.pk)
    desk.fault("lost_answer", path=path, service=protocol)
    send_due(server.pk)
    (never,) = make.queue_mails(server, [CUSTOMER], author_id=priya.pk)
    over(mail), over(never)
    desk.fault("status", 503, path="", service=protocol, times=None)
    assert again(mail, server).trouble
    never.refresh_from_db()
    assert (mail.state, mail.unknown_fate, never.state) == ("held", True, "failed")
    assert "may have sent this mail" in mail.reason and mail.reason.count("To do:") == 1
    assert OutboxMail.objects.filter(event="outgoing_failed").count() == 1, "of the other one alone"
    desk.cloud.faults.clear()
    over(mail)
    assert outbox_acts.look_again(mail.pk, priya)
    again(mail, server)
    assert mail.state == "sent" and "Found in Sent Items" in told(mail)[-1]
    assert times(desk, mail) == 1


def test_an_answer_that_is_lost_after_a_mail_s_time_is_looked_for_before_anybody_is_told(desk: Desk) -> None:
    server = desk.server()
    priya = make.technician("Priya")
    sent, not_sent, not_asked = make.queue_mails(server, [CUSTOMER] * 3, author_id=priya.pk)
    OutboxMail.objects.exclude(pk=sent.pk).update(next_try_at=timezone.now() + timedelta(hours=1))
    over(sent)
    desk.fault("lost_answer", path="/sendMail$")
    assert again(sent, server) == SendResult(queued_again=1), "it may well have been sent"
    assert again(sent, server) == SendResult(sent=1)
    OutboxMail.objects.exclude(pk=sent.pk).update(unknown_fate=True, tries=1)
    for _ in range(fate.ENOUGH):
        over(not_sent)
        again(not_sent, server)
    assert not_sent.state == "failed" and "shows that the earlier try did not" in not_sent.reason
    (told_of,) = OutboxMail.objects.filter(event="outgoing_failed")
    assert CUSTOMER in told_of.text
    told_of.delete()
    over(not_asked)
    refusal = {"status": 400, "body": '{"error": {"code": "ErrorInvalidRequest", "message": "No."}}'}
    desk.fault("status", refusal, path="/messages", times=None)
    again(not_asked, server)
    assert (not_asked.state, not_asked.unknown_fate) == ("held", True)
    assert [times(desk, mail) for mail in (sent, not_sent, not_asked)] == [1, 0, 0]


def test_mail_that_waited_for_a_consent_is_not_given_up_at_the_first_hiccup_after_reconnect(
    desk: Desk,
) -> None:
    server = desk.server()
    priya = make.technician("Priya")
    Grant.objects.create(person=priya, role=Role.objects.get(name="SDAdmin"))
    (notice,) = make.queue_mails(server, [CUSTOMER], sending_class=3, automatic=True, event="request_created")
    (mail,) = make.queue_mails(server, [CUSTOMER], author_id=priya.pk)
    assert server_consent.lost(server, "AADSTS50173: taken back.", ServerConsent.objects.get())
    long_ago = timezone.now() - timedelta(days=3)
    OutboxMail.objects.update(date=long_ago, give_up_at=long_ago + timedelta(days=2))
    ServerConsent.objects.update(told_at=long_ago)
    assert send_due(server.pk).trouble and OutboxMail.objects.filter(state="queued").count() == 1
    ServerConsent.objects.update(lost_at=None, lost_reason="")
    server_consent.regained(server)
    desk.fault("status", {"status": 429, "headers": {"Retry-After": "1"}}, path="/sendMail$")
    assert send_due(server.pk).trouble
    mail.refresh_from_db(), notice.refresh_from_db()
    assert (mail.state, mail.tries, notice.state) == ("queued", 0, "lapsed")
    assert not OutboxMail.objects.filter(event="outgoing_failed"), "its author is told of nothing"
    OutgoingServerState.objects.all().delete()
    lanes.GraphPause.objects.all().delete()
    server_consent.sends_again(server)
    assert (
        "1 notice had become too old and lapsed"
        in words_of(BellNotice.objects.get(kind="sending_regained")).text
    )
    server_acts.set_paused(None, "page", server, True)
    OutboxMail.objects.filter(pk=mail.pk).update(give_up_at=long_ago)
    server_acts.set_paused(None, "page", server, False)
    mail.refresh_from_db()
    assert mail.give_up_at > timezone.now() + timedelta(days=1), "nor after a pause"
    OutboxMail.objects.filter(pk=mail.pk).update(give_up_at=long_ago)
    server_rules.after_saving(server)
    mail.refresh_from_db()
    assert mail.give_up_at > timezone.now() + timedelta(days=1), "nor where another sign-in was saved instead"


def test_a_reply_waits_for_a_lane_and_not_for_the_notices_before_it(desk: Desk) -> None:
    desk.cloud.limits.service_time = (0.2, 0.2)
    desk.cloud.limits.sent_per_minute = 10_000  # else what the tests before sent delays what leaves
    server = desk.server()
    made = make.record(make.person("Ute", CUSTOMER))
    notices = make.queue_mails(
        server,
        [CUSTOMER] * 30,
        sending_class=3,
        automatic=True,
        record_id=made.pk,
        account_id=made.account_id,
    )
    make.queue_mails(server, [CUSTOMER] * 30, sending_class=3, automatic=True)
    sending = threading.Thread(target=lambda: send_due(server.pk), daemon=True)
    sending.start()
    make.wait_until(lambda: len(desk.orders) > 4)
    (reply,) = make.queue_mails(server, ["bob@acme.example"])
    begun = len(desk.orders)
    sending.join(60)
    place = next(place for place, (_, to, _) in enumerate(desk.sent) if "bob@acme.example" in to)
    assert place - begun < 20, "it overtook"
    assert max(one.concurrent for one in desk.orders) <= 4
    assert OutboxMail.objects.filter(state="sent").count() == len(notices) + 31
    assert reply.pk
