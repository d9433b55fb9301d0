"""IMAP: one folder of a mailbox, its mails chosen by UID and read as a stream. RFC 3501, 4315, 6851."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby

from imapclient import imap_utf7

from deskpost.transports import words
from deskpost.transports.connection import Connection, Login, Server
from deskpost.transports.errors import (
    ActRefused,
    CopiedNotDeleted,
    MailboxMissing,
    ProtocolViolated,
    TransportError,
)
from deskpost.transports.imap_dialogue import Answer, ImapDialogue, quoted
from deskpost.transports.imap_fetch import BodyReader, numbers_in, received_at, sets_of
from deskpost.transports.source import RawMail, Sample, header_fields

Uids = list[str]
Answers = list[Answer]

_FETCH_AT_ONCE = 500
_HEADER_LIMIT = 64 * 1024
_EXISTS = re.compile(rb"\* (\d{1,10}) EXISTS", re.IGNORECASE)
_STATE = re.compile(rb"\* OK \[(UIDVALIDITY|UIDNEXT) (\d{1,10})\]", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@contextmanager
def open_imap(
    server: Server, login: Login, folder: str = "INBOX", *, read_only: bool = False
) -> Iterator["ImapSource"]:
    """One folder, opened over a connection that is always closed again.

    `read_only` opens it by EXAMINE, which changes nothing at all on the server. Raises ServerUnreachable,
    LoginRefused, MailboxMissing, Throttled, ProtocolViolated.
    """
    with Connection(server, "IMAP") as connection:
        dialogue = ImapDialogue(connection, login)
        yield ImapSource(dialogue, folder, read_only)
        connection.say_farewell(b"D0 LOGOUT\r\n")


class ImapSource:
    """A Source over IMAP. Uids are IMAP's UIDs in decimal, meaningful only together with `validity`."""

    def __init__(self, dialogue: ImapDialogue, folder: str, read_only: bool) -> None:
        self._dialogue = dialogue
        self._known_sizes: dict[str, int] = {}
        self._count = 0
        self._next_uid: int | None = None
        self.validity = ""
        self._open(folder, read_only)

    def list(self, after: str | None, since: datetime | None) -> Uids:
        """UIDs greater than `after`, received (INTERNALDATE) at or after `since`, ascending."""
        first = int(after or 0) + 1
        command = b"UID SEARCH UID %d:*" % first
        if since:
            command += b" SINCE " + _day_before(since)
        found: set[int] = set()
        for answer in self._ask(command, "when asked for new mail"):
            if answer[0][:9].upper() == b"* SEARCH ":
                found.update(int(uid) for uid in answer[0][9:].split() if uid.isdigit())
        # "n:*" names the last mail even when its UID is smaller than n (RFC 3501 section 6.4.8).
        uids = [str(uid) for uid in sorted(found) if uid >= first]
        return self._received_since(uids, since) if since else uids

    def newest(self) -> str | None:
        """UIDNEXT - 1: every mail that arrives later has a greater UID."""
        if self._next_uid is not None:
            return str(self._next_uid - 1)
        uids = self.list(None, None)
        return uids[-1] if uids else "0"

    def sizes(self, uids: Sequence[str]) -> dict[str, int]:
        """RFC822.SIZE of the mails that are still there; `fetch` need not ask for them again."""
        sizes: dict[str, int] = {}
        for numbers in sets_of(uids):
            for answer in self._ask(b"UID FETCH " + numbers + b" (RFC822.SIZE)", "when asked for sizes"):
                uid, size = numbers_in(answer)
                if uid is not None and size is not None:
                    sizes[uid] = size
        self._known_sizes.update(sizes)
        return sizes

    def fetch(self, uids: Sequence[str], max_bytes: int) -> Iterator[RawMail]:
        """Yield these mails in the order given, without marking them read (BODY.PEEK).

        A mail larger than `max_bytes` comes with its header only and `truncated=True`; an expunged one is
        left out. A caller that stops midway has to close the connection. RFC 3501 section 6.4.5.
        """
        for start in range(0, len(uids), _FETCH_AT_ONCE):
            batch = uids[start : start + _FETCH_AT_ONCE]
            unknown = [uid for uid in batch if uid not in self._known_sizes]
            if unknown:
                self.sizes(unknown)
            there = [uid for uid in batch if uid in self._known_sizes]
            for fits, some in groupby(there, key=lambda uid: self._known_sizes[uid] <= max_bytes):
                group = [*some]
                yield from self._whole(group, max_bytes) if fits else self._headers(group)

    def message_id_headers(self, uids: Sequence[str]) -> dict[str, bytes]:
        """The field Message-ID of the mails that are still there."""
        found: dict[str, bytes] = {}
        for numbers in sets_of(uids):
            command = b"UID FETCH " + numbers + b" (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
            for answer in self._ask(command, "when asked for Message-IDs"):
                uid = numbers_in(answer)[0]
                if uid is not None:
                    found[uid] = answer[1] if len(answer) > 1 else b""
        return found

    def mark_read(self, uids: Sequence[str]) -> None:
        """Set \\Seen."""
        self._for_each_set(uids, b"UID STORE %b +FLAGS.SILENT (\\Seen)", "mark mails as read")

    def delete(self, uids: Sequence[str]) -> None:
        """Remove these mails (RFC 4315); without UIDPLUS expunge only if that hits no other mail."""
        self._for_each_set(uids, b"UID STORE %b +FLAGS.SILENT (\\Deleted)", "delete mails")
        if b"UIDPLUS" in self._dialogue.capabilities:
            self._for_each_set(uids, b"UID EXPUNGE %b", "delete mails")
        elif self._marked_deleted() <= set(uids):
            self._ask(b"EXPUNGE", "when asked to delete mails")

    def move(self, uids: Sequence[str], folder: str) -> None:
        """Move by MOVE (RFC 6851), else copy and delete. Raises MailboxMissing when the folder is absent."""
        target = _folder_name(folder, self._dialogue.place)
        if b"MOVE" in self._dialogue.capabilities:
            self._for_each_set(uids, b"UID MOVE %b " + target, "move mails", folder)
        else:
            self._for_each_set(uids, b"UID COPY %b " + target, "copy mails", folder)
            try:
                self.delete(uids)
            except ActRefused as refusal:
                raise CopiedNotDeleted(refusal.words, answer=refusal.answer) from refusal

    def oldest(self) -> Sample | None:
        """The mail with sequence number 1."""
        command = b"FETCH 1 (UID RFC822.SIZE BODY.PEEK[HEADER]<0.%d>)" % _HEADER_LIMIT
        if not self._count:
            return None
        for answer in self._ask(command, "when asked for the oldest mail"):
            uid, size = numbers_in(answer)
            if uid is not None and size is not None and len(answer) > 1:
                return Sample(uid, size, header_fields(answer[1]), self._count)
        return None

    def _open(self, folder: str, read_only: bool) -> None:
        verb = b"EXAMINE " if read_only else b"SELECT "
        name = _folder_name(folder, self._dialogue.place)
        for answer in self._dialogue.ask(verb + name, "while opening the folder", 65_536):
            if exists := _EXISTS.match(answer[0]):
                self._count = int(exists[1])
            elif state := _STATE.match(answer[0]):
                if state[1].upper() == b"UIDNEXT":
                    self._next_uid = int(state[2])
                else:
                    self.validity = state[2].decode()
        if not self._dialogue.completion.fine:
            raise self._dialogue.trouble(lambda said: _missing(self._dialogue.place, folder, said))
        if not self.validity:
            raise ProtocolViolated(words.folder_without_numbers(self._dialogue.place, folder))

    def _ask(self, command: bytes, doing: str, act: str = "answer", folder: str | None = None) -> Answers:
        answers = self._dialogue.ask(command, doing)
        if self._dialogue.completion.fine:
            return answers
        if folder is not None and self._dialogue.completion.code in (b"TRYCREATE", b"NONEXISTENT"):
            raise _missing(self._dialogue.place, folder, self._dialogue.completion.answer)
        raise self._dialogue.trouble(
            lambda said: ActRefused(words.act_refused(self._dialogue.place, act, said), answer=said)
        )

    def _for_each_set(self, uids: Sequence[str], command: bytes, act: str, folder: str | None = None) -> None:
        for numbers in sets_of(uids):
            self._ask(command.replace(b"%b", numbers, 1), f"when asked to {act}", act, folder)

    def _whole(self, uids: Uids, max_bytes: int) -> Iterator[RawMail]:
        wanted = set(uids)
        for numbers in sets_of(uids):
            reader = BodyReader(self._dialogue, max_bytes)
            for mail in reader.mails(numbers, wanted):
                self._known_sizes.pop(mail.uid, None)
                yield mail
            if not self._dialogue.completion.fine:
                yield from self._one_by_one([uid for uid in uids if uid in wanted], max_bytes)
                return
        yield from self._still_there([uid for uid in uids if uid in wanted])

    def _one_by_one(self, uids: Uids, max_bytes: int) -> Iterator[RawMail]:
        """After a NO: one mail that the server cannot give must not keep the others back."""
        for uid in uids:
            yield from BodyReader(self._dialogue, max_bytes).mails(uid.encode(), {uid})
            refusal = self._dialogue.completion
            if refusal.fine:
                continue
            trouble = self._dialogue.trouble(lambda said: ActRefused(said))
            if not isinstance(trouble, ActRefused):
                raise trouble
            size = self.sizes([uid]).get(uid)
            if size is not None:
                yield RawMail(uid, size, b"", False, refusal.answer or "no reason given")

    def _still_there(self, uids: Uids) -> Iterator[RawMail]:
        """After an OK without these mails: those that are not gone are mails that the server does not give."""
        if uids:
            sizes = self.sizes(uids)
            for uid in uids:
                if uid in sizes:
                    self._known_sizes.pop(uid, None)
                    yield RawMail(uid, sizes[uid], b"", False, "it answered without the mail")

    def _headers(self, uids: Uids) -> Iterator[RawMail]:
        for uid in uids:
            command = b"UID FETCH %b (BODY.PEEK[HEADER]<0.%d>)" % (uid.encode(), _HEADER_LIMIT)
            for answer in self._ask(command, "when asked for a header"):
                if numbers_in(answer)[0] == uid and len(answer) > 1:
                    yield RawMail(uid, self._known_sizes.pop(uid, 0), answer[1], True)
                    break

    def _marked_deleted(self) -> set[str]:
        marked: set[str] = set()
        for answer in self._ask(b"UID SEARCH DELETED", "when asked for deleted mail"):
            if answer[0][:9].upper() == b"* SEARCH ":
                marked.update(answer[0][9:].decode("ascii", "replace").split())
        return marked

    def _received_since(self, uids: Uids, since: datetime) -> Uids:
        recent: set[str] = set()
        for numbers in sets_of(uids):
            for answer in self._ask(b"UID FETCH " + numbers + b" (INTERNALDATE)", "when asked for dates"):
                uid, received = received_at(answer)
                if uid is not None and (received is None or received >= since):
                    recent.add(uid)
        return [uid for uid in uids if uid in recent]


def _day_before(since: datetime) -> bytes:
    """SEARCH SINCE knows whole days in the server's own time zone; one day earlier misses none."""
    day = since.astimezone(UTC) - timedelta(days=1)
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}".encode()


def _folder_name(folder: str, place: str) -> bytes:
    """A folder name as servers write it: modified UTF-7 in quotes. RFC 3501 section 5.1.3."""
    if not folder or any(mark in folder for mark in "\0\r\n"):
        raise _missing(place, folder, "")
    try:
        return quoted(imap_utf7.encode(folder).decode("ascii"))
    except UnicodeError:
        raise _missing(place, folder, "") from None


def _missing(place: str, folder: str, answer: str) -> TransportError:
    return MailboxMissing(
        words.folder_missing(place, words.readable(folder.encode("utf-8", "replace")), answer), answer=answer
    )
