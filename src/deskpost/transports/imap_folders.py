"""IMAP's folders: their names, opening one, and where another one ends. RFC 3501 sections 5.1, 6.3.1, 6.3.2, 6.3.10."""

import re
from dataclasses import dataclass

from imapclient import imap_utf7

from deskpost.transports import words
from deskpost.transports.errors import MailboxMissing, ProtocolViolated, TransportError
from deskpost.transports.imap_dialogue import ImapDialogue, quoted
from deskpost.transports.source import FolderEnd

_EXISTS = re.compile(rb"\* (\d{1,10}) EXISTS", re.IGNORECASE)
_STATE = re.compile(rb"\* OK \[(UIDVALIDITY|UIDNEXT) (\d{1,10})\]", re.IGNORECASE)
_VALIDITY = re.compile(rb"[( ]UIDVALIDITY (\d{1,10})", re.IGNORECASE)
_NEXT = re.compile(rb"[( ]UIDNEXT (\d{1,10})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the server tells of a folder that it opens; `next_uid` is None where it does not tell."""

    validity: str
    next_uid: int | None
    count: int


def open_folder(dialogue: ImapDialogue, folder: str, *, read_only: bool) -> Opened:
    """Open a folder, by EXAMINE when it is only to be read. Raises MailboxMissing, ProtocolViolated."""
    verb = b"EXAMINE " if read_only else b"SELECT "
    count, next_uid, validity = 0, None, ""
    command = verb + folder_name(folder, dialogue.place)
    for answer in dialogue.ask(command, "while opening the folder", 65_536):
        if exists := _EXISTS.match(answer[0]):
            count = int(exists[1])
        elif state := _STATE.match(answer[0]):
            if state[1].upper() == b"UIDNEXT":
                next_uid = int(state[2])
            else:
                validity = state[2].decode()
    if not dialogue.completion.fine:
        raise dialogue.trouble(lambda said: missing(dialogue.place, folder, said))
    if not validity:
        raise ProtocolViolated(words.folder_without_numbers(dialogue.place, folder))
    return Opened(validity, next_uid, count)


def end_of(dialogue: ImapDialogue, folder: str) -> FolderEnd | None:
    """Where a folder ends that need not be open; None where the server does not tell. Raises MailboxMissing."""
    command = b"STATUS " + folder_name(folder, dialogue.place) + b" (UIDNEXT UIDVALIDITY)"
    told = b"".join(answer[-1] for answer in dialogue.ask(command, "when asked about a folder", 65_536))
    if dialogue.completion.code in (b"TRYCREATE", b"NONEXISTENT"):
        raise missing(dialogue.place, folder, dialogue.completion.answer)
    next_uid, validity = _NEXT.search(told), _VALIDITY.search(told)
    if not (dialogue.completion.fine and next_uid and validity):
        return None
    return FolderEnd(validity[1].decode(), int(next_uid[1]))


def folder_name(folder: str, place: str) -> bytes:
    """A folder name as servers write it: modified UTF-7 in quotes. RFC 3501 section 5.1.3."""
    if not folder or any(mark in folder for mark in "\0\r\n"):
        raise missing(place, folder, "")
    try:
        return quoted(imap_utf7.encode(folder).decode("ascii"))
    except UnicodeError:
        raise missing(place, folder, "") from None


def missing(place: str, folder: str, answer: str) -> TransportError:
    """The error for a folder that is not there."""
    return MailboxMissing(
        words.folder_missing(place, words.readable(folder.encode("utf-8", "replace")), answer), answer=answer
    )
