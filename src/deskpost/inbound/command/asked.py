"""What the commands of a mail ask for: an operation, a request, fields, answers. The last value of each counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from deskpost.desk.request_fields import folded
from deskpost.inbound.command import names as known_names
from deskpost.inbound.command.language import Command

Operation = Literal["add", "edit", "close", "pickup"]

CALLED: Mapping[Operation, str] = MappingProxyType(
    {"add": "AddRequest", "edit": "EditRequest", "close": "CloseRequest", "pickup": "PickupRequest"}
)
OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {**{folded(name): operation for operation, name in CALLED.items()}, "assignrequest": "pickup"}
)
"""The operations by their folded names: `ADD_REQUEST` is `AddRequest`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mail asks for.

    `operation`: None where none is named, or one that does not exist; then `unknown` has its words. `request`: as it
    is written. `fields`: by the names of request_fields, additional ones by the label as written, in the order in
    which each was named first. `given`: how often each of these was named, an answer as "resource.question".
    `overwritten`: places in `commands` of those that a later one overrode.
    """

    commands: tuple[Command, ...]
    names: tuple[str, ...]  # what each command names
    operation: Operation | None
    unknown: str
    request: str
    template: str
    fields: Mapping[str, str]
    answers: Mapping[tuple[str, str], str]
    given: Mapping[str, int]
    overwritten: frozenset[int]

    def sets_something(self, labels: frozenset[str]) -> bool:
        """Tell whether a field that there is, or a template, is given. `labels`: as `read` takes them."""
        known = any(known_names.is_field(name, labels) for name in self.fields)
        return known or bool(self.template)


def read(commands: Sequence[Command], labels: frozenset[str] = frozenset()) -> Asked:
    """Give what commands ask for. `labels`: additional fields' own (names.label); one with a dot is no pair of keys."""
    names = tuple(_name(one, labels) for one in commands)
    last: dict[str, int] = {}
    given: dict[str, int] = {}
    first: dict[str, str] = {}
    overwritten: set[int] = set()
    for place, name in enumerate(names):
        key = name if commands[place].keys else known_names.label(name)
        if key in last:
            overwritten.add(last[key])
        last[key] = place
        shown = first.setdefault(key, name)
        given[shown] = given.get(shown, 0) + 1
    values = {first[key]: commands[place] for key, place in last.items()}
    operation = _value(values.pop(known_names.OPERATION, None))
    request = _value(values.pop(known_names.REQUEST, None))
    template = _value(values.pop(known_names.TEMPLATE, None))
    known = OPERATIONS.get(folded(operation))
    return Asked(
        tuple(commands),
        names,
        known,
        "" if known else operation,
        request,
        template,
        {name: one.value for name, one in values.items() if not _keys(one, labels)},
        {keys: one.value for one in values.values() if (keys := _keys(one, labels))},
        given,
        frozenset(overwritten),
    )


def _value(command: Command | None) -> str:
    return command.value if command else ""


def _keys(command: Command, labels: frozenset[str]) -> tuple[str, str] | None:
    return None if known_names.label(command.name) in labels else command.keys


def _name(command: Command, labels: frozenset[str]) -> str:
    if _keys(command, labels):
        return command.name
    return known_names.OF_COMMANDS.get(folded(command.name)) or " ".join(command.name.split())
