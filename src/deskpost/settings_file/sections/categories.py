"""`fields: categories`: categories with their subcategories and the items of those. Each list is the whole list."""

from collections.abc import Sequence
from typing import Any

from deskpost.desk.categories import Category
from deskpost.desk.value_lists import LISTS
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.rows import Row, rows
from deskpost.settings_file.sections.value_rows import each_once, name, names, replace

_READ_SUBCATEGORIES = each_once(rows("subcategories", {"name": name, "items": names}, required=("name",)))
READ = each_once(rows("categories", {"name": name, "subcategories": _READ_SUBCATEGORIES}, required=("name",)))
"""Reads the list; what a row leaves out stays as it is."""


def apply(categories: Sequence[Row], row: Row, applying: Applying) -> None:
    """Make the tree what the file says, as far as the file says it."""
    made = replace(LISTS["categories"], _named(categories), row, "categories", applying)
    for written, category in zip(categories, made, strict=True):
        if "subcategories" in written:
            _subcategories(written, category, applying)


def export() -> list[dict[str, Any]]:
    """Give the whole tree in its order."""
    return [
        {
            "name": category.name,
            "subcategories": [
                {"name": sub.name, "items": [item.name for item in sub.items.all()]}
                for sub in category.subcategories.all()
            ],
        }
        for category in Category.objects.prefetch_related("subcategories__items")
    ]


def _subcategories(written: Row, category: Category, applying: Applying) -> None:
    below, path = written["subcategories"], (category.name,)
    args = (_named(below), written, "subcategories", applying, category, path)
    made = replace(LISTS["subcategories"], *args)
    for row, sub in zip(below, made, strict=True):
        if "items" in row:
            items = [{"name": item} for item in row["items"]]
            replace(LISTS["items"], items, row, "items", applying, sub, (*path, sub.name))


def _named(written: Sequence[Row]) -> list[dict[str, Any]]:
    return [{"name": row["name"]} for row in written]
