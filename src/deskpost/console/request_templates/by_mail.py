"""The command by mail that makes a request by a template and answers its questions, and what would be kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskpost.console.page import Viewer
from deskpost.desk import resource_settings
from deskpost.desk.field_values import Verdict, judge, scene_of_new
from deskpost.desk.templates import Question, Resource, Template
from deskpost.inbound.command import settings as command_settings

ENCLOSED = "@@"
"""What encloses an answer to a question, beside the command delimiter."""
_MOST = 2  # options of a check question that the example names
_ONE = (Question.Kind.SELECT, Question.Kind.RADIO)


@dataclass(frozen=True, slots=True)
class Kept:
    """What would become of one answer: the question, and its verdict."""

    question: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Command:
    """A mail that makes a request: subject, commands and answers; what of it would be kept, and of a wrong answer not.

    `wrong`: an answer with one option too many, None where no question takes one.
    """

    delimiter: str
    subject: str
    commands: tuple[str, ...]
    answers: tuple[str, ...]
    kept: tuple[Kept, ...]
    wrong: str
    wrong_kept: Kept | None
    sender: int | None  # as whom the viewer may try it on the tab of Email Command; None: may not

    @property
    def body(self) -> str:
        """The text to copy."""
        return "\n".join((*self.commands, *self.answers))


def command_of(viewer: Viewer, template: Template, resource: Resource) -> Command:
    """Give the command for a resource of a template, judged as if the viewer had sent it."""
    present = command_settings.load()
    questions = list(resource_settings.of_resource(resource))
    answers = {one: _example(one) for one in questions}
    several = next((one for one in questions if one.kind in _ONE and len(one.options) > 1), None)
    wrong = ",".join(several.options[:2]) if several else ""
    marks = present.delimiter
    return Command(
        delimiter=marks,
        subject=f"{present.subject_contains} {template.name}".strip(),
        commands=(f"{marks}Operation=AddRequest{marks}", f"{marks}RequestTemplate={template.name}{marks}"),
        answers=tuple(_written(resource, one, answer) for one, answer in answers.items()),
        kept=_kept(viewer, template, resource, answers),
        wrong=_written(resource, several, wrong) if several else "",
        wrong_kept=_kept(viewer, template, resource, {several: wrong})[0] if several else None,
        sender=viewer.person.pk if _may_try(viewer) else None,
    )


def _may_try(viewer: Viewer) -> bool:
    return all(viewer.desk.everywhere(permission) for permission in ("settings.mail", "request.view"))


def _written(resource: Resource, question: Question, answer: str) -> str:
    return f"{ENCLOSED}{resource.api_key}.{question.api_key}={answer}{ENCLOSED}"


def _example(question: Question) -> str:
    """Give a valid answer."""
    if question.kind == Question.Kind.CHECK:
        return ", ".join(question.options[-_MOST:])
    if question.options:
        return str(question.options[0])
    return "Jonas Keller"[: question.max_length or None]


def _kept(
    viewer: Viewer, template: Template, resource: Resource, answers: Mapping[Question, str]
) -> tuple[Kept, ...]:
    """Judge answers as the judge of mail and pages does."""
    person = viewer.person
    scene = scene_of_new(viewer.desk, person.account_id, person, template)
    asked = {(resource.api_key, one.api_key): answer for one, answer in answers.items()}
    verdicts = judge({}, asked, scene).verdicts
    return tuple(Kept(one.text, verdict) for one, verdict in zip(answers, verdicts, strict=True))
