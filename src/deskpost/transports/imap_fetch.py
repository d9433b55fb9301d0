"""Reading the answers of IMAP's FETCH, whole mails as a stream. RFC 3501 section 7.4.2."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from deskpost.transports import words
from deskpost.transports.errors import ProtocolViolated
from deskpost.transports.source import RawMail

if TYPE_CHECKING:
    from deskpost.transports.imap_dialogue import Answer, ImapDialogue

_UID = re.compile(rb"[( ]UID (\d{1,10})", re.IGNORECASE)
_SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d{1,18})", re.IGNORECASE)
_RECEIVED = re.compile(rb'[( ]INTERNALDATE "([^"]{20,30})"', re.IGNORECASE)
_QUOTED_BODY = re.compile(rb'BODY\[\] "((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_LONGEST_SET = 4000  # RFC 7162 section 4: servers take command lines of 8192 bytes
_SKIM = 1024 * 1024
_MOST_HEADER = 64 * 1024
_MOST_UNASKED = 100  # mails that were not asked for, or a second time


def sets_of(uids: Sequence[str]) -> Iterator[bytes]:
    """UIDs as sequence sets such as 3:7,9, each short enough for one command. RFC 3501 section 9."""
    ranges: list[str] = []
    length = 0
    for first, last in _ranges(uids):
        text = str(first) if first == last else f"{first}:{last}"
        if ranges and length + len(text) > _LONGEST_SET:
            yield ",".join(ranges).encode()
            ranges, length = [], 0
        ranges.append(text)
        length += len(text) + 1
    if ranges:
        yield ",".join(ranges).encode()


def _ranges(uids: Sequence[str]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for uid in map(int, uids):
        if uid == last + 1 and first >= 0:
            last = uid
            continue
        if first >= 0:
            yield first, last
        first = last = uid
    if first >= 0:
        yield first, last


def numbers_in(answer: "Answer") -> tuple[str | None, int | None]:
    """UID and RFC822.SIZE of a FETCH answer, None for what is not in it; literals are never looked into."""
    text = answer[0] if len(answer) == 1 else b"\n".join(answer[::2])
    uid, size = _UID.search(text), _SIZE.search(text)
    return (uid[1].decode() if uid else None, int(size[1]) if size else None)


def received_at(answer: "Answer") -> tuple[str | None, datetime | None]:
    """UID and INTERNALDATE of a FETCH answer."""
    found = _RECEIVED.search(answer[0])
    try:
        received = datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except ValueError:
        received = None
    return numbers_in(answer)[0], received


class BodyReader:
    """Whole mails out of one FETCH command; what is over `max_bytes` is skimmed, never held.

    `listed` are the sizes that the server told before, by UID.
    """

    def __init__(self, dialogue: "ImapDialogue", max_bytes: int, listed: Mapping[str, int]) -> None:
        self._dialogue = dialogue
        self._max_bytes = max_bytes
        self._listed = listed
        self._unasked = 0
        self._larger: int | None = None  # the size of the literal just skimmed

    def mails(self, numbers: bytes, wanted: set[str]) -> Iterator[RawMail]:
        """Yield the mails of this sequence set and take their UIDs out of `wanted`."""
        command = b"UID FETCH " + numbers + b" (BODY.PEEK[])"
        for answer in self._dialogue.answers(command, "when asked for mails", self._literal):
            larger, self._larger = self._larger, None
            content = _body(answer)
            if content is None:
                continue
            uid = numbers_in(answer)[0]
            if uid is None or uid not in wanted:
                self._count_unasked()
                continue
            wanted.discard(uid)
            size = larger or len(content)
            yield RawMail(uid, size, content, larger is not None, "", self._listed.get(uid))

    def _count_unasked(self) -> None:
        self._unasked += 1
        if self._unasked > _MOST_UNASKED:
            connection = self._dialogue.connection
            connection.close()
            raise ProtocolViolated(words.endless(connection.place, connection.doing))

    def _literal(self, size: int) -> bytes:
        connection = self._dialogue.connection
        if size <= self._max_bytes:
            return connection.read_exactly(size)
        # A smaller size was told before: Exchange only estimates it. More than double is no estimate.
        if size > 2 * self._max_bytes + _SKIM:
            connection.close()
            raise ProtocolViolated(words.endless(connection.place, connection.doing))
        self._larger = size
        start = connection.read_exactly(min(size, _SKIM))
        for _ in connection.read_pieces(size - len(start)):
            pass
        header, end, _ = start[:_MOST_HEADER].partition(b"\r\n\r\n")
        return header + end


def _body(answer: "Answer") -> bytes | None:
    if len(answer) > 1:
        return answer[1] if b"BODY[]" in answer[0].upper() else None
    found = _QUOTED_BODY.search(answer[0])
    return re.sub(rb"\\(.)", rb"\1", found[1]) if found else None
