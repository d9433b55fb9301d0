"""Resources of templates as settings, with their questions: keys are drawn once, what is removed keeps its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from deskpost.desk import settings
from deskpost.desk.people import Person
from deskpost.desk.request_details import Answer
from deskpost.desk.search import Count
from deskpost.desk.template_settings import NameTaken
from deskpost.desk.templates import Question, Resource, Template, key_of_question, new_key
from deskpost.desk.value_lists import shown

LONGEST_NAME = 100
LONGEST_QUESTION = 300
LONGEST_OPTION = 200
LONGEST_TEXT = 100_000
"""Characters: of a resource's name, a question, an option's name, and the most that a text question can allow."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is to be. `question`: the row that it changes, None for a new one."""

    question: Question | None
    values: Mapping[str, Any]


class AnswersLost(Exception):
    """Requests are answered with an option that a question would lose. `words` say which, and what to do."""

    def __init__(self, question: Question, option: str, count: Count) -> None:
        words = ngettext(
            "%(n)s request is answered with %(option)s, so it stays. To do: give it another answer first.",
            "%(n)s requests are answered with %(option)s, so it stays. To do: give them another answer first.",
            count.number,
        )
        self.question, self.words = question, words % {"n": shown(count), "option": option}
        super().__init__(self.words)


def of_template(template: Template) -> QuerySet[Resource]:
    """Give a template's resources that are not removed, in their order."""
    return template.resources.filter(deleted_at=None)


def of_resource(resource: Resource) -> QuerySet[Question]:
    """Give a resource's questions that are not removed, in their order."""
    return resource.questions.filter(deleted_at=None)


def add(actor: Person | None, via: str, template: Template, name: str) -> Resource:
    """Add a resource behind the others, with a key of its own. Raises NameTaken. To be called with `alone` held."""
    place = of_template(template).count()
    resource = Resource(template=template, name=name, api_key=new_key("res"), position=place)
    _change(actor, via, resource, {})
    return resource


def write(
    actor: Person | None, via: str, resource: Resource, name: str, asked: Sequence[Asked]
) -> tuple[str, ...]:
    """Let a resource have this name and exactly these questions in this order, and give what changed.

    Raises NameTaken, AnswersLost. To be called with `template_settings.alone` held.
    """
    changed = list(_change(actor, via, resource, {"name": name}))
    kept = {one.question.pk for one in asked if one.question is not None}
    for question in of_resource(resource):
        if question.pk not in kept:
            settings.change(actor, via, question, {"deleted_at": timezone.now()})
            changed.append("questions")
    for place, one in enumerate(asked):
        row = one.question
        if row is None:
            row = Question(resource=resource, api_key=new_key(key_of_question(one.values["kind"])))
        keep_answered(row, one.values["options"])
        changed += settings.change(actor, via, row, {**one.values, "position": place})
    return tuple(dict.fromkeys(changed))


def keep_answered(question: Question, options: Sequence[str]) -> None:
    """Refuse to take an option that answers name from a question. Raises AnswersLost."""
    if question._state.adding:
        return
    held = Question.objects.select_for_update().get(pk=question.pk)  # who answers it waits, or is seen
    for option in held.options:
        if option in options:
            continue
        count = Count.of(Answer.objects.filter(question=held, values__contains=[option]).values("pk"))
        if count.number:
            raise AnswersLost(question, option, count)


def move(actor: Person | None, via: str, resource: Resource, by: int) -> None:
    """Move a resource up (-1) or down (1) among those of its template."""
    rows = list(of_template(resource.template))
    at = next((place for place, one in enumerate(rows) if one.pk == resource.pk), None)
    if at is None or not 0 <= at + by < len(rows):
        return
    rows.insert(at + by, rows.pop(at))
    for place, one in enumerate(rows):
        settings.change(actor, via, one, {"position": place})


def remove(actor: Person | None, via: str, resource: Resource) -> None:
    """Remove a resource: it is asked for no more, and requests keep their answers."""
    settings.change(actor, via, resource, {"deleted_at": timezone.now()})


def _change(actor: Person | None, via: str, row: models.Model, values: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        with transaction.atomic():
            return settings.change(actor, via, row, values)
    except IntegrityError as refused:
        if "resource_name_once" in str(refused):
            raise NameTaken from refused
        raise
