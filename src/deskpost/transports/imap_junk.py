"""Finding the folder of junk at an IMAP server: by its special use (RFC 6154), else by the names it usually has."""

import re
from collections.abc import Iterator

from imapclient import imap_utf7

from deskpost.transports.imap_dialogue import Answer, ImapDialogue

_NAMES = ("junk", "spam", "junk e-mail", "junk email")
_LISTED = re.compile(rb'\* LIST \(([^)]*)\) (?:"(\\?.)"|NIL) (.*)', re.IGNORECASE | re.DOTALL)
_DOING = "when asked for its folders"


def junk_folder(dialogue: ImapDialogue) -> str | None:
    """The name of the folder of junk; None where there is none, or the server does not list its folders."""
    if b"SPECIAL-USE" in dialogue.capabilities:
        for flags, name, _ in _listed(dialogue.ask(b'LIST (SPECIAL-USE) "" "*"', _DOING)):
            if b"\\JUNK" in flags:
                return name
    folders = [*_listed(dialogue.ask(b'LIST "" "*"', _DOING))]
    special = [name for flags, name, _ in folders if b"\\JUNK" in flags]
    usual = [name for flags, name, near in folders if near in _NAMES and b"\\NOSELECT" not in flags]
    return next(iter([*special, *sorted(usual, key=len)]), None)


def _listed(answers: list[Answer]) -> Iterator[tuple[frozenset[bytes], str, str]]:
    """Flags, name, and the name in small letters without the inbox that some servers hang all folders below."""
    for answer in answers:
        if not (found := _LISTED.match(answer[0])):
            continue
        flags = frozenset(found[1].upper().split())
        name = _name(found[3], answer)
        near = name.lower()
        if found[2]:
            near = near.removeprefix("inbox" + found[2][-1:].decode("ascii", "replace"))
        yield flags, name, near


def _name(text: bytes, answer: Answer) -> str:
    if len(answer) > 1:
        text = answer[1]
    elif text[:1] == b'"':
        text = re.sub(rb"\\(.)", rb"\1", text[1:-1])
    try:
        return str(imap_utf7.decode(text))
    except ValueError:
        return text.decode("utf-8", "replace")
