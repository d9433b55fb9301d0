"""The tree of parts of a mail (RFC 2046 section 5.1), found in one pass over the bytes.

Every open multipart keeps the place of its next delimiter line, so that the bytes are searched at most once
for each of the (bounded number of) multiparts inside one another, and by `bytes.find` alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from deskpost.mime import header, parameters, transfer
from deskpost.mime.bounds import DEPTH, Bounds

_USUAL_ENDS = (b"\r\n", b"--\r\n", b"\n")
_LINE_END = re.compile(rb"(?:--)?[ \t]*+(?:\r|\n|\Z)")
_LIKELY_BOUNDARY = re.compile(rb"^--([^\s][^\r\n]{0,199})\r?\n(?=content-)", re.MULTILINE | re.IGNORECASE)
_NEVER = 1 << 62


class Part:
    """One part: its header, and where its content lies in the mail's bytes. Multiparts have `children`."""

    __slots__ = (
        "body",
        "children",
        "content_type",
        "disposition",
        "end",
        "fields",
        "parameters",
        "path",
        "source",
        "text",
    )

    def __init__(self, path: str, fields: Mapping[str, str], body: int, bounds: Bounds, default: str) -> None:
        self.path = path
        self.fields = fields
        self.body = body
        self.end = body
        self.children: list[Part] = []
        self.content_type = default
        self.parameters: Mapping[str, str] = {}
        self.source: bytes | None = None  # what it lies in, where that is not the mail
        self.text: str | None = None  # kept once decoded: an HTML may be asked for twice
        self.disposition: parameters.Structured = ("", {})
        named = fields.get("content-type")
        if named:
            kind, self.parameters = parameters.read(named, bounds)
            self.content_type = kind if "/" in kind else "text/plain" if kind in ("", "text") else default
        if "content-disposition" in fields:
            self.disposition = parameters.read(fields["content-disposition"], bounds)

    @property
    def is_multipart(self) -> bool:
        """Say whether this part holds parts (and not content of its own)."""
        return bool(self.children)

    def content(self, raw: bytes, bounds: Bounds) -> bytes:
        """Give the decoded bytes; `raw` is the mail."""
        encoding = self.fields.get("content-transfer-encoding", "")
        whole = raw if self.source is None else self.source
        data, defect = transfer.decode(whole[self.body : self.end], encoding.lower())
        if defect:
            bounds.note(defect)
        return data


class _Level:
    """An open multipart: what its delimiter lines begin with, and where the next one is."""

    __slots__ = ("delimiter", "next", "part")

    def __init__(self, part: Part, boundary: bytes) -> None:
        self.part = part
        self.delimiter = b"\n--" + boundary
        self.next = -1


def read(raw: bytes, bounds: Bounds) -> tuple[Part, Sequence[header.Field]]:
    """Give the root of the tree, and all fields of the mail's own header in their order. Never raises."""
    (fields, by_name), body = header.read(raw, 0, len(raw), bounds)
    root = Part("", by_name, body, bounds, "text/plain")
    root.end = len(raw)
    if root.content_type.startswith("multipart/"):
        _read_parts(raw, root, bounds)
    return root, fields


def leaves(root: Part) -> Iterator[Part]:
    """Yield the parts that have content of their own, in their order."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.children:
            waiting.extend(reversed(part.children))
        else:
            yield part


def _read_parts(raw: bytes, root: Part, bounds: Bounds) -> None:
    levels: list[_Level] = []
    _open(raw, root, levels, bounds)
    position = root.body
    index, line = _nearest(raw, levels, position, bounds)
    while line != _NEVER:
        end = _before_line_break(raw, line)
        if len(levels) > index + 1:
            _close(levels[index + 1 :], end, bounds)
            del levels[index + 1 :]
        level = levels[index]
        after = line + len(level.delimiter)
        if raw.startswith(b"--", after):
            _close([levels.pop()], end, bounds, ended=True)
            if not levels:
                break
            index, line = _nearest(raw, levels, after, bounds)
            continue
        if bounds.parts <= 0:
            bounds.cut("more parts than are read; the rest was left out")
            _close(levels, len(raw), bounds, ended=True)
            return
        bounds.parts -= 1
        start = raw.find(b"\n", after) + 1 or len(raw)
        index, line = _nearest(raw, levels, start, bounds)
        limit = len(raw) if line == _NEVER else max(start, _before_line_break(raw, line))
        part = _part(raw, start, limit, level.part, bounds)
        if part.content_type.startswith("multipart/") and _open(raw, part, levels, bounds):
            index, line = _nearest(raw, levels, part.body, bounds)
    _close(levels, len(raw), bounds)


def _before_line_break(raw: bytes, line: int) -> int:
    """Give the end of what stands before a delimiter line: its line break belongs to the delimiter."""
    return line - 1 if line and raw[line - 1] == 13 else line


def _part(raw: bytes, start: int, limit: int, parent: Part, bounds: Bounds) -> Part:
    (_, by_name), body = header.read(raw, start, limit, bounds)
    number = f"{parent.path}.{len(parent.children) + 1}" if parent.path else str(len(parent.children) + 1)
    default = "message/rfc822" if parent.content_type == "multipart/digest" else "text/plain"
    part = Part(number, by_name, body, bounds, default)
    part.end = limit
    parent.children.append(part)
    return part


def _open(raw: bytes, part: Part, levels: list[_Level], bounds: Bounds) -> bool:
    """Open a multipart; false when it is too deep, or has no boundary that could be found."""
    if len(levels) >= DEPTH:
        bounds.cut(f"parts are more than {DEPTH} deep inside one another; the inner ones were not opened")
        return False
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    if not boundary or (not levels and raw.find(b"--" + boundary, part.body) < 0):
        boundary = _likely_boundary(raw, part, bounds)
        bounds.note("a multipart names no boundary, or one that does not occur")
    if not boundary:
        return False
    levels.append(_Level(part, boundary))
    return True


def _likely_boundary(raw: bytes, part: Part, bounds: Bounds) -> bytes:
    """Guess: the first line that looks like a delimiter and has a part's header below it."""
    if bounds.guesses <= 0:
        return b""
    bounds.guesses -= 1
    found = _LIKELY_BOUNDARY.search(raw, part.body, part.body + 65_536)
    return found[1].rstrip() if found else b""


def _nearest(raw: bytes, levels: list[_Level], position: int, bounds: Bounds) -> tuple[int, int]:
    """Find the next delimiter line: whose it is (of two alike, the inner one's), and its line break.

    An inner multipart is searched only as far as the next line of an outer one, which ends it.
    """
    nearest, owner = _NEVER, -1
    before = position - 1 if position else 0
    for index, level in enumerate(levels):
        if level.next < before:
            level.next = _next_line(raw, level.delimiter, before, nearest, bounds)
        if level.next <= nearest and level.next != _NEVER:
            nearest, owner = level.next, index
    return owner, nearest


def _next_line(raw: bytes, delimiter: bytes, start: int, before: int, bounds: Bounds) -> int:
    """Find a delimiter line whose line break is at `start` or behind it, and not behind `before`."""
    last = before if before == _NEVER else before + len(delimiter)
    while True:
        found = raw.find(delimiter, start, last)
        if found < 0:
            return _NEVER
        if raw.startswith(_USUAL_ENDS, found + len(delimiter)) or _LINE_END.match(
            raw, found + len(delimiter)
        ):
            return found
        bounds.near_misses -= 1
        if bounds.near_misses < 0:
            bounds.cut("more lines like a boundary than are looked at; the rest was taken as it is")
            return _NEVER
        start = found + 1


def _close(levels: list[_Level], end: int, bounds: Bounds, ended: bool = False) -> None:
    for level in levels:
        level.part.end = max(level.part.body, end)
        if not level.part.children:
            bounds.note("a multipart holds no part")
        elif not ended:
            bounds.note("a multipart has no end")
