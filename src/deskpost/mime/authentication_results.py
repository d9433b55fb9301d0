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
    """Read the value of a header, whatever it holds; what cannot be understood says nothing. RFC 8601 section 2.2.

    Servers repeat what senders chose, such as `"x); dmarc=pass ("@evil.example`: where a bracket or a quotation mark
    is left over nothing passes by it, and what failed has failed.
    """
    pieces = comments.closed(value[:READ])
    doubtful = pieces is None or len(value) > READ or _quotes_left(pieces)
    text = comments.without(value[:READ]) if pieces is None else _without_comments(pieces)
    (first, *others), whole = _statements(text)
    words = first.split(None, 1)
    if _PAIR.search(first):
        others, authserv_id = [first, *others], ""
    else:
        authserv_id = words[0].strip('"').lower().rstrip(".") if words else ""
    found = (_result(statement, doubtful=doubtful or not whole) for statement in others)
    return Results(authserv_id, tuple(result for result in found if result))


def _quotes_left(pieces: list[tuple[str, bool]]) -> bool:
    return any(comment and piece.count('"') % 2 for piece, comment in pieces)


def _without_comments(pieces: list[tuple[str, bool]]) -> str:
    return "".join(" " if comment else piece for piece, comment in pieces)


def _statements(text: str) -> tuple[list[str], bool]:
    """Give what stands between semicolons, and whether all quotations end; what follows an open one is split too."""
    statements: list[list[str]] = [[]]
    for match in _SEPARATED.finditer(text):
        piece = match[0]
        if piece == ";":
            statements.append([])
        elif piece[0] == '"' and not _ONE_QUOTED.fullmatch(piece):
            head, *tail = piece.split(";")
            statements[-1].append(head)
            return ["".join(pieces) for pieces in (*statements, *tail)], False
        else:
            statements[-1].append(piece)
    return ["".join(pieces) for pieces in statements], True


def _result(statement: str, *, doubtful: bool) -> Result | None:
    pairs = [(key.lower(), _plain(value)) for key, value in _PAIR.findall(statement)]
    if not pairs:
        return None
    (method, result), *about = pairs
    result = result.lower()
    if "pass" in result and (doubtful or _contradicts(about) or _PAIR.sub("", statement).strip()):
        result = UNCLEAR
    return Result(method, result, dict(reversed(about)))


def _plain(value: str) -> str:
    quoted = _ONE_QUOTED.fullmatch(value)
    return quoted[1] if quoted else value


def _contradicts(about: list[tuple[str, str]]) -> bool:
    return len({key for key, _ in about}) < len(set(about))
