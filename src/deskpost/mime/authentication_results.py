"""The header Authentication-Results (RFC 8601): what a mail server says of who sent a mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from deskpost.mime import comments

READ = 20_000  # characters of a header; servers write some hundred
_SEPARATED = re.compile(r"\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"?|[^\";]++|;", re.DOTALL)
_PAIR = re.compile(
    r"(?<![\w.=/-])([A-Za-z][\w.-]*+)(?:/\d++)?\s*+=\s*+(?:\"([^\"\\]*+(?:\\.[^\"\\]*+)*+)\"|([^\s\";]++))",
    re.DOTALL,
)


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
    pairs = [(key.lower(), quoted or plain or "") for key, quoted, plain in _PAIR.findall(statement)]
    if not pairs:
        return None
    (method, result), *about = pairs
    return Result(method, result.lower(), dict(reversed(about)))
