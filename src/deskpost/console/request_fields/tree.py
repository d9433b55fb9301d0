"""Categories, their subcategories and the items of those, as one tree."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deskpost.console.page import Viewer, id_of, signed_in
from deskpost.console.request_fields import PERMISSION
from deskpost.console.request_fields.values import frame, new_url
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.value_lists import LISTS

MOST_OPEN = 300  # subcategories and items; where there are more, one category is open at a time


@require_safe
@signed_in
def categories(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the tree; a large one with one category open."""
    viewer.needs_everywhere(PERMISSION)
    rows = list(Category.objects.all())
    large = Subcategory.objects.count() + Item.objects.count() > MOST_OPEN
    chosen = id_of(request.GET.get("open"))
    opened = [one for one in rows if not large or one.pk == chosen]
    below = _below(opened)
    context = {
        **frame(viewer, LISTS["categories"]),
        "rows": [
            {
                "value": one,
                "parts": below.get(one.pk, []),
                "closed": one not in opened,
                "new_url": new_url("subcategories", one),
            }
            for one in rows
        ],
    }
    return render(request, "console/request_fields/categories.html", context)


def _below(opened: list[Category]) -> dict[int, list[dict[str, Any]]]:
    """Give the subcategories of these categories, each with its items."""
    found: dict[int, list[dict[str, Any]]] = {}
    for one in Subcategory.objects.filter(category__in=opened).prefetch_related("items"):
        row = {"value": one, "parts": list(one.items.all()), "new_url": new_url("items", one)}
        found.setdefault(one.category_id, []).append(row)
    return found
