"""What Exchange counts beside a mail: its number for IMAP (0x0e23), and which changes were of read flags only."""

from deskpost.sandbox.cloud.store import Change, Mailbox, Store


class Numbers:
    """Listens to the store's changes. The number of a mail grows strictly, and is new after each move."""

    def __init__(self, store: Store) -> None:
        """Number what is there already, and then what comes."""
        self._uids: dict[str, int] = {}
        self._known: dict[str, tuple[bytes, bool]] = {}
        self.read_flags: set[int] = set()  # numbers of the changes that changed a read flag alone
        with store.lock:
            for mailbox in store.mailboxes():
                for change in mailbox.changes:
                    self._note(mailbox, change, read_flags=False)
            store.listen(self._note)

    def uid(self, id: str) -> int:
        """Give the number of an item of this id, 0 where it has none."""
        return self._uids.get(id, 0)

    def _note(self, mailbox: Mailbox, change: Change, read_flags: bool = True) -> None:
        if change.kind == "deleted":
            self._uids.pop(change.id, None)
            self._known.pop(change.id, None)
            return
        if change.kind == "created":
            self._uids[change.id] = change.number
        item = mailbox.items.get(change.id)
        if item is None:
            return
        before = self._known.get(change.id)
        self._known[change.id] = item.raw, item.is_read
        only_flag = before is not None and before[0] is item.raw and before[1] != item.is_read
        if read_flags and change.kind == "updated" and only_flag:
            self.read_flags.add(change.number)
