"""The page of templates, as All settings lists it."""

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.request_templates import PERMISSION
from deskpost.console.request_templates.resource_forms import QuestionForm, ResourceForm
from deskpost.console.request_templates.template_forms import (
    ClosingForm,
    FieldsForm,
    NewTemplateForm,
    OfferedForm,
)
from deskpost.console.settings_entry import Entry
from deskpost.console.settings_search import Places, Switch
from deskpost.desk import template_settings

_NAMED = 3  # templates that are named


def _words() -> str:
    names = list(template_settings.in_use().values_list("name", flat=True)[: _NAMED + 1])
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _forms() -> Places:
    rows = template_settings.in_use().values_list("name", "pk")
    return [(name, reverse("template", args=[pk])) for name, pk in rows]


def _on_other_tabs() -> list[Switch]:
    """Give what is set on the other tabs of each template: the closing rules lead to the default one's."""
    every = reverse("templates")
    closing = reverse("template_closing", args=[template_settings.default().pk])
    forms: tuple[tuple[type[BaseForm], str], ...] = (
        (ClosingForm, closing),
        (OfferedForm, every),
        (NewTemplateForm, every),
        (ResourceForm, every),
        (QuestionForm, every),
    )
    named = {
        str(field.label): Switch(str(field.label), str(field.help_text), url, gettext("Templates"))
        for form, url in forms
        for field in form.base_fields.values()  # type: ignore[attr-defined]
        if field.label and not field.widget.is_hidden
    }
    del named[str(NewTemplateForm.base_fields["name"].label)]  # found as that of the first tab
    return list(named.values())


TEMPLATES = Entry(
    _("Templates"),
    "layout-template",
    "templates",
    _words,
    (FieldsForm,),
    _forms,
    permission=PERMISSION,
    offers=_on_other_tabs,
    also={
        "": _("incident, service, resources, questions, closing rules"),
        "requester_fields": _("who gets which fields"),
        "technician_fields": _("who gets which fields"),
    },
)
