"""What a server's answers mean for a mail."""

from datetime import UTC, datetime, timedelta

from deskpost.outbound import verdict
from deskpost.outbound.tries import Claimed
from deskpost.transports.envelope import Answer, Delivery

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OK, GONE, BUSY = Answer(250, "2.0.0 Ok"), Answer(550, "5.1.1 No such person"), Answer(450, "4.2.0 Busy")
ALONE = {"a@x.example": "a@x.example"}
ADDRESSES = {"a@x.example": "a@x.example", "b@x.example": "b@x.example"}


def mail(**changes: object) -> Claimed:
    values: dict[str, object] = {
        "id": 1, "sending_class": 2, "record_id": None, "message_id": "<1@desk.example>", "date": NOW,
        "sender_name": "", "sender_address": "help@desk.example", "reply_to": "", "to": [], "cc": [], "bcc": [],
        "subject": "", "text": "", "html": None, "in_reply_to": None, "references": [], "automatic": False,
        "recipients": {}, "tries": 0, "unknown_fate": False, "looks": 0, "give_up_at": NOW + timedelta(days=2),
        "record_began": None, "has_files": False,
    }  # fmt: skip
    return Claimed(**{**values, **changes})  # type: ignore[arg-type]


def test_a_mail_that_everybody_gets_is_sent() -> None:
    outcome, words = verdict.of_delivery(
        mail(), ADDRESSES, Delivery({"a@x.example": OK, "b@x.example": OK}, OK), NOW
    )
    assert (outcome.state, outcome.reason, words) == ("sent", "", "250 2.0.0 Ok")
    assert {fate["state"] for fate in outcome.recipients.values()} == {"sent"}


def test_one_bad_recipient_does_not_stop_the_others_and_is_named() -> None:
    outcome, _ = verdict.of_delivery(
        mail(), ADDRESSES, Delivery({"a@x.example": GONE, "b@x.example": OK}, OK), NOW
    )
    assert outcome.state == "sent"
    assert outcome.reason == "a@x.example: 550 5.1.1 No such person"
    assert outcome.recipients["a@x.example"] == {"state": "failed", "answer": "550 5.1.1 No such person"}


def test_a_recipient_who_is_refused_for_now_is_tried_again_alone() -> None:
    outcome, _ = verdict.of_delivery(
        mail(), ADDRESSES, Delivery({"a@x.example": BUSY, "b@x.example": OK}, OK), NOW
    )
    assert outcome.state == "queued"
    assert list(outcome.recipients) == ["b@x.example"]
    assert outcome.delay > 0


def test_who_is_refused_for_good_by_all_fails_with_the_servers_words() -> None:
    outcome, words = verdict.of_delivery(mail(), ALONE, Delivery({"a@x.example": GONE}, None), NOW)
    assert outcome.state == "failed"
    assert "550 5.1.1 No such person" in outcome.reason
    assert "550 5.1.1 No such person" in words


def test_after_two_days_a_delay_is_a_failure() -> None:
    late = mail(give_up_at=NOW - timedelta(seconds=1))
    outcome, _ = verdict.of_delivery(late, ALONE, Delivery({"a@x.example": BUSY}, None), NOW)
    assert outcome.state == "failed"


def test_an_unknown_fate_is_said_and_tried_again() -> None:
    broken = Delivery({"a@x.example": OK}, None, True, "It broke off.")
    outcome, words = verdict.of_delivery(mail(), ALONE, broken, NOW)
    assert (outcome.state, outcome.unknown_fate, words) == ("queued", True, "It broke off.")
    again, words = verdict.of_delivery(mail(unknown_fate=True), ALONE, Delivery({"a@x.example": OK}, OK), NOW)
    assert (again.state, again.unknown_fate) == ("sent", False)
    assert "may arrive twice" in words


def test_delays_grow_and_are_bounded() -> None:
    delays = [verdict.delay(tries) for tries in range(30)]
    assert 4 <= delays[0] <= 6
    assert delays[3] > delays[0] * 10
    assert max(delays) <= 1800 * 1.2
