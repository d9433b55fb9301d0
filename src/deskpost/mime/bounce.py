"""Delivery reports and complaints: what a server says became of a mail of ours.

Read by structure first (RFC 3464, RFC 5965), then by the SMTP replies and the wording of the text.
"""

from collections.abc import Sequence

from deskpost.mime import charset, structure
from deskpost.mime.bounces import (
    delivery_status,
    feedback,
    free_text,
    notices,
    original,
    replies,
    signs,
    wording,
)
from deskpost.mime.bounces.delivery_status import RECIPIENTS, Group
from deskpost.mime.bounces.free_text import Found
from deskpost.mime.bounces.judging import Judge
from deskpost.mime.bounces.report import HARD, SAID, Kind, Original, Reason, Recipient, Report
from deskpost.mime.bounds import Bounds
from deskpost.mime.message import Message
from deskpost.mime.structure import Part

__all__ = ["HARD", "RECIPIENTS", "SAID", "Kind", "Original", "Reason", "Recipient", "Report", "recognise"]

_TEXT = 24_576  # characters of the text that are read
_LINES = 1_000  # lines of it
_PARTS = 64
_MACHINE_READABLE = 1_000_000  # bytes of the parts for machines
_ENOUGH = 3  # signs of a report in free text
_CERTAIN = 4  # signs that need no words
_FIELD = "final-recipient:"
_GRAVEST: tuple[Kind, ...] = ("complaint", "failed", "delayed", "delivered")
_ACTIONS: dict[str, Kind] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
    "complaint": "complaint",
}


def recognise(raw: bytes, message: Message) -> Report | None:
    """Give what a delivery report or a complaint says; None for every other mail. Never raises, whatever the bytes.

    `message` is what `parse` gave for `raw`, whose bytes are looked at again only where there are signs of a report.
    Answers of people that quote a report, absence notes and receipts are none. At most `RECIPIENTS` are read.
    """
    found = signs.of(message)
    if found is None:
        return None
    parts = _parts(raw) if message.attachments else []
    text = message.text[:_TEXT]
    if found.feedback:
        return _complaint(parts, raw)
    lines = text.split("\n", _LINES)[:_LINES]
    end = original.split(lines)
    head = "\n".join(lines[:end])
    about = original.joined(
        *_held(parts, raw),
        original.of_lines(lines[end:]),
        original.of_words(head, message),
    )
    groups: list[Group] = []
    if found.status:
        groups = delivery_status.read(_content(parts, raw, signs.STATUS_TYPES))
    if found.notice and (told := notices.read(text)):
        groups, about = told
    if not groups and not _speaks_of_failure(found, head, end < len(lines)):
        return None
    if not groups:
        groups = _fields_in_text(head, text)
    judge = Judge(len(raw), frozenset(each.address.lower() for each in message.to))
    spoken = _spoken_of(head.split("\n"), message, found, about)
    if about.message_id is None:
        about = original.joined(about, original.of_raw(raw, message.message_id))
    if groups:
        people = _judged_by_fields(groups, spoken, head, judge)
    else:
        people = _judged_by_text(spoken, head, message, judge)
    kind = next(kind for kind in _GRAVEST if any(each.kind == kind for each in people))
    return Report(kind, people, about)


def _parts(raw: bytes) -> list[Part]:
    bounds = Bounds(len(raw))
    bounds.parts = _PARTS
    root, _ = structure.read(raw if b"\n" in raw else raw.replace(b"\r", b"\n"), bounds)
    return list(structure.leaves(root))


def _content(parts: Sequence[Part], raw: bytes, types: frozenset[str]) -> str:
    """Give the text of the parts of these types, one after the other."""
    pieces: list[str] = []
    left = _MACHINE_READABLE
    for part in parts:
        if part.content_type in types and left > 0:
            part.end = min(part.end, part.body + left)
            left -= part.end - part.body
            content = part.content(raw, Bounds(0))
            pieces.append(charset.decode_lines(content, part.parameters.get("charset"))[0])
    return "\n\n".join(pieces)


def _held(parts: Sequence[Part], raw: bytes) -> list[Original]:
    """Read the mails that the report carries; one in earnest has one, or its header beside it."""
    held = [part for part in parts if part.content_type in original.TYPES]
    return [original.of_part(part, raw) for part in held[:2]]


def _complaint(parts: Sequence[Part], raw: bytes) -> Report:
    about = original.joined(*_held(parts, raw))
    return Report("complaint", feedback.recipients(_content(parts, raw, signs.FEEDBACK_TYPES), about), about)


def _fields_in_text(head: str, text: str) -> list[Group]:
    """Read fields that stand in the text, or in a report that the text passes on without words of its own."""
    if _FIELD in head.lower():
        return delivery_status.read(head)
    if _FIELD in text.lower() and replies.find(head) is None:
        return delivery_status.read(text)
    return []


def _speaks_of_failure(found: signs.Signs, head: str, returned: bool) -> bool:
    """Tell whether the text, with what the header shows, makes a report; `returned` when it ends in another mail."""
    evidence = wording.says_failed(head) + (replies.find(head) is not None)
    if evidence:
        return found.weight + evidence + returned >= _ENOUGH
    return found.weight + returned >= _CERTAIN


def _spoken_of(lines: Sequence[str], message: Message, found: signs.Signs, about: Original) -> list[Found]:
    """Give the recipients that the text speaks of; where it names none, those that a header or the mail does."""
    own = frozenset(
        each.address.lower() for each in (*message.to, *message.from_) if each.address not in found.failed
    )
    spoken = free_text.recipients(lines, own, RECIPIENTS)
    named = {address.lower() for address in found.failed}
    if named:
        spoken = [each for each in spoken if each.address.lower() in named] or spoken
        known = {each.address.lower() for each in spoken}
        if len(known) < len(named) and named & known:
            whole = "\n".join(lines)
            spoken += [Found(each, whole) for each in found.failed if each.lower() not in known]
    if not spoken:
        whole = "\n".join(lines)
        addresses = found.failed or (about.to if len(about.to) == 1 else ("",))
        spoken = [Found(address, whole) for address in addresses]
    return spoken


def _judged_by_fields(
    groups: Sequence[Group], spoken: Sequence[Found], head: str, judge: Judge
) -> tuple[Recipient, ...]:
    said_of = {each.address.lower(): each.words for each in spoken}
    alone = len(groups) == 1 and len(spoken) == 1
    people: list[Recipient] = []
    for group in groups:
        address = group.address or (spoken[0].address if alone else "")
        kind = _ACTIONS.get(group.fields.get("action", "failed").split("(")[0].strip().lower(), "failed")
        words = said_of.get(address.lower(), "") or (spoken[0].words if alone else "")
        if not words and len(groups) == 1:
            words = head
        people.append(judge.recipient(address, kind, group.fields.get("status", ""), group.diagnostic, words))
    return tuple(people)


def _judged_by_text(
    spoken: Sequence[Found], head: str, message: Message, judge: Judge
) -> tuple[Recipient, ...]:
    kind: Kind = "delayed" if wording.says_delayed(f"{message.subject[:500]}\n{head}") else "failed"
    people: list[Recipient] = []
    for each in spoken:
        words = each.words or head
        people.append(judge.recipient(each.address, kind, "", "", words, head if len(spoken) == 1 else ""))
    return tuple(people)
