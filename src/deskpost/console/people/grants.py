"""A role is given to a person, or taken away where it was given."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.console.people import PERMISSION, beyond_words, places
from deskpost.console.people.people import person_of
from deskpost.desk import administrators, role_settings
from deskpost.desk.administrators import LastAdministrator
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant, Role


@require_POST
@signed_in
def add(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Give a person a role, where it was chosen to count."""
    viewer.needs_everywhere(PERMISSION)
    person = person_of(id)
    role = Role.objects.filter(pk=id_of(request.POST.get("role")) or 0).first()
    place = places.read(request.POST.get("place", ""))
    if role is None or place is None:
        words = gettext("Nothing was given: the role or the place is gone. To do: choose again.")
        messages.warning(request, words)
        return _back(request, person)
    foreign = administrators.beyond(viewer.person, role.permissions)
    if foreign:
        messages.warning(request, beyond_words(role.name, foreign))
        return _back(request, person)
    with administrators.one_stays():
        living = Person.objects.select_for_update().filter(pk=person.pk, deleted_at=None).exists()
        there = Role.objects.select_for_update(no_key=True).filter(pk=role.pk).exists()
        given = living and there and role_settings.give(viewer.person, "page", person, role, *place)
    if not (living and there):
        raise Http404
    values = {"name": person.name, "role": role.name, "where": places.words_of(*place)}
    if given:
        messages.success(request, gettext("%(name)s has %(role)s now: %(where)s.") % values)
    else:
        messages.info(request, gettext("%(name)s had %(role)s already: %(where)s.") % values)
    return _back(request, person)


@require_POST
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Take a role away from a person, where it was given."""
    viewer.needs_everywhere(PERMISSION)
    person = person_of(id)
    try:
        with administrators.one_stays():
            rows = Grant.objects.select_for_update(of=("self",)).filter(person=person)
            wanted = rows.filter(pk=id_of(request.POST.get("grant")) or 0)
            grant = wanted.select_related("role", "account", "site").first()
            foreign = administrators.beyond(viewer.person, grant.role.permissions) if grant else []
            if grant is not None and not foreign:
                role_settings.take(viewer.person, "page", grant)
    except LastAdministrator as last:
        messages.error(request, last.words)
        return _back(request, person)
    if grant is None:
        messages.info(request, gettext("%(name)s had that role no more.") % {"name": person.name})
        return _back(request, person)
    if foreign:
        messages.warning(request, beyond_words(grant.role.name, foreign))
        return _back(request, person)
    where = places.words_of(grant.account, grant.site)
    values = {"name": person.name, "role": grant.role.name, "where": where}
    messages.success(request, gettext("%(role)s is taken from %(name)s: %(where)s.") % values)
    return _back(request, person)


def _back(request: HttpRequest, person: Person) -> HttpResponse:
    return go_to(request, reverse("person", args=[person.pk]))
