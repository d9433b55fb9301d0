"""Values with parameters, such as Content-Type: RFC 2045, RFC 2231, and what programs make of them."""

import binascii
import re
from collections.abc import Mapping
from functools import lru_cache

from deskpost.mime import charset, words
from deskpost.mime.bounds import PARAMETERS, Bounds

Structured = tuple[str, Mapping[str, str]]
"""The value in lower case, and its parameters by their names in lower case."""

# Begins only after a separator: else a long word would be tried again at each of its letters.
_PARAMETER = re.compile(
    r"(?<![^\s=;\"])([^\s=;\"]++)\s*+=\s*+(?:\"([^\"\\]*+(?:\\.[^\"\\]*+)*+)(?:\"|\\?$)|([^;]*+))",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\([\"\\])")
_ONE_WORD = frozenset(("charset", "boundary", "format", "delsp", "report-type", "protocol", "method"))
_NAMES = ("name", "filename")
_CACHED = 256
_LONGEST = 8_192


def read(value: str, bounds: Bounds) -> Structured:
    """Give the value and the parameters of a structured header; what cannot be read is left out."""
    if len(value) <= _CACHED and "=?" not in value:
        return _read_short(value)
    return _read(value, bounds)


@lru_cache(maxsize=1024)
def _read_short(value: str) -> Structured:
    return _read(value, Bounds(0))


def _read(value: str, bounds: Bounds) -> Structured:
    value = value[:_LONGEST]
    kind, _, rest = value.partition(";")
    if "=" in kind:  # the semicolon after the value is missing
        kind, _, rest = value.partition(" ")
    kind = kind.strip().lower()
    if " " in kind or "(" in kind:
        kind = kind.split("(")[0].split(" ")[0]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(rest)):
        if count >= PARAMETERS:
            bounds.cut("more parameters than are read")
            break
        name = found[1].lower()
        text = _value(name, found)
        if "*" in name:
            _keep_piece(pieces, name, text)
        else:
            plain.setdefault(name, text)
    for name, text in plain.items():
        if "=?" in text:
            plain[name] = words.decode(text, bounds)
        elif "%" in text and name in _NAMES:
            plain[name] = _without_percents(text)
        if not text.isprintable():
            plain[name] = words.printable(plain[name])
    for name, numbered in pieces.items():
        joined = _joined(numbered)
        plain[name] = words.decode(joined, bounds) if "=?" in joined else joined
    return kind, plain


def _value(name: str, found: re.Match[str]) -> str:
    quoted = found[2]
    if quoted is not None:
        return "".join(_ESCAPED.split(quoted)) if "\\" in quoted else quoted
    text = found[3].strip()
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1]
    if name in _ONE_WORD:
        text = text.split(None, 1)[0] if text else ""
    return text


def _keep_piece(pieces: dict[str, dict[int, tuple[str, bool]]], name: str, text: str) -> None:
    """Sort a piece of RFC 2231 (`name*`, `name*0`, `name*0*`) under its name and number."""
    base, _, tail = name.partition("*")
    number, star, _ = tail.partition("*")
    if number and not (number.isdecimal() and number.isascii() and len(number) <= 3):
        return
    pieces.setdefault(base, {}).setdefault(int(number or 0), (text, bool(star) or not number))


def _joined(numbered: dict[int, tuple[str, bool]]) -> str:
    """Put the pieces together in their order; the first names the charset of those that are encoded."""
    label = ""
    data: list[bytes] = []
    for place, number in enumerate(sorted(numbered)):
        text, encoded = numbered[number]
        if encoded and place == 0 and text.count("'") >= 2:
            label, _, text = text.split("'", 2)
        elif encoded and place == 0 and "'" in text and charset.codec_of(text.partition("'")[0]):
            label, _, text = text.partition("'")
        data.append(_percent_decoded(text) if encoded else text.encode("utf-8", "replace"))
    return words.printable(charset.decode(b"".join(data), label or None)[0])


def _without_percents(text: str) -> str:
    """Undo percent signs where RFC 2231 would have a star behind the name, and where they give letters in UTF-8."""
    label, quotes, rest = text.partition("''")
    data = _percent_decoded(rest if quotes and charset.codec_of(label) else text)
    try:
        found = data.decode()
    except UnicodeDecodeError:
        return text
    return text if found.isascii() else found


def _percent_decoded(text: str) -> bytes:
    """Percent signs are undone as quoted-printable, which is the same but for the sign, and takes no time."""
    data = text.encode("utf-8", "replace")
    return binascii.a2b_qp(data.replace(b"=", b"=3D").replace(b"%", b"="))
