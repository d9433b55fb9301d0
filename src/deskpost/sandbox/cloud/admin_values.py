"""Values that come over the admin API, checked: what cannot be used gets a sentence."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from deskpost.sandbox.cloud.exchange import Request

Value = TypeVar("Value")
LARGEST = 1_000_000_000
_NAMES = {str: "text", bool: "true or false", float: "a number", int: "a whole number"}


class Unusable(Exception):
    """What was sent cannot be used. Its text is a sentence for people."""


class Missing(Unusable):
    """What is named is not there."""


def json_of(request: Request) -> Any:
    """Give the body as JSON. Raises Unusable."""
    try:
        return request.json()
    except (ValueError, RecursionError):
        raise Unusable("The body is no JSON. To do: send JSON.") from None


def an_object(request: Request, required: Sequence[str] = (), also: Sequence[str] = ()) -> dict[str, Any]:
    """Give the fields of the body, an object. Raises Unusable."""
    return fields_of(json_of(request), required, also)


def fields_of(value: Any, required: Sequence[str], also: Sequence[str]) -> dict[str, Any]:
    """Give the fields of an object, which are of these names. Raises Unusable."""
    if not isinstance(value, dict):
        raise Unusable("An object is wanted. To do: send fields in braces.")
    for name in required:
        if name not in value:
            raise Unusable(f"{name} is missing. To do: add it.")
    for name in value:
        if name not in (*required, *also):
            known = ", ".join((*required, *also))
            raise Unusable(f"{name} is not known here. To do: use only {known}.")
    return value


def of_type(fields: Mapping[str, Any], name: str, kind: type[Value], otherwise: Value) -> Value:
    """Give a field of this type. Raises Unusable."""
    value = fields.get(name, otherwise)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Unusable(f"{name} has to be {_NAMES.get(kind, kind.__name__)}. To do: mend it.")
    return value


def text(fields: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    """Give a field of text, which is not empty where there is no `otherwise`. Raises Unusable."""
    value = of_type(fields, name, str, otherwise or "")
    if not value.strip() and otherwise is None:
        raise Unusable(f"{name} is empty. To do: fill it.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unusable(f"{name} has characters that no text has. To do: mend it.") from None
    return value


def texts(fields: Mapping[str, Any], name: str) -> list[str]:
    """Give a field that lists texts, empty where it is not there. Raises Unusable."""
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unusable(f"{name} has to be a list of texts. To do: mend it.")
    return value


def address(fields: Mapping[str, Any], name: str) -> str:
    """Give a field that is a mail address. Raises Unusable."""
    value = text(fields, name).strip()
    local, _, domain = value.rpartition("@")
    if not local or not domain or any(one.isspace() or one in "/\x00" for one in value):
        raise Unusable(f"{value} is no mail address. To do: give one like help@msp.example.")
    return value


def is_number(value: Any) -> bool:
    """Tell whether this is a number of seconds or the like that can be reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def whole(fields: Mapping[str, Any], name: str, otherwise: int) -> int:
    """Give a field that is a whole number, not below 0. Raises Unusable."""
    value = of_type(fields, name, int, otherwise)
    if not 0 <= value <= LARGEST:
        raise Unusable(f"{name} has to be a whole number from 0. To do: mend it.")
    return value


def change(kept: Any, request: Request, kind: type) -> None:
    """Change fields of a dataclass, all or none. Raises Unusable."""
    known = {one.name: one.default for one in dataclasses.fields(kind)}
    asked = an_object(request, (), tuple(known))
    new = {name: _like(known[name], asked, name) for name in asked}
    for name, value in new.items():
        setattr(kept, name, value)


def _like(example: Any, fields: Mapping[str, Any], name: str) -> Any:
    if isinstance(example, bool):
        return of_type(fields, name, bool, example)
    if isinstance(example, int):
        return whole(fields, name, example)
    if isinstance(example, float):
        return _any_number(fields, name)
    if isinstance(example, tuple):
        return _span(fields, name)
    return text(fields, name)


def _any_number(fields: Mapping[str, Any], name: str) -> float:
    if not is_number(fields[name]):
        raise Unusable(f"{name} has to be a number. To do: mend it.")
    return float(fields[name])


def _span(fields: Mapping[str, Any], name: str) -> tuple[float, float]:
    value = fields[name]
    usable = isinstance(value, list) and len(value) == 2 and all(is_number(one) and one >= 0 for one in value)
    if not usable or value[0] > value[1]:
        raise Unusable(f"{name} has to be two numbers, the smaller first. To do: mend it.")
    return float(value[0]), float(value[1])
