"""The desk's mailboxes in the simulated cloud, which remembers nothing, kept in the post office, which does.

A kept mail begins with a line of its own that holds its immutable id, so that after a restart it is the same mail.
What was moved or deleted in the cloud is in its first folder again then, as the mail that Deskpost knows.
"""

import hashlib
from collections.abc import Callable

from deskpost.sandbox.cast import DESK_ADDRESSES, DESK_NAME
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.store import Change, Mailbox
from deskpost.sandbox.post_office import Box, PostOffice, Stored

_MARK = b"Kept-As: "
_FOLDERS: dict[Box, str] = {"inbox": "inbox", "sent": "sentitems"}
_BOXES = {folder: box for box, folder in _FOLDERS.items()}

Arrived = Callable[[str, Stored, bytes], None]
"""Is told of each mail in an inbox: whose, as what it is stored, and its content. It must not wait."""


class KeptMailboxes:
    """Fills the cloud's mailboxes from the post office, and keeps there what is new in them."""

    def __init__(self, cloud: Cloud, post: PostOffice, password: str, arrived: Arrived) -> None:
        self._store = cloud.store
        self._post = post
        self._arrived = arrived
        self._known: set[str] = set()  # immutable ids of what is kept
        for address in DESK_ADDRESSES:
            self._load(cloud.store.add_mailbox(address, DESK_NAME, password))
        cloud.store.listen(self._heard)

    def _load(self, mailbox: Mailbox) -> None:
        for stored in sorted(self._post.mails(mailbox.address), key=lambda mail: (mail.at, mail.uid)):
            immutable_id, content = read(mailbox.address, stored)
            self._known.add(immutable_id)
            item = self._store.put(mailbox, content, _FOLDERS[stored.box], immutable_id=immutable_id)
            item.received = item.created = stored.at
            item.is_read = stored.box == "sent"

    def _heard(self, mailbox: Mailbox, change: Change) -> None:
        box = _BOXES.get(mailbox.folders[change.folder].well_known)
        new = change.kind == "created" and change.immutable_id not in self._known
        if mailbox.address not in DESK_ADDRESSES or box is None or not new:
            return
        self._known.add(change.immutable_id)
        content = mailbox.items[change.id].raw
        marked = _MARK + change.immutable_id.encode() + b"\r\n" + content
        stored = self._post.put(mailbox.address, marked, box)
        if box == "inbox":
            self._arrived(mailbox.address, stored, content)


def read(address: str, stored: Stored) -> tuple[str, bytes]:
    """Give immutable id and content of a kept mail; one of an earlier version has no id, and gets one that stays."""
    raw = stored.read()
    first, _, rest = raw.partition(b"\r\n")
    if first.startswith(_MARK):
        return first.removeprefix(_MARK).decode(), rest
    named = hashlib.sha256(f"{address} {stored.key}".encode()).hexdigest()
    return f"AAMkI{named}", raw
