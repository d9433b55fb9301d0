"""Request fields: the frame of the pages on which an administrator says what requests' fields can be set to."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskpost.console.page import Viewer
from deskpost.desk.value_lists import LISTS, ValueList

PERMISSION = "settings.desk"
DIRECTORY = "directory.manage"
TREE = ("categories", "subcategories", "items")
"""The lists that one page shows as a tree."""
KINDS = (
    *("category", "subcategory", "item", "priority", "status", "level", "mode", "urgency", "impact"),
    *("requesttype", "additionalfield", "asset"),
)
"""The kinds of settings that these pages set, as View history knows them."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab."""

    key: str
    name: str | Promise
    url: str


def tabs(viewer: Viewer) -> list[Tab]:
    """Give the tabs that a person may open; groups and sites have pages of their own."""
    found: list[Tab] = []
    if viewer.desk.everywhere(PERMISSION):
        found += [Tab(key, one.name, list_url(key)) for key, one in _in_order()]
        found.append(Tab("additional", _("Additional fields"), reverse("request_field_additional")))
    found.append(Tab("assets", _("Assets"), reverse("assets")))
    if viewer.desk.everywhere(DIRECTORY):
        found.append(Tab("groups", _("Groups"), reverse("groups")))
        found.append(Tab("sites", _("Sites"), reverse("accounts")))
    return found


def list_url(key: str, anchor: str = "") -> str:
    """Give the address of the page that shows a list; `anchor`: a place on it."""
    url = reverse("request_fields") if key in TREE else reverse("request_field_values", args=[key])
    return f"{url}#{anchor}" if anchor else url


def history_of(viewer: Viewer, kinds: Iterable[str]) -> str:
    """Give the kinds whose history a person may see from here, as its address names them; empty: none."""
    may = viewer.desk.everywhere(PERMISSION) or viewer.desk.everywhere("settings.mail")
    return ",".join(kinds) if may else ""


def _in_order() -> list[tuple[str, ValueList]]:
    first = [("categories", LISTS["categories"])]
    return [*first, *((key, one) for key, one in LISTS.items() if key not in TREE)]
