"""The queue: what is claimed, in which order, and what happens when a process dies over it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from deskpost import drain_words
from deskpost.outbound import health, outbox_acts, pace, queue, server_look, upkeep
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.tries import Attempt, Outcome
from deskpost.tick import tick
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db


def claimed(server_id: int, owner: str = "host/1/1/a", limit: int = 100) -> list[int]:
    return [mail.id for mail in queue.claim(server_id, owner, limit)]


def taken(mail: OutboxMail, owner: str = "host/1/1/a") -> None:
    """Note that the server took a mail."""
    fate = {"x@y.example": {"state": "sent", "answer": "250 Ok"}}
    attempt = Attempt(mail.pk, timezone.now(), "127.0.0.1:25", "250 Ok", 1.5)
    queue.note(owner, [Outcome(mail.pk, "sent", fate)], [attempt])


def lease_runs_out() -> None:
    OutboxMail.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_lower_class_goes_first_and_within_a_class_the_oldest() -> None:
    server = make.server()
    bulk, note, reply, code, second_reply = (
        make.queue_mails(server, ["x@y.example"], sending_class=number)[0].pk for number in (4, 3, 2, 1, 2)
    )
    assert claimed(server.pk, limit=2) == [code, reply]
    assert claimed(server.pk) == [second_reply, note, bulk]


def test_a_mail_waits_while_an_earlier_one_of_its_request_is_being_sent() -> None:
    server = make.server()
    request = make.record(make.person("Ute"))
    belongs = {"record_id": request.pk, "account_id": request.account_id}
    first, second, others = make.queue_mails(server, ["a@x.example", "A@x.example", "b@x.example"], **belongs)
    (urgent,) = make.queue_mails(server, ["a@x.example"], sending_class=1, **belongs)
    assert claimed(server.pk, limit=2) == [urgent.pk, first.pk]
    assert claimed(server.pk, "host/2/2/b") == [others.pk]
    taken(first)
    assert claimed(server.pk, "host/2/2/b") == [second.pk]


def test_one_by_one_the_mails_of_a_request_leave_side_by_side_unless_they_are_for_the_same_person() -> None:
    server = make.server()
    request = make.record(make.person("Ute"))
    belongs = {"record_id": request.pk, "account_id": request.account_id}
    people = ["a@x.example", "b@x.example", ["c@x.example", "A@x.example"]]
    first, second, later = make.queue_mails(server, people, **belongs)
    by = queue.claim(server.pk, "host/1/1/a", 10, one_by_one=True)
    assert [mail.id for mail in by] == [first.pk, second.pk]
    taken(first)
    assert claimed(server.pk) == [later.pk]


def test_a_mail_waits_for_an_earlier_one_to_the_same_person_and_not_for_one_to_somebody_else() -> None:
    server = make.server()
    request = make.record(make.person("Ute"))
    belongs = {"record_id": request.pk, "account_id": request.account_id}
    first, _same, _other = mails = make.queue_mails(
        server, ["a@x.example", ["b@x.example", "A@x.example"], "c@x.example"], **belongs
    )
    OutboxMail.objects.filter(pk=first.pk).update(next_try_at=timezone.now() + timedelta(minutes=5))
    assert claimed(server.pk) == [mails[2].pk]


def test_a_mail_waits_for_an_earlier_one_only_while_that_has_somebody_of_its_own_to_reach() -> None:
    server = make.server()
    request = make.record(make.person("Ute"))
    belongs = {"record_id": request.pk, "account_id": request.account_id}
    first, later, busy_s = make.queue_mails(
        server, [["q@x.example", "busy@x.example"], "Q@x.example", "busy@x.example"], **belongs
    )
    assert claimed(server.pk, limit=1) == [first.pk]
    reached = {"q@x.example": {"state": "sent", "answer": "250 Ok"}}
    queue.note("host/1/1/a", [Outcome(first.pk, "queued", reached, "450 Busy", delay=60)], [])
    assert claimed(server.pk) == [later.pk]
    busy_s.refresh_from_db()
    assert busy_s.state == "queued"


def test_a_mail_whose_lease_ran_out_is_tried_again_with_the_same_message_id_and_its_trace_says_so() -> None:
    server = make.server()
    (mail,) = make.queue_mails(server, ["x@y.example"])
    assert claimed(server.pk) == [mail.pk]
    queue.recover()
    assert claimed(server.pk) == [], "the lease still holds"
    lease_runs_out()
    queue.recover()
    assert upkeep.due_servers() == [server.pk]
    (again,) = queue.claim(server.pk, "host/2/2/b", 10)
    assert (again.message_id, again.date, again.unknown_fate) == (mail.message_id, mail.date, True)
    (attempt,) = mail.attempts.all()
    assert "same Message-ID" in attempt.result


def test_a_mail_whose_lease_ran_out_at_a_paused_server_waits_there_and_can_be_cancelled() -> None:
    server = make.server()
    (mail,) = make.queue_mails(server, ["x@y.example"])
    claimed(server.pk)
    server.paused = True
    server.save()
    lease_runs_out()
    tick()
    mail.refresh_from_db()
    assert (mail.state, mail.unknown_fate) == ("queued", True)
    assert upkeep.due_servers() == []
    assert outbox_acts.cancel(mail.pk, make.person("Priya Raman"))


def test_the_mails_of_a_dead_process_are_free_at_once_and_those_of_others_are_not() -> None:
    server = make.server()
    make.queue_mails(server, ["x@y.example"] * 2)
    claimed(server.pk, "host/1/1/a", 1)
    claimed(server.pk, "host/11/1/a", 1)
    queue.release_dead("host/1/1/")
    assert OutboxMail.objects.filter(state="queued", unknown_fate=True).count() == 1
    assert OutboxMail.objects.filter(state="sending").count() == 1


def test_under_a_lost_lease_nothing_is_changed_but_that_a_mail_was_taken() -> None:
    server = make.server()
    (mail,) = make.queue_mails(server, ["x@y.example"])
    claimed(server.pk)
    lease_runs_out()
    queue.recover()
    queue.note("host/1/1/a", [Outcome(mail.pk, "failed", {}, "No.")], [])
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("queued", queue.UNTOLD)
    claimed(server.pk, "host/2/2/b")
    taken(mail)
    mail.refresh_from_db()
    assert (mail.state, mail.lease_owner) == ("sending", "host/2/2/b"), "somebody else is at it"
    assert queue.renew("host/1/1/a", [mail.pk]) == set()
    assert queue.renew("host/2/2/b", [mail.pk]) == {mail.pk}
    lease_runs_out()
    queue.recover()
    taken(mail)
    mail.refresh_from_db()
    assert mail.state == "sent", "it was taken, so it need not be sent again"


def test_what_was_not_tried_is_given_back_as_it_was() -> None:
    server = make.server()
    (mail,) = make.queue_mails(server, ["x@y.example"])
    claimed(server.pk)
    queue.give_back("host/1/1/a", [mail.pk])
    mail.refresh_from_db()
    assert (mail.state, mail.tries, mail.unknown_fate, mail.lease_owner) == ("queued", 0, False, None)


def test_a_paused_server_and_one_that_was_told_to_wait_send_nothing() -> None:
    server = make.server(paused=True)
    make.queue_mails(server, ["x@y.example"])
    assert (claimed(server.pk), upkeep.due_servers()) == ([], [])
    server.paused = False
    server.save()
    health.note_failing(server.pk, "It asks for patience.", 60)
    assert (claimed(server.pk), upkeep.due_servers()) == ([], [])
    due = upkeep.next_due_at()
    assert due is not None and due > timezone.now() + timedelta(seconds=50)
    health.note_failing(server.pk, "It asks for patience.", 0)
    assert upkeep.due_servers() == [server.pk]
    assert len(claimed(server.pk)) == 1


def test_a_server_that_asked_for_patience_waits_and_does_not_fail() -> None:
    server = make.server()
    (mail,) = make.queue_mails(server, ["x@y.example"])
    words = "mail.example asks for patience. To do: nothing, Deskpost waits and tries again by itself."
    health.note_failing(server.pk, words, 60, asked=True)
    server.refresh_from_db()
    assert server.state.failing_since is None and server.state.patience_since is not None
    found = server_look.fares([server])[server.pk]
    assert (found.look, found.since, found.until) == (
        "patience",
        server.state.patience_since,
        server.state.not_before,
    )
    assert claimed(server.pk) == []
    (line,) = drain_words.queued()
    assert f"tried again at {server.state.not_before:%H:%M:%S} UTC, as it asked" in line
    assert line.endswith("To do: nothing, Deskpost waits and tries again by itself.")

    health.note_failing(server.pk, "Gone.", None)
    server.state.refresh_from_db()
    assert server.state.failing_since is not None and server.state.patience_since is None
    health.note_failing(server.pk, words, None, asked=True)
    health.note_well(server.pk)
    server.state.refresh_from_db()
    assert (server.state.patience_since, server.state.reason) == (None, "")
    with pytest.raises(IntegrityError, match="outgoing_server_fails_or_waits_as_asked"), transaction.atomic():
        type(server.state).objects.update(patience_since=timezone.now(), failing_since=timezone.now())


def test_one_that_asks_for_patience_again_and_again_is_left_alone_for_longer() -> None:
    server = make.server()
    waits = []
    for minutes in (0, 4, 600):
        health.note_failing(server.pk, "Patience.", None, asked=True)
        server.refresh_from_db()
        type(server.state).objects.update(patience_since=timezone.now() - timedelta(minutes=minutes))
        health.note_failing(server.pk, "Patience.", None, asked=True)
        server.state.refresh_from_db()
        waits.append((server.state.not_before - timezone.now()).total_seconds())
    assert waits[0] < 7 and 40 < waits[1] < 75 and 200 < waits[2] <= 360


def test_a_server_that_fails_for_long_is_left_alone_for_longer() -> None:
    server = make.server()
    waits = []
    for minutes in (0, 4, 600):
        health.note_failing(server.pk, "Gone.", None)
        server.refresh_from_db()
        type(server.state).objects.update(failing_since=timezone.now() - timedelta(minutes=minutes))
        health.note_failing(server.pk, "Gone.", None)
        server.state.refresh_from_db()
        waits.append((server.state.not_before - timezone.now()).total_seconds())
    assert waits[0] < 7
    assert 40 < waits[1] < 75
    assert 200 < waits[2] <= 360
    health.note_well(server.pk)
    server.state.refresh_from_db()
    assert (server.state.failing_since, server.state.reason) == (None, "")


def test_a_server_is_given_no_more_than_its_mails_per_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskpost.outbound.pace.BURST", 36.0)
    server = make.server(mails_per_minute=10)
    make.queue_mails(server, ["x@y.example"] * 20)
    assert len(claimed(server.pk)) == 1
    assert claimed(server.pk) == []
    assert upkeep.due_servers() == []
    _let_pass(seconds=24)
    assert len(claimed(server.pk)) == 4, "24 seconds' worth"
    _let_pass(seconds=600)
    assert len(claimed(server.pk)) == 7, "a long silence saves up no flood"


def _let_pass(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outgoing_server_state SET paced_until = paced_until - make_interval(secs => %s)",
            [seconds],
        )


def test_notices_that_nobody_got_to_send_in_time_lapse_and_people_s_mails_do_not() -> None:
    server = make.server()
    (reply,) = make.queue_mails(server, ["x@y.example"])
    (notice,) = make.queue_mails(server, ["x@y.example"], sending_class=3)
    OutboxMail.objects.update(date=timezone.now() - timedelta(hours=48), give_up_at=timezone.now())
    queue.lapse(server.pk)
    for mail in (reply, notice):
        mail.refresh_from_db()
    assert (reply.state, notice.state) == ("queued", "lapsed")
    assert notice.reason
    assert queue.give_up(server, "It cannot be reached.") == 1
    reply.refresh_from_db()
    assert (reply.state, reply.reason) == ("failed", "It cannot be reached.")


def test_a_mail_can_be_cancelled_and_a_failed_one_tried_again_for_those_who_did_not_get_it() -> None:
    server = make.server()
    (mail,) = make.queue_mails(server, [["a@x.example", "b@x.example"]])
    priya = make.person("Priya Raman")
    assert outbox_acts.cancel(mail.pk, priya)
    assert claimed(server.pk) == []
    fates = {"a@x.example": {"state": "sent", "answer": ""}, "b@x.example": {"state": "failed", "answer": ""}}
    OutboxMail.objects.update(state="failed", recipients=fates)
    assert outbox_acts.retry_now(mail.pk)
    (again,) = queue.claim(server.pk, "host/1/1/a", 10)
    assert list(again.recipients) == ["a@x.example"]
    assert not outbox_acts.cancel(mail.pk, priya), "it is being sent"


def test_pace_of_a_server_that_is_gone_is_none() -> None:
    assert pace.allowance(999_999, 10) == 0
