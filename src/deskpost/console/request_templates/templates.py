"""The list of templates, and one template's tabs but its resources: each is saved by itself."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deskpost.console.page import Viewer, go_to, signed_in
from deskpost.console.people import DirectoryForm
from deskpost.console.request_templates import (
    HISTORY,
    PERMISSION,
    frame_of,
    kind_words,
    offer_words,
    template_of,
    used_words,
)
from deskpost.console.request_templates.template_forms import (
    ClosingForm,
    FieldsForm,
    NewTemplateForm,
    OfferedForm,
    taken_words,
)
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.desk import resource_settings, template_settings
from deskpost.desk.template_settings import DefaultStays, NameTaken
from deskpost.desk.templates import Template
from deskpost.inbound.mailboxes import Mailbox

_Write = Callable[[Viewer, Any], Changed]


@require_safe
@signed_in
def templates(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the templates in their order."""
    viewer.needs_everywhere(PERMISSION)
    rows = [
        {
            "template": one,
            "kind": kind_words(one),
            "offered": offer_words(one),
            "resources": resource_settings.of_template(one).count(),
            "used": used_words(one),
        }
        for one in template_settings.in_use()
    ]
    return render(request, "console/request_templates/templates.html", {"rows": rows, "history": HISTORY})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask for name and kind, and make the template like the default one."""
    viewer.needs_everywhere(PERMISSION)

    def page(request: HttpRequest, form: NewTemplateForm, status: int) -> HttpResponse:
        context = {"form": form, "history": HISTORY}
        return render(request, "console/request_templates/new.html", context, status=status)

    def go_on(form: NewTemplateForm) -> HttpResponse:
        made = form.row.pk is not None
        return go_to(request, reverse("template", args=[form.row.pk]) if made else reverse("templates"))

    form_of = partial(NewTemplateForm, Template())
    return respond(request, form_of, page, partial(_save, viewer, _make), go_on)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def template(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show which fields requester and technician get, and save that."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, template_of(id), FieldsForm, "fields", _set)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def closing(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show what must be filled before closing, and save that."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, template_of(id), ClosingForm, "closing", _set)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def offered(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show where the template is offered, and save that."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, template_of(id), OfferedForm, "offered", _offer)


@require_POST
@signed_in
def make_default(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Let the template serve every request that names none."""
    viewer.needs_everywhere(PERMISSION)
    try:
        with template_settings.alone():
            asked = template_of(id)
            template_settings.make_default(viewer.person, "page", asked)
    except DefaultStays:
        words = gettext(
            "Not done: the default template is an incident that is offered to everybody in all accounts. "
            "To do: offer %(name)s so first."
        )
        messages.error(request, words % {"name": asked.name})
    else:
        words = gettext("%(name)s serves every request that names no template now.")
        messages.success(request, words % {"name": asked.name})
    return go_to(request, reverse("template_offered", args=[id]))


@require_POST
@signed_in
def move(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Move a template up or down by one place."""
    viewer.needs_everywhere(PERMISSION)
    by = {"up": -1, "down": 1}.get(request.POST.get("by", ""))
    with template_settings.alone():
        row = template_of(id)
        if by is not None:
            template_settings.move(viewer.person, "page", row, by)
    return go_to(request, f"{reverse('templates')}#template-{row.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Say what becomes of its requests, and remove the template."""
    viewer.needs_everywhere(PERMISSION)
    if request.method != "POST":
        asked = template_of(id)
        giving = (
            Mailbox.objects.filter(default_template=asked).order_by("name").values_list("name", flat=True)
        )
        context = {**frame_of(asked, "fields"), "mailboxes": ", ".join(giving)}
        return render(request, "console/request_templates/remove.html", context)
    with template_settings.alone():
        asked = template_of(id)
        if asked.default:
            return go_to(request, reverse("template_remove", args=[id]))  # which says why not
        template_settings.remove(viewer.person, "page", asked)
    words = gettext("The template %(name)s is removed. View history can bring it back.")
    messages.success(request, words % {"name": asked.name})
    return go_to(request, reverse("templates"))


def _respond(
    request: HttpRequest,
    viewer: Viewer,
    asked: Template,
    form_of: type[DirectoryForm],
    tab: str,
    write: _Write,
) -> HttpResponse:
    def page(request: HttpRequest, form: DirectoryForm, status: int) -> HttpResponse:
        context = {"form": form, **frame_of(asked, tab)}
        return render(request, f"console/request_templates/{tab}.html", context, status=status)

    def go_on(form: DirectoryForm) -> HttpResponse:
        return go_to(request, request.path)

    return respond(request, partial(form_of, asked), page, partial(_save, viewer, write), go_on)


def _save(viewer: Viewer, write: _Write, form: Any) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    try:
        with template_settings.alone():
            if not form.first_time(viewer.person):
                return TWICE
            if form.row.pk is not None:
                form.row = template_of(form.row.pk)
                if form.saved_meanwhile():
                    return None
            return write(viewer, form)
    except NameTaken:
        form.add_error("name", taken_words())
    except DefaultStays:
        form.add_error(
            None,
            gettext(
                "The default template is offered to everybody. To do: make another one the default first."
            ),
        )
    return None


def _make(viewer: Viewer, form: NewTemplateForm) -> Changed:
    like = template_settings.default()
    values = {
        "name": form.cleaned_data["name"],
        "kind": form.cleaned_data["kind"],
        "requester_fields": like.requester_fields,
        "technician_fields": like.technician_fields,
    }
    form.row = Template()
    template_settings.save(viewer.person, "page", form.row, values)
    return ("name",)


def _set(viewer: Viewer, form: FieldsForm | ClosingForm) -> Changed:
    return template_settings.save(viewer.person, "page", form.row, form.values)  # type: ignore[arg-type]


def _offer(viewer: Viewer, form: OfferedForm) -> Changed:
    row: Any = form.row
    accounts = list(form.cleaned_data["accounts"])
    return template_settings.offer(viewer.person, "page", row, accounts, form.to_requesters)
