"""POP: the maildrop, its mails known by UIDL. RFC 1939."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from deskpost.transports import words
from deskpost.transports.bearer import refuse_in_clear
from deskpost.transports.connection import Connection, Server
from deskpost.transports.errors import ActRefused, ProtocolViolated, TransportError
from deskpost.transports.logins import Credentials
from deskpost.transports.pop3_dialogue import Pop3Dialogue, Status
from deskpost.transports.renewal import renewed_once
from deskpost.transports.source import Arrived, FolderEnd, RawMail, Sample, header_fields

Uids = list[str]
Numbers = list[int]

_AT_ONCE = 50  # commands sent before the first answer is read, where PIPELINING is offered
_HEADER_LIMIT = 64 * 1024
_EXCESS = 2 * 1024 * 1024  # by which a mail may be over what LIST told, and double


@contextmanager
def open_pop3(server: Server, login: Credentials) -> Iterator["Pop3Source"]:
    """The maildrop over a connection that is always closed again.

    What was deleted is gone only when the `with` block ends well, for POP deletes at QUIT; ActRefused is
    raised there when the server then refuses. A block that ends by an error deletes nothing.
    """
    refuse_in_clear(server, login)
    dialogue = renewed_once(lambda credentials: _logged_in(server, credentials), login)
    with dialogue.connection:
        source = Pop3Source(dialogue)
        yield source
        source.finish()


def _logged_in(server: Server, login: Credentials) -> Pop3Dialogue:
    connection = Connection(server, "POP")
    try:
        return Pop3Dialogue(connection, login)
    except BaseException:
        connection.close()
        raise


class Pop3Source:
    """A Source over POP. Uids are the server's UIDLs.

    A mail to which the server gives no UIDL, or one that another mail has too, is known by the SHA-256 of its
    bytes, "sha256:" + hex. That is found by retrieving the mail, at each `list`; nothing of it is kept. Mails
    with the same bytes are then one, and are deleted together. Where the server will not give the mail it is known
    by its header, "header-sha256:" + hex; and where it gives not even that, by its size and which one of that size it
    is, "unread:size:which". It is fetched as a mail that is refused.
    """

    validity = ""
    moves_by_copy = False

    def __init__(self, dialogue: Pop3Dialogue) -> None:
        self._dialogue = dialogue
        self._sizes = self._ask_sizes()
        self._numbers: dict[str, Numbers] | None = None  # by uid, in maildrop order
        self._deleted = False

    def list(self, after: str | None, since: datetime | None) -> Uids:
        """All uids in maildrop order; POP knows no "after" and no dates."""
        return [*self._by_uid()]

    def newest(self) -> str | None:
        """None: with POP only the list of all uids says what was there before."""
        return None

    def bookmark(self, uid: str | None) -> str | None:
        """None: POP lists everything each time."""
        return None

    def listed(self, uids: Sequence[str]) -> set[str]:
        """None: what LIST tells nothing of is not there."""
        return set()

    def sizes(self, uids: Sequence[str]) -> dict[str, int]:
        """Bytes as LIST tells them."""
        known = self._by_uid()
        return {uid: self._sizes.get(known[uid][0], 0) for uid in uids if uid in known}

    def fetch(self, uids: Sequence[str], max_bytes: int) -> Iterator[RawMail]:
        """Yield these mails in the order given; over `max_bytes` the header alone, by TOP.

        A caller that stops midway has to close the connection.
        """
        known = self._by_uid()
        there = [(uid, known[uid][0]) for uid in uids if uid in known]
        at_once = _AT_ONCE if "PIPELINING" in self._dialogue.capabilities else 1
        for start in range(0, len(there), at_once):
            yield from self._fetch_group(there[start : start + at_once], max_bytes)

    def message_id_headers(self, uids: Sequence[str]) -> dict[str, bytes]:
        """The headers of the mails that are still there, by TOP; none of them where the server has no TOP."""
        known = self._by_uid()
        return {uid: header for uid in uids if uid in known if (header := self._header(known[uid][0]))}

    def mark_read(self, uids: Sequence[str]) -> None:
        """Raises ActRefused: POP has no read marks."""
        raise ActRefused(words.act_unknown_to_pop(self._dialogue.place, "mark mails as read"))

    def delete(self, uids: Sequence[str]) -> None:
        """Mark for deletion; done by the server when the connection ends in order."""
        known = self._by_uid()
        for uid in uids:
            for number in known.get(uid, ()):
                status = self._dialogue.ask(b"DELE %d" % number, "when asked to delete a mail")
                if not status.fine:
                    raise self._refused("delete mails", status)
                self._deleted = True

    def move(self, uids: Sequence[str], folder: str) -> None:
        """Raises ActRefused: POP has no folders."""
        raise ActRefused(words.act_unknown_to_pop(self._dialogue.place, "move mails"))

    def mark_unread(self, uids: Sequence[str]) -> None:
        """Nothing: POP has no read mark."""

    def make_folder(self, folder: str) -> str:
        """Raises ActRefused: POP has no folders."""
        raise ActRefused(words.act_unknown_to_pop(self._dialogue.place, "make folders"))

    def count_in(self, folder: str) -> int:
        """Raises ActRefused: POP has no folders."""
        raise ActRefused(words.act_unknown_to_pop(self._dialogue.place, "count mails in folders"))

    def are_one(self, folder: str, other: str) -> bool:
        """Raises ActRefused: POP has no folders."""
        raise ActRefused(words.act_unknown_to_pop(self._dialogue.place, "tell folders apart"))

    def end_of(self, folder: str) -> FolderEnd | None:
        """None: POP has no folders."""
        return None

    def arrived_since(self, folder: str, end: FolderEnd) -> Sequence[Arrived]:
        """Nothing: POP has no folders."""
        return ()

    def junk_folder(self) -> str | None:
        """None: POP has no folders."""
        return None

    def count_since(self, folder: str, end: FolderEnd) -> int:
        """0: POP has no folders."""
        return 0

    def oldest(self) -> Sample | None:
        """The first mail of the maildrop, its header by TOP."""
        if not self._sizes:
            return None
        number = min(self._sizes)
        header = self._header(number)
        uid = self._uidl_of(number)
        return Sample(uid, self._sizes[number], header_fields(header), len(self._sizes))

    def finish(self) -> None:
        """QUIT; raises ActRefused when deletions were asked for and the server could not do them."""
        if not self._deleted:
            self._dialogue.connection.say_farewell(b"QUIT\r\n")
            return
        status = self._dialogue.ask(b"QUIT", "when asked to delete mails")
        if not status.fine:
            raise self._refused("delete mails", status)

    def _fetch_group(self, group: Sequence[tuple[str, int]], max_bytes: int) -> Iterator[RawMail]:
        commands = [
            b"RETR %d" % number if self._sizes.get(number, 0) <= max_bytes else b"TOP %d 0" % number
            for _, number in group
        ]
        self._dialogue.send(b"\r\n".join(commands), "when asked for mails")
        finished = False
        try:
            for (uid, number), command in zip(group, commands, strict=True):
                yield self._read_mail(uid, number, command.startswith(b"TOP"), max_bytes)
                self._dialogue.connection.begin("when asked for mails")
            finished = True
        finally:
            if not finished:  # left in mid-answer: what comes next would be taken for another answer
                self._dialogue.connection.close()

    def _read_mail(self, uid: str, number: int, header_only: bool, max_bytes: int) -> RawMail:
        listed = self._sizes.get(number)
        size = listed or 0
        status = self._dialogue.read_status()
        if not status.fine:
            refused = self._refused("give a mail", status)
            if not isinstance(refused, ActRefused):
                raise refused
            return RawMail(uid, size, b"", header_only, status.answer)
        held = min(max_bytes, _HEADER_LIMIT) if header_only else max_bytes
        content, whole = self._bounded(held, max(size, max_bytes))
        if header_only or whole > max_bytes:
            return RawMail(uid, max(size, whole), _header_of(content), True, "", listed)
        return RawMail(uid, whole, content, False, "", listed)

    def _bounded(self, max_bytes: int, expected: int) -> tuple[bytes, int]:
        """The content up to `max_bytes` (and 64 kB), and how much there was of it: about `expected` at most.

        The rest is skimmed: POP cannot stop an answer, and a mail may be one header of many megabytes.
        """
        pieces: list[bytes] = []
        held = whole = 0
        for piece in self._dialogue.read_content():
            whole += len(piece)
            if whole <= max_bytes or held < _HEADER_LIMIT:
                pieces.append(piece)
                held += len(piece)
            # LIST may be a little wrong; more than double is not.
            elif whole > 2 * expected + _EXCESS:
                self._dialogue.connection.close()
                raise ProtocolViolated(words.endless(self._dialogue.place, self._dialogue.connection.doing))
        return b"".join(pieces), whole

    def _header(self, number: int) -> bytes:
        status = self._dialogue.ask(b"TOP %d 0" % number, "when asked for a header")
        return self._bounded(_HEADER_LIMIT, self._sizes.get(number, 0))[0] if status.fine else b""

    def _ask_sizes(self) -> dict[int, int]:
        status = self._dialogue.ask(b"LIST", "when asked for sizes")
        if not status.fine:
            raise self._refused("list the mails", status)
        sizes: dict[int, int] = {}
        for line in self._dialogue.read_lines():
            number, _, size = line.partition(b" ")
            if number.isdigit() and size.strip().isdigit():
                sizes[int(number)] = int(size)
        return sizes

    def _by_uid(self) -> dict[str, Numbers]:
        if self._numbers is None:
            given = self._ask_uidls()
            often = Counter(given.values())
            self._numbers = {}
            unread = Counter[int]()
            for number, size in sorted(self._sizes.items()):
                uid = given.get(number, "")
                if not uid or often[uid] > 1:
                    uid = self._hash_of(number)
                if not uid:
                    unread[size] += 1
                    uid = f"unread:{size}:{unread[size]}"
                self._numbers.setdefault(uid, []).append(number)
        return self._numbers

    def _ask_uidls(self) -> dict[int, str]:
        if not self._dialogue.ask(b"UIDL", "when asked for new mail").fine:
            return {}
        uidls: dict[int, str] = {}
        for line in self._dialogue.read_lines():
            number, _, uid = line.partition(b" ")
            if number.isdigit():
                uidls[int(number)] = uid.strip().decode("ascii", "backslashreplace")
        return uidls

    def _uidl_of(self, number: int) -> str:
        return self._ask_uidls().get(number) or self._hash_of(number)

    def _hash_of(self, number: int) -> str:
        """The hash of the mail, else of its header, else nothing."""
        status = self._dialogue.ask(b"RETR %d" % number, "when asked for a mail")
        if not status.fine:
            refused = self._refused("give a mail", status)
            if not isinstance(refused, ActRefused):
                raise refused
            # Beyond the limit more or less is held, as the pieces come.
            header = self._header(number)[:_HEADER_LIMIT]
            return f"header-sha256:{hashlib.sha256(header).hexdigest()}" if header else ""
        digest = hashlib.sha256()
        for piece in self._dialogue.read_content():
            digest.update(piece)
        return f"sha256:{digest.hexdigest()}"

    def _refused(self, act: str, status: Status) -> TransportError:
        sentence = words.act_refused(self._dialogue.place, act, status.answer)
        return self._dialogue.trouble(status, ActRefused(sentence, answer=status.answer))


def _header_of(content: bytes) -> bytes:
    header, end, _ = content.partition(b"\r\n\r\n")
    return header + end
