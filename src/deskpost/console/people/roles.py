"""Roles: the list of them, and one to make, edit or remove."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count as Counting
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from deskpost.console.page import Counted, Viewer, go_to, signed_in
from deskpost.console.people import HISTORY, PERMISSION, DirectoryForm, Ticks, beyond_words, tabs
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.console.settings_form import Line
from deskpost.desk import administrators, role_settings
from deskpost.desk.administrators import LastAdministrator
from deskpost.desk.people import Person
from deskpost.desk.role_settings import RoleHeld, RoleNameTaken, RoleShipped
from deskpost.desk.roles import PERMISSIONS, Grant, Role
from deskpost.desk.search import Count

MOST_NAMED = 20  # people who have a role, named on its page
_MAY: dict[str, str | Promise] = {
    "request.view": _("see requests, with notes and everybody’s mail"),
    "request.create": _("write a new request"),
    "request.edit": _("change status, priority and other fields"),
    "request.assign": _("give a request to a technician or a group"),
    "request.pickup": _("take a request that nobody has"),
    "request.close": _("close a request, or open it again"),
    "request.delete": _("delete a request"),
    "conversation.reply": _("answer by mail"),
    "conversation.forward": _("forward a mail"),
    "settings.mail": _("mail server settings, notification rules, history"),
    "settings.desk": _("settings of the desk"),
    "directory.manage": _("people, roles, groups and accounts"),
    "outbox.manage": _("the outbox: retry, cancel, send by another server"),
    "trace.view": _("the mail trace, with the source of each mail"),
}


class RoleForm(DirectoryForm):
    """What is set of a role."""

    name = Line(
        max_length=100,
        label=_("Name"),
        help_text=_("As it stands in menus, in the settings file and on error pages."),
    )
    permissions = forms.MultipleChoiceField(
        label=_("Permissions"),
        required=False,
        choices=[(one, one) for one in PERMISSIONS],
        widget=Ticks(),
        help_text=_("Roles add up. Where a role counts is said when it is given."),
    )

    def __init__(self, role: Role, data: QueryDict | None = None) -> None:
        self.shipped = role.pk is not None and role_settings.is_shipped(role)
        super().__init__(role, data, {"name": role.name, "permissions": role.permissions})
        fields: Any = self.fields
        fields["permissions"].choices = [(one, f"{one}: {_MAY[one]}") for one in PERMISSIONS]
        fields["permissions"].widget.legend = _("Permissions")
        if self.shipped:
            fields["name"].disabled = True
            fields["name"].help_text = _("This role came with Deskpost, which knows it by its name.")

    def words_of_saved(self, changed: Changed) -> str:
        """Say that it was saved, and from when on it holds."""
        return gettext("Saved. It holds from the next click of everybody who has the role.")


@require_safe
@signed_in
def roles(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the roles, with how many have each."""
    viewer.needs_everywhere(PERMISSION)
    held = Grant.objects.filter(person__deleted_at=None).values("role")
    people = dict(held.annotate(n=Counting("person", distinct=True)).values_list("role", "n"))
    rows = [
        {"role": one, "people": people.get(one.pk, 0), "shipped": role_settings.is_shipped(one)}
        for one in Role.objects.order_by("pk")
    ]
    context = {"tabs": tabs(), "tab": "roles", "history": HISTORY, "rows": rows, "all": len(PERMISSIONS)}
    return render(request, "console/people/roles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask what the role permits, and make it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, Role())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def role(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show what a role permits and who has it, and save it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, _role_of(id))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Ask whether to remove a role; remove one that nobody has."""
    viewer.needs_everywhere(PERMISSION)
    asked = _role_of(id)
    if request.method != "POST":
        context = {**_holders(asked), "role": asked, "shipped": role_settings.is_shipped(asked)}
        return render(request, "console/people/role_remove.html", context)
    try:
        with administrators.one_stays():
            if Role.objects.filter(pk=asked.pk).exists():
                role_settings.remove(viewer.person, "page", asked)
    except RoleShipped:
        messages.error(
            request, gettext("Not removed: this role came with Deskpost. To do: take it from people.")
        )
        return go_to(request, reverse("role", args=[asked.pk]))
    except RoleHeld:
        return go_to(request, reverse("role_remove", args=[asked.pk]))  # which says who has it
    messages.success(request, gettext("The role %(name)s is removed.") % {"name": asked.name})
    return go_to(request, reverse("roles"))


def _role_of(id: int) -> Role:
    found = Role.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _respond(request: HttpRequest, viewer: Viewer, asked: Role) -> HttpResponse:
    def go_on(form: RoleForm) -> HttpResponse:
        return go_to(request, reverse("role", args=[form.row.pk]) if asked.pk else reverse("roles"))

    return respond(request, partial(RoleForm, asked), _page, partial(_save, viewer), go_on)


def _save(viewer: Viewer, form: RoleForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    try:
        with administrators.one_stays():
            return _write(viewer, form)
    except RoleNameTaken:
        form.add_error("name", gettext("Another role has this name. To do: choose another."))
    except LastAdministrator as last:
        form.add_error("permissions", last.words)
    return None


def _write(viewer: Viewer, form: RoleForm) -> Changed | None:
    if not form.first_time(viewer.person):
        return TWICE
    row, data = form.row, form.cleaned_data
    if row.pk is not None:
        locked = Role.objects.select_for_update().filter(pk=row.pk).first()
        if locked is None:
            raise Http404  # was removed meanwhile
        form.row = row = locked
        if (locked.name, set(locked.permissions)) == (data["name"], set(data["permissions"])):
            return ()
        if form.saved_meanwhile():
            return None
    # What one may not oneself one neither gives nor takes away: nobody left could give it back.
    foreign = administrators.beyond(viewer.person, set(data["permissions"]) ^ set(row.permissions))  # type: ignore[attr-defined]
    if foreign:
        form.add_error("permissions", beyond_words(data["name"], foreign))
        return None
    return role_settings.save(viewer.person, "page", row, data["name"], data["permissions"])  # type: ignore[arg-type]


def _holders(asked: Role) -> dict[str, Any]:
    """Give who has a role: some by name, and how many in all."""
    grants = Grant.objects.filter(role=asked)
    people = Person.objects.filter(pk__in=grants.values("person"))
    return {
        "holders": list(people.order_by("name", "pk")[:MOST_NAMED]),
        "held": Counted(Count.of(people.values("pk"))),
        "history": HISTORY,
    }


def _page(request: HttpRequest, form: RoleForm, status: int) -> HttpResponse:
    row: Any = form.row
    context = {
        **(_holders(row) if row.pk else {"history": HISTORY}),
        "form": form,
        "role": row if row.pk else None,
        "shipped": form.shipped,
    }
    return render(request, "console/people/role.html", context, status=status)
