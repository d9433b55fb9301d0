"""What every incoming transport gives: the mails of one mailbox folder, over one connection."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail as the server holds it.

    `truncated`: the mail is over the limit asked for, `content` is its header alone, `size` the whole mail's.
    `refusal`: the server has the mail but will not give it, in its own words; then `content` is empty.
    `listed`: its size as `sizes` told it; None where it told none, or only an estimate of a mail with a Message-ID.
    """

    uid: str
    size: int
    content: bytes
    truncated: bool
    refusal: str = ""
    listed: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The oldest mail's header fields (unfolded, encoded words as sent) and how many mails there are."""

    uid: str
    size: int
    headers: tuple[tuple[str, str], ...]
    count: int


@dataclass(frozen=True, slots=True)
class FolderEnd:
    """Where a folder ends: `next_uid` is what the next mail's UID is at least, within this `validity`."""

    validity: str
    next_uid: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail in another folder, as far as it tells which one it is: its size, and its header field Message-ID."""

    uid: int
    size: int
    message_id_header: bytes


class Source(Protocol):
    """One open mailbox folder. Every method raises members of TransportError and nothing else."""

    @property
    def validity(self) -> str:
        """What uids mean something together with: IMAP's UIDVALIDITY, a name for others. Empty for POP: no bookmark."""

    def list(self, after: str | None, since: datetime | None) -> list[str]:
        """The uids in order of arrival: what came after the bookmark `after`, received at or after `since`.

        POP knows neither. By a delta token (Graph, EWS) a mail that changed or moved in is listed as well, so a uid
        may be one of before; a token that is good no more lists everything.
        """

    def bookmark(self, uid: str | None) -> str | None:
        """The bookmark once all up to this uid is stored; with None: once all is that `list` gave last.

        None where there is no new one: POP has none, IMAP's is the uid, a delta token comes at the end alone.
        """

    def listed(self, uids: Sequence[str]) -> set[str]:
        """Of uids of which `sizes` told nothing, in the order of `list`: those that are there all the same (IMAP)."""

    def newest(self) -> str | None:
        """The uid that means "nothing before now", where uids grow (IMAP); elsewhere None."""

    def sizes(self, uids: Sequence[str]) -> dict[str, int]:
        """Bytes of each mail that is still there."""

    def fetch(self, uids: Sequence[str], max_bytes: int) -> Iterator[RawMail]:
        """The mails in order, one at a time, unread as they were; what is no longer there is left out."""

    def message_id_headers(self, uids: Sequence[str]) -> dict[str, bytes]:
        """The header field Message-ID (or more of the header) of each mail that is still there; b"" without one."""

    def mark_read(self, uids: Sequence[str]) -> None:
        """Set the read mark."""

    def mark_unread(self, uids: Sequence[str]) -> None:
        """Take the read mark away."""

    def delete(self, uids: Sequence[str]) -> None:
        """Remove these mails and no other."""

    def move(self, uids: Sequence[str], folder: str) -> None:
        """Move these mails into another folder of the same mailbox."""

    def make_folder(self, folder: str) -> str:
        """Make another folder unless it is there, and give the name by which `move` and opening it know it.

        A "/" parts the levels, whatever the server parts them by.
        """

    def count_in(self, folder: str) -> int:
        """How many mails lie in another folder, named as for `make_folder`. Raises MailboxMissing."""

    def are_one(self, folder: str, other: str) -> bool:
        """Whether two names mean the same folder, such as the inbox by its name in the mailbox's language.

        Raises MailboxMissing.
        """

    @property
    def moves_by_copy(self) -> bool:
        """Whether `move` is a copy and then a deletion, between which a connection may break."""

    def end_of(self, folder: str) -> FolderEnd | None:
        """Where another folder ends now; None where that is not told."""

    def arrived_since(self, folder: str, end: FolderEnd) -> Sequence[Arrived]:
        """The mails that came into another folder since it ended there."""

    def junk_folder(self) -> str | None:
        """The folder into which the server puts what it takes for junk; None where there is none."""

    def count_since(self, folder: str, end: FolderEnd) -> int:
        """How many mails lie in another folder that came since it ended there."""

    def oldest(self) -> Sample | None:
        """The mail that came first, without changing anything; None when the folder is empty."""


_MOST_FIELDS = 1000


def header_fields(header: bytes) -> tuple[tuple[str, str], ...]:
    """The header fields of a mail for a person to look at: unfolded, undecoded. RFC 5322 section 2.2.3."""
    text = header.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].decode("utf-8", "replace").replace("\0", "")
    fields: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:
            fields[-1][1].append(line.strip())
        elif colon and name and len(fields) < _MOST_FIELDS:
            fields.append((name.strip(), [value.strip()]))
    return tuple((name, " ".join(lines)) for name, lines in fields)
