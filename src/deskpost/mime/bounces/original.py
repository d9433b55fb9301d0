"""The mail that a report is about: a part, the end of the text, or what the text says of it."""

import re
from collections.abc import Sequence
from itertools import islice

from deskpost.mime import addresses, header, words
from deskpost.mime.bounces.addresses import plain
from deskpost.mime.bounces.report import Original
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Message
from deskpost.mime.structure import Part

TYPES = frozenset(
    (
        "message/rfc822",
        "message/global",
        "message/partial",
        "text/rfc822-headers",
        "text/rfc822-header",
        "text/rfc822",
        "message/rfc822-headers",
        "message/global-headers",
    )
)
"""Content types of the part that holds it (RFC 3462 section 1, RFC 6522, RFC 6533)."""

_READ = 65_536  # bytes or characters of its header
_RECIPIENTS = 100
_LONGEST_MARK = 120
_MARK_WORDS = ("message", "mail", "nachricht", "header", "text", "メッセージ", "原文")
_MARK = re.compile(
    r"(?:copy of|original|returned|unsent|unzustellbare|ursprüngliche|message) "
    r"(?:the |your |this )?(?:original )?"
    r"(?:message|mail|e-mail|nachricht|headers?|text)\b|headers? (?:follow|of the original)"
    r"|(?:message|text|mail|headers?) follows?\b|元のメッセージ|原文"
)
_NO_MARK = re.compile(
    r"\b(?:was|has been|could not|cannot|did not|is) (?:received|sent|not|delivered|deliver|relayed|enqueued)\b"
    r"|with the following|following (?:address|recip)"
)
_HEADER_LINE = re.compile(
    r"[ \t>|]{0,12}(?:received|return-path|message-id|from|to|cc|subject|date|mime-version|content-[a-z-]{2,30}"
    r"|reply-to|sender|dkim-signature|domainkey-signature|x-[a-z0-9-]{2,40})[ \t]{0,4}:",
    re.IGNORECASE,
)
_TRACE_LINE = re.compile(r"[ \t]{0,8}(?:received:[ \t]|return-path:[ \t])", re.IGNORECASE)
_SAID_LINE = re.compile(
    r"^[ \t*>|-]{0,12}(message-?id|subject|to)[ \t]{0,4}:[ \t]*(\S[^\n]*)$", re.IGNORECASE | re.MULTILINE
)
_RAW = 262_144  # bytes
_RAW_ID = re.compile(
    rb"\n[ \t]{0,8}message-id:[ \t]{0,4}(?:\r?\n[ \t]{1,8})?(<[^<>\s]{1,998}>)", re.IGNORECASE
)
_ID = re.compile(r"<[^<>\s]{1,998}>")


def of_part(part: Part, raw: bytes) -> Original:
    """Read the part that holds the mail, or its header."""
    bounds = Bounds(_READ)
    data = raw[part.body : min(part.end, part.body + _READ)]
    if part.fields.get("content-transfer-encoding", "").strip().lower() in ("base64", "quoted-printable"):
        whole = part.end
        part.end = part.body + len(data)
        data = part.content(raw, bounds)
        part.end = whole
    return _of_bytes(data.lstrip(b"\r\n"))


def split(lines: Sequence[str]) -> int:
    """Give the number of the line where the text ends and the mail it is about begins (all lines where none does)."""
    for number, line in enumerate(lines):
        if _TRACE_LINE.match(line) and (number == 0 or not lines[number - 1].strip()):
            return number
        if len(line) < _LONGEST_MARK and _is_mark(line) and _ends_text(lines, number):
            return number
    return len(lines)


def _is_mark(line: str) -> bool:
    lowered = line.lower()
    if not any(word in lowered for word in _MARK_WORDS):
        return False
    return _MARK.search(lowered) is not None and not _NO_MARK.search(lowered)


def _ends_text(lines: Sequence[str], number: int) -> bool:
    """Tell whether header lines, or nothing at all, follow soon after."""
    following = [line for line in lines[number + 1 : number + 8] if line.strip()]
    return not following or any(_HEADER_LINE.match(line) for line in following[:2])


def of_lines(lines: Sequence[str]) -> Original:
    """Read the mail at the end of the text, from its mark on."""
    start = 0
    while start < min(len(lines), 12) and not _HEADER_LINE.match(lines[start]):
        start += 1
    kept = lines[start : start + 300]
    if not kept:
        return Original(None, (), "")
    indent = len(kept[0]) - len(kept[0].lstrip(" \t"))
    text = "\n".join(line[indent:] if line[:indent].isspace() else line for line in kept)[:_READ]
    return _of_bytes(text.encode("utf-8", "replace"))


def of_words(text: str, message: Message) -> Original:
    """Take what the text says of the mail; programs that answer in its thread name its Message-ID there."""
    said: dict[str, str] = {}
    for found in _SAID_LINE.finditer(text):
        said.setdefault(found[1].lower().replace("-", ""), found[2])
    identifier = _ID.search(words.printable(said.get("messageid", "")))
    answered = message.in_reply_to or message.references[-1:]
    return Original(
        identifier[0] if identifier else (answered[0] if answered else None),
        _addresses(said.get("to", ""), Bounds(0)),
        words.printable(said.get("subject", ""))[:1_000].strip(),
    )


def of_raw(raw: bytes, own: str | None) -> Original:
    """Take the first Message-ID that is not the report's `own`: a mail behind a broken boundary is in no part."""
    for found in islice(_RAW_ID.finditer(raw, 0, _RAW), 3):
        identifier = words.printable(found[1].decode("utf-8", "replace"))
        if identifier != own:
            return Original(identifier, (), "")
    return Original(None, (), "")


def joined(*found: Original) -> Original:
    """Take each thing from the first that knows it."""
    return Original(
        next((each.message_id for each in found if each.message_id), None),
        next((each.to for each in found if each.to), ()),
        next((each.subject for each in found if each.subject), ""),
    )


def _of_bytes(data: bytes) -> Original:
    bounds = Bounds(len(data))
    (_, fields), _ = header.read(data, 0, len(data), bounds)
    identifier = _ID.search(words.printable(fields.get("message-id", "")))
    subject = words.decode(fields.get("subject", ""), bounds)
    bare = "".join(fields.get("message-id", "").split()).strip("<>")[:998]
    return Original(
        identifier[0] if identifier else (f"<{words.printable(bare)}>" if "@" in bare else None),
        _addresses(fields.get("to", ""), bounds),
        words.printable(subject)[:1_000].strip(),
    )


def _addresses(value: str, bounds: Bounds) -> tuple[str, ...]:
    found = addresses.read(value[:_READ], bounds)[:_RECIPIENTS]
    return tuple(filter(None, (plain(each.address) for each in found)))
