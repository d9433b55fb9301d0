"""Addresses as reports write them: RFC 3464 section 2.3.1, RFC 6533, and in running text."""

import re

from deskpost.mime import words
from deskpost.mime.charset import without_nul

_SIGN = r"[^\s<>\"'()\[\],:;\\@|*=：；，、。（）＜＞「」【】]"
ADDRESS = rf"(?:\"[^\"\n@\\]{{1,64}}\"|{_SIGN}{{1,200}}+)@(?:[^\W_][\w.-]{{0,252}}|\[[\d.a-fA-F:]{{2,45}}\])"
"""A pattern of an address in running text."""

_ANYWHERE = re.compile(rf"(?<!{_SIGN})({ADDRESS})")
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
LONGEST = 320


def plain(text: str) -> str:
    """Give the address of a text that should be nothing else, or ""."""
    text = words.printable(without_nul(text[: 2 * LONGEST])).strip().strip("<>").strip()
    text = text.rstrip(".,;:")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or len(text) > LONGEST or (" " in text and not text.startswith('"')):
        return ""
    return f"{local}@{domain.lower()}"


def of_field(value: str) -> str:
    """Give the address of a field such as Final-Recipient, without its type; "" where it is none."""
    kind, semicolon, address = value.partition(";")
    if not semicolon:
        address = kind
    if "\\x{" in address:
        address = _ESCAPED.sub(_letter, address)
    found = plain(address)
    if found:
        return found
    return first(address)


def first(text: str) -> str:
    """Give the first address of running text, or ""."""
    found = _ANYWHERE.search(text[:2_000])
    return plain(found[1]) if found else ""


def _letter(escaped: re.Match[str]) -> str:
    number = int(escaped[1], 16)
    return "" if number < 32 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else chr(number)
