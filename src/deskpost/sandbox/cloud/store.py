"""The mailboxes of the cloud: folders and items in memory, and the log of their changes that delta and sync read.

A mail's bytes are the truth; what a service tells of it is read from them. All access goes under `Store.lock`.
"""

import itertools
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Literal

WELL_KNOWN = {
    "msgfolderroot": "Top of Information Store",
    "inbox": "Inbox",
    "drafts": "Drafts",
    "sentitems": "Sent Items",
    "deleteditems": "Deleted Items",
    "junkemail": "Junk Email",
    "outbox": "Outbox",
    "archive": "Archive",
}
"""The folders every mailbox has: the name that protocols know, and the one that people see."""

ChangeKind = Literal["created", "updated", "deleted"]


@dataclass(slots=True)
class Folder:
    """A folder of one mailbox. `well_known` is empty for those that somebody made."""

    id: str
    name: str
    parent: str | None
    well_known: str = ""


@dataclass(slots=True)
class Item:
    """One mail. `id` changes when it is moved, `immutable_id` never does."""

    id: str
    immutable_id: str
    folder: str
    raw: bytes
    received: datetime
    created: datetime
    is_read: bool = False
    is_draft: bool = False
    version: int = 1  # grows with each change: change key, etag
    properties: dict[str, object] = field(default_factory=dict)  # what no MIME holds: categories, flags, ...

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an item in a folder. A move is `deleted` in one and `created` in the other."""

    number: int
    folder: str
    kind: ChangeKind
    id: str
    immutable_id: str


@dataclass(slots=True)
class Mailbox:
    """A mailbox: its owner, who else may open it, and what is in it."""

    address: str  # lower case
    name: str
    password: str
    shared_with: set[str]
    aliases: set[str] = field(default_factory=set)  # its other addresses, lower case
    folders: dict[str, Folder] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)  # by id
    changes: list[Change] = field(default_factory=list)

    def folder(self, named: str) -> Folder | None:
        """Give a folder by its id or its well-known name, letter case ignored."""
        found = self.folders.get(named)
        return found or next((one for one in self.folders.values() if one.well_known == named.lower()), None)

    def item(self, id: str) -> Item | None:
        """Give an item by its id or its immutable id."""
        return self.items.get(id) or next(
            (one for one in self.items.values() if one.immutable_id == id), None
        )

    def in_folder(self, folder: str) -> list[Item]:
        """Give the items of a folder (its id), in the order of their arrival."""
        return [one for one in self.items.values() if one.folder == folder]


Outward = Callable[[str, list[str], bytes], None]
"""Hands a mail to the world outside: sender, recipients that have no mailbox here, content."""


class Store:
    """All mailboxes of the cloud."""

    def __init__(self, outward: Outward | None = None) -> None:
        """Begin empty. `outward` gets what is sent to addresses elsewhere; None: nobody does."""
        self.lock = threading.RLock()
        self.outward = outward
        self._mailboxes: dict[str, Mailbox] = {}
        self._changes = itertools.count(1)
        self._listeners: list[Callable[[Mailbox, Change], None]] = []

    def add_mailbox(
        self,
        address: str,
        name: str = "",
        password: str = "",
        shared_with: Iterable[str] = (),
        aliases: Iterable[str] = (),
    ) -> Mailbox:
        """Make a mailbox with its well-known folders; one that is there gets name, password, sharing, aliases anew."""
        key = address.strip().lower()
        with self.lock:
            mailbox = self._mailboxes.setdefault(key, Mailbox(key, name or key, password, set()))
            mailbox.name, mailbox.password = name or mailbox.name, password
            mailbox.shared_with = {one.strip().lower() for one in shared_with}
            mailbox.aliases = {one.strip().lower() for one in aliases} - {key}
            if not mailbox.folders:
                root = self.add_folder(mailbox, WELL_KNOWN["msgfolderroot"], None, "msgfolderroot")
                for well_known, shown in WELL_KNOWN.items():
                    if well_known != "msgfolderroot":
                        self.add_folder(mailbox, shown, root.id, well_known)
            return mailbox

    def mailbox(self, address: str) -> Mailbox | None:
        """Give the mailbox of an address or alias, letter case ignored."""
        key = address.strip().lower()
        found = self._mailboxes.get(key)
        return found or next((one for one in self.mailboxes() if key in one.aliases), None)

    def mailboxes(self) -> list[Mailbox]:
        """Give all mailboxes."""
        return list(self._mailboxes.values())

    def add_folder(self, mailbox: Mailbox, name: str, parent: str | None, well_known: str = "") -> Folder:
        """Make a folder."""
        folder = Folder(_new_id("F"), name, parent, well_known)
        with self.lock:
            mailbox.folders[folder.id] = folder
        return folder

    def deliver(self, mailbox: Mailbox, raw: bytes, folder: str = "inbox", *, is_read: bool = False) -> Item:
        """Put a mail into a folder (id or well-known name) as one that arrives now. Raises KeyError: no such folder."""
        return self.put(mailbox, raw, folder, is_read=is_read)

    def put(
        self,
        mailbox: Mailbox,
        raw: bytes,
        folder: str,
        *,
        is_read: bool = False,
        is_draft: bool = False,
        immutable_id: str | None = None,
    ) -> Item:
        """Put a mail into a folder and give its item. Raises KeyError where there is no such folder.

        `immutable_id` is that of a draft whose sent copy this is.
        """
        with self.lock:
            into = mailbox.folder(folder)
            if into is None:
                raise KeyError(folder)
            now = datetime.now(UTC)
            item = Item(_new_id("M"), immutable_id or _new_id("I"), into.id, raw, now, now, is_read, is_draft)
            mailbox.items[item.id] = item
            self._note(mailbox, item, "created")
            return item

    def update(
        self, mailbox: Mailbox, item: Item, *, is_read: bool | None = None, raw: bytes | None = None
    ) -> None:
        """Change an item in its place; what is as asked already is no change."""
        with self.lock:
            if (is_read is None or is_read == item.is_read) and (raw is None or raw == item.raw):
                return
            item.is_read = item.is_read if is_read is None else is_read
            item.raw = item.raw if raw is None else raw
            item.version += 1
            self._note(mailbox, item, "updated")

    def touch(self, mailbox: Mailbox, item: Item) -> None:
        """Note that something else of an item changed: its properties, or that it is no draft any more."""
        with self.lock:
            item.version += 1
            self._note(mailbox, item, "updated")

    def move(self, mailbox: Mailbox, item: Item, folder: str) -> Item:
        """Move an item to a folder: it is there under a new id. Raises KeyError where there is no such folder."""
        with self.lock:
            into = mailbox.folder(folder)
            if into is None:
                raise KeyError(folder)
            self._note(mailbox, item, "deleted")
            del mailbox.items[item.id]
            item.id, item.folder, item.version = _new_id("M"), into.id, item.version + 1
            mailbox.items[item.id] = item
            self._note(mailbox, item, "created")
            return item

    def copy(self, mailbox: Mailbox, item: Item, folder: str) -> Item:
        """Copy an item into a folder. Raises KeyError where there is no such folder."""
        return self.put(mailbox, item.raw, folder, is_read=item.is_read, is_draft=item.is_draft)

    def delete(self, mailbox: Mailbox, item: Item) -> None:
        """Delete an item for good."""
        with self.lock:
            if mailbox.items.pop(item.id, None) is not None:
                self._note(mailbox, item, "deleted")

    def send(self, sender: str, raw: bytes) -> list[str]:
        """Hand a mail to everybody in its To, Cc and Bcc, without the Bcc field; give whom it was handed to.

        Who has a mailbox here gets it in the inbox, everybody else from `outward`.
        """
        message = message_from_bytes(raw, policy=policy.SMTP)
        fields = [str(value) for name in ("to", "cc", "bcc") for value in message.get_all(name, [])]
        recipients = list(
            dict.fromkeys(address.lower() for _, address in getaddresses(fields) if "@" in address)
        )
        content = without_field(raw, "bcc")
        elsewhere = []
        for address in recipients:
            mailbox = self.mailbox(address)
            if mailbox is not None:
                self.deliver(mailbox, content)
            else:
                elsewhere.append(address)
        if elsewhere and self.outward is not None:
            self.outward(sender, elsewhere, content)
        return recipients

    def changes_since(self, mailbox: Mailbox, folder: str, number: int) -> list[Change]:
        """Give what happened in a folder (its id) after the change of this number, in order."""
        with self.lock:
            return [one for one in mailbox.changes if one.number > number and one.folder == folder]

    def last_change(self, mailbox: Mailbox) -> int:
        """Give the number of the newest change of a mailbox, 0 where there was none."""
        with self.lock:
            return mailbox.changes[-1].number if mailbox.changes else 0

    def listen(self, listener: Callable[[Mailbox, Change], None]) -> None:
        """Call this with every change, under the lock: for subscriptions and notifications. It must not wait."""
        self._listeners.append(listener)

    def _note(self, mailbox: Mailbox, item: Item, kind: ChangeKind) -> None:
        change = Change(next(self._changes), item.folder, kind, item.id, item.immutable_id)
        mailbox.changes.append(change)
        for listener in self._listeners:
            listener(mailbox, change)


def without_field(raw: bytes, name: str) -> bytes:
    """Give a mail without a header field (its name in lower case), every other byte as it was."""
    head, gap, body = raw.partition(b"\r\n\r\n") if b"\r\n\r\n" in raw else raw.partition(b"\n\n")
    kept: list[bytes] = []
    leaving = False
    for number, line in enumerate(head.splitlines(keepends=True)):
        if line[:1] not in b" \t" or not number:
            leaving = line.split(b":", 1)[0].strip().lower() == name.encode()
        if not leaving:
            kept.append(line)
    if leaving and kept:  # the last field went: the end of the line before it is in the gap
        kept[-1] = kept[-1].rstrip(b"\r\n")
    return b"".join(kept) + gap + body


def _new_id(kind: str) -> str:
    """Give an id as opaque and as long as Exchange's, safe in addresses and XML."""
    return f"AAMk{kind}{secrets.token_urlsafe(48)}"
