"""Delivery reports and complaints: what a server says became of a mail of ours.

Read by structure first (RFC 3464, RFC 5965), then by the SMTP replies and the wording of the text.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, Self

from deskpost.mime import charset, structure
from deskpost.mime.bounces import (
    daemons,
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
    if found.feedback:
        return _complaint(parts, raw)
    text = _Text.of(message)
    groups = delivery_status.read(_content(parts, raw, daemons.STATUS_TYPES)) if found.status else []
    notice = notices.read(text.whole) if found.notice else None
    by_form = False
    if notice:
        groups, about = notice
    elif groups or _speaks_of_failure(found, text):
        about = _original(parts, raw, text, message)
    else:
        about = _returned(parts, raw, text, message)
        by_form = True
        if about.message_id is None or not _has_the_form(found, text):
            return None
    people = _judged(
        groups or _fields_in_text(text), text, about, found, Judge(len(raw), _senders(message)), message
    )
    if by_form:
        people = tuple(_by_codes_alone(each) for each in people)
    kind = next(kind for kind in _GRAVEST if any(each.kind == kind for each in people))
    return Report(kind, people, about, found.by_system, found.daemon > 0, by_form, found.by_person)


class _Text(NamedTuple):
    """The text of a report: the whole, what is its own, and the lines of the mail that it ends in, if it does."""

    whole: str
    head: str
    returned: list[str]

    @classmethod
    def of(cls, message: Message) -> Self:
        whole = message.text[:_TEXT]
        lines = whole.split("\n", _LINES)[:_LINES]
        end = original.split(lines)
        return cls(whole, "\n".join(lines[:end]), lines[end:])


def _original(parts: Sequence[Part], raw: bytes, text: _Text, message: Message) -> Original:
    about = original.joined(
        *_held(parts, raw), original.of_lines(text.returned), original.of_words(text.head, message)
    )
    return about if about.message_id else original.joined(about, original.of_raw(raw, message.message_id))


def _returned(parts: Sequence[Part], raw: bytes, text: _Text, message: Message) -> Original:
    """Give the mail that is returned, not one that is only named."""
    about = original.joined(*_held(parts, raw), original.of_lines(text.returned))
    return about if about.message_id else original.joined(about, original.of_raw(raw, message.message_id))


def _has_the_form(found: signs.Signs, text: _Text) -> bool:
    """Tell whether the sender makes a report of a mail that returns another one and says nothing known of it."""
    weight = found.weight + bool(text.returned)
    return not found.answers and (weight >= 1 if found.daemon else weight >= _ENOUGH)


def _by_codes_alone(one: Recipient) -> Recipient:
    """Call no address dead for words that were not understood to be of a report."""
    return one if one.status or one.reply_code else replace(one, hard=False)


def _senders(message: Message) -> frozenset[str]:
    """Give who wrote the mail that is reported about: the report is addressed to them."""
    return frozenset(each.address.lower() for each in message.to)


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


def _fields_in_text(text: _Text) -> list[Group]:
    """Read fields that stand in the text, or in a report that the text passes on without words of its own."""
    if _FIELD in text.head.lower():
        return delivery_status.read(text.head)
    if _FIELD in text.whole.lower() and replies.find(text.head) is None:
        return delivery_status.read(text.whole)
    return []


def _speaks_of_failure(found: signs.Signs, text: _Text) -> bool:
    """Tell whether the text, with what the header shows, makes a report; a person's answer returns no mail."""
    returned = bool(text.returned)
    if found.answers and not returned:
        return False
    evidence = wording.says_failed(text.head) + (replies.find(text.head) is not None)
    if evidence:
        return found.weight + evidence + returned >= _ENOUGH
    return found.weight + returned >= _CERTAIN


def _judged(
    groups: Sequence[Group], text: _Text, about: Original, found: signs.Signs, judge: Judge, message: Message
) -> tuple[Recipient, ...]:
    spoken = _spoken_of(text, message, found, about)
    if groups:
        return _judged_by_fields(groups, spoken, text.head, judge)
    kind = _kind_in_words(f"{message.subject[:500]}\n{text.head}")
    beside = text.head if len(spoken) == 1 else ""
    return tuple(
        judge.recipient(each.address, kind, "", "", each.words or text.head, beside) for each in spoken
    )


def _kind_in_words(text: str) -> Kind:
    if wording.says_delayed(text):
        return "delayed"
    reply = replies.find(text)
    refused = reply is not None and reply.code[0] in "45"
    return "delivered" if wording.says_delivered(text) and not refused else "failed"


def _spoken_of(text: _Text, message: Message, found: signs.Signs, about: Original) -> list[Found]:
    """Give the recipients that the text speaks of; where it names none, those that a header or the mail does."""
    own = frozenset(
        each.address.lower() for each in (*message.to, *message.from_) if each.address not in found.failed
    )
    spoken = free_text.recipients(text.head.split("\n"), own, RECIPIENTS)
    if not spoken:
        addresses = found.failed or (about.to if len(about.to) == 1 else ("",))
        return [Found(address, text.head) for address in addresses]
    named = {address.lower() for address in found.failed}
    known = {each.address.lower() for each in spoken}
    if not named & known:
        return spoken
    return [
        *(each for each in spoken if each.address.lower() in named),
        *(Found(each, text.head) for each in found.failed if each.lower() not in known),
    ]


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
