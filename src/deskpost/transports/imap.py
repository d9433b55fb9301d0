"""IMAP: one folder of a mailbox, its mails chosen by UID and read as a stream. RFC 3501, 4315, 6851."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby

from deskpost.transports import words
from deskpost.transports.bearer import refuse_in_clear
from deskpost.transports.connection import Connection, Server
from deskpost.transports.errors import (
    ActRefused,
    CopiedNotDeleted,
    ServerUnreachable,
)
from deskpost.transports.imap_dialogue import Answer, ImapDialogue
from deskpost.transports.imap_fetch import BodyReader, numbers_in, received_at, sets_of
from deskpost.transports.imap_folders import end_of, folder_name, missing, open_folder
from deskpost.transports.imap_junk import junk_folder
from deskpost.transports.imap_made_folders import are_one, count_in, known_name, make_folder
from deskpost.transports.logins import Credentials
from deskpost.transports.renewal import renewed_once
from deskpost.transports.source import Arrived, FolderEnd, RawMail, Sample, header_fields

Uids = list[str]
Answers = list[Answer]

_FETCH_AT_ONCE = 500
_COPY_AT_ONCE = 300  # in one command, which is done whole or not at all (RFC 3501 section 6.4.7)
_HEADER_LIMIT = 64 * 1024
# A mail may have thousands of them.
_TELLING = 20  # mails that two folders have in common and are one: their numbers may be the same by chance
_MESSAGE_ID = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]<0.%d>" % _HEADER_LIMIT
_MARK_DELETED = b"UID STORE %b +FLAGS.SILENT (\\Deleted)"
_UNMARK_DELETED = b"UID STORE %b -FLAGS.SILENT (\\Deleted)"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@contextmanager
def open_imap(
    server: Server, login: Credentials, folder: str = "INBOX", *, read_only: bool = False
) -> Iterator["ImapSource"]:
    """One folder, opened over a connection that is always closed again.

    `read_only` opens it by EXAMINE, which changes nothing at all on the server. Raises ServerUnreachable,
    LoginRefused, MailboxMissing, Throttled, ProtocolViolated.
    """
    refuse_in_clear(server, login)
    dialogue = renewed_once(lambda credentials: logged_in(server, credentials), login)
    with dialogue.connection as connection:
        yield ImapSource(dialogue, folder, read_only)
        connection.say_farewell(b"D0 LOGOUT\r\n")


def logged_in(server: Server, login: Credentials) -> ImapDialogue:
    """Connect and sign in; to be closed by the caller. Raises as `open_imap` does, and TokenRefused."""
    connection = Connection(server, "IMAP")
    try:
        return ImapDialogue(connection, login)
    except BaseException:
        connection.close()
        raise


class ImapSource:
    """A Source over IMAP. Uids are IMAP's UIDs in decimal, meaningful only together with `validity`."""

    def __init__(self, dialogue: ImapDialogue, folder: str, read_only: bool) -> None:
        self._dialogue = dialogue
        self._folder = folder
        self._read_only = read_only
        self._known_sizes: dict[str, int] = {}
        self._opened = open_folder(dialogue, folder, read_only=read_only)
        self.validity = self._opened.validity

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
        if self._opened.next_uid is not None:
            return str(self._opened.next_uid - 1)
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
            command = b"UID FETCH " + numbers + b" (UID " + _MESSAGE_ID + b")"
            for answer in self._ask(command, "when asked for Message-IDs"):
                uid = numbers_in(answer)[0]
                if uid is not None:
                    found[uid] = answer[1] if len(answer) > 1 else b""
        return found

    def mark_read(self, uids: Sequence[str]) -> None:
        """Set \\Seen."""
        self._for_each_set(uids, b"UID STORE %b +FLAGS.SILENT (\\Seen)", "mark mails as read")

    def mark_unread(self, uids: Sequence[str]) -> None:
        """Take \\Seen away."""
        self._for_each_set(uids, b"UID STORE %b -FLAGS.SILENT (\\Seen)", "mark mails as unread")

    def delete(self, uids: Sequence[str]) -> None:
        """Remove these mails (RFC 4315). Raises ActRefused where without UIDPLUS that would hit other mails."""
        if b"UIDPLUS" not in self._dialogue.capabilities:
            self._expunge_all_marked(uids)
            return
        self._for_each_set(uids, _MARK_DELETED, "delete mails")
        self._for_each_set(uids, b"UID EXPUNGE %b", "delete mails")

    def move(self, uids: Sequence[str], folder: str) -> None:
        """Move by MOVE (RFC 6851), else copy and delete. Raises MailboxMissing when the folder is absent."""
        target = folder_name(folder, self._dialogue.place)
        if b"MOVE" in self._dialogue.capabilities:
            self._for_each_set(uids, b"UID MOVE %b " + target, "move mails", folder)
            return
        for start in range(0, len(uids), _COPY_AT_ONCE):
            some = uids[start : start + _COPY_AT_ONCE]
            self._for_each_set(some, b"UID COPY %b " + target, "copy mails", folder)
            try:
                self.delete(some)
            except ActRefused as refusal:
                raise CopiedNotDeleted(refusal.words, some, answer=refusal.answer) from refusal

    def make_folder(self, folder: str) -> str:
        """By CREATE (RFC 3501 section 6.3.3), below the server's own prefix where it has one (RFC 2342)."""
        return make_folder(self._dialogue, folder)

    def count_in(self, folder: str) -> int:
        """By STATUS. Raises MailboxMissing."""
        return count_in(self._dialogue, folder)

    def are_one(self, folder: str, other: str) -> bool:
        """By MAILBOXID (RFC 8474), else by what STATUS tells and by the UIDs and last mails. Raises MailboxMissing."""
        if not are_one(self._dialogue, folder, other):
            return False
        if b"OBJECTID" in self._dialogue.capabilities:
            return True
        one, two = (self._mails_in(known_name(self._dialogue, name)) for name in (folder, other))
        return one == two

    def bookmark(self, uid: str | None) -> str | None:
        """The UID itself: `list` goes on after it."""
        return uid

    def listed(self, uids: Sequence[str]) -> set[str]:
        """Those that a SEARCH still names."""
        wanted = set(uids)
        return wanted.intersection(self.list(str(int(uids[0]) - 1), None)) if wanted else wanted

    @property
    def moves_by_copy(self) -> bool:
        """True where the server has no MOVE (RFC 6851)."""
        return b"MOVE" not in self._dialogue.capabilities

    def end_of(self, folder: str) -> FolderEnd | None:
        """UIDVALIDITY and UIDNEXT of another folder. Raises MailboxMissing."""
        return end_of(self._dialogue, folder)

    def arrived_since(self, folder: str, end: FolderEnd) -> Sequence[Arrived]:
        """The mails of another folder from `end` on; none when its UIDVALIDITY is another. Raises MailboxMissing."""
        now = self.end_of(folder)
        if now is None or now.validity != end.validity or now.next_uid <= end.next_uid:
            return ()
        items = b"UID RFC822.SIZE " + _MESSAGE_ID
        command = b"UID FETCH %d:%d (%b)" % (end.next_uid, now.next_uid - 1, items)
        arrived = []
        with self._looking_into(folder):
            for answer in self._ask(command, "when asked for Message-IDs"):
                uid, size = numbers_in(answer)
                if uid is not None and size is not None:
                    arrived.append(Arrived(int(uid), size, answer[1] if len(answer) > 1 else b""))
        return arrived

    def junk_folder(self) -> str | None:
        """By SPECIAL-USE (RFC 6154), else by a usual name."""
        return junk_folder(self._dialogue)

    def count_since(self, folder: str, end: FolderEnd) -> int:
        """By STATUS and SEARCH; 0 when the folder's UIDVALIDITY is another. Raises MailboxMissing."""
        now = self.end_of(folder)
        if now is None or now.validity != end.validity or now.next_uid <= end.next_uid:
            return 0
        with self._looking_into(folder):
            return len(self.list(str(end.next_uid - 1), None))

    def oldest(self) -> Sample | None:
        """The mail with sequence number 1."""
        command = b"FETCH 1 (UID RFC822.SIZE BODY.PEEK[HEADER]<0.%d>)" % _HEADER_LIMIT
        if not self._opened.count:
            return None
        for answer in self._ask(command, "when asked for the oldest mail"):
            uid, size = numbers_in(answer)
            if uid is not None and size is not None and len(answer) > 1:
                return Sample(uid, size, header_fields(answer[1]), self._opened.count)
        return None

    def _mails_in(self, folder: str) -> tuple[Uids, dict[str, bytes]]:
        """The UIDs of another folder, and the fields Message-ID of its last mails."""
        with self._looking_into(folder):
            uids = self.list(None, None)
            return uids, self.message_id_headers(uids[-_TELLING:])

    @contextmanager
    def _looking_into(self, folder: str) -> Iterator[None]:
        """Open another folder, and afterwards this one again."""
        try:
            open_folder(self._dialogue, folder, read_only=True)
            yield
        finally:
            if not self._dialogue.connection.closed:
                again = open_folder(self._dialogue, self._folder, read_only=self._read_only)
                if again.validity != self.validity:
                    raise ServerUnreachable(words.folder_renumbered(self._dialogue.place, self._folder))

    def _ask(self, command: bytes, doing: str, act: str = "answer", folder: str | None = None) -> Answers:
        answers = self._dialogue.ask(command, doing)
        if self._dialogue.completion.fine:
            return answers
        if folder is not None and self._dialogue.completion.code in (b"TRYCREATE", b"NONEXISTENT"):
            raise missing(self._dialogue.place, folder, self._dialogue.completion.answer)
        if folder is not None and self._dialogue.is_beyond_a_limit():
            said = self._dialogue.completion.answer
            raise ActRefused(words.act_refused(self._dialogue.place, act, said), answer=said)
        raise self._dialogue.trouble(
            lambda said: ActRefused(words.act_refused(self._dialogue.place, act, said), answer=said)
        )

    def _for_each_set(self, uids: Sequence[str], command: bytes, act: str, folder: str | None = None) -> None:
        for numbers in sets_of(uids):
            self._ask(command.replace(b"%b", numbers, 1), f"when asked to {act}", act, folder)

    def _whole(self, uids: Uids, max_bytes: int) -> Iterator[RawMail]:
        wanted = set(uids)
        for numbers in sets_of(uids):
            reader = BodyReader(self._dialogue, max_bytes, self._known_sizes)
            for mail in reader.mails(numbers, wanted):
                self._known_sizes.pop(mail.uid, None)
                yield mail
            if not self._dialogue.completion.fine:
                yield from self._one_by_one([uid for uid in uids if uid in wanted], max_bytes)
                return
        yield from self._not_given([uid for uid in uids if uid in wanted])

    def _one_by_one(self, uids: Uids, max_bytes: int) -> Iterator[RawMail]:
        """After a NO: one mail that the server cannot give must not keep the others back."""
        for uid in uids:
            wanted = {uid}
            reader = BodyReader(self._dialogue, max_bytes, self._known_sizes)
            yield from reader.mails(uid.encode(), wanted)
            yield from self._not_given([*wanted])

    def _headers(self, uids: Uids) -> Iterator[RawMail]:
        for uid in uids:
            command = b"UID FETCH %b (BODY.PEEK[HEADER]<0.%d>)" % (uid.encode(), _HEADER_LIMIT)
            for answer in self._dialogue.ask(command, "when asked for a header"):
                if numbers_in(answer)[0] == uid and len(answer) > 1:
                    size = self._known_sizes.pop(uid, 0)
                    yield RawMail(uid, size, answer[1], True, "", size)
                    break
            else:
                yield from self._not_given([uid], truncated=True)

    def _not_given(self, uids: Uids, *, truncated: bool = False) -> Iterator[RawMail]:
        """Of mails that the last command did not bring: those that are not gone, as mails that are refused."""
        if not uids:
            return
        ended, refusal = self._dialogue.completion, "it answered without the mail"
        if not ended.fine:
            trouble = self._dialogue.trouble(lambda said: ActRefused(said))
            if not isinstance(trouble, ActRefused):
                raise trouble
            refusal = ended.answer or "no reason given"
        sizes = self.sizes(uids)
        for uid in uids:
            if uid in sizes:
                self._known_sizes.pop(uid, None)
                yield RawMail(uid, sizes[uid], b"", truncated, refusal)

    def _expunge_all_marked(self, uids: Sequence[str]) -> None:
        """EXPUNGE, if it hits no other mail; a mark of ours that it leaves behind would later stop us as well."""
        before = self._marked_deleted()
        self._refuse_others(before, uids)
        try:
            self._for_each_set(uids, _MARK_DELETED, "delete mails")
            self._refuse_others(self._marked_deleted(), uids)
            self._ask(b"EXPUNGE", "when asked to delete mails", "delete mails")
        except ActRefused:
            ours = [uid for uid in uids if uid not in before]
            with suppress(ActRefused):
                self._for_each_set(ours, _UNMARK_DELETED, "unmark mails")
            raise

    def _refuse_others(self, marked: set[str], uids: Sequence[str]) -> None:
        if not marked <= set(uids):
            raise ActRefused(words.others_marked_deleted(self._dialogue.place, self._folder))

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
