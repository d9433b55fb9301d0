"""Reports in free text: who could not be reached, and what was said about each."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from deskpost.mime.bounces import addresses, replies, wording

LINES = 600
"""Lines of a report's text that are read for recipients."""

_BEGINS = re.compile(
    r"([ \t]*)(?:[-*>|•・]{1,4}[ \t]*|\d{1,3}[.)][ \t]+"
    r"|[245]\d\d[ -](?:[245]\.\d\.\d{1,3}[ \t]+)?(?=<[^<>]{3,320}>\.\.\.))?"
    rf"[<\"'(\[]?({addresses.ADDRESS})[>\"')\]]?(?P<rest>.*)"
)
_SEPARATOR = re.compile(r"[ \t]*[-=_*|#+~]{3,}")
_KEYED = re.compile(
    r"(?:\b(?:to|recipients?|address(?:es)?|user|userid|users|for|account|mailbox|an|empfänger|adresse|destinataire"
    r"|destinatario|destinatário|reach|deliver|delivering)|宛先|宛|受信者|收件人(?:地址|邮箱|信箱)?|收件地址"
    r"|받는 사람|수신자)"
    rf"(?:[ \t]*[:=：][ \t]*|[ \t]+|(?=[<\"'(]))[<\"'(]*({addresses.ADDRESS})",
    re.IGNORECASE,
)
_ANY = re.compile(rf"(?<![\w.+-])({addresses.ADDRESS})")
_HEADER = re.compile(
    r"[ \t>*]*(?:to|from|cc|bcc|subject|date|sent|message-?id|reply-to|rcpt to|mail from)[ \t]*:", re.I
)
_NO_RECIPIENT = re.compile(
    r"(?:mailer-daemon|postmaster|support|abuse|helpdesk|help|no-?reply|webmaster|admin|info)@", re.I
)
_LONGEST_LINE = 1_000
_SENTENCES = 40


class Found(NamedTuple):
    """An address that the text is about, and the lines that speak of it."""

    address: str
    words: str


def recipients(lines: Sequence[str], own: frozenset[str], bound: int) -> list[Found]:
    """Give those who could not be reached, at most `bound`; `own` are addresses that are none of them.

    Addresses that begin a line count first, then those that a word such as "to" announces, then any in a line
    that says that a mail was not delivered.
    """
    lines = [line[:_LONGEST_LINE] for line in lines[:LINES]]
    places = _at_line_starts(lines, own) or _announced(lines, own) or _in_sentences(lines, own)
    places = places or _at_line_starts(lines, frozenset())  # a mail to oneself
    found: list[Found] = []
    for place, (number, address, start) in enumerate(places[:bound]):
        end = places[place + 1][0] if place + 1 < len(places) else len(lines)
        following = lines[number + 1 : min(end, number + 60)]
        block = "\n".join(
            [lines[number][start:], *(line for line in following if not _SEPARATOR.match(line))]
        )
        found.append(Found(address, block.strip()))
    return _with_words(found)


Place = tuple[int, str, int]
"""The line, the address, and where in the line what follows it begins."""


def _at_line_starts(lines: Sequence[str], own: frozenset[str]) -> list[Place]:
    places: list[Place] = []
    seen: set[str] = set()
    indent = -1  # of the recipient of this paragraph: what is further in continues its line
    for number, line in enumerate(lines):
        if not line.strip():
            indent = -1
        elif "@" in line and (found := _BEGINS.match(line)):
            if 0 <= indent < len(found[1]) or _goes_on(line, found["rest"]):
                continue
            address = addresses.plain(found[2])
            indent = len(found[1])
            if address and address.lower() not in seen and address.lower() not in own:
                seen.add(address.lower())
                places.append((number, address, found.start("rest")))
    return places


def _goes_on(line: str, rest: str) -> bool:
    """Tell whether an address at the start of a line is only a word of a sentence."""
    return bool(_NO_RECIPIENT.match(line.lstrip(" <")) and rest[:1] not in (">:", ":", ""))


def _announced(lines: Sequence[str], own: frozenset[str]) -> list[Place]:
    places: list[Place] = []
    seen: set[str] = set()
    for number, line in enumerate(lines):
        if "@" not in line or _HEADER.match(line):
            continue
        for found in _KEYED.finditer(line):
            address = addresses.plain(found[1])
            known = address.lower()
            if address and known not in seen and known not in own and not _NO_RECIPIENT.match(address):
                seen.add(known)
                places.append((number, address, found.end()))
    return places


def _in_sentences(lines: Sequence[str], own: frozenset[str]) -> list[Place]:
    named = (number for number, line in enumerate(lines) if "@" in line)
    for number in islice(named, _SENTENCES):
        near = " ".join(lines[max(0, number - 2) : number + 2])
        if not (wording.says_failed(near) or replies.find(near)):
            continue
        for found in _ANY.finditer(lines[number]):
            address = addresses.plain(found[1])
            if address and address.lower() not in own and not _NO_RECIPIENT.match(address):
                return [(number, address, found.end())]
    return []


def _with_words(found: list[Found]) -> list[Found]:
    """In a list of addresses the words stand after the last one and are about all before it."""
    following = ""
    for place in range(len(found) - 1, -1, -1):
        if len(found[place].words.strip(" \n>):;,.")) > 2:
            following = found[place].words
        else:
            found[place] = Found(found[place].address, following)
    return found
