"""The pages of requests' fields, as All settings lists them."""

from collections.abc import Callable
from functools import partial

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.request_fields import DIRECTORY, PERMISSION
from deskpost.console.request_fields.additional import AdditionalFieldForm
from deskpost.console.request_fields.asset_form import AssetForm
from deskpost.console.request_fields.assets import words_of_assets
from deskpost.console.request_fields.value_form import WORDS, StatusForm, ValueForm
from deskpost.console.settings_entry import Entry
from deskpost.console.settings_search import Places
from deskpost.desk import additional_field_settings
from deskpost.desk.accounts import Site
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.value_lists import LISTS

_NAMED = 3  # values that are named of a list
_ICONS = {
    "priorities": "signal",
    "statuses": "circle-dot",
    "levels": "layers",
    "modes": "inbox",
    "urgencies": "clock",
    "impacts": "users",
    "request_types": "tag",
}


def _named(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _values(key: str) -> str:
    names = list(LISTS[key].model.objects.values_list("name", flat=True)[: _NAMED + 1])
    return _named(names) if names else gettext("None yet")


def _categories() -> str:
    count, below = Category.objects.count(), Subcategory.objects.count() + Item.objects.count()
    words = ngettext(
        "%(n)s category, %(below)s subcategories and items",
        "%(n)s categories, %(below)s subcategories and items",
        count,
    )
    return words % {"n": f"{count:,}", "below": f"{below:,}"}


def _additional() -> str:
    names = [one.label for one in additional_field_settings.in_order()[: _NAMED + 1]]
    return _named(names) if names else gettext("None yet")


def _sites() -> str:
    count = Site.objects.filter(account__deleted_at=None).count()
    words = ngettext(
        "%(n)s site, on the page of its account", "%(n)s sites, on the pages of their accounts", count
    )
    return words % {"n": f"{count:,}"}


def _form_of(key: str) -> Places:
    return [(str(WORDS[key].new), reverse("request_field_value_new", args=[key]))]


def _form_at(words: str | Promise, route: str) -> Callable[[], Places]:
    return lambda: [(str(words), reverse(route))]


def _list(key: str) -> Entry:
    form = StatusForm if key == "statuses" else ValueForm
    return Entry(
        LISTS[key].name,
        _ICONS[key],
        "request_field_values",
        partial(_values, key),
        (form,),
        partial(_form_of, key),
        PERMISSION,
        args=(key,),
    )


REQUEST_FIELDS: tuple[Entry, ...] = (
    Entry(
        _("Categories"),
        "folder-tree",
        "request_fields",
        _categories,
        (ValueForm,),
        partial(_form_of, "categories"),
        PERMISSION,
        also={"": _("subcategories, items")},
    ),
    *(_list(key) for key in _ICONS),
    Entry(
        _("Additional fields"),
        "text-cursor-input",
        "request_field_additional",
        _additional,
        (AdditionalFieldForm,),
        _form_at(_("New additional field"), "request_field_additional_new"),
        PERMISSION,
        also={"": _("custom fields, udf")},
    ),
    Entry(
        _("Assets"),
        "monitor",
        "assets",
        words_of_assets,
        (AssetForm,),
        _form_at(_("New asset"), "asset_new"),
        PERMISSION,
    ),
    Entry(_("Sites"), "map-pin", "accounts", _sites, permission=DIRECTORY),
)
"""The entries, in the order of the tabs."""
