"""Assets: found by name and place, made, changed and removed, where the person may."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from deskpost.console.page import Viewer, go_to, id_of, signed_in
from deskpost.console.people import places
from deskpost.console.request_fields import PERMISSION, history_of, tabs
from deskpost.console.request_fields.asset_form import AssetForm, offered_places
from deskpost.console.saving import TWICE, Changed, respond
from deskpost.console.settings_versions import Spoken
from deskpost.desk import asset_settings, settings_history
from deskpost.desk.asset_settings import AssetInUse, AssetNameTaken
from deskpost.desk.assets import Asset
from deskpost.desk.settings_history import Wanted

PAGE = 50
_LONGEST = 200  # characters of a search
_AGAIN = "again"  # the button that saves, and asks for another one
_VERSIONS = 20  # of an asset, told beside its form


@require_safe
@signed_in
def assets(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the assets of the person's accounts and sites, found by name and place."""
    viewer.needs(PERMISSION)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    offered = list(offered_places(viewer.desk))
    place = request.GET.get("place", "")
    place = place if place in dict(offered) else ""
    pages = Paginator(_found(viewer, asked, place), PAGE)
    page = pages.get_page(id_of(request.GET.get("page")) or 1)
    kept = {"q": asked, "place": place}
    context = {
        **_frame(viewer),
        "rows": list(page.object_list),
        "asked": asked,
        "place": place,
        "places": offered,
        "total": pages.count,
        "previous_url": _address({**kept, "page": page.number - 1}) if page.has_previous() else None,
        "next_url": _address({**kept, "page": page.number + 1}) if page.has_next() else None,
    }
    return render(request, "console/request_fields/assets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Ask for a new asset, and make it."""
    viewer.needs(PERMISSION)
    return _respond(request, viewer, Asset())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def asset(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Show an asset, and save it."""
    return _respond(request, viewer, _asset_of(viewer, id))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, viewer: Viewer, id: int) -> HttpResponse:
    """Say which requests are about an asset, and remove one that none is about."""
    row = _asset_of(viewer, id)
    if request.method == "POST":
        try:
            asset_settings.remove(viewer.person, "page", row)
        except AssetInUse:
            return go_to(request, request.path)  # which says why
        messages.success(request, gettext("%(name)s is removed.") % {"name": row.name})
        return go_to(request, reverse("assets"))
    in_use = asset_settings.requests_about(row).number
    refused = AssetInUse(row).words if in_use else ""
    context = {**_frame(viewer), "asset": row, "refused": refused}
    return render(request, "console/request_fields/asset_remove.html", context)


def words_of_assets() -> str:
    """Say for All settings how many there are."""
    count = Asset.objects.filter(account__deleted_at=None).count()
    words = ngettext("%(n)s asset that requests can name", "%(n)s assets that requests can name", count)
    return words % {"n": f"{count:,}"}


def _frame(viewer: Viewer) -> dict[str, Any]:
    return {"tabs": tabs(viewer), "tab": "assets", "history": history_of(viewer, ["asset"])}


def _found(viewer: Viewer, asked: str, place: str) -> QuerySet[Asset]:
    rows = viewer.desk.kept_assets.select_related("account", "site")
    account, site = places.read(place) or (None, None)
    if account:
        rows = rows.filter(account=account)
    if site:
        rows = rows.filter(site=site)
    if asked:
        rows = rows.filter(name__icontains=asked)
    return rows.order_by(Lower("name"), "pk")


def _address(kept: dict[str, Any]) -> str:
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{reverse('assets')}?{query}" if query else reverse("assets")


def _asset_of(viewer: Viewer, id: int) -> Asset:
    found = viewer.desk.kept_assets.select_related("account", "site").filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _respond(request: HttpRequest, viewer: Viewer, row: Asset) -> HttpResponse:
    new = row.pk is None

    def go_on(form: AssetForm) -> HttpResponse:
        return go_to(request, request.path if new and _AGAIN in request.POST else reverse("assets"))

    def page(request: HttpRequest, form: AssetForm, status: int) -> HttpResponse:
        context = {
            **_frame(viewer),
            "form": form,
            "asset": None if new else form.row,
            "versions": [] if new else _versions(row),
        }
        return render(request, "console/request_fields/asset.html", context, status=status)

    return respond(request, partial(AssetForm, viewer.desk, row), page, partial(_save, viewer), go_on)


def _save(viewer: Viewer, form: AssetForm) -> Changed | None:
    """Save what was typed and give what changed; None: the form says why not."""
    name = form.cleaned_data["name"]
    account, site = form.chosen
    with transaction.atomic():
        if not form.first_time(viewer.person):
            return TWICE
        row: Any = form.row
        if row.pk is not None:
            locked = viewer.desk.kept_assets.select_for_update(of=("self",)).filter(pk=row.pk).first()
            if locked is None:
                raise Http404  # was removed meanwhile
            form.row = row = locked
            if (row.name, row.site_id) == (name, site.pk if site else None):
                return ()
            if form.saved_meanwhile():
                return None
        try:
            return asset_settings.save(viewer.person, "page", row, name, account, site)
        except AssetNameTaken:
            form.add_error("name", asset_settings.taken_words(name, account))
            transaction.set_rollback(True)  # the form may be sent again
    return None


def _versions(row: Asset) -> list[dict[str, Any]]:
    """Give what the history knows of an asset, for who may not open View history, which is of all accounts."""
    found = settings_history.versions(Wanted(("asset",), row=row.pk), _VERSIONS)
    spoken = Spoken(found)
    return [
        {
            "at": one.at,
            "who": one.who,
            "words": spoken.summary(one),
            "changes": [change for change in spoken.changes(one) if one.old is not None],
        }
        for one in found
    ]
