"""`fields`: what requests' fields can be set to. Each list is the whole list, in its order."""

from typing import Any

from deskpost.desk import value_lists
from deskpost.desk.fields import Status
from deskpost.desk.value_lists import LISTS, NEEDED
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.rows import Row, mapping, rows
from deskpost.settings_file.sections import additional, categories
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.sections.value_rows import KEY, each_once, name, names, replace
from deskpost.settings_file.values import choice

_PLAIN = ("priorities", "levels", "modes", "urgencies", "impacts", "request_types")
_STATUSES = each_once(
    rows("statuses", {"name": name, "kind": choice(*Status.Kind.values)}, required=("name", "kind"))
)


def apply(row: Row, applying: Applying) -> None:
    """Make each list that the file has what it says."""
    for key in _PLAIN:
        if key in row:
            if key == "priorities" and not row[key]:
                raise row.mistake(key, "At least one priority is needed. To do: write one.")
            replace(LISTS[key], [{"name": one} for one in row[key]], row, key, applying)
    if "statuses" in row:
        _statuses(row, applying)
    if "categories" in row:
        categories.apply(row["categories"], row, applying)
    if "additional" in row:
        additional.apply(row["additional"], row, applying)


def export() -> dict[str, Any]:
    """Give all lists in their order."""
    return {
        **{key: [one.name for one in value_lists.in_order(LISTS[key])] for key in _PLAIN},
        "statuses": [{"name": status.name, "kind": status.kind} for status in Status.objects.all()],
        "categories": categories.export(),
        "additional": additional.export(),
    }


def _statuses(row: Row, applying: Applying) -> None:
    kinds = [status["kind"] for status in row["statuses"]]
    for needed in NEEDED:
        if needed not in kinds:
            words = f"At least one status of the kind {needed} is needed. To do: add one."
            raise row.mistake("statuses", words)
    values = [{"name": status["name"], "kind": status["kind"]} for status in row["statuses"]]
    replace(LISTS["statuses"], values, row, "statuses", applying)


SECTION = Section(
    KEY,
    mapping(
        KEY,
        {
            **dict.fromkeys(_PLAIN, names),
            "statuses": _STATUSES,
            "categories": categories.READ,
            "additional": additional.READ,
        },
    ),
    apply,
    export,
)
