"""Restrictions and query strings of FindItem and FindFolder: which things they let through."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import extended
from deskpost.sandbox.cloud.ews.mail import Seen
from deskpost.sandbox.cloud.ews.properties import PROPERTIES
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.shapes import path_of
from deskpost.sandbox.cloud.ews.soap import child, invalid, local, whole

Values = Callable[[Element], list[str]]
"""Gives the values that a thing has at a path, none where it has no such property."""

PATHS = ("FieldURI", "ExtendedFieldURI", "IndexedFieldURI")
_COMPARED: dict[str, Callable[[int], bool]] = {
    "IsEqualTo": lambda order: order == 0,
    "IsGreaterThan": lambda order: order > 0,
    "IsGreaterThanOrEqualTo": lambda order: order >= 0,
    "IsLessThan": lambda order: order < 0,
    "IsLessThanOrEqualTo": lambda order: order <= 0,
}
_TERM = re.compile(r'(?:(\w+):)?("[^"]*"|\S+)')
_ASKED = {
    "subject": ("item:Subject",),
    "from": ("message:From",),
    "to": ("message:ToRecipients",),
    "cc": ("message:CcRecipients",),
    "isread": ("message:IsRead",),
    "hasattachment": ("item:HasAttachments",),
}


def of_item(seen: Seen) -> Values:
    """Give the values of an item."""

    def values(path: Element) -> list[str]:
        if local(path) == "ExtendedFieldURI":
            return extended.value_of(path, seen)
        return _of_path(seen, path_of(path))

    return values


def lets_through(restriction: Element | None, values: Values) -> bool:
    """Tell whether a Restriction lets a thing through; without one everything passes."""
    return restriction is None or all(_holds(one, values) for one in restriction)


def matches(query: str, seen: Seen) -> bool:
    """Tell whether a mail matches a query string: words, and fields such as subject:word, all of them."""
    return all(_matches(field.lower(), word.strip('"').lower(), seen) for field, word in _TERM.findall(query))


def comparable(value: str) -> tuple[int, float, str]:
    """Give what a value is compared and sorted by: a number, a moment, a text without letter case."""
    lowered = value.strip().lower()
    if lowered in ("true", "false"):
        return 0, float(lowered == "true"), ""
    try:
        return 0, float(int(lowered)), ""
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return 1, 0.0, lowered
    return 0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp(), ""


def _holds(test: Element, values: Values) -> bool:
    name = local(test)
    if name in ("And", "Or"):
        return (all if name == "And" else any)(_holds(one, values) for one in test)
    if name == "Not":
        return not all(_holds(one, values) for one in test)
    path = next((one for one in test if local(one) in PATHS), None)
    if path is None:
        raise invalid(f"The element '{name}' has incomplete content.")
    found = values(path)
    if name == "Exists":
        return bool(found)
    if name == "Contains":
        return any(_contains(test, value, _constant(test)) for value in found)
    if name == "Excludes":
        mask = child(test, "Bitmask")
        bits = whole(mask.get("Value"), 0) if mask is not None else 0
        return not any(whole(value, 0) & bits for value in found)
    if name not in (*_COMPARED, "IsNotEqualTo"):
        raise Refused("ErrorUnsupportedPathForQuery")
    return _compared(name, found, _other(test, values))


def _compared(name: str, found: Iterable[str], other: str) -> bool:
    """Compare the values of a property, of which one is enough; unequal is what has no equal value."""
    if name == "IsNotEqualTo":
        return not _compared("IsEqualTo", found, other)
    orders = (
        (one > two) - (one < two) for value in found for one, two in ((comparable(value), comparable(other)),)
    )
    return any(_COMPARED[name](order) for order in orders)


def _other(test: Element, values: Values) -> str:
    holder = child(test, "FieldURIOrConstant")
    if holder is None or not len(holder):
        raise invalid(f"The element '{local(test)}' has incomplete content.")
    if local(holder[0]) in PATHS:
        return next(iter(values(holder[0])), "")
    return holder[0].get("Value", "")


def _constant(test: Element) -> str:
    found = child(test, "Constant")
    return found.get("Value", "") if found is not None else ""


def _contains(test: Element, value: str, wanted: str) -> bool:
    if not test.get("ContainmentComparison", "Exact").startswith("Exact"):
        value, wanted = value.casefold(), wanted.casefold()
    mode = test.get("ContainmentMode", "FullString")
    if mode == "FullString":
        return value == wanted
    return value.startswith(wanted) if mode == "Prefixed" else wanted in value


def _matches(field: str, word: str, seen: Seen) -> bool:
    if field in _ASKED:
        return any(word in value.lower() for path in _ASKED[field] for value in _of_path(seen, path))
    inside = " ".join((seen.header("subject"), seen.header("from"), seen.text or "", seen.html or ""))
    return word in inside.lower() if not field or field == "body" else False


def _of_path(seen: Seen, path: str) -> list[str]:
    if path == "item:Body":
        return [seen.text or seen.html or ""]
    make = PROPERTIES.get(path)
    element = make(seen) if make is not None else None
    if element is None:
        return []
    texts = [one.text for one in element.iter() if one.text]
    return texts if path in ("item:Categories",) else [" ".join(texts)] if texts else []
