"""Which words of a mail command: those that its sender wrote, that can be seen, and that name what there is."""

from unicodedata import normalize

import pytest

from deskpost.desk.records import Record
from tests.desk.field_builders import additional
from tests.inbound.commanding import WORD, desk, fields, newest_answer
from tests.inbound.test_command import about, answered

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.requirement("R126")
def test_prose_opens_no_request_by_command_and_loses_no_words() -> None:
    it = desk()
    for text in (
        "the price is $5, total=$10 in all.",
        "We paid $ Total = 10 $ yesterday.",
        "It is $5.total=7$ in all.",
    ):
        outcome = it.mail(it.sam, text)
        assert (outcome.kind, newest_answer()) == ("request", None), text
        talk = Record.objects.get(pk=outcome.record_id).conversations.get()
        assert talk.text.strip() == text

    outcome = it.mail(it.sam, "Costs $5, total=$10 in all.\n$Priority=High$\n$CostCentre=1$")
    record = Record.objects.get(pk=outcome.record_id)
    assert (outcome.kind, fields(record)["Priority"]) == ("command", "High")
    assert record.conversations.get().text.strip() == "Costs $5, total=$10 in all."
    assert "CostCentre: no such field" in answered()[1]
    for text in ("$Kostenstelle für\nÜbersee=1$", normalize("NFD", "$KOSTENSTELLE für Übersee=1$")):
        outcome = it.mail(it.sam, text)
        assert outcome.kind == "command", "a label that is broken, or written in parts, is that label"
        assert "set: kostenstelle für übersee." in normalize("NFC", outcome.reason).casefold()
    additional("(m²), 2nd floor?")
    assert it.mail(it.sam, "$(m²), 2nd floor?=7$").kind == "command"


@pytest.mark.requirement("R135")
def test_a_request_named_in_the_text_wins_and_of_the_subject_the_first_counts() -> None:
    it = desk()
    first, second = it.request(), it.request()
    before = Record.objects.count()
    for text in ("$RequestID=99999$ any news?", "$RequestID=abc$ $Priority=High$"):
        for subject in (about(first), f"{WORD} News"):
            outcome = it.mail(it.sam, text, subject)
            assert (outcome.kind, outcome.record_id) == ("refused", None)
            assert "names no request that you may change" in answered()[1]
    two = f"{WORD} ##RE-99999## ##RE-{second.number}##"
    outcome = it.mail(it.sam, "$Operation=EditRequest$ $Priority=High$", two)
    assert (outcome.kind, outcome.record_id) == ("refused", None)
    assert "RE-99999 names no request" in answered()[1]
    assert Record.objects.count() == before
    assert "Priority" not in fields(second)

    outcome = it.mail(it.sam, "$Operation=AddRequest$ $Priority=High$", about(first))
    assert Record.objects.get(pk=outcome.record_id).subject == "Re: Printer queue"
