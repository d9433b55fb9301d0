"""Technician groups: the list of them, and one to make, edit with its members, or remove."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count as Counting
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from deskpost.console.page import Counted, Viewer, go_to, signed_in
from deskpost.console.people import HISTORY, PERMISSION, DirectoryForm, Ticks, rows_to_tick, tabs
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.console.settings_form import Line
from deskpost.desk import administrators, group_settings
from deskpost.desk.accounts import Account
from deskpost.desk.fields import Group, GroupMember
from deskpost.desk.group_settings import GroupMuchUsed, GroupNameTaken
from deskpost.desk.people import Person
from deskpost.desk.search import MOST_COUNTED
from deskpost.inbound.mailboxes import Mailbox


class GroupForm(DirectoryForm):
    """What is set of a group."""

    parts = (("groupmember", "group_id"),)

    name = Line(max_length=100, label=_("Name"), help_text=_("As requests and menus show it."))
    account = forms.ModelChoiceField(
        Account.objects.none(),
        label=_("Works for"),
        required=False,
        empty_label=_("All accounts"),
        help_text=_("Only requests of this account can be given to it. Cannot be changed later."),
    )
    members = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        label=_("Members"),
        required=False,
        widget=Ticks(),
        help_text=_("Technicians. Where a request of the group has no technician, they are told."),
    )

    def __init__(self, group: Group, data: QueryDict | None = None) -> None:
        members = list(group.members.values_list("pk", flat=True)) if group.pk else []
        super().__init__(group, data, {"name": group.name, "members": members})
        fields: Any = self.fields
        technicians = Q(technician=True) | Q(pk__in=members)
        people = Person.objects.filter(technicians, deleted_at=None).order_by("name", "pk")
        fields["members"].queryset = people
        rows_to_tick(fields["members"], _("Members"))
        if group.pk is None:
            fields["account"].queryset = Account.objects.filter(deleted_at=None).order_by("name")
        else:
            del self.fields["account"]


@require_safe
@signed_in
def groups(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the groups, with how many are in each."""
    viewer.needs_everywhere(PERMISSION)
    members = GroupMember.objects.filter(person__deleted_at=None).values("group").annotate(n=Counting("pk"))
    counted = dict(members.values_list("group", "n"))
    rows = [
        {"group": one, "members": counted.get(one.pk, 0)}
        for one in Group.objects.select_related("account").order_by("name", "pk")
    ]
    context = {"tabs": tabs(), "tab": "groups", "history": HISTORY, "rows": rows}
    return render(request, "console/people/groups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask who is in the group, and make it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, Group())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def group(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show a group with its members, and save it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, _group_of(id))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Say what names the group, and remove it."""
    viewer.needs_everywhere(PERMISSION)
    asked = _group_of(id)
    if request.method != "POST":
        context = {
            "group": asked,
            "requests": Counted(group_settings.requests_of(asked)),
            "mailboxes": list(Mailbox.objects.filter(default_group=asked).values_list("name", flat=True)),
            "too_many": group_settings.requests_of(asked).more,
            "most": MOST_COUNTED,
            "history": HISTORY,
        }
        return render(request, "console/people/group_remove.html", context)
    try:
        with administrators.one_stays():
            if Group.objects.filter(pk=asked.pk).exists():
                group_settings.remove(viewer.person, "page", asked)
    except GroupMuchUsed:
        return go_to(request, reverse("group_remove", args=[asked.pk]))  # which says so
    messages.success(request, gettext("The group %(name)s is removed.") % {"name": asked.name})
    return go_to(request, reverse("groups"))


def _group_of(id: int) -> Group:
    found = Group.objects.filter(pk=id).select_related("account").first()
    if found is None:
        raise Http404
    return found


def _respond(request: HttpRequest, viewer: Viewer, asked: Group) -> HttpResponse:
    def go_on(form: GroupForm) -> HttpResponse:
        return go_to(request, reverse("group", args=[form.row.pk]) if asked.pk else reverse("groups"))

    return respond(request, partial(GroupForm, asked), _page, partial(_save, viewer), go_on)


def _save(viewer: Viewer, form: GroupForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    try:
        with administrators.one_stays():
            return _write(viewer, form)
    except GroupNameTaken:
        form.add_error("name", gettext("Another group has this name. To do: choose another."))
    return None


def _write(viewer: Viewer, form: GroupForm) -> Changed | None:
    if not form.first_time(viewer.person):
        return TWICE
    row: Any = form.row
    data = form.cleaned_data
    account = data.get("account")
    if row.pk is not None:
        locked = Group.objects.select_for_update().filter(pk=row.pk).first()
        if locked is None:
            raise Http404  # was removed meanwhile
        form.row, row, account = locked, locked, locked.account
        if locked.name == data["name"] and set(locked.members.all()) == set(data["members"]):
            return ()
        if form.saved_meanwhile():
            return None
    return group_settings.save(viewer.person, "page", row, data["name"], account, data["members"])


def _page(request: HttpRequest, form: GroupForm, status: int) -> HttpResponse:
    row: Any = form.row
    context = {"form": form, "group": row if row.pk else None, "history": HISTORY}
    return render(request, "console/people/group.html", context, status=status)
