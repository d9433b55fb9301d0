"""Templates of requests: the frame of a template's pages, with its tabs and how much it is used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from deskpost.console.page import Counted
from deskpost.desk import resource_settings, template_settings
from deskpost.desk.templates import Template

PERMISSION = "settings.desk"
HISTORY = "template,templateaccount,resource,question"
"""What View history shows when it is opened from these pages: kinds of settings."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a template; the count is None where there is nothing to count."""

    key: str
    name: str
    url: str
    count: int | None


def template_of(id: int) -> Template:
    """Give a template that is not removed. Raises Http404."""
    found = template_settings.in_use().filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def frame_of(template: Template, tab: str) -> dict[str, Any]:
    """Give what the head of a template's page shows."""
    return {
        "template": template,
        "tabs": _tabs(template),
        "tab": tab,
        "history": HISTORY,
        "kind": kind_words(template),
        "used": used_words(template),
    }


def kind_words(template: Template) -> str:
    """Say what a request by the template is."""
    return gettext("Service") if template.kind == Template.Kind.SERVICE else gettext("Incident")


def used_words(template: Template) -> str:
    """Say how many requests were made by the template this year."""
    now = timezone.localtime()
    count = Counted(template_settings.used_since(template, datetime(now.year, 1, 1, tzinfo=now.tzinfo)))
    words = ngettext("used by %(n)s request this year", "used by %(n)s requests this year", count.at_least)
    return words % {"n": count}


def offer_words(template: Template) -> str:
    """Say to whom and where the template is offered."""
    if template.default:
        return gettext("Requests that name no template, everybody")
    names = list(template.accounts.order_by("name").values_list("name", flat=True)[:3])
    where = gettext("all accounts")
    if names:
        where = ", ".join(names[:2]) + (", …" if len(names) > 2 else "")
    who = gettext("everybody") if template.for_requesters else gettext("technicians only")
    return f"{where}; {who}"


def _tabs(template: Template) -> list[Tab]:
    labels = template_settings.offerable()
    offered = {*template.requester_fields, *template.technician_fields} & labels.keys()
    closing = [one for one in template.closing_fields if one in labels]
    tabs = [Tab("fields", gettext("Fields"), reverse("template", args=[template.pk]), len(offered))]
    if template.kind == Template.Kind.SERVICE:
        count = resource_settings.of_template(template).count()
        url = reverse("template_resources", args=[template.pk])
        tabs.append(Tab("resources", gettext("Resources"), url, count))
    url = reverse("template_closing", args=[template.pk])
    tabs.append(Tab("closing", gettext("Closing rules"), url, len(closing)))
    url = reverse("template_offered", args=[template.pk])
    return [*tabs, Tab("offered", gettext("Where offered"), url, None)]
