"""IMAP's folders by the names that people write: counted, and made where they are absent. RFC 3501, RFC 2342."""

import re

from deskpost.transports import words
from deskpost.transports.errors import ActRefused
from deskpost.transports.imap_dialogue import ImapDialogue
from deskpost.transports.imap_folders import folder_name, missing

_IDENTITY = re.compile(rb"(\([^()]+\))")
_NUMBERS = tuple(
    re.compile(rb"[( ]" + name + rb" (\d{1,10})", re.IGNORECASE)
    for name in (b"MESSAGES", b"UIDNEXT", b"UIDVALIDITY")
)
_COUNT = re.compile(rb"[( ]MESSAGES (\d{1,10})", re.IGNORECASE)
_PERSONAL = re.compile(rb'\* NAMESPACE \(\("([^"]*)" (?:"(\\?.)"|NIL)', re.IGNORECASE)
_LISTED = re.compile(rb'\* LIST \([^)]*\) "(\\?.)"', re.IGNORECASE)
_DOING = "when asked about a folder"


def make_folder(dialogue: ImapDialogue, folder: str) -> str:
    """Make a folder unless it is there, and give the name by which the server knows it.

    Raises ActRefused, and MailboxMissing for a name that cannot be said.
    """
    if (known := _known(dialogue, folder)) is not None:
        return known[0]
    name = _candidates(dialogue, folder)[-1]
    quoted = folder_name(name, dialogue.place)
    dialogue.ask(b"CREATE " + quoted, "when asked to make a folder")
    if not dialogue.completion.fine and dialogue.completion.code != b"ALREADYEXISTS":
        shown = words.readable(folder.encode("utf-8", "replace"))
        raise dialogue.trouble(
            lambda said: ActRefused(words.folder_not_made(dialogue.place, shown, said), answer=said)
        )
    dialogue.ask(b"SUBSCRIBE " + quoted, "when asked to make a folder")  # so that mail programs show it
    return name


def count_in(dialogue: ImapDialogue, folder: str) -> int:
    """How many mails a folder holds. Raises MailboxMissing."""
    known = _known(dialogue, folder)
    if known is None:
        raise missing(dialogue.place, folder, dialogue.completion.answer)
    return known[1]


def are_one(dialogue: ImapDialogue, folder: str, other: str) -> bool:
    """Tell whether two names mean one folder. Raises MailboxMissing.

    Where the server gives folders no ids, by their numbers; two that hold no mail are told apart by nothing then, and
    two that hold as many may have the same: their mails tell.
    """
    identified = b"OBJECTID" in dialogue.capabilities  # RFC 8474 section 4
    items = b"MAILBOXID" if identified else b"MESSAGES UIDNEXT UIDVALIDITY"
    one, two = (_told(dialogue, name, items) for name in (folder, other))
    if identified:
        return (found := _IDENTITY.search(one)) is not None and found[1] in two
    same = all(
        (a := one_of.search(one)) and (b := one_of.search(two)) and a[1] == b[1] for one_of in _NUMBERS
    )
    return same and (held := _COUNT.search(one)) is not None and held[1] != b"0"


def known_name(dialogue: ImapDialogue, folder: str) -> str:
    """Give the name by which the server knows a folder that is there. Raises MailboxMissing."""
    known = _known(dialogue, folder)
    if known is None:
        raise missing(dialogue.place, folder, dialogue.completion.answer)
    return known[0]


def _told(dialogue: ImapDialogue, folder: str, items: bytes) -> bytes:
    name = folder_name(known_name(dialogue, folder), dialogue.place)
    command = b"STATUS " + name + b" (" + items + b")"
    told = b"".join(answer[-1] for answer in dialogue.ask(command, _DOING, 65_536))
    return told[told.rfind(b"(") if b"MAILBOXID" not in items else told.upper().rfind(b"MAILBOXID") :]


def _known(dialogue: ImapDialogue, folder: str) -> tuple[str, int] | None:
    """Give the name and the count of a folder that is there: named as it is written, else as the server parts names."""
    for name in _candidates(dialogue, folder):
        command = b"STATUS " + folder_name(name, dialogue.place) + b" (MESSAGES)"
        told = b"".join(answer[-1] for answer in dialogue.ask(command, _DOING, 65_536))
        if dialogue.completion.fine and (count := _COUNT.search(told)):
            return name, int(count[1])
    return None


def _candidates(dialogue: ImapDialogue, folder: str) -> list[str]:
    prefix, parted_by = _layout(dialogue)
    name = folder.replace("/", parted_by) if parted_by else folder
    if prefix and not name.upper().startswith(prefix.upper()):
        name = prefix + name
    return [name] if name == folder else [folder, name]


def _layout(dialogue: ImapDialogue) -> tuple[str, str]:
    """The prefix of a person's own folders, and what parts the levels of their names."""
    if b"NAMESPACE" in dialogue.capabilities:
        for answer in dialogue.ask(b"NAMESPACE", _DOING, 65_536):
            if found := _PERSONAL.match(answer[0]):
                return found[1].decode("ascii", "replace"), _sign(found[2])
    for answer in dialogue.ask(b'LIST "" ""', _DOING, 65_536):
        if listed := _LISTED.match(answer[0]):
            return "", _sign(listed[1])
    return "", ""


def _sign(written: bytes | None) -> str:
    return (written or b"")[-1:].decode("ascii", "replace")
