"""`fields`: the values of a request's fields. Each list is the whole list, in its order."""

from collections.abc import Mapping
from typing import Any

from django.db.models import ProtectedError

from deskpost.desk import settings
from deskpost.desk.fields import Priority, Status
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.rows import Row, mapping, rows
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import choice, each, text

KEY = "fields"
_LEVELS = 4  # that a priority's bars can show


def apply(row: Row, applying: Applying) -> None:
    """Make priorities and statuses those of the file."""
    if "priorities" in row:
        names = row["priorities"]
        if not names:
            raise row.mistake("priorities", "At least one priority is needed. To do: write one.")
        levels = {name: {"level": level(place, len(names))} for place, name in enumerate(names)}
        _replace(Priority, "priorities", levels, row, applying)
    if "statuses" in row:
        kinds = [status["kind"] for status in row["statuses"]]
        for needed in (Status.Kind.OPEN, Status.Kind.CLOSED):
            if needed not in kinds:
                raise row.mistake(
                    "statuses", f"At least one status of the kind {needed} is needed. To do: add one."
                )
        values = {
            status["name"]: {"kind": status["kind"], "position": place}
            for place, status in enumerate(row["statuses"])
        }
        _replace(Status, "statuses", values, row, applying)


def level(place: int, count: int) -> int:
    """Give the level (1 to 4) of the priority at a place (from 0) of so many."""
    return place + 1 if count <= _LEVELS else 1 + place * _LEVELS // count


def export() -> dict[str, Any]:
    """Give the priorities and statuses in their order."""
    return {
        "priorities": list(Priority.objects.values_list("name", flat=True)),
        "statuses": [{"name": status.name, "kind": status.kind} for status in Status.objects.all()],
    }


def _replace(
    model: type[Priority] | type[Status],
    key: str,
    wanted: Mapping[str, Mapping[str, Any]],
    row: Row,
    applying: Applying,
) -> None:
    present: dict[str, Priority | Status] = {one.name: one for one in model.objects.all()}
    for name, one in present.items():
        if name not in wanted:
            try:
                settings.remove(None, VIA, one)
            except ProtectedError:
                raise row.mistake(
                    key,
                    f"{name} is not in the list, and requests have it. To do: leave it in, or change them.",
                ) from None
    for name, values in wanted.items():
        applying.save(KEY, name, present.get(name) or model(name=name), values, row.line_of(key))
    if list(present) != list(wanted):
        applying.note(KEY, "", key, list(present), list(wanted))


_status_rows = rows(
    "statuses", {"name": text, "kind": choice(*Status.Kind.values)}, required=("name", "kind")
)
SECTION = Section(
    KEY,
    mapping(KEY, {"priorities": each(text), "statuses": _status_rows}, later=("categories", "additional")),
    apply,
    export,
)
