"""The header Authentication-Results (RFC 8601): what a mail server says of who sent a mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from deskpost.mime import comments

READ = 20_000  # characters of a header; servers write some hundred
_SEPARATED = re.compile(r"\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"?|[^\";]++|;", re.DOTALL)
_VALUE = r"(?:\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"|[^\s\";]++)++"  # a local part may be quoted: "a b"@acme.example
_PAIR = re.compile(rf"(?<!\S)([A-Za-z][\w.-]*+)(?:/\d++)?\s*+=\s*+({_VALUE})(?!\S)", re.DOTALL)
_ONE_QUOTED = re.compile(r"\"([^\"\\]*+(?:\\.[^\"\\]*+)*+)\"", re.DOTALL)
UNCLEAR = "unclear"
"""The result of what passed by a statement that may hold a sender's words in the place of the server's."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was found by one method: dkim, spf, dmarc, or another. `about`: header.d, smtp.mailfrom and the like."""

    method: str  # lower case, as are result and the keys of about
    result: str
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """One header. `authserv_id` is in lower case; empty in Microsoft's form, which names none."""

    authserv_id: str
    results: tuple[Result, ...]


def read(value: str) -> Results:
    """Read the value of a header, whatever it holds; what cannot be understood says nothing. RFC 8601 section 2.2."""
    first, *others = _statements(comments.without(value[:READ]))
    words = first.split(None, 1)
    if _PAIR.search(first):
        others, authserv_id = [first, *others], ""
    else:
        authserv_id = words[0].strip('"').lower().rstrip(".") if words else ""
    found = (_result(statement) for statement in others)
    return Results(authserv_id, tuple(result for result in found if result))


def _statements(text: str) -> list[str]:
    statements: list[list[str]] = [[]]
    for match in _SEPARATED.finditer(text):
        if match[0] == ";":
            statements.append([])
        else:
            statements[-1].append(match[0])
    return ["".join(pieces) for pieces in statements]


def _result(statement: str) -> Result | None:
    pairs = [(key.lower(), _plain(value)) for key, value in _PAIR.findall(statement)]
    if not pairs:
        return None
    (method, result), *about = pairs
    result = result.lower()
    if "pass" in result and (_PAIR.sub("", statement).strip() or _contradicts(about)):
        result = UNCLEAR
    return Result(method, result, dict(reversed(about)))


def _plain(value: str) -> str:
    quoted = _ONE_QUOTED.fullmatch(value)
    return quoted[1] if quoted else value


def _contradicts(about: list[tuple[str, str]]) -> bool:
    return len({key for key, _ in about}) < len(set(about))
