"""`resources` of a template, and their questions: each list is the whole list, in its order.

A resource and a question are known by their API key, and where the file has none by name and text. Keys of the file
are taken, others drawn. What the list leaves out is removed, and one whose key is named again comes back.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils import timezone
from yaml import Node

from deskpost.desk import resource_settings
from deskpost.desk.resource_settings import (
    LONGEST_NAME,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    LONGEST_TEXT,
    AnswersLost,
)
from deskpost.desk.templates import Question, Resource, Template, key_of_question, new_key
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.mistakes import Collected, Mistake
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.values import (
    Reader,
    choice,
    each,
    elements,
    line_of,
    or_null,
    switch,
    text,
    whole,
)

_KEY = re.compile(r"[A-Za-z0-9_]{1,100}")
_TO_WHOM = {"requester": "for_requester", "technician": "for_technician"}


def apply(section: str, row: Row, template: Template, applying: Applying) -> None:
    """Make a template's resources those of its row."""
    present = {one.pk: one for one in resource_settings.of_template(template)}
    before = [one.name for one in present.values()]
    found = [_resource_of(one, template) for one in row["resources"]]
    kept = {resource.pk for resource in found}
    for pk in present.keys() - kept:  # first what goes, so that its name is free
        _remove(section, template.name, present[pk], applying, row)
    for place, (wanted, resource) in enumerate(zip(row["resources"], found, strict=True)):
        values = {"name": wanted["name"], "position": place, "deleted_at": None}
        applying.save(section, f"{template.name}: {wanted['name']}", resource, values, wanted.line)
        if "questions" in wanted:
            _apply_questions(section, f"{template.name}: {wanted['name']}", wanted, resource, applying)
    after = [wanted["name"] for wanted in row["resources"]]
    if before != after:
        applying.note(section, template.name, "resources", before, after)


def export(template: Template) -> list[dict[str, Any]]:
    """Give the resources of a template with their questions."""
    return [
        {
            "api_key": resource.api_key,
            "name": resource.name,
            "questions": [_export_one(one) for one in resource_settings.of_resource(resource)],
        }
        for resource in resource_settings.of_template(template)
    ]


def _export_one(question: Question) -> dict[str, Any]:
    return {
        "api_key": question.api_key,
        "kind": question.kind,
        "text": question.text,
        **({"options": question.options} if question.options else {}),
        **({"max_length": question.max_length} if question.max_length else {}),
        "requester": question.for_requester,
        "technician": question.for_technician,
    }


def _resource_of(row: Row, template: Template) -> Resource:
    """Give the resource that a row is about, or a new one."""
    key = row.get("api_key")
    if key is None:
        found = resource_settings.of_template(template).filter(name__iexact=row["name"]).first()
        return found or Resource(template=template, api_key=new_key("res"))
    resource = Resource.objects.filter(api_key=key).first()
    if resource is None:
        _refuse_other_key(row, key, resource_settings.of_template(template).filter(name__iexact=row["name"]))
        _refuse_taken(row, key, Question.objects.filter(api_key=key).exists())
        return Resource(template=template, api_key=key)
    _refuse_taken(row, key, resource.template_id != template.pk)
    return resource


def _apply_questions(section: str, name: str, row: Row, resource: Resource, applying: Applying) -> None:
    present = {one.pk: one for one in resource_settings.of_resource(resource)}
    found = [_question_of(one, resource) for one in row["questions"]]
    kept = {question.pk for question in found}
    for pk in present.keys() - kept:
        _remove(section, name, present[pk], applying, row)
    for place, (wanted, question) in enumerate(zip(row["questions"], found, strict=True)):
        values = {"text": wanted["text"], **_values(wanted, question), "position": place, "deleted_at": None}
        try:
            resource_settings.keep_answered(question, values["options"])
        except AnswersLost as lost:
            raise wanted.mistake("options", lost.words) from lost
        applying.save(section, f"{name}: {wanted['text']}", question, values, wanted.line)


def _question_of(row: Row, resource: Resource) -> Question:
    """Give the question that a row is about, or a new one."""
    key = row.get("api_key")
    mine = resource_settings.of_resource(resource).filter(text=row["text"]) if resource.pk else None
    if key is None:
        found = mine.first() if mine is not None else None
        drawn = found or Question(
            resource=resource, kind=row["kind"], api_key=new_key(key_of_question(row["kind"]))
        )
        return _of_kind(row, drawn)
    question = Question.objects.filter(api_key=key).first()
    if question is None:
        if mine is not None:
            _refuse_other_key(row, key, mine)
        _refuse_taken(row, key, Resource.objects.filter(api_key=key).exists())
        return Question(resource=resource, kind=row["kind"], api_key=key)
    _refuse_taken(row, key, question.resource_id != resource.pk)
    return _of_kind(row, question)


def _of_kind(row: Row, question: Question) -> Question:
    if question.kind != row["kind"]:
        words = f"{question.text} is a question of the kind {question.kind}, and stays one: requests have answers."
        raise row.mistake("kind", f"{words} To do: write {question.kind}, or give it another key and text.")
    return question


def _values(row: Row, question: Question) -> dict[str, Any]:
    """Give what a row sets of a question; options and longest text as its kind has them."""
    is_text = row["kind"] == Question.Kind.TEXT
    if is_text and row.get("options"):
        raise row.mistake("options", "A text question has no options. To do: leave them out.")
    if not is_text and row.get("max_length"):
        raise row.mistake("max_length", "Only a text question has max_length. To do: leave it out.")
    options = row.get("options", question.options)
    if not is_text and not options:
        words = f"A question of the kind {row['kind']} needs options. To do: add options: [...]."
        raise row.mistake("options", words)
    values: dict[str, Any] = {"kind": row["kind"], "options": options}
    if "max_length" in row:
        values["max_length"] = row["max_length"]
    return values | {column: row[key] for key, column in _TO_WHOM.items() if key in row}


def _remove(section: str, name: str, row: Resource | Question, applying: Applying, where: Row) -> None:
    applying.save(section, f"{name}: {row}", row, {"deleted_at": timezone.now()}, where.line)


def _refuse_other_key(row: Row, key: str, found: Any) -> None:
    """Refuse another key for what is there by its name: keys stand in people's mails."""
    known: Model | None = found.first()
    if known is not None:
        words = f"{known} has the API key {known.api_key}, and a key never changes."  # type: ignore[attr-defined]
        raise row.mistake("api_key", f"{words} To do: write that one, or choose another name.")


def _refuse_taken(row: Row, key: str, taken: bool) -> None:
    if taken:
        words = f"The API key {key} belongs to something else, and is given once."
        raise row.mistake("api_key", f"{words} To do: choose another, or leave it out: then one is drawn.")


def _key(node: Node) -> str:
    """An API key."""
    value = text(node)
    if not _KEY.fullmatch(value):
        words = "An API key has 1 to 100 letters, digits and underscores. To do: write one such as res_301."
        raise Mistake(line_of(node), words)
    return value


def _no_longer_than(most: int) -> Reader:
    def read(node: Node) -> str:
        value = text(node)
        if len(value) > most:
            raise Mistake(line_of(node), f"This is longer than {most} characters. To do: shorten it.")
        return value

    return read


def _once(named: str, read_one: Callable[[Node], Row]) -> Reader:
    """A list of rows, each known by its API key, or without one by its name."""

    def read(node: Node) -> list[Row]:
        collected, found = Collected(), list[Row]()
        seen: dict[tuple[str, str], int] = {}
        for element in elements(node):
            with collected.here():
                row = read_one(element)
                for key in ("api_key", named):
                    value = row.get(key)
                    if value is None or (key == "text" and row.get("api_key")):
                        continue  # two questions may read the same where keys tell them apart
                    if (key, value) in seen:
                        words = f"{value} stands in line {seen[key, value]} already."
                        raise row.mistake(key, f"{words} To do: remove one of the two.")
                    seen[key, value] = row.line_of(key)
                found.append(row)
        collected.raise_if_any()
        return found

    return read


_read_question = mapping(
    "questions",
    {
        "api_key": or_null(_key),
        "kind": choice(*Question.Kind.values),
        "text": _no_longer_than(LONGEST_QUESTION),
        "options": each(_no_longer_than(LONGEST_OPTION)),
        "max_length": or_null(whole(1, LONGEST_TEXT)),
        "requester": switch,
        "technician": switch,
    },
    required=("kind", "text"),
)
_read_resource = mapping(
    "resources",
    {
        "api_key": or_null(_key),
        "name": _no_longer_than(LONGEST_NAME),
        "questions": _once("text", _read_question),
    },
    required=("name",),
)
read: Reader = _once("name", _read_resource)
