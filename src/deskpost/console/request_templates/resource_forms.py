"""The form of a resource: its name, and a row for each question with its options and who gets it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.forms import WordedForm
from deskpost.console.page import id_of
from deskpost.console.people import DirectoryForm
from deskpost.console.settings_form import Line, Whole
from deskpost.desk import resource_settings
from deskpost.desk.resource_settings import (
    LONGEST_NAME,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    LONGEST_TEXT,
    AnswersLost,
    Asked,
)
from deskpost.desk.templates import Question, Resource

NEW = "new"
MOST_QUESTIONS = 100
MOST_OPTIONS = 500
KINDS = {
    Question.Kind.SELECT: _("Select"),
    Question.Kind.RADIO: _("Radio"),
    Question.Kind.CHECK: _("Check"),
    Question.Kind.TEXT: _("Text"),
}
ANSWERS = {
    Question.Kind.SELECT: _("one answer"),
    Question.Kind.RADIO: _("one answer"),
    Question.Kind.CHECK: _("several answers"),
    Question.Kind.TEXT: _("the whole text"),
}


class Options(forms.CharField):
    """Names of options, one on each line, as a list."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea({"rows": 4, "dir": "auto", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=MOST_OPTIONS * LONGEST_OPTION, **options)

    def prepare_value(self, value: Any) -> Any:
        """Give a list as it is typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Give the list. Raises ValidationError for one that is too long or stands twice."""
        found = [line for line in (" ".join(one.split()) for one in str(value or "").splitlines()) if line]
        for place, one in enumerate(found):
            if len(one) > LONGEST_OPTION:
                words = gettext("An option has up to %(n)d characters. To do: shorten %(one)s.")
                raise forms.ValidationError(words % {"n": LONGEST_OPTION, "one": one[:40]})
            if one in found[:place]:
                words = gettext("%(one)s stands here twice. To do: remove one of the two.")
                raise forms.ValidationError(words % {"one": one})
        if len(found) > MOST_OPTIONS:
            words = gettext("A question has up to %(n)d options. To do: remove some.")
            raise forms.ValidationError(words % {"n": MOST_OPTIONS})
        return found


class QuestionForm(WordedForm):
    """One question of a resource. `question`: the row it is about, None for a new one."""

    text = Line(
        label=_("Question"),
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    kind = forms.ChoiceField(choices=list(KINDS.items()), label=_("Answer"))
    options = Options(label=_("Options"), required=False, help_text=_("One on each line. Not for a text."))
    max_length = Whole(
        1,
        LONGEST_TEXT,
        label=_("Longest text (characters)"),
        required=False,
        help_text=_("Of a text; empty: any length."),
    )
    for_requester = forms.BooleanField(label=_("Requester"), required=False)
    for_technician = forms.BooleanField(label=_("Technician"), required=False)

    def __init__(self, question: Question | None, data: QueryDict | None = None) -> None:
        self.question = question
        names = ("text", "kind", "options", "max_length", "for_requester", "for_technician")
        row = question or Question(kind=Question.Kind.SELECT)
        super().__init__(data, initial={name: getattr(row, name) for name in names})
        self.prefix = f"q-{question.pk if question else NEW}"
        if question is not None:
            del self.fields["kind"]
            del self.fields["max_length" if question.options else "options"]

    @property
    def kind_words(self) -> str:
        """What kind of question it is."""
        return str(KINDS[Question.Kind(self.question.kind)]) if self.question else ""

    @property
    def answers_words(self) -> str:
        """How many answers it takes."""
        return str(ANSWERS[Question.Kind(self.question.kind)]) if self.question else ""

    def clean(self) -> dict[str, Any]:
        """Hold options and longest text to what the kind has."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind = self.question.kind if self.question else values.get("kind")
        if kind == Question.Kind.TEXT:
            values["options"] = []
        else:
            values["max_length"] = None
            if not values.get("options") and "options" not in self.errors:
                self.add_error("options", gettext("There is no option. To do: write one on each line."))
        values["kind"] = kind
        return values

    @property
    def asked(self) -> Asked:
        """The question of the valid form."""
        return Asked(self.question, self.cleaned_data)


class ResourceForm(DirectoryForm):
    """A resource with its questions, in the order in which they are to stand. A new question is typed last."""

    acts = ("position",)
    parts = (("question", "resource_id"),)

    name = Line(
        label=_("Resource"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, row: Resource, data: QueryDict | None = None) -> None:
        super().__init__(row, data, {"name": row.name})
        rows = {one.pk: one for one in resource_settings.of_resource(row)}
        self.questions = [QuestionForm(one, data) for one in rows.values()]
        act, _dot, place = (data.get("act", "") if data else "").partition(".")
        self._act, self._place = act, id_of(place)
        self.new = QuestionForm(None, data if act == "add" else None)

    def is_valid(self) -> bool:
        """Tell whether it and each of its questions can be saved."""
        parts = [one.is_valid() for one in self._all()]
        fits = super().is_valid()
        for wrong in (one for one in self._all() if one.errors):
            self.add_error(None, gettext("A question needs a change.") if wrong.question else _of_new())
            break
        texts = [one.cleaned_data.get("text", "").casefold() for one in self._all()]
        for place, one in enumerate(self._all()):
            if texts[place] and texts[place] in texts[:place]:
                one.add_error(
                    "text", gettext("Another question of this resource reads so. To do: word it otherwise.")
                )
                self.add_error(None, gettext("A question needs a change."))
                fits = False
        if len(texts) > MOST_QUESTIONS:
            self.add_error(None, gettext("A resource has up to %(n)d questions.") % {"n": MOST_QUESTIONS})
            fits = False
        return fits and all(parts)

    def _all(self) -> Iterator[QuestionForm]:
        """Give the questions that are to be saved: without one that is removed, with one that is added."""
        for one in self.questions:
            if not (self._act == "remove" and one.question and one.question.pk == self._place):
                yield one
        if self._act == "add":
            yield self.new

    @property
    def asked(self) -> list[Asked]:
        """The questions of the valid form, moved where one was to be moved."""
        found = [one.asked for one in self._all()]
        by = {"up": -1, "down": 1}.get(self._act)
        at = next((n for n, one in enumerate(found) if one.question and one.question.pk == self._place), None)
        if by is not None and at is not None and 0 <= at + by < len(found):
            found.insert(at + by, found.pop(at))
        return found

    def refuse_options(self, lost: AnswersLost) -> None:
        """Say beside a question which of its options stays, and why."""
        for one in self.questions:
            if one.question == lost.question:
                one.add_error("options", lost.words)
        self.add_error(None, gettext("A question needs a change."))


def _of_new() -> str:
    return gettext("The new question needs a change.")


class NewResourceForm(WordedForm):
    """The name of a resource to add."""

    name = Line(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )


def taken_words() -> str:
    """Say that another resource of the template has the name."""
    return gettext("Another resource of this template has this name. To do: choose another.")
