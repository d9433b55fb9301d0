"""The $filter of a list of messages: comparisons, functions, and, or, not, parentheses. OData 4.01, URL conventions."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from deskpost.sandbox.cloud.graph.errors import Refused, bad_request
from deskpost.sandbox.cloud.graph.messages_json import BY_LOWER_NAME, Reading, value

Test = Callable[[Reading], bool]
TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')"
    r"|(?P<moment>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)"
    r"|(?P<number>-?\d+)|(?P<word>[A-Za-z][\w./]*)|(?P<mark>[(),]))",
    re.ASCII,
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "gt": lambda left, right: bool(left > right),
    "ge": lambda left, right: bool(left >= right),
    "lt": lambda left, right: bool(left < right),
    "le": lambda left, right: bool(left <= right),
}
FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda left, right: right in left,
    "startswith": lambda left, right: left.startswith(right),
    "endswith": lambda left, right: left.endswith(right),
}
DEEPEST = 50


class Filter:
    """A filter, read. `properties` are the ones it names, in its order."""

    def __init__(self, text: str) -> None:
        """Read a filter. Raises Refused where it is none."""
        self._tokens = _tokens(text)
        self._at = 0
        self._deep = 0
        self.properties: list[str] = []
        self.test = self._any()
        if self._at != len(self._tokens):
            raise _broken()

    def _any(self) -> Test:
        tests = [self._all()]
        while self._take("or"):
            tests.append(self._all())
        return lambda one: any(test(one) for test in tests)

    def _all(self) -> Test:
        tests = [self._single()]
        while self._take("and"):
            tests.append(self._single())
        return lambda one: all(test(one) for test in tests)

    def _single(self) -> Test:
        self._deep += 1
        if self._deep > DEEPEST:
            raise _broken()
        try:
            if self._take("not"):
                inner = self._single()
                return lambda one: not inner(one)
            if self._take("("):
                grouped = self._any()
                self._need(")")
                return grouped
            return self._comparison()
        finally:
            self._deep -= 1

    def _comparison(self) -> Test:
        kind, word = self._next()
        if kind != "word":
            raise _broken()
        if word.lower() in FUNCTIONS:
            return self._function(FUNCTIONS[word.lower()])
        path = self._property(word)
        _, comparing = self._next()
        if comparing.lower() not in COMPARISONS:
            raise _broken()
        right = self._literal()
        return lambda one: _compare(COMPARISONS[comparing.lower()], value(one, path), right)

    def _function(self, function: Callable[[str, str], bool]) -> Test:
        self._need("(")
        path = self._property(self._next()[1])
        self._need(",")
        right = str(self._literal()).casefold()
        self._need(")")
        return lambda one: function(str(value(one, path) or "").casefold(), right)

    def _property(self, path: str) -> str:
        name = BY_LOWER_NAME.get(path.split("/")[0].lower())
        if name is None:
            words = f"Could not find a property named '{path}' on type 'Microsoft.OutlookServices.Message'."
            raise bad_request(words, "RequestBroker--ParseUri")
        self.properties.append("/".join([name, *path.split("/")[1:]]))
        return path

    def _literal(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "moment":
            return _moment(text)
        if kind == "number":
            return int(text)
        if text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text.lower()]
        raise _broken()

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _broken()
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, text: str) -> bool:
        here = self._tokens[self._at][1].lower() if self._at < len(self._tokens) else None
        self._at += here == text
        return here == text

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise _broken()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _broken()
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def _compare(comparing: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if isinstance(right, datetime) and isinstance(left, str):
        left = _moment(left)
    elif isinstance(left, str) and isinstance(right, str):
        left, right = left.casefold(), right.casefold()
    try:
        return comparing(left, right)
    except TypeError:
        return False


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        raise _broken() from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _broken() -> Refused:
    return bad_request("The query filter contains one or more invalid nodes.", "ErrorInvalidUrlQueryFilter")
