"""The resources of a service template: the list of them, and one with its questions and its command by mail."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.request_templates import PERMISSION, frame_of, template_of
from deskpost.console.request_templates.by_mail import command_of
from deskpost.console.request_templates.resource_forms import NewResourceForm, ResourceForm, taken_words
from deskpost.console.saving import Changed, tell
from deskpost.desk import resource_settings, template_settings
from deskpost.desk.resource_settings import AnswersLost
from deskpost.desk.template_settings import NameTaken
from deskpost.desk.templates import Resource, Template


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def resources(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show the first resource of a template, or that there is none; add one."""
    viewer.needs_everywhere(PERMISSION)
    template = _service(id)
    if request.method == "POST":
        return _add(request, viewer, template)
    first = resource_settings.of_template(template).first()
    if first is None:
        return _page(request, viewer, template, None, NewResourceForm())
    return _page(request, viewer, template, ResourceForm(first), NewResourceForm())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def resource(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show a resource, and save it with its questions; each button saves what was typed as well."""
    viewer.needs_everywhere(PERMISSION)
    row = _resource(id)
    if request.method != "POST":
        return _page(request, viewer, row.template, ResourceForm(row), NewResourceForm())
    act = request.POST.get("act", "")
    if act == "remove":
        with template_settings.alone():
            resource_settings.remove(viewer.person, "page", _resource(id))
        words = gettext("The resource %(name)s is removed. View history can bring it back.")
        messages.success(request, words % {"name": row.name})
        return go_to(request, reverse("template_resources", args=[row.template_id]))
    if act in ("move.up", "move.down"):
        with template_settings.alone():
            resource_settings.move(viewer.person, "page", _resource(id), -1 if act == "move.up" else 1)
        return go_to(request, request.path)
    form = ResourceForm(row, request.POST)
    changed = _save(viewer, form) if form.is_valid() else None
    if changed is None:
        return _page(request, viewer, row.template, form, NewResourceForm(), 422)
    tell(request, form, changed)
    return go_to(request, request.path)


def _add(request: HttpRequest, viewer: Viewer, template: Template) -> HttpResponse:
    form = NewResourceForm(request.POST)
    if form.is_valid():
        try:
            with template_settings.alone():
                made = resource_settings.add(viewer.person, "page", template, form.cleaned_data["name"])
            return go_to(request, reverse("template_resource", args=[made.pk]))
        except NameTaken:
            form.add_error("name", taken_words())
    first = resource_settings.of_template(template).first()
    return _page(request, viewer, template, ResourceForm(first) if first else None, form, 422)


def _save(viewer: Viewer, form: ResourceForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    try:
        with template_settings.alone():
            row = form.row = _resource(form.row.pk)
            if form.saved_meanwhile():
                return None
            name = form.cleaned_data["name"]
            return resource_settings.write(viewer.person, "page", row, name, form.asked)
    except NameTaken:
        form.add_error("name", taken_words())
    except AnswersLost as lost:
        form.refuse_options(lost)
    return None


def _service(id: int) -> Template:
    template = template_of(id)
    if template.kind != Template.Kind.SERVICE:
        raise Http404
    return template


def _resource(id: int) -> Resource:
    found = Resource.objects.filter(pk=id, deleted_at=None).select_related("template").first()
    if found is None or found.template.deleted_at is not None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    viewer: Viewer,
    template: Template,
    form: ResourceForm | None,
    adding: NewResourceForm,
    status: int = 200,
) -> HttpResponse:
    rows = list(resource_settings.of_template(template).prefetch_related("questions"))
    row: Any = form.row if form else None
    context = {
        **frame_of(template, "resources"),
        "form": form,
        "adding": adding,
        "resource": row,
        "resources": [
            {"resource": one, "count": sum(not each.deleted_at for each in one.questions.all())}
            for one in rows
        ],
        "first": bool(rows) and rows[0] == row,
        "last": bool(rows) and rows[-1] == row,
        "by_mail": command_of(viewer, template, row) if row else None,
    }
    return render(request, "console/request_templates/resources.html", context, status=status)
