"""Whose mail somebody forwarded: by the head that mail programs write above it, and by its From line alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deskpost.mime import addresses, quote_lines
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Message
from deskpost.mime.new_text import is_forward, lines_of
from deskpost.mime.parse import attachment_content, parse
from deskpost.mime.quote_lines import HEAD_LINES, is_divider, is_forwarded, is_head, is_original, labelled
from deskpost.mime.quote_words import FROM

_ATTACHED = "message/rfc822"
# An apostrophe is a sign of a name (o'neil@), but not its first: programs put addresses between two.
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:][^\s<>()\[\]\",;:]{0,63}@[^\s<>()\[\]\"',;:@]{1,255}")
_AROUND_A_NAME = " \t\xa0\"'*_<([|"
_DASHES = frozenset("-—–_=*")
_ENDS = frozenset(":：-*")
_SHOWN, _LONGEST_NAME = 200, 200  # characters
_UNKNOWN_LINES = 2  # within a head, such as the end of a long value


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Who wrote the mail that was forwarded. `address` is empty where the line names none, or several.

    `line` is the From line as it stands.
    """

    name: str
    address: str
    line: str


def forwarded(message: Message, raw: bytes) -> Forwarded | None:
    """Give whose mail this one forwards: the outermost in the text, or the only content; None: it forwards none.

    A head without the words "forwarded message" is one of a forward only where the subject says so: an answer
    quotes with the same head. Pure; never raises; `raw` is what the message was parsed from.
    """
    if message.text.strip():
        return _in_text(message.subject, message.text)
    return _attached(message, raw)


def _in_text(subject: str, text: str) -> Forwarded | None:
    lines = lines_of(text)
    if lines is None:
        return None
    for number, line in enumerate(lines):
        if not line:
            continue
        if line[0] == ">":
            return None
        ends = line[-1] in _ENDS or line.endswith("wrote")
        if not ends and line[0] not in _DASHES and line[:3].casefold() not in quote_lines.BEGINNINGS:
            continue
        if is_forwarded(line):
            return _read(lines, number + 1)
        if is_original(line) or is_head(lines, number):
            start = number + 1 if is_original(line) else number
            return _read(lines, start) if is_forward(subject) else None
        if ends and quote_lines.attribution(lines, number, _quoted_follows(lines, number)) is not None:
            return None
    return None


def _quoted_follows(lines: Sequence[str], number: int) -> bool:
    return next((line for line in lines[number + 1 : number + 5] if line), "")[:1] == ">"


def _read(lines: Sequence[str], start: int) -> Forwarded | None:
    """Read the head that begins at a line, quoted or not; None where there is none after all."""
    found: tuple[str, str] | None = None
    others = unknown = 0
    block = [line.lstrip("> \t") for line in lines[start : start + HEAD_LINES]]
    for number, line in enumerate(block):
        if not line or is_divider(line):
            continue
        if is_forwarded(line) or is_original(line):
            break
        kind, value = labelled(line)
        if kind is None:
            unknown += 1
            if unknown > _UNKNOWN_LINES:
                break
        elif kind == FROM and found is None:
            found = line, _whole(block, number, value)
        elif kind != FROM:
            others += 1
    if found is None or not others:
        return None
    name, address = _person(found[1])
    return Forwarded(name, address, found[0][:_SHOWN])


def _whole(block: Sequence[str], number: int, value: str) -> str:
    """Give a value with the next line, where the address did not fit on the first."""
    following = block[number + 1] if number + 1 < len(block) else ""
    if "@" not in value and "@" in following and labelled(following)[0] is None:
        return f"{value} {following}"
    return value


def _person(value: str) -> tuple[str, str]:
    """Give name and address of a From line; without an address where it names several."""
    value = value[:1_000].replace("mailto:", " ")
    first = _ADDRESS.search(value)
    if first is None or len({one.lower() for one in _ADDRESS.findall(value)}) != 1:
        return "", ""
    name = " ".join(value[: first.start()].split()).strip(_AROUND_A_NAME)[:_LONGEST_NAME]
    read = addresses.read(f"<{first[0]}>", Bounds(len(value)))
    return name, read[0].address if len(read) == 1 else ""


def _attached(message: Message, raw: bytes) -> Forwarded | None:
    """Read the mail that is the only content of another."""
    if len(message.attachments) != 1 or message.attachments[0].content_type != _ATTACHED:
        return None
    inner = parse(attachment_content(raw, message.attachments[0].part))
    stated = next((value for name, value in inner.headers if name.lower() == "from"), "")
    line = f"From: {' '.join(stated.split())}"[:_SHOWN]
    if len(inner.from_) != 1 or not inner.from_[0].address:
        return Forwarded("", "", line)
    return Forwarded(inner.from_[0].name, inner.from_[0].address, line)
