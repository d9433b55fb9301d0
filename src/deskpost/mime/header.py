"""The header block of a mail or a part: bytes to fields (RFC 5322 section 2.2), and where the body begins."""

import re

from deskpost.mime import charset
from deskpost.mime.bounds import FIELDS, HEADER_BYTES, VALUE_CHARACTERS, Bounds

Field = tuple[str, str]
"""A field's name as sent, and its unfolded value; encoded words are still as they came."""

_FOLDS = (("\n ", " "), ("\n\t", " "))
_KNOWN_FIELD = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|return-path|received|reply-to|sender"
    rb"|in-reply-to|references|delivered-to|x-[a-z-]+)[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_NO_FIELD = re.compile(rb"^(?![ \t\r\n])(?![!-9;-~]++[ \t]*:)[^\n]*+\n?", re.MULTILINE)
_SEARCHED = 16_384
_LABEL = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


def read(raw: bytes, start: int, limit: int, bounds: Bounds) -> tuple[list[Field], int]:
    """Give the fields of the header block at `start`, and where its body begins (at most `limit`)."""
    end, body = _extent(raw, start, limit)
    block = raw[start : min(end, start + HEADER_BYTES)]
    if end - start > HEADER_BYTES:
        bounds.cut(f"the header is longer than the {HEADER_BYTES // 1024} kB that are read")
    fields, whole = _fields(_text(block, bounds), bounds)
    if whole:
        return fields, body
    stray = _body_without_separator(block)
    if stray is None:
        bounds.note("a line of the header is no header field")
        return fields, body
    bounds.note("no empty line parts header and body")
    return _fields(_text(block[:stray], bounds), bounds)[0], start + stray


def _extent(raw: bytes, start: int, limit: int) -> tuple[int, int]:
    """Find the first empty line: where the block ends, where the body begins.

    The kind of line break of the first line is searched for first, so that a long body is not searched for
    the kind that it does not have.
    """
    first = raw.find(b"\n", start, limit)
    if first < 0:
        return limit, limit
    if first == start or (first == start + 1 and raw[start] == 13):
        return start, first + 1
    kinds = (b"\n\r\n", b"\n\n") if raw[first - 1] == 13 else (b"\n\n", b"\n\r\n")
    found = raw.find(kinds[0], first, limit)
    other = raw.find(kinds[1], first, limit if found < 0 else found + 1)
    if other >= 0:
        return other, other + len(kinds[1])
    return (limit, limit) if found < 0 else (found, found + len(kinds[0]))


def _fields(text: str, bounds: Bounds) -> tuple[list[Field], bool]:
    """Split the block into fields; the second value is false when a line is none."""
    for fold, blank in _FOLDS:
        if fold in text:
            text = text.replace(fold, blank)
    fields: list[Field] = []
    whole = True
    lines = text.split("\n", FIELDS)
    if len(lines) > FIELDS:
        bounds.cut(f"the header has more than the {FIELDS} fields that are read")
        lines.pop()
    long = len(text) > VALUE_CHARACTERS
    for line in lines:
        name, colon, value = line.partition(":")
        if " " in name or not colon or not name or not name.isascii():
            name = name.rstrip()
            if not colon or " " in name or not name.isascii() or not name:
                whole = whole and (not line.strip() or (not fields and line.startswith((">From ", "From "))))
                continue
        if long and len(value) > VALUE_CHARACTERS:
            bounds.cut(f"a header field is longer than the {VALUE_CHARACTERS // 1024} kB that are read")
            value = value[:VALUE_CHARACTERS]
        fields.append((name, value.strip()))
    return fields, whole


def _body_without_separator(block: bytes) -> int | None:
    """Find the body of a mail that lacks the empty line: the first line that is none after the last field."""
    last = 0
    for known in _KNOWN_FIELD.finditer(block, 0, _SEARCHED):
        last = known.start()
    stray = _NO_FIELD.search(block, last, _SEARCHED)
    if stray is None or stray[0].startswith((b"From ", b">From ")):
        return None
    return stray.start()


def _text(block: bytes, bounds: Bounds) -> str:
    """Give the block as text with LF line breaks: UTF-8 (RFC 6532), else by the mail's charset or a guess."""
    block = block.replace(b"\r\n", b"\n")
    if b"\r" in block:
        block = block.replace(b"\r", b" ")
    if b"\0" in block:
        bounds.note("U+0000 was taken out of the header")
        block = block.replace(b"\0", b"")
    try:
        text = block.decode()
    except UnicodeDecodeError:
        text = _mixed_text(block, bounds)
    if "\x1b$" in text:
        text = block.decode("iso2022_jp", "replace")
    return text


def _mixed_text(block: bytes, bounds: Bounds) -> str:
    """Each line of a block that is not UTF-8 for itself: programs mix charsets in one header."""
    bounds.note("the header holds bytes of an unnamed character set")
    named = _LABEL.search(block)
    label = named[1].decode("ascii", "replace") if named else None
    if label and charset.codec_of(label) == "utf_8":
        label = None
    lines: list[str] = []
    for line in block.split(b"\n", min(FIELDS * 2, 100 + len(block) // 64)):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            lines.append(charset.decode(line, label)[0])
    return "\n".join(lines)
