"""The fields and questions that a template gives somebody, as fields of a Django form, and what was typed judged.

For forms by which requests are made; pages of technicians and of requesters build theirs with the same class.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.forms import WordedForm
from deskpost.console.page import id_of
from deskpost.console.people import Ticks
from deskpost.console.settings_form import Line, LongSelect
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.field_values import Asked, Judge, Judged, Picked, Verdict
from deskpost.desk.request_fields import FIELDS, OFFERED
from deskpost.desk.request_values import CHILDREN
from deskpost.desk.templates import Question

MOST_TICKED = 200  # assets that are ticked; of more the names are typed
Answers = dict[tuple[str, str], str | tuple[str, ...]]
"""Answers by the keys of resource and question: a text, or whole names of options."""
_TEXTS = ("ImpactDetails", "Resolution")
_LONGEST = 100_000
_PARENTS = frozenset(CHILDREN.values())
_HELP = {
    AdditionalField.Kind.NUMBER: _("A number."),
    AdditionalField.Kind.DATE: _("A day such as 2026-11-23, or with a time: 2026-11-23 14:30."),
}


class Radios(Ticks):
    """Several choices of which one is taken, drawn as ticks are."""

    input_type = "radio"
    allow_multiple_selected = False
    template_name = "console/components/_radios.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Give the one that was sent."""
        return data.get(name)


class Questions:
    """The questions that a template gives one person, as fields of a form."""

    def __init__(self, judge: Judge) -> None:
        self._present = judge.present.answers
        self._rows = {f"question_{row.pk}": (keys, row) for keys, row in judge.questions.items()}

    def add_to(self, form: WordedForm) -> None:
        """Put them into a form that is being made."""
        for key, (_keys, question) in self._rows.items():
            form.fields[key] = _question_field(question, self._present.get(question.pk, ()))

    @property
    def initial(self) -> dict[str, Any]:
        """The present answers as the form begins with them."""
        present = self._present
        return {
            key: list(present[row.pk]) if row.kind == Question.Kind.CHECK else present[row.pk][0]
            for key, (_keys, row) in self._rows.items()
            if row.pk in present
        }

    def answers(self, values: Mapping[str, Any], *, empty: bool = False) -> Answers:
        """Give what was answered, as the judge takes it. `empty`: also what is answered with nothing."""
        found: Answers = {}
        for key, (keys, question) in self._rows.items():
            value = values.get(key)
            if value:
                found[keys] = _answer(question, value)
            elif empty and key in values:
                found[keys] = ""
        return found

    def tell(self, form: WordedForm, verdicts: Iterable[Verdict]) -> None:
        """Say beside the questions which answers are not kept."""
        places = {".".join(keys): key for key, (keys, _question) in self._rows.items()}
        for one in verdicts:
            if not one.kept and one.name in places:
                form.add_error(places[one.name], _refused(one))

    def resources_of(self, form: WordedForm) -> list[tuple[str, list[BoundField]]]:
        """Give the questions as the page draws them, by the name of their resource."""
        found: dict[int, tuple[str, list[BoundField]]] = {}
        for key, (_keys, question) in self._rows.items():
            resource = question.resource
            found.setdefault(resource.pk, (resource.name, []))[1].append(form[key])
        return list(found.values())


class TemplateFields:
    """The fields of one template as one person gets them, for a request that is being made."""

    def __init__(self, judge: Judge, data: QueryDict | None) -> None:
        self._judge, self._data = judge, data
        self._names: dict[str, str] = {}  # of the form's fields: a field's name
        self._additional: dict[str, AdditionalField] = {}
        self._questions = Questions(judge)

    def add_to(self, form: WordedForm) -> None:
        """Put the fields into a form that is being made."""
        self._fields(form)
        for row in self._judge.additional:
            if self._judge.is_offered(row.label) and self._judge.may_set(row.label):
                self._additional[f"additional_{row.pk}"] = row
                form.fields[f"additional_{row.pk}"] = _additional_field(row)
        self._questions.add_to(form)

    def judged(self, form: WordedForm) -> Judged:
        """Judge what was typed in the valid fields; what is not kept stands beside its field."""
        values = form.cleaned_data
        asked: dict[str, Asked] = {}
        places: dict[str, str] = {}
        for key, name in self._names.items():
            if value := values.get(key):
                asked[name], places[name] = _asked(value), key
        for key, row in self._additional.items():
            if value := values.get(key):
                asked[row.label], places[row.label] = value, key
        judged = self._judge.judge(asked, self._questions.answers(values))
        for one in judged.verdicts:
            if not one.kept and one.name in places:
                form.add_error(places[one.name], _refused(one))
        self._questions.tell(form, judged.verdicts)
        return judged

    def fields_of(self, form: WordedForm) -> list[BoundField]:
        """Give the fields as the page draws them, without the questions."""
        return [form[key] for key in (*self._names, *self._additional)]

    def resources_of(self, form: WordedForm) -> list[tuple[str, list[BoundField]]]:
        """Give the questions as the page draws them, by the name of their resource."""
        return self._questions.resources_of(form)

    @property
    def parents(self) -> tuple[str, ...]:
        """The names of the form's fields on whose value the choices of others hang."""
        return tuple(key for key, name in self._names.items() if name in _PARENTS)

    def _fields(self, form: WordedForm) -> None:
        """Add those of FIELDS, each parent before its children, whose choices hang on what was chosen."""
        present = self._judge.present
        for name in OFFERED:
            if not (self._judge.is_offered(name) and self._judge.may_set(name)):
                continue
            key, label = FIELDS[name].column or name.lower(), FIELDS[name].label
            self._names[key] = name
            if name in _TEXTS:
                form.fields[key] = _text(label, _LONGEST)
                continue
            if name == "EmailsToNotify":
                form.fields[key] = _addresses(label)
                continue
            rows = [one for one in self._judge.choices(name, present) if self._judge.may_set_to(name, one)]
            if name == "Asset":
                form.fields[key] = _assets(label, rows)
                continue
            form.fields[key] = _choice(label, [(str(one.pk), str(one)) for one in rows])
            if name == "Status" and present.fields[name]:
                form.initial.setdefault(key, str(present.fields[name].pk))  # type: ignore[union-attr]
            chosen = id_of(self._data.get(key)) if self._data else None
            row = next((one for one in rows if one.pk == chosen), None)
            if row is not None and name in _PARENTS:
                present = replace(present, fields={**present.fields, name: row})


def _asked(value: Any) -> Asked:
    """Give what a field of the form holds as the judge takes it: ids that were chosen, or a text."""
    if isinstance(value, list):
        return Picked(tuple(int(one) for one in value))
    return Picked((int(value),)) if isinstance(value, _Id) else str(value)


class _Id(str):
    """The id of a row that was chosen, to be told from a text that looks like one."""

    __slots__ = ()


class _Chosen(forms.ChoiceField):
    """One row of a list, by its id."""

    def to_python(self, value: Any) -> Any:
        """Give the id."""
        return _Id(value) if value else ""


def _choice(label: Any, choices: Sequence[tuple[str, str]]) -> forms.Field:
    widget = LongSelect if len(choices) > MOST_TICKED else forms.Select
    return _Chosen(choices=[("", _("none")), *choices], label=label, required=False, widget=widget)


def _assets(label: Any, rows: Sequence[Any]) -> forms.Field:
    if len(rows) > MOST_TICKED:
        return Line(label=label, required=False, help_text=_("Names, with commas between."))
    choices = [(str(one.pk), str(one)) for one in rows]
    return _ticks(label, choices)


def _addresses(label: Any) -> forms.Field:
    words = _(
        "Addresses, with commas between. Each gets what the requester is notified of, in a mail of its own."
    )
    return Line(label=label, required=False, max_length=_LONGEST, help_text=words)


def _ticks(label: Any, choices: Sequence[tuple[str, str]]) -> forms.Field:
    field = forms.MultipleChoiceField(choices=choices, label=label, required=False, widget=Ticks())
    field.widget.legend = label
    return field


def _text(label: Any, most: int, rows: int = 2) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto", "class": "few"})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)


def _additional_field(row: AdditionalField) -> forms.Field:
    if row.kind == AdditionalField.Kind.CHOICE:
        choices = [("", _("none")), *((one, one) for one in row.options)]
        return forms.ChoiceField(choices=choices, label=row.label, required=False)
    return Line(label=row.label, required=False, help_text=_HELP.get(AdditionalField.Kind(row.kind), ""))


def _question_field(question: Question, present: Sequence[str]) -> forms.Field:
    gone = gettext("%(option)s (no longer offered)")
    choices = [(one, one) for one in question.options]
    choices += [(one, gone % {"option": one}) for one in present if one not in question.options]
    match question.kind:
        case Question.Kind.CHECK:
            return _ticks(question.text, choices)
        case Question.Kind.TEXT:
            most = question.max_length or _LONGEST
            return (
                _text(question.text, most)
                if most > MOST_TICKED
                else Line(label=question.text, required=False, max_length=most)
            )
        case Question.Kind.RADIO:
            field = forms.ChoiceField(
                choices=[("", _("no answer")), *choices], label=question.text, required=False, widget=Radios()
            )
            field.widget.legend = question.text
            return field
    return forms.ChoiceField(choices=[("", _("no answer")), *choices], label=question.text, required=False)


def _refused(one: Verdict) -> str:
    return gettext("%(why)s. To do: choose another.") % {"why": one.why}


def _answer(question: Question, value: Any) -> str | tuple[str, ...]:
    if question.kind == Question.Kind.TEXT:
        return str(value)
    return tuple(value) if isinstance(value, list) else (str(value),)
