"""The lists of values: each shown in its order, its values added, renamed, moved and removed."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.console.request_fields import PERMISSION, TREE, history_of, list_url, tabs
from deskpost.console.request_fields.value_form import KINDS_OF_STATUS, WORDS, StatusForm, ValueForm
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.desk import value_lists
from deskpost.desk.categories import Category
from deskpost.desk.value_lists import LISTS, ValueList, ValueRefused
from deskpost.inbound.mailboxes import Mailbox

_AGAIN = "again"  # the button that saves, and asks for another one


@require_safe
@signed_in
def values(request: HttpRequest, viewer: Viewer, key: str) -> HttpResponse:
    """Show a list in its order."""
    viewer.needs_everywhere(PERMISSION)
    of = _list_of(key)
    if key in TREE:
        raise Http404
    rows = value_lists.in_order(of)
    context = {
        **frame(viewer, of),
        "rows": [{"value": one, "kind": KINDS_OF_STATUS.get(getattr(one, "kind", ""), "")} for one in rows],
        "kinds": key == "statuses",
    }
    return render(request, "console/request_fields/values.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer, key: str) -> HttpResponse:
    """Ask for a new value, and add it behind the others."""
    viewer.needs_everywhere(PERMISSION)
    of = _list_of(key)
    return _respond(request, viewer, of, of.model(**_above(request, of)))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def value(request: HttpRequest, viewer: Viewer, key: str, id: int) -> HttpResponse:
    """Show a value, and save it."""
    viewer.needs_everywhere(PERMISSION)
    of = _list_of(key)
    return _respond(request, viewer, of, _value_of(of, id))


@require_POST
@signed_in
def move(request: HttpRequest, viewer: Viewer, key: str, id: int) -> HttpResponse:
    """Move a value up or down by one place."""
    viewer.needs_everywhere(PERMISSION)
    of = _list_of(key)
    row = _value_of(of, id)
    by = {"up": -1, "down": 1}.get(request.POST.get("by", ""))
    if by is not None:
        value_lists.move(viewer.person, "page", row, by)
    return go_to(request, back_to(of, row))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, key: str, id: int) -> HttpResponse:
    """Say what hangs on a value, and remove one that no request has."""
    viewer.needs_everywhere(PERMISSION)
    of = _list_of(key)
    row = of.model.objects.filter(pk=id).first()
    if request.method == "POST":
        if row is not None:  # else a double click: it is gone
            try:
                value_lists.remove(viewer.person, "page", row)
            except ValueRefused:
                return go_to(request, request.path)  # which says why
            words = gettext("%(name)s is removed. View history can bring it back.")
            messages.success(request, words % {"name": row.name})
            if of.parent:
                return go_to(request, back_to(LISTS[TREE[TREE.index(key) - 1]], getattr(row, of.parent)))
        return go_to(request, list_url(key))
    if row is None:
        raise Http404
    try:
        value_lists.refuse_removal(row)
        refused = ""
    except ValueRefused as why:
        refused = why.words
    context = {**frame(viewer, of), "value": row, "refused": refused, **_goes_too(row)}
    return render(request, "console/request_fields/value_remove.html", context)


def frame(viewer: Viewer, of: ValueList) -> dict[str, Any]:
    """Give what every page of a list shows."""
    kinds = [LISTS[key].kind for key in (TREE if of.key in TREE else (of.key,))]
    return {
        "tabs": tabs(viewer),
        "tab": "categories" if of.key in TREE else of.key,
        "of": of,
        "words": WORDS[of.key],
        "list_url": list_url(of.key),
        "history": history_of(viewer, kinds),
    }


def back_to(of: ValueList, row: Any) -> str:
    """Give the place on the list at which a value stands; in the tree with its category open."""
    if of.key not in TREE:
        return list_url(of.key, f"{of.key}-{row.pk}")
    category = {"categories": "pk", "subcategories": "category_id"}.get(of.key)
    opened = getattr(row, category) if category else row.subcategory.category_id
    return f"{list_url(of.key)}?{urlencode({'open': opened})}#{of.key}-{row.pk}"


def _respond(request: HttpRequest, viewer: Viewer, of: ValueList, row: Any) -> HttpResponse:
    new = row.pk is None

    def go_on(form: ValueForm) -> HttpResponse:
        if new and _AGAIN in request.POST:
            return go_to(request, request.get_full_path())
        return go_to(request, back_to(of, form.row) if form.row.pk else list_url(of.key))

    def page(request: HttpRequest, form: ValueForm, status: int) -> HttpResponse:
        context = {
            **frame(viewer, of),
            "form": form,
            "value": None if new else form.row,
            "above": getattr(row, of.parent) if of.parent else None,
        }
        return render(request, "console/request_fields/value.html", context, status=status)

    form_of: Any = StatusForm if of.key == "statuses" else ValueForm
    return respond(request, partial(form_of, row), page, partial(_save, viewer, of), go_on)


def _save(viewer: Viewer, of: ValueList, form: ValueForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    with transaction.atomic():
        if not form.first_time(viewer.person):
            return TWICE
        if form.row.pk is not None:
            locked = of.model.objects.select_for_update(no_key=True).filter(pk=form.row.pk).first()
            if locked is None:
                raise Http404  # was removed meanwhile
            form.row = locked
            if all(getattr(locked, name) == value for name, value in form.values.items()):
                return ()
            if form.saved_meanwhile():
                return None
        try:
            with transaction.atomic():
                return value_lists.save(viewer.person, "page", form.row, form.values)
        except ValueRefused as refused:
            form.add_refusals([(refused.field, refused.words)])
            transaction.set_rollback(True)  # the form may be sent again
    return None


def _goes_too(row: Any) -> dict[str, Any]:
    """Give what is removed with a value, and which mailboxes give it to new requests."""
    boxes = Mailbox.objects.order_by("name")
    if isinstance(row, Category):
        given = boxes.filter(default_category=row)
    else:
        given = boxes.filter(default_priority=row.pk) if row._meta.model_name == "priority" else boxes.none()
    below = next((getattr(row, name) for name in ("subcategories", "items") if hasattr(row, name)), None)
    return {
        "parts": below.count() if below is not None else 0,
        "mailboxes": list(given.values_list("name", flat=True)),
    }


def _list_of(key: str) -> ValueList:
    if key not in LISTS:
        raise Http404
    return LISTS[key]


def _value_of(of: ValueList, id: int) -> Any:
    related = (of.parent,) if of.parent else ()
    found = of.model.objects.filter(pk=id).select_related(*related).first()
    if found is None:
        raise Http404
    return found


def _above(request: HttpRequest, of: ValueList) -> dict[str, Any]:
    """Give what a new value is a part of, which the address names."""
    if not of.parent:
        return {}
    above = of.model._meta.get_field(of.parent).related_model
    found = above.objects.filter(pk=id_of(request.GET.get("in")) or 0).first()
    if found is None:
        raise Http404
    return {of.parent: found}


def new_url(key: str, above: Any = None) -> str:
    """Give the address of the form of a new value, `above`: of what it is a part."""
    url = reverse("request_field_value_new", args=[key])
    return f"{url}?{urlencode({'in': above.pk})}" if above else url
