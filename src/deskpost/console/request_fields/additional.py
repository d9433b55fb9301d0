"""Additional fields: the list, one to add or change, removed with its values kept, and brought back."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deskpost.console.page import Counted, Viewer, go_to, signed_in
from deskpost.console.people import DirectoryForm
from deskpost.console.request_fields import PERMISSION, history_of, tabs
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.console.settings_form import Line
from deskpost.desk import additional_field_settings as fields
from deskpost.desk.additional_field_settings import LONGEST_LABEL, FieldRefused
from deskpost.desk.additional_fields import AdditionalField

KINDS = {
    AdditionalField.Kind.TEXT: _("Text"),
    AdditionalField.Kind.NUMBER: _("Number"),
    AdditionalField.Kind.DATE: _("Date"),
    AdditionalField.Kind.CHOICE: _("Choice"),
}
_AGAIN = "again"  # the button that saves, and asks for another one


class Lines(forms.CharField):
    """Several texts, each on a line; empty lines are left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=200_000,
            widget=forms.Textarea({"rows": 6, "autocomplete": "off", "dir": "auto"}),
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        """Give a list as it is typed."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """Give the list."""
        lines = [" ".join(line.split()) for line in (super().to_python(value) or "").splitlines()]
        return [line for line in lines if line]

    def run_validators(self, value: Any) -> None:
        """Let the whole text be as long as its options may be, which are judged one by one."""


class AdditionalFieldForm(DirectoryForm):
    """What is set of an additional field."""

    label = Line(
        max_length=LONGEST_LABEL,
        label=_("Label"),
        help_text=_("As requests show it and commands in mails name it. No name of another field."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=list(KINDS.items()),
        help_text=_("What values it takes. Cannot be changed once requests have values in it."),
    )
    options = Lines(
        label=_("Options"),
        required=False,
        help_text=_("Of a choice: each on a line, in the order of the menu."),
    )

    def __init__(self, row: AdditionalField, data: QueryDict | None = None) -> None:
        initial = {"label": row.label, "kind": row.kind or AdditionalField.Kind.TEXT, "options": row.options}
        super().__init__(row, data, initial)

    @property
    def wanted(self) -> tuple[str, str, list[str]]:
        """Give label, kind and options; what stands in the field for options counts for a choice alone."""
        data = self.cleaned_data
        chooses = data["kind"] == AdditionalField.Kind.CHOICE
        return data["label"], data["kind"], data["options"] if chooses else []


@require_safe
@signed_in
def additional(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the fields in their order, and those that were removed."""
    viewer.needs_everywhere(PERMISSION)
    removed = AdditionalField.objects.filter(deleted_at__isnull=False).order_by("label", "pk")
    context = {
        **_frame(viewer),
        "rows": [_row(one) for one in fields.in_order()],
        "removed": [{**_row(one), "values": Counted(fields.requests_with(one))} for one in removed],
    }
    return render(request, "console/request_fields/additional.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask for a new field, and add it behind the others."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, AdditionalField())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def field(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show a field, and save it."""
    viewer.needs_everywhere(PERMISSION)
    return _respond(request, viewer, _field_of(id))


@require_POST
@signed_in
def move(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Move a field up or down by one place."""
    viewer.needs_everywhere(PERMISSION)
    row = _field_of(id)
    by = {"up": -1, "down": 1}.get(request.POST.get("by", ""))
    if by is not None:
        fields.move(viewer.person, "page", row, by)
    return go_to(request, _back_to(row))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Say what stays of a field, and remove it."""
    viewer.needs_everywhere(PERMISSION)
    row = AdditionalField.objects.filter(pk=id).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        if fields.remove(viewer.person, "page", row):
            words = gettext("%(label)s is removed. It can be brought back here, with its values.")
            messages.success(request, words % {"label": row.label})
        return go_to(request, reverse("request_field_additional"))
    context = {**_frame(viewer), "field": row, "values": Counted(fields.requests_with(row))}
    return render(request, "console/request_fields/additional_remove.html", context)


@require_POST
@signed_in
def bring_back(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Bring a removed field back, behind the others."""
    viewer.needs_everywhere(PERMISSION)
    row = AdditionalField.objects.filter(pk=id).first()
    if row is None:
        raise Http404
    try:
        if fields.bring_back(viewer.person, "page", row):
            messages.success(request, gettext("%(label)s is back.") % {"label": row.label})
    except FieldRefused as refused:
        messages.error(request, gettext("Not brought back. %(words)s") % {"words": refused.words})
    return go_to(request, _back_to(row))


def _frame(viewer: Viewer) -> dict[str, Any]:
    return {
        "tabs": tabs(viewer),
        "tab": "additional",
        "history": history_of(viewer, ["additionalfield"]),
    }


def _row(one: AdditionalField) -> dict[str, Any]:
    return {"field": one, "kind": KINDS[AdditionalField.Kind(one.kind)], "options": ", ".join(one.options)}


def _field_of(id: int) -> AdditionalField:
    found = AdditionalField.objects.filter(pk=id, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


def _back_to(row: AdditionalField) -> str:
    return f"{reverse('request_field_additional')}#additional-{row.pk}"


def _respond(request: HttpRequest, viewer: Viewer, row: AdditionalField) -> HttpResponse:
    new = row.pk is None

    def go_on(form: AdditionalFieldForm) -> HttpResponse:
        if new and _AGAIN in request.POST:
            return go_to(request, request.path)
        return go_to(request, _back_to(form.row) if form.row.pk else reverse("request_field_additional"))  # type: ignore[arg-type]

    def page(request: HttpRequest, form: AdditionalFieldForm, status: int) -> HttpResponse:
        context = {**_frame(viewer), "form": form, "field": None if new else form.row}
        return render(request, "console/request_fields/additional_form.html", context, status=status)

    return respond(request, partial(AdditionalFieldForm, row), page, partial(_save, viewer), go_on)


def _save(viewer: Viewer, form: AdditionalFieldForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    with transaction.atomic():
        if not form.first_time(viewer.person):
            return TWICE
        row: Any = form.row
        if row.pk is not None:
            locked = AdditionalField.objects.select_for_update().filter(pk=row.pk, deleted_at=None).first()
            if locked is None:
                raise Http404  # was removed meanwhile
            form.row = row = locked
            if (row.label, row.kind, row.options) == form.wanted:
                return ()
            if form.saved_meanwhile():
                return None
        try:
            return fields.save(viewer.person, "page", row, *form.wanted)
        except FieldRefused as refused:
            form.add_refusals([(refused.field, refused.words)])
            transaction.set_rollback(True)  # the form may be sent again
    return None
