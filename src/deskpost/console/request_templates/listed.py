"""What is set of templates, as All settings lists it: an entry for each of their tabs, which lead to the same list."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
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
from deskpost.console.settings_search import Places
from deskpost.desk import template_settings
from deskpost.desk.templates import Resource

_NAMED = 3  # templates that are named


def _names() -> str:
    names = list(template_settings.in_use().values_list("name", flat=True)[: _NAMED + 1])
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _closing() -> str:
    count = template_settings.in_use().exclude(closing_fields=[]).count()
    if not count:
        return gettext("Nothing must be filled before a request is closed")
    words = ngettext(
        "Fields to be filled, of %(n)d template", "Fields to be filled, of %(n)d templates", count
    )
    return words % {"n": count}


def _offered() -> str:
    count = template_settings.in_use().filter(for_requesters=True).count()
    words = ngettext("%(n)d template for requesters", "%(n)d templates for requesters", count)
    return words % {"n": count}


def _resources() -> str:
    count = _resources_in_use().count()
    return ngettext("%(n)d resource", "%(n)d resources", count) % {"n": count}


def _tabs(route: str) -> Callable[[], Places]:
    """Give what gives this tab of each template."""

    def places() -> Places:
        rows = template_settings.in_use().values_list("name", "pk")
        return [(name, reverse(route, args=[pk])) for name, pk in rows]

    return places


def _each_resource() -> Places:
    rows = _resources_in_use().values_list("template__name", "name", "pk")
    return [(f"{of}: {name}", reverse("template_resource", args=[pk])) for of, name, pk in rows]


def _resources_in_use() -> QuerySet[Resource]:
    return Resource.objects.filter(deleted_at=None, template__deleted_at=None)


def _entry(
    name: str | Promise,
    icon: str,
    says: Callable[[], str],
    forms: tuple[type[BaseForm], ...],
    places: Callable[[], Places],
    also: dict[str, str | Promise] | None = None,
) -> Entry:
    return Entry(name, icon, "templates", says, forms, places, permission=PERMISSION, also=also or {})


TEMPLATES: tuple[Entry, ...] = (
    _entry(
        _("Templates"),
        "layout-template",
        _names,
        (FieldsForm, NewTemplateForm),
        _tabs("template"),
        {
            "": _("incident, service"),
            "requester_fields": _("who gets which fields"),
            "technician_fields": _("who gets which fields"),
        },
    ),
    _entry(
        _("Resources"),
        "package",
        _resources,
        (ResourceForm, QuestionForm),
        _each_resource,
        {"": _("questions, options, API key")},
    ),
    _entry(
        _("Closing rules"),
        "list-checks",
        _closing,
        (ClosingForm,),
        _tabs("template_closing"),
        {"closing_fields": _("mandatory fields")},
    ),
    _entry(_("Where offered"), "building-2", _offered, (OfferedForm,), _tabs("template_offered")),
)
