"""The mails of everybody outside, and of the desk's mailbox: files in a folder, one a mail, never changed.

    FOLDER/ute@orchardpine.example/inbox/00000007.eml     its number is its UID, its time of change its arrival

Several processes write here at once: the mail servers what arrives, the web server what a customer sends.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import quote, unquote

Box = Literal["inbox", "sent"]
_LONGEST_NAME = 240  # bytes of a folder's name


@dataclass(frozen=True, slots=True)
class Stored:
    """One mail in somebody's mailbox, and when it got there."""

    uid: int
    box: Box
    at: datetime
    path: Path

    @property
    def key(self) -> str:
        """Give what names the mail within its mailbox, as "inbox-7"."""
        return f"{self.box}-{self.uid}"

    def read(self) -> bytes:
        """Give the mail's bytes."""
        return self.path.read_bytes()


class PostOffice:
    """The mailboxes below one folder. Everybody who has one can be written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open_mailbox(self, address: str) -> None:
        """Give an address its mailbox, unless it has one. The address is one of `can_have_mailbox`."""
        assert can_have_mailbox(address)
        for box in get_args(Box):
            (self._place(address) / box).mkdir(parents=True, exist_ok=True)

    def knows(self, address: str) -> bool:
        """Tell whether an address has a mailbox here."""
        return can_have_mailbox(address) and self._place(address).is_dir()

    def addresses(self) -> list[str]:
        """Give every address that has a mailbox."""
        return sorted(unquote(place.name) for place in self.folder.iterdir() if place.is_dir())

    def put(self, address: str, content: bytes, box: Box = "inbox", at: datetime | None = None) -> Stored:
        """Store a mail, durably named by the next number; `at` is now unless given."""
        place = self._place(address) / box
        descriptor, name = tempfile.mkstemp(dir=place, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            when = at or datetime.now(UTC)
            os.utime(name, (when.timestamp(), when.timestamp()))
            uid = max((stored.uid for stored in self._in(place, box)), default=0)
            while True:
                uid += 1
                path = place / f"{uid:08}.eml"
                with contextlib.suppress(FileExistsError):
                    os.link(name, path)
                    return Stored(uid, box, when, path)
        finally:
            Path(name).unlink()

    def mails(self, address: str) -> list[Stored]:
        """Give all mails of an address, newest first."""
        place = self._place(address)
        found = [stored for box in get_args(Box) for stored in self._in(place / box, box)]
        return sorted(found, key=lambda stored: (stored.at, stored.uid), reverse=True)

    def find(self, address: str, key: str) -> Stored | None:
        """Give the mail with this key ("inbox-7"), None when there is none."""
        box, _, number = key.partition("-")
        if box not in get_args(Box) or not number.isdecimal() or len(number) > 8:
            return None
        return next((mail for mail in self.mails(address) if mail.key == f"{box}-{int(number)}"), None)

    def _in(self, place: Path, box: Box) -> Iterator[Stored]:
        with contextlib.suppress(FileNotFoundError), os.scandir(place) as entries:
            for entry in entries:
                if entry.name.endswith(".eml"):
                    at = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                    yield Stored(int(entry.name[:-4]), box, at, Path(entry.path))

    def _place(self, address: str) -> Path:
        return self.folder / _folder_name(address)


def can_have_mailbox(address: str) -> bool:
    """Tell whether an address can name a folder."""
    return "@" in address and len(_folder_name(address)) <= _LONGEST_NAME


def _folder_name(address: str) -> str:
    return quote(address.strip().lower(), safe="@+")
