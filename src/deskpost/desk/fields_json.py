"""What requests have in their fields, and their answers to questions about resources, as JSON tells it."""

from collections.abc import Collection, Mapping

from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.editing import presents_of
from deskpost.desk.records import Record
from deskpost.desk.request_values import Present, text_of
from deskpost.desk.templates import Question

Fields = dict[str, str | None]
Resources = dict[str, dict[str, list[str]]]
_BESIDE = ("Requester", "Status", "Technician", "Group")  # have keys of their own in the JSON


def of(records: Collection[Record]) -> dict[int, tuple[Fields, Resources]]:
    """Give fields and resources of these requests, by their ids.

    Fields by the names of an Email Command, additional ones by their labels: those that there are, and removed ones
    of which the request has a value, unless one that took the label has the key. Resources by the API keys.
    """
    presents = presents_of(records)
    labels = list(AdditionalField.objects.order_by("-deleted_at", "position", "pk"))
    asked = {id for present in presents.values() for id in present.answers}
    questions = Question.objects.select_related("resource").in_bulk(asked)
    return {
        id: (_fields(present, labels), _resources(present, questions)) for id, present in presents.items()
    }


def _fields(present: Present, labels: Collection[AdditionalField]) -> Fields:
    told: Fields = {
        name: text_of(value) or None for name, value in present.fields.items() if name not in _BESIDE
    }
    for field in labels:
        value = present.additional.get(field.pk)
        if field.deleted_at is None or (value and not told.get(field.label)):
            told[field.label] = value
    return told


def _resources(present: Present, questions: Mapping[int, Question]) -> Resources:
    told: Resources = {}
    for id, values in sorted(present.answers.items(), key=lambda one: _place(questions[one[0]])):
        question = questions[id]
        told.setdefault(question.resource.api_key, {})[question.api_key] = list(values)
    return told


def _place(question: Question) -> tuple[int, int, int, int]:
    resource = question.resource
    return resource.position, resource.pk, question.position, question.pk
