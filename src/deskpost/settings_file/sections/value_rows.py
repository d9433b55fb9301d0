"""Lists of values in a settings file: read with each name once, and made the whole list that the desk has."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError
from yaml import Node

from deskpost.desk import settings, value_lists
from deskpost.desk.fields import Status
from deskpost.desk.value_lists import LONGEST_NAME, MOST, ValueList, ValueRefused
from deskpost.settings_file.applying import VIA, Applying
from deskpost.settings_file.mistakes import Collected, Mistake
from deskpost.settings_file.rows import Row
from deskpost.settings_file.values import elements, line_of, text

KEY = "fields"  # the section that they stand in
BETWEEN = " > "  # a category and what is a part of it, as changes name them


def name(node: Node) -> str:
    """The name of a value."""
    value = text(node)
    if len(value) > LONGEST_NAME:
        words = f"The name is longer than {LONGEST_NAME} characters. To do: shorten it."
        raise Mistake(line_of(node), words)
    return value


def names(node: Node) -> list[str]:
    """A list of names, each once, whatever its letter case."""
    collected, found = Collected(), []
    for element in elements(node):
        with collected.here():
            found.append((line_of(element), name(element)))
    collected.raise_if_any()
    _refuse_twice(found, node)
    return [value for _, value in found]


def each_once(read: Callable[[Node], list[Row]]) -> Callable[[Node], list[Row]]:
    """What `read` takes, each name once, whatever its letter case."""

    def read_rows(node: Node) -> list[Row]:
        found = read(node)
        _refuse_twice([(row.line_of("name"), row["name"]) for row in found], node)
        return found

    return read_rows


def replace(
    of: ValueList,
    wanted: Sequence[dict[str, Any]],
    row: Row,
    key: str,
    applying: Applying,
    parent: Any = None,
    within: Sequence[str] = (),
) -> list[Any]:
    """Make a list what is wanted, in its order, and give its rows. `parent`: what they are a part of, called `within`.

    Raises Mistake, also where a value would go that requests have.
    """
    present = value_lists.in_order(of, parent.pk if parent else None)
    matched = [_match(present, values["name"]) for values in wanted]
    for one in present:
        if one not in matched:
            _remove(one, row, key)
    made = []
    for place, (values, found) in enumerate(zip(wanted, matched, strict=True), of.first):
        one = found or of.model(**({of.parent: parent} if of.parent else {}))
        if isinstance(one, Status) and found:
            with refusals_at(row, key):
                value_lists.refuse_ending(one, values["kind"])
        called = BETWEEN.join((*within, values["name"]))
        line = row.line_of(key)
        applying.save(KEY, f"{of.key} {called}", one, {**values, of.order: place}, line)
        made.append(one)
    before, after = [one.name for one in present], [values["name"] for values in wanted]
    if before != after:
        applying.note(KEY, BETWEEN.join(within), key, before, after)
    return made


@contextmanager
def refusals_at(row: Row, key: str) -> Iterator[None]:
    """Tell what the desk refuses meanwhile as a mistake of this key."""
    try:
        yield
    except ValueRefused as refused:
        raise row.mistake(key, refused.words) from None


def _remove(one: Any, row: Row, key: str) -> None:
    count = value_lists.requests_with(one)
    words = (
        f"{one.name} is not in the list, and requests have it. "
        f"To do: leave it in, or change these {value_lists.shown(count)} first."
    )
    if count.number:
        raise row.mistake(key, words)
    try:
        with value_lists.at_once():
            settings.remove(None, VIA, one)
    except IntegrityError:  # a request has got it in this moment
        raise row.mistake(key, words) from None


def _match(present: Sequence[Any], wanted: str) -> Any:
    """Give the value that is called so, else the one that only letter case tells from it; None: there is none."""
    exact = (one for one in present if one.name == wanted)
    folded = (one for one in present if one.name.casefold() == wanted.casefold())
    return next(exact, None) or next(folded, None)


def _refuse_twice(found: Sequence[tuple[int, str]], node: Node) -> None:
    collected = Collected()
    seen: dict[str, int] = {}
    for line, value in found:
        with collected.here():
            if value.casefold() in seen:
                words = f"{value} stands in line {seen[value.casefold()]} already; letter case does not tell two apart."
                raise Mistake(line, f"{words} To do: remove one of the two.")
            seen[value.casefold()] = line
    if len(found) > MOST:
        words = f"The list has more than {MOST} values. To do: leave some out."
        collected.mistakes.append(Mistake(line_of(node), words))
    collected.raise_if_any()
