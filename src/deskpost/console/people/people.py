"""People: listed by what they are, found by name or address, and one of them beside the list with roles and reach."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from deskpost.console.page import Viewer, signed_in
from deskpost.console.people import HISTORY, PERMISSION, list_url, tabs
from deskpost.console.people.person_panel import panel_of
from deskpost.desk import people_lists
from deskpost.desk.people import Person

LONGEST_SEARCH = 200  # characters


@require_safe
@signed_in
def people(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List people; where there is room the first of them is opened beside the list."""
    viewer.needs_everywhere(PERMISSION)
    return _page(request, viewer, None)


@require_safe
@signed_in
def person(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show one person beside the list; where it is narrow alone."""
    viewer.needs_everywhere(PERMISSION)
    return _page(request, viewer, person_of(id))


def person_of(id: int) -> Person:
    """Give the person that an address names. Raises Http404 of somebody who was removed."""
    found = Person.objects.filter(pk=id, deleted_at=None).select_related("account", "site").first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, viewer: Viewer, opened: Person | None) -> HttpResponse:
    asked = request.GET.get("show", "")
    show = asked if asked in people_lists.SHOWS else people_lists.list_of(opened) if opened else ""
    show = show or people_lists.TECHNICIANS
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]
    place = request.GET.get("place", "")
    found = people_lists.find(show, text) if text else None
    page = people_lists.Page(found.people) if found else people_lists.page(show, place)
    shown = opened or (person_of(page.people[0].pk) if page.people else None)
    context = {
        "tabs": tabs(text),
        "tab": show,
        "history": HISTORY,
        "text": text,
        "found": found,
        "most_found": people_lists.MOST_FOUND,
        "rows": [_row(one, viewer, show, text, place, shown) for one in page.people],
        "newest_first": show == people_lists.NO_LOGIN,
        "previous_url": list_url(show, place=page.previous) if page.previous else "",
        "next_url": list_url(show, place=page.next) if page.next else "",
        "all_url": list_url(show),
        "back_url": list_url(show, text, place),
        "new_url": reverse("person_new"),
        "opened": opened is not None,
        "panel": panel_of(shown, viewer, request.GET.get("at", "")) if shown else None,
        "kept": {"show": show, "q": text, "place": place},
    }
    return render(request, "console/people/people.html", context)


def _row(
    one: Person, viewer: Viewer, show: str, text: str, place: str, shown: Person | None
) -> dict[str, Any]:
    addresses = sorted(one.addresses.all(), key=lambda address: (not address.primary, address.pk))
    roles = dict.fromkeys(grant.role.name for grant in one.grants.all())
    return {
        "person": one,
        "url": list_url(show, text, place, one),
        "address": addresses[0].address if addresses else "",
        "roles": ", ".join(roles),
        "you": one.pk == viewer.person.pk,
        "current": shown is not None and one.pk == shown.pk,
    }
