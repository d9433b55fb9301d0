"""The forms of a template: a new one, who gets its fields, what must be filled before closing, where it is offered."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.people import DirectoryForm, Ticks, rows_to_tick
from deskpost.console.settings_form import Line, Segments
from deskpost.desk import template_settings
from deskpost.desk.accounts import Account
from deskpost.desk.template_settings import LONGEST_NAME, NEVER_EMPTY
from deskpost.desk.templates import Template

_GONE = _("One of these fields is gone. To do: look through them, then Save again.")


def name_field() -> Line:
    """Give the field for a template's name."""
    return Line(
        max_length=LONGEST_NAME,
        label=_("Name"),
        help_text=_("As New request shows it, and as RequestTemplate of a command by mail names it."),
    )


class NewTemplateForm(DirectoryForm):
    """What is asked for a new template; the rest is then set on its tabs."""

    name = name_field()
    kind = forms.ChoiceField(
        choices=((Template.Kind.INCIDENT, _("Incident")), (Template.Kind.SERVICE, _("Service"))),
        label=_("Kind"),
        widget=Segments(),
        help_text=_("A service template carries resources with questions. Cannot be changed later."),
    )

    def __init__(self, row: Template, data: QueryDict | None = None) -> None:
        super().__init__(row, data, {"kind": Template.Kind.INCIDENT})


class _NamesFields(DirectoryForm):
    """A form whose ticks name fields. A label that is not offered now, of a field that was removed, stays."""

    acts = ("position", "default")

    def __init__(
        self, row: Any, data: QueryDict | None, initial: dict[str, Any], names: tuple[str, ...]
    ) -> None:
        super().__init__(row, data, {**initial, **{name: getattr(row, name) for name in names}})
        self.labels = template_settings.offerable()
        for name in names:
            field: Any = self.fields[name]
            field.choices = list(self.labels.items())
            field.error_messages["invalid_choice"] = _GONE

    def named(self, name: str) -> list[str]:
        """Give the list to be saved: what is ticked, and what was there and is not offered now."""
        before: list[str] = getattr(self.row, name)
        chosen = template_settings.beside_removed(self.cleaned_data[name], before, self.labels)
        return before if set(before) == set(chosen) else chosen

    def ticked(self, name: str) -> frozenset[str]:
        """Give what is ticked as the page shows it."""
        return frozenset(map(str, self[name].value() or ()))


class FieldsForm(_NamesFields):
    """Which fields requester and technician get."""

    name = name_field()
    requester_fields = forms.MultipleChoiceField(label=_("Fields of requesters"), required=False)
    technician_fields = forms.MultipleChoiceField(label=_("Fields of technicians"), required=False)

    def __init__(self, row: Template, data: QueryDict | None = None) -> None:
        super().__init__(row, data, {"name": row.name}, ("requester_fields", "technician_fields"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields as the page draws them: a row each, with two ticks."""
        requester, technician = self.ticked("requester_fields"), self.ticked("technician_fields")
        return [
            {"name": name, "label": label, "requester": name in requester, "technician": name in technician}
            for name, label in self.labels.items()
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What is to be saved."""
        names = ("requester_fields", "technician_fields")
        return {"name": self.cleaned_data["name"], **{name: self.named(name) for name in names}}


class ClosingForm(_NamesFields):
    """Which fields must be filled before a request is closed."""

    closing_fields = forms.MultipleChoiceField(
        label=_("Filled before closing"),
        required=False,
        widget=Ticks(),
        help_text=_(
            "A request with one of these empty is not closed, by whatever way: who tries is told which. "
            "To merge it into another one is allowed: its matter goes on there."
        ),
    )

    def __init__(self, row: Template, data: QueryDict | None = None) -> None:
        super().__init__(row, data, {}, ("closing_fields",))
        field: Any = self.fields["closing_fields"]
        field.choices = [(name, label) for name, label in self.labels.items() if name not in NEVER_EMPTY]
        field.widget.legend = field.label

    @property
    def values(self) -> dict[str, Any]:
        """What is to be saved."""
        return {"closing_fields": self.named("closing_fields")}


class OfferedForm(DirectoryForm):
    """Where a template is offered, and to whom."""

    parts = (("templateaccount", "template_id"),)

    for_requesters = forms.ChoiceField(
        choices=(("True", _("Requesters and technicians")), ("False", _("Technicians only"))),
        label=_("Offered to"),
        widget=Segments(),
        help_text=_("Who finds it at New request, and may name it in a command by mail."),
    )
    accounts = forms.ModelMultipleChoiceField(
        Account.objects.none(),
        label=_("Accounts"),
        required=False,
        widget=Ticks(),
        help_text=_("None ticked: all accounts, also those entered later."),
    )

    def __init__(self, row: Template, data: QueryDict | None = None) -> None:
        chosen = list(row.accounts.values_list("pk", flat=True)) if row.pk else []
        super().__init__(row, data, {"for_requesters": str(row.for_requesters), "accounts": chosen})
        fields: Any = self.fields
        present = Account.objects.filter(deleted_at=None) | Account.objects.filter(pk__in=chosen)
        fields["accounts"].queryset = present.distinct().order_by("name")
        rows_to_tick(fields["accounts"], _("Accounts"))

    @property
    def to_requesters(self) -> bool:
        """Whether requesters are offered it, of a valid form."""
        return bool(self.cleaned_data["for_requesters"] == "True")


class TemplateWords(forms.BaseForm):
    """What each setting of a template is called: View history asks, nobody fills it in."""

    base_fields = {
        name: field
        for form in (NewTemplateForm, FieldsForm, ClosingForm, OfferedForm)
        for name, field in form.base_fields.items()
    }


def taken_words() -> str:
    """Say that another template has the name."""
    return gettext(
        "Another template has this name. Letter case does not tell templates apart. To do: choose another."
    )
