"""Lists and their pages: $filter, $orderby, $top, $skip, $count, and the @odata.nextLink that leads on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from deskpost.sandbox.cloud.exchange import Response, of_json
from deskpost.sandbox.cloud.graph.call import Call
from deskpost.sandbox.cloud.graph.errors import bad_request
from deskpost.sandbox.cloud.graph.filters import Filter
from deskpost.sandbox.cloud.graph.messages_json import BY_LOWER_NAME, Reading, value
from deskpost.sandbox.cloud.store import Item

DEFAULT_PAGE = 10
LARGEST_PAGE = 1_000

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Order:
    """One property that a list is sorted by."""

    path: str
    descending: bool


def filtered(call: Call, items: list[Item]) -> list[Item]:
    """Give the items that $filter lets through, in the order of $orderby; the newest first without one."""
    orders = _orders(call.query.get("$orderby", ""))
    if text := call.query.get("$filter"):
        filter = Filter(text)
        by = [order.path for order in orders]
        if by and list(dict.fromkeys(filter.properties))[: len(by)] != by:
            words = "The restriction or sort order is too complex for this operation."
            raise bad_request(words, "InefficientFilter")
        items = [item for item in items if filter.test(Reading(call, item))]
    return _sorted(call, items, orders)


def _sorted(call: Call, items: list[Item], orders: list[Order]) -> list[Item]:
    if not orders:
        return sorted(items, key=lambda item: item.received, reverse=True)
    for order in reversed(orders):
        if order.path == "receivedDateTime":
            items = sorted(items, key=lambda item: item.received, reverse=order.descending)
        else:
            keyed = [(str(value(Reading(call, item), order.path) or "").casefold(), item) for item in items]
            keyed.sort(key=lambda pair: pair[0], reverse=order.descending)
            items = [item for _, item in keyed]
    return items


def _orders(text: str) -> list[Order]:
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        path, _, direction = part.partition(" ")
        first, *rest = path.split("/")
        if first.lower() not in BY_LOWER_NAME or direction.strip().lower() not in ("", "asc", "desc"):
            raise bad_request(f"Could not find a property named '{path}'.", "RequestBroker--ParseUri")
        name = "/".join([BY_LOWER_NAME[first.lower()], *rest])
        found.append(Order(name, direction.strip().lower() == "desc"))
    return found


def paged(
    call: Call, entries: Sequence[Entry], tell: Callable[[Entry], dict[str, Any]], context: str
) -> Response:
    """Answer with the page of a list that $top and $skip name."""
    size = number(call, "$top", call.page_size or DEFAULT_PAGE)
    if not 1 <= size <= LARGEST_PAGE:
        raise bad_request(f"Invalid page size specified: '{size}'. Must be between 1 and 1000 inclusive.")
    skipped = number(call, "$skip", 0)
    page = entries[skipped : skipped + size]
    answer: dict[str, Any] = {"@odata.context": context}
    if call.query.get("$count", "").lower() == "true":
        answer["@odata.count"] = len(entries)
    answer["value"] = [tell(one) for one in page]
    if len(entries) > skipped + size:
        options = {**call.query, "$top": str(size), "$skip": str(skipped + size)}
        query = "&".join(f"{name}={quote(text, safe='')}" for name, text in options.items())
        path = quote(call.request.path, safe="/()'@$")
        answer["@odata.nextLink"] = f"{call.request.base}{path}?{query}"
    return of_json(answer)


def number(call: Call, name: str, default: int) -> int:
    """Give a number of the query. Raises Refused where it is none."""
    text = call.query.get(name, str(default))
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise bad_request(f"Invalid value '{text}' for {name} query option found.")
    return int(text)
