"""What a request answers about the resources of its template, as somebody sees it."""

from dataclasses import dataclass

from deskpost.desk.records import Record
from deskpost.desk.request_details import Answer
from deskpost.desk.templates import Question


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers about one resource: each question with what was answered, in the order of the questions."""

    resource: str
    answers: tuple[tuple[Question, tuple[str, ...]], ...]


def answers_of(record: Record, works: bool) -> tuple[Answered, ...]:
    """Give the answers of a request by resource, also those to questions that were removed since.

    `works`: whether the person works on it; others see only answers to questions that requesters get.
    """
    rows = Answer.objects.filter(record=record).select_related("question__resource")
    if not works:
        rows = rows.filter(question__for_requester=True)
    found: dict[int, list[Answer]] = {}
    for row in rows.order_by(
        *("question__resource__position", "question__resource_id", "question__position", "question_id")
    ):
        found.setdefault(row.question.resource_id, []).append(row)
    return tuple(
        Answered(some[0].question.resource.name, tuple((one.question, tuple(one.values)) for one in some))
        for some in found.values()
    )
