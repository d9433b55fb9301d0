"""Answers to the questions about resources: what is kept of them, and what removes a question."""

import pytest

from deskpost.desk.editing import By, Made, insert_fields, present_of, write
from deskpost.desk.history import HistoryEntry
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.desk.templates import Question
from tests.desk import field_builders as build
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db

MODEL, KEYBOARD = "res_301.qstn_select_302", "res_301.qstn_radio_303"
SOFTWARE, LABEL = "res_301.qstn_check_305", "res_301.qstn_string_306"
BEFORE = {MODEL: "thinkpad x1", KEYBOARD: "DE", SOFTWARE: "Office", LABEL: "Jonas"}


@pytest.fixture
def sam(db: None) -> Person:
    """Give a technician of all accounts."""
    return make.technician("Sam Okafor", "sam@msp.example")


@pytest.fixture
def record(sam: Person) -> Record:
    """Give an order of a laptop with an answer to each question."""
    record = make.record(make.person("Tom Achterberg"))
    insert_fields([Made(record.pk, record.account_id, Changes(), build.laptop_order())])
    build.sets(sam, record, BEFORE)
    return record


def kept(record: Record, key: str) -> list[str]:
    question = Question.objects.get(api_key=key.partition(".")[2])
    return list(present_of(record).answers.get(question.pk, ()))


@pytest.mark.parametrize(
    ("key", "answer", "values", "why"),
    [
        (MODEL, "compaq", ["compaq"], "Set"),
        (MODEL, " Compaq ", ["compaq"], "Set"),
        (
            MODEL,
            "compaq, thinkpad x1",
            [],
            "Removed, was thinkpad x1: a select question takes one answer, this has two",
        ),
        (MODEL, "dell", [], "Removed, was thinkpad x1: dell is no option"),
        (MODEL, "thinkpad x1", ["thinkpad x1"], "Already so"),
        (KEYBOARD, "UK,US", [], "Removed, was DE: a radio question takes one answer, this has two"),
        (KEYBOARD, "UK", ["UK"], "Set"),
        (KEYBOARD, "", [], "Emptied"),
        (SOFTWARE, "Visio, Office", ["Office", "Visio"], "Set"),
        (SOFTWARE, "Office, AutoCAD, full", ["Office", "AutoCAD, full"], "Set"),
        (SOFTWARE, "autocad,full", ["AutoCAD, full"], "Set"),
        (SOFTWARE, "Visio, Word, AutoCAD", ["Visio"], "Set, without Word, AutoCAD"),
        (SOFTWARE, "Word, Excel", [], "Removed, was Office: Word, Excel is no option"),
        (LABEL, "Jonas Keller, 3rd floor", ["Jonas Keller, 3rd floor"], "Set"),
        (LABEL, "x" * 41, [], "Removed, was Jonas: at most 40 characters"),
    ],
)
def test_an_answer_is_kept_as_far_as_it_is_valid(
    record: Record, sam: Person, key: str, answer: str, values: list[str], why: str
) -> None:
    judged = build.asks(sam, record, {key: answer})
    assert build.words(judged) == {key: why}
    write(record, judged.changes, By(sam, "mail"))
    assert kept(record, key) == values
    others = {other: [value] for other, value in BEFORE.items() if other != key}
    assert {other: kept(record, other) for other in others} == others


def test_questions_are_named_with_their_resource_in_the_history(record: Record, sam: Person) -> None:
    build.sets(sam, record, {MODEL: "compaq", SOFTWARE: "Office, Visio"})
    assert HistoryEntry.objects.latest("pk").changes == [
        ["Laptop: Model", "thinkpad x1", "compaq"],
        ["Laptop: Software to install", "Office", "Office; Visio"],
    ]


def test_questions_are_those_that_the_template_gives_the_person(record: Record, sam: Person) -> None:
    tom = record.requester
    assert tom is not None
    build.give(tom, "request.edit", account=tom.account)
    asked = {MODEL: "compaq", LABEL: "Tom", "res_999.qstn_select_302": "compaq", "res_301.qstn_none": "x"}
    assert build.words(build.asks(tom, record, asked)) == {
        MODEL: "Set",
        LABEL: "Skipped, no such question",
        "res_999.qstn_select_302": "Skipped, no such question",
        "res_301.qstn_none": "Skipped, no such question",
    }
    ordinary = make.record(tom)
    assert build.words(build.asks(sam, ordinary, {MODEL: "compaq"})) == {MODEL: "Skipped, no such question"}


def test_answering_needs_the_permission_to_edit(record: Record) -> None:
    viewer = make.person("Vi", technician=True)
    build.give(viewer, "request.view")
    assert build.words(build.asks(viewer, record, {MODEL: "compaq"})) == {
        MODEL: "Skipped, needs the permission request.edit"
    }
