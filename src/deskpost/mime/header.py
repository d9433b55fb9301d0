"""The header block of a mail or a part: bytes to fields (RFC 5322 section 2.2), and where the body begins."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from deskpost.mime import charset, detection
from deskpost.mime.bounds import FIELDS, HEADER_BYTES, VALUE_CHARACTERS, Bounds

Field = tuple[str, str]
"""A field's name as sent, and its unfolded value; encoded words are still as they came."""

Fields = tuple[Sequence[Field], Mapping[str, str]]
"""All fields in their order; and by its name in lower case the first of each, of recipients all together."""

_USUAL_NAMES = """
    Authentication-Results Cc Content-Disposition Content-ID Content-Language Content-Transfer-Encoding Content-Type
    DKIM-Signature Date Delivered-To From In-Reply-To MIME-Version Message-ID Message-Id Mime-Version Received
    References Reply-To Return-Path Sender Subject To User-Agent X-Mailer
"""
_KEYS = {name: name.lower() for name in _USUAL_NAMES.split()}
_SHORT = 160  # bytes
_REPEATED = ("to", "cc")  # some programs write a field for each recipient
_LINE_BREAKS = (b"\r\n", b"\n")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\n[ \t\r]")
_KNOWN_FIELD = re.compile(
    rb"\n(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|return-path|received|reply-to|sender"
    rb"|in-reply-to|references|delivered-to|x-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_NO_FIELD = re.compile(rb"^(?![ \t\r\n])(?![!-9;-~]++[ \t]*:)[^\n]*+\n?", re.MULTILINE)
_SAMPLE = 400  # bytes that tell the character set
_SEARCHED_BYTES, _SEARCHED_LINES = 16_384, 400
_MARKED = re.compile("[\udc80-\udcff]")
_LABEL = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


def read(raw: bytes, start: int, limit: int, bounds: Bounds) -> tuple[Fields, int]:
    """Give the fields of the header block at `start`, and where its body begins (at most `limit`)."""
    end, body = _extent(raw, start, limit)
    if end - start > HEADER_BYTES:
        bounds.cut(f"the header is longer than the {HEADER_BYTES // 1024} kB that are read")
        end = start + HEADER_BYTES
    block = raw[start:end]
    if end - start <= _SHORT:
        fields, whole, defects = _read_short(block)
        for defect in defects:
            bounds.note(defect)
    else:
        fields, whole = _fields(_text(block, bounds), bounds)
    if whole:
        return fields, body
    stray = _body_without_separator(block)
    if stray is None:
        bounds.note("a line of the header is no header field")
        return fields, body
    bounds.note("no empty line parts header and body")
    return _fields(_text(block[:stray], bounds), bounds)[0], start + stray


@lru_cache(maxsize=1024)
def _read_short(block: bytes) -> tuple[Fields, bool, tuple[str, ...]]:
    """Read the header of a part: the texts of all mails have a few dozen different ones."""
    bounds = Bounds(0)
    fields, whole = _fields(_text(block, bounds), bounds)
    return fields, whole, tuple(bounds.defects)


def _extent(raw: bytes, start: int, limit: int) -> tuple[int, int]:
    """Find the first empty line: where the block ends, where the body begins."""
    if raw.startswith(_LINE_BREAKS, start):
        return start, raw.find(b"\n", start) + 1
    empty = _EMPTY_LINE.search(raw, start, limit)
    return empty.span() if empty else (limit, limit)


def _fields(text: str, bounds: Bounds) -> tuple[Fields, bool]:
    """Split the block into fields; the second value is false when a line is none."""
    fields: list[Field] = []
    by_name: dict[str, str] = {}
    whole = True
    most = min(FIELDS, 200 + len(text) // 32)
    lines = _FOLD.sub(" ", text).split("\n", most)  # a line may still end in CR
    if len(lines) > most:
        bounds.cut(f"the header has more than the {most} fields that are read")
        lines.pop()
    long = len(text) > VALUE_CHARACTERS
    for line in lines:
        name, colon, value = line.partition(":")
        key = _KEYS.get(name)
        if key is None or not colon:
            name = name.rstrip()
            if not colon or not name.isascii() or " " in name or "\r" in name or not name:
                whole = whole and (not line.strip() or (not fields and line.startswith((">From ", "From "))))
                continue
            key = name.lower()
        value = value.strip()
        if "\r" in value:
            value = value.replace("\r ", " ").replace("\r", " ")
        if long and len(value) > VALUE_CHARACTERS:
            value = _cut(value, bounds)
        fields.append((name, value))
        if key not in by_name:
            by_name[key] = value
        elif key in _REPEATED and len(by_name[key]) < VALUE_CHARACTERS:
            by_name[key] = f"{by_name[key]}, {value}"
    return (fields, by_name), whole


def _cut(value: str, bounds: Bounds) -> str:
    bounds.cut(f"a header field is longer than the {VALUE_CHARACTERS // 1024} kB that are read")
    return value[:VALUE_CHARACTERS].strip()


def _body_without_separator(block: bytes) -> int | None:
    """Find the body of a mail that lacks the empty line: the first line that is none after the last field."""
    searched = sum(map(len, block[:_SEARCHED_BYTES].splitlines(True)[:_SEARCHED_LINES]))
    last = 0
    for known in _KNOWN_FIELD.finditer(block, 0, searched):
        last = known.start() + 1
    stray = _NO_FIELD.search(block, last, searched)
    if stray is None or stray[0].startswith((b"From ", b">From ")):
        return None
    return stray.start()


def _text(block: bytes, bounds: Bounds) -> str:
    """Give the block as text: UTF-8 (RFC 6532), else by the mail's charset or a guess."""
    if b"\0" in block:
        bounds.note("U+0000 was taken out of the header")
        block = block.replace(b"\0", b"")
    try:
        text = block.decode()
    except UnicodeDecodeError:
        text = _mixed_text(block, bounds)
    if "\x1b" in text and "\x1b$" in text:
        text = block.decode("iso2022_jp", "replace")
    return text


def _mixed_text(block: bytes, bounds: Bounds) -> str:
    """Each line of a block that is not UTF-8 for itself: programs mix charsets in one header."""
    bounds.note("the header holds bytes of an unnamed character set")
    named = _LABEL.search(block)
    codec = charset.codec_of(named[1].decode("ascii", "replace")) if named else ""
    # What is not UTF-8 is marked by lone surrogates, for an exception on each line takes as long as all the rest.
    lines = block.decode("utf-8", "surrogateescape").split("\n", min(FIELDS, 80 + len(block) // 128))
    marked = [place for place, line in enumerate(lines) if not line.isascii() and _MARKED.search(line)]
    unnamed = {place: lines[place].encode("utf-8", "surrogateescape") for place in marked}
    if codec in ("", "detect", "utf_8"):
        codec = detection.codec_of(b"\n".join(unnamed.values())[:_SAMPLE])
    for place, line in unnamed.items():
        lines[place] = charset.decode_as(line, codec)
    return "\n".join(lines)
