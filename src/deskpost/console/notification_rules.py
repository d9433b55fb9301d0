"""Notification rules: which events are told by mail and to whom, each switched on the spot."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from deskpost.console.notification_panel import name_of, panel_of
from deskpost.console.page import Viewer, go_to, id_of, is_htmx, signed_in
from deskpost.console.settings_search import Switch
from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.desk import settings_history
from deskpost.desk.events import ERROR_LIST, EVENTS, RULES, EventKind
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.mailboxes import own_addresses
from deskpost.outbound import rule_settings
from deskpost.outbound.rulebook import People, Rulebook, load_rulebook

HISTORY = "notificationrule,ruletechnician,instancealert"  # kinds of settings that View history shows
_NOT_WHOLE = _(
    "Nothing was changed: the form did not come whole. To do: look at what is set now, then try again."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One event in the table."""

    event: str
    name: str
    on: bool
    to: str
    current: bool


@require_safe
@signed_in
def notification_rules(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the events."""
    viewer.needs_everywhere("settings.mail")
    return _page(request, viewer, None)


@require_safe
@signed_in
def notification_rule(request: HttpRequest, viewer: Viewer, event: str) -> HttpResponse:
    """Show one event beside the list; where it is narrow alone."""
    viewer.needs_everywhere("settings.mail")
    return _page(request, viewer, _kind(event))


@require_POST
@signed_in
def switch(request: HttpRequest, viewer: Viewer, event: str) -> HttpResponse:
    """Switch an event's mails on or off."""
    viewer.needs_everywhere("settings.mail")
    kind, wanted = _kind(event), request.POST.get("on")
    if wanted not in ("0", "1"):
        return _acted(request, viewer, "warning", str(_NOT_WHOLE))
    on = wanted == "1"
    if not rule_settings.switch(viewer.person, "page", kind.name, on):
        return _acted(request, viewer, "info", _was_so(kind, on))
    words = gettext("%(event)s: on.") if on else gettext("%(event)s: off.")
    return _acted(request, viewer, "success", words % {"event": name_of(kind)})


@require_POST
@signed_in
def add(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Put a technician on the error-notification list, or among those to alert of an instance."""
    viewer.needs_everywhere("settings.mail")
    person, instance = _asked(request, _technicians())
    if person is None:
        return _acted(request, viewer, "warning", str(_NOT_WHOLE))
    if instance is None:
        added = rule_settings.put_on_list(viewer.person, "page", ERROR_LIST, person)
    else:
        added = rule_settings.alert(viewer.person, "page", instance, person)
    words = gettext("%(name)s is on the list.") if added else gettext("%(name)s was on the list already.")
    return _acted(request, viewer, "success" if added else "info", words % {"name": person.name})


@require_POST
@signed_in
def remove(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Take somebody off one of these lists."""
    viewer.needs_everywhere("settings.mail")
    person, instance = _asked(request, Person.objects.all())
    if person is None:
        return _acted(request, viewer, "warning", str(_NOT_WHOLE))
    if instance is None:
        gone = rule_settings.take_off_list(viewer.person, "page", ERROR_LIST, person)
    else:
        gone = rule_settings.alert_no_more(viewer.person, "page", instance, person)
    words = (
        gettext("%(name)s is off the list.") if gone else gettext("%(name)s was not on the list any more.")
    )
    return _acted(request, viewer, "success" if gone else "info", words % {"name": person.name})


def _asked(request: HttpRequest, people: "QuerySet[Person]") -> tuple[Person | None, Instance | None]:
    """Give whom a form names, and the instance whose technicians to alert it is about; nobody where it is not whole."""
    instance = Instance.objects.filter(pk=id_of(request.POST.get("instance")) or 0).first()
    if instance is None and "instance" in request.POST:
        return None, None
    return people.filter(pk=id_of(request.POST.get("person")) or 0).first(), instance


def _kind(event: str) -> EventKind:
    if event not in RULES:
        raise Http404
    return EVENTS[event]


def _was_so(kind: EventKind, on: bool) -> str:
    """Say that somebody else did it first, and who."""
    words = gettext("%(event)s was on already.") if on else gettext("%(event)s was off already.")
    said = words % {"event": name_of(kind)}
    row = rule_settings.saved(kind.name)
    newest = settings_history.versions(Wanted(("notificationrule",), row=row.pk), 1) if row else []
    if not newest:
        return said
    who, at = newest[0].who or gettext("somebody"), clock(newest[0].at)
    return f"{said} {gettext('%(who)s switched it %(at)s.') % {'who': who, 'at': at}}"


def _technicians() -> "QuerySet[Person]":
    return Person.objects.filter(technician=True, deleted_at=None).order_by("name", "pk")


def _acted(request: HttpRequest, viewer: Viewer, level: str, words: str) -> HttpResponse:
    """Show what is set now, and say what was done: the live part to htmx, else the page anew."""
    opened = request.GET.get("open", "")
    kind = EVENTS[opened] if opened in RULES else None
    if is_htmx(request):
        context = {**_context(viewer, kind), "said": words, "level": level}
        return render(request, "console/_notification_rules.html", context)
    messages.add_message(request, messages.DEFAULT_LEVELS[level.upper()], words)
    return go_to(
        request, reverse("notification_rule", args=[opened]) if kind else reverse("notification_rules")
    )


def _page(request: HttpRequest, viewer: Viewer, kind: EventKind | None) -> HttpResponse:
    return render(request, "console/notification_rules.html", _context(viewer, kind))


def _context(viewer: Viewer, kind: EventKind | None) -> dict[str, Any]:
    rules = load_rulebook(own_addresses())
    listed = rules.listed.get(ERROR_LIST, ())
    everybody = list(_technicians().prefetch_related("addresses"))
    return {
        "history": HISTORY,
        "opened": f"?{urlencode({'open': kind.name})}" if kind else "",
        "card": EVENTS[ERROR_LIST],
        "card_on": ERROR_LIST in rules.enabled,
        "card_current": kind is not None and kind.name == ERROR_LIST,
        "listed": listed,
        "nobody": not any(one.address for one in listed),
        "technicians": _others(everybody, listed),
        "rows": [_row(EVENTS[name], rules, EVENTS[name] == kind) for name in RULES if name != ERROR_LIST],
        "panel": panel_of(viewer, kind, rules) if kind else None,
        "panel_name": name_of(kind) if kind else "",
        "panel_to": _to(kind, rules) if kind else "",
        "panel_on": kind is not None and kind.name in rules.enabled,
        "alerted": _alerted(rules, everybody) if kind and kind.audience == "alerted" else None,
    }


def _row(kind: EventKind, rules: Rulebook, current: bool) -> Row:
    return Row(kind.name, name_of(kind), kind.name in rules.enabled, _to(kind, rules), current)


_TO: dict[str, str | Promise] = {
    "requester": _("Requester"),
    "assignee": _("Technician, else the group"),
    "technician": _("Technician, else the group"),
    "author": _("Its author"),
}


def _to(kind: EventKind, rules: Rulebook) -> str:
    """Say who gets the mail."""
    if kind.audience == "alerted":
        count = len({one.id for people in rules.alerted.values() for one in people})
        words = gettext("Technicians to alert, %(n)s")
    elif kind.audience == "error_list":
        count, words = len(rules.listed.get(ERROR_LIST, ())), gettext("Error-notification list, %(n)s")
    elif kind.to_named:
        return gettext("Requester, and e-mails to notify")
    else:
        return str(_TO.get(kind.audience) or kind.label.partition(", to ")[2].capitalize())
    return words % {"n": count or gettext("nobody yet")}


def _alerted(rules: Rulebook, everybody: list[Person]) -> list[dict[str, Any]]:
    """Give the technicians to alert of each instance, and who may be added."""
    of = {one: rules.alerted.get(one.pk, ()) for one in Instance.objects.order_by("pk")}
    return [
        {
            "instance": one,
            "people": people,
            "others": _others(everybody, people),
            "key": f"alert-{one.pk}",
            "labelled": f"instance-{one.pk}",
        }
        for one, people in of.items()
    ]


def _others(everybody: list[Person], people: People) -> list[Person]:
    chosen = {one.id for one in people}
    return [one for one in everybody if one.pk not in chosen]


def words_of_rules() -> str:
    """Say for All settings what is on."""
    on = load_rulebook().enabled.intersection(RULES)
    words = ngettext("%(n)d of %(all)d mails on", "%(n)d of %(all)d mails on", len(on))
    errors = (
        gettext("application errors are told")
        if ERROR_LIST in on
        else gettext("application errors are not told")
    )
    return f"{words % {'n': len(on), 'all': len(RULES)}}, {errors}"


def switches_of_rules() -> list[Switch]:
    """Give each rule as the search of All settings finds it."""
    return [switch_of(EVENTS[name], reverse("notification_rule", args=[name])) for name in RULES]


def switch_of(kind: EventKind, url: str) -> Switch:
    """Give an event's mails as the search of All settings finds them: by label, code and who is told."""
    to = kind.label.partition(", ")[2]
    also = f"{kind.name} {kind.name.replace('_', ' ')}"
    if kind.audience == "error_list":
        also = f"{also} {gettext('error-notification list')}"
    return Switch(name_of(kind), to[:1].upper() + to[1:], url, also)
