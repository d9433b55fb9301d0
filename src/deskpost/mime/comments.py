"""Structured header values without their comments (RFC 5322 section 3.2.2), in one pass."""

import re

_OUTSIDE = re.compile(r"[^\"()\\]++|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"?|\\.?|[()]", re.DOTALL)
_INSIDE = re.compile(r"[^()\\]++|\\.?|[()]", re.DOTALL)


def parted(value: str) -> list[tuple[str, bool]]:
    """Give the pieces of a value in their order, each with whether it is a comment; nested ones are one."""
    return _parted(value)[0]


def closed(value: str) -> list[tuple[str, bool]] | None:
    """Give the pieces of a value; None where a bracket is never closed, or never opened."""
    pieces, open_ = _parted(value)
    return None if open_ or (")", False) in pieces else pieces


def without(value: str) -> str:
    """Give a value with a blank for each comment."""
    return "".join(" " if comment else piece for piece, comment in parted(value))


def _parted(value: str) -> tuple[list[tuple[str, bool]], int]:
    pieces: list[tuple[str, bool]] = []
    inside: list[str] = []
    place = depth = 0
    while place < len(value):
        match = (_INSIDE if depth else _OUTSIDE).match(value, place)
        assert match is not None  # one of the forms fits any sign
        piece, place = match[0], match.end()
        if piece == "(":
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
            if not depth:
                pieces.append(("".join(inside), True))
                inside = []
        elif depth:
            inside.append(piece)
        else:
            pieces.append((piece, False))
    return pieces, depth
