"""What copies in the sending mailbox say of a mail whose try ended without an answer."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskpost.outbound import fate, verdict
from deskpost.transports.envelope import Answer, Delivery
from deskpost.transports.sender import Copy
from tests.outbound.test_verdict import ALONE, NOW, mail

OURS, THEIRS = "<1@desk.example>", "<AM0@eurprd05.prod.outlook.com>"
ASKED = ("<ute-1@acme.example>",)
SOUGHT = fate.Sought(
    1, OURS, "Re: Printer", NOW, frozenset(("a@x.example",)), frozenset(("secret@x.example",)), ASKED
)


def copy(**changes: Any) -> Copy:
    values: dict[str, Any] = {
        "id": "AAMk", "place": "sent", "message_id": THEIRS, "subject": "Re: Printer",
        "recipients": frozenset(("a@x.example",)), "references": (), "at": NOW + timedelta(seconds=3),
    }  # fmt: skip
    return Copy(**{**values, **changes})


def judged(
    copies: list[Copy],
    others: Collection[str] = (),
    *,
    keeps: bool | None = None,
    bodies: dict[str, tuple[int, ...] | None] | None = None,
) -> fate.Fate:
    """Judge by copies whose bodies name these mails of ours: id of the copy -> rows of the outbox."""
    return fate.judge(SOUGHT, copies, others, keeps, lambda one: (bodies or {}).get(one.id, ()))


@pytest.mark.parametrize(
    ("copies", "kind"),
    [
        ([copy(message_id=OURS)], "sent"),
        ([copy(message_id=OURS, place="outbox")], "sent"),
        ([copy(message_id=OURS, place="drafts")], "draft"),
        ([copy(message_id=OURS, place="drafts"), copy(message_id=OURS)], "sent"),
        ([copy(references=ASKED)], "sent"),
        ([copy(references=ASKED), copy(id="2", message_id="<2@o>", references=ASKED)], "likely"),
        ([copy()], "likely"),
        ([copy(recipients=frozenset(("a@x.example", "secret@x.example")))], "likely"),
        ([copy(subject="Re:  Printer ")], "likely"),
        ([copy(place="drafts")], "draft"),
        ([copy(recipients=frozenset(("b@x.example",)))], "absent"),
        ([copy(subject="Re: Printer again")], "absent"),
        ([copy(at=NOW - timedelta(minutes=6))], "absent"),
        ([], "absent"),
    ],
)
def test_the_message_id_decides_then_references_then_people_subject_and_time(
    copies: list[Copy], kind: str
) -> None:
    assert judged(copies).kind == kind


def test_the_copy_of_another_mail_of_ours_is_not_this_mail() -> None:
    assert judged([copy(references=ASKED)], {THEIRS}).kind == "absent"


def test_the_token_in_a_body_decides_before_references_do() -> None:
    """Two replies at one request have the same people, subject and References: one sent is not the other sent."""
    copies = [copy(references=ASKED), copy(id="2", message_id="<2@o>", references=ASKED)]
    assert judged(copies, bodies={"2": (1,)}).copy == copies[1]
    assert judged(copies[:1], bodies={"AAMk": (7,)}).kind == "absent", "it is mail 7 of ours"
    assert judged([copy(place="drafts")], bodies={"AAMk": (1,)}).kind == "draft"


def test_a_copy_whose_body_cannot_be_read_proves_nothing() -> None:
    """It is gone, or huge: it may be another reply of the same request."""
    assert judged([copy(references=ASKED)], bodies={"AAMk": None}).kind == "likely"
    copies = [copy(references=ASKED), copy(id="2", message_id="<2@o>")]
    assert judged(copies, bodies={"2": None}).kind == "likely"
    assert judged(copies, bodies={"AAMk": None, "2": (1,)}).copy == copies[1]


def test_no_more_bodies_are_read_than_needed() -> None:
    read: list[str] = []

    def named_in(one: Copy) -> tuple[int, ...]:
        read.append(one.id)
        return (1,) if one.id == "3" else (7,)

    copies = [copy(id=str(number), message_id=f"<{number}@o>") for number in range(40)]
    assert fate.judge(SOUGHT, copies, (), None, named_in).kind == "sent" and read == ["0", "1", "2", "3"]
    read.clear()
    assert fate.judge(SOUGHT, [one for one in copies if one.id != "3"], (), None, named_in).kind == "likely"
    assert len(read) == 20


def test_no_body_is_read_where_the_message_id_tells() -> None:
    assert fate.judge(SOUGHT, [copy(message_id=OURS), copy()], (), None, _not_to_be_asked).kind == "sent"
    assert fate.judge(SOUGHT, [copy()], (), True, _not_to_be_asked).kind == "absent"
    assert fate.judge(SOUGHT, [copy(subject="Another")], (), None, _not_to_be_asked).kind == "absent"


def _not_to_be_asked(one: Copy) -> Collection[int]:
    raise AssertionError(one)


def test_where_the_mailbox_keeps_message_ids_another_one_is_another_mail() -> None:
    assert judged([copy(references=ASKED)], keeps=True).kind == "absent"


def test_a_mail_is_looked_for_five_times_over_some_minutes_before_it_is_sent_again() -> None:
    waits = []
    for looks in range(4):
        outcome, words = verdict.of_look(
            mail(unknown_fate=True, looks=looks), ALONE, fate.Fate("absent"), "graph:443", NOW
        )
        assert outcome is not None and (outcome.state, outcome.looks, outcome.tried) == (
            "queued",
            looks + 1,
            False,
        )
        assert outcome.unknown_fate and f"Look {looks + 1} of 5" in words
        waits.append(outcome.delay)
    assert waits == sorted(waits) and 120 < sum(waits) < 600
    last, words = verdict.of_look(
        mail(unknown_fate=True, looks=4), ALONE, fate.Fate("absent"), "graph:443", NOW
    )
    assert last is None and "were asked 5 times and show no copy" in words


def test_a_mail_that_may_be_the_one_found_is_held_with_what_to_do() -> None:
    outcome, _ = verdict.of_look(
        mail(unknown_fate=True, looks=4), ALONE, fate.Fate("likely", copy()), "graph:443", NOW
    )
    assert outcome is not None and (outcome.state, outcome.unknown_fate) == ("held", True)
    assert "may be this mail under another Message-ID" in outcome.reason and "To do:" in outcome.reason


def test_a_draft_is_believed_at_the_second_look_for_the_first_may_see_it_on_its_way() -> None:
    first, _ = verdict.of_look(mail(unknown_fate=True), ALONE, fate.Fate("draft", copy()), "graph:443", NOW)
    assert first is not None and first.state == "queued"
    second, words = verdict.of_look(
        mail(unknown_fate=True, looks=1), ALONE, fate.Fate("draft", copy()), "graph:443", NOW
    )
    assert second is None and "lies in Drafts" in words


def test_a_mail_found_is_sent_and_its_other_message_id_is_kept() -> None:
    outcome, words = verdict.of_look(
        mail(unknown_fate=True), ALONE, fate.Fate("sent", copy()), "graph:443", NOW
    )
    assert outcome is not None and (outcome.state, outcome.sent_as, outcome.unknown_fate) == (
        "sent",
        THEIRS,
        False,
    )
    assert "Found in Sent Items at graph:443" in words
    assert outcome.recipients["a@x.example"]["state"] == "sent"


def test_a_duplicate_that_exchange_keeps_out_was_sent_before() -> None:
    said = (
        "5.2.0 STOREDRV.Deliver.Exception:StorageTransientException; Failed; MapiExceptionDuplicateDelivery"
    )
    delivery = Delivery({"a@x.example": Answer(250, "Ok")}, Answer(554, said))
    outcome, _ = verdict.of_delivery(mail(), ALONE, delivery, datetime.now(UTC))
    assert outcome.state == "sent"


def test_the_id_that_microsoft_s_smtp_names_is_kept() -> None:
    ok = Answer(250, f"2.0.0 OK {THEIRS} [Hostname=AM0.eurprd05.prod.outlook.com]")
    outcome, _ = verdict.of_delivery(mail(), ALONE, Delivery({"a@x.example": ok}, ok), NOW)
    assert outcome.sent_as == THEIRS
    same = Answer(250, f"2.0.0 OK {OURS}")
    assert verdict.of_delivery(mail(), ALONE, Delivery({"a@x.example": ok}, same), NOW)[0].sent_as == ""
