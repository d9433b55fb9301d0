"""EWS: one folder of a mailbox at Exchange, its mails chosen by ItemId and read as MIME."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from deskpost.transports.errors import AnswerTooLarge, MailboxMissing
from deskpost.transports.ews import acts, folders, items, listing
from deskpost.transports.ews.folders import Folder
from deskpost.transports.ews.session import Session
from deskpost.transports.ews.soap import Message, child, every
from deskpost.transports.source import Arrived, FolderEnd, RawMail, Sample, header_fields
from deskpost.transports.target import Target

Uids = list[str]

_VALIDITY = "ews"
_FETCH_AT_ONCE = 50
_FETCH_BYTES = 4_000_000  # by the sizes that Exchange estimates
_FETCH_LARGEST = 16 * 1024 * 1024  # bytes of the answer, at least: estimates are low
_IN_BASE64 = 1.4
_NO_CONTENT = "it gives the mail without its content"


@contextmanager
def open_ews(target: Target, folder: str, *, read_only: bool = False) -> Iterator["EwsSource"]:
    """Open one folder; nothing is changed by that, nor by anything but the acts.

    Raises ServerUnreachable, LoginRefused, ServiceEnded, MailboxMissing, Throttled, ProtocolViolated.
    """
    with Session(target) as session:
        yield EwsSource(session, folder)


class EwsSource:
    """A Source over EWS. Uids are ItemIds, which tell letter case apart; an item that is moved gets another."""

    validity = _VALIDITY
    moves_by_copy = False

    def __init__(self, session: Session, folder: str) -> None:
        """Raises MailboxMissing, and what the first request raises."""
        self._session = session
        self._name = folder
        self._folder = folders.find(session, folder)
        self._others: dict[str, Folder] = {}
        self._state: str | None = None
        self._keys: dict[str, str] = {}  # of the newest version that is known of an item
        self._sizes: dict[str, int] = {}
        self._unsized: set[str] = set()  # those that the server has, and refuses to tell of

    def list(self, after: str | None, since: datetime | None) -> Uids:
        """ItemIds of what came after the state `after`, received (item:DateTimeReceived) at or after `since`."""
        found = listing.since(self._session, self._folder, self._name, after)
        self._state = found.state
        self._keys.update((one.id, one.key) for one in found.came)
        first = since.replace(microsecond=0) if since else None  # EWS tells whole seconds
        return [one.id for one in found.came if first is None or one.received >= first]

    def bookmark(self, uid: str | None) -> str | None:
        """The state at the end of the last `list`; there is none in the middle of it."""
        return self._state if uid is None else None

    def listed(self, uids: Sequence[str]) -> set[str]:
        """Those of which `sizes` was refused, though they are there."""
        return self._unsized.intersection(uids)

    def newest(self) -> str | None:
        """None: ItemIds do not grow."""
        return None

    def sizes(self, uids: Sequence[str]) -> dict[str, int]:
        """What Exchange estimates (item:Size) of the mails that are still there."""
        found: dict[str, int] = {}
        for got in items.get(self._session, uids, items.SIZE):
            if got.size is None:
                self._unsized.add(got.id)
                continue
            found[got.id] = got.size
            self._keys[got.id] = got.key
        self._sizes.update(found)
        return found

    def fetch(self, uids: Sequence[str], max_bytes: int) -> Iterator[RawMail]:
        """Yield these mails in the order given, unread as they were.

        One that is larger than `max_bytes`, as estimated or as it then comes, is given by its header only and
        `truncated`; one that Exchange refuses is given with its `refusal`; one that is gone is left out.
        """
        unknown = [uid for uid in uids if uid not in self._sizes]
        if unknown:
            self.sizes(unknown)
        for some in self._groups(uids, max_bytes):
            if self._sizes.get(some[0], 0) > max_bytes:
                yield from self._headers(some)
                continue
            yield from self._whole(some, max_bytes)

    def message_id_headers(self, uids: Sequence[str]) -> dict[str, bytes]:
        """The field Message-ID, of message:InternetMessageId, of the mails that are still there."""
        found = items.get(self._session, uids, items.MESSAGE_ID)
        return {one.id: one.message_id for one in found if one.element is not None}

    def mark_read(self, uids: Sequence[str]) -> None:
        """Set IsRead, without the receipt that a sender may have asked for."""
        unknown = [uid for uid in uids if uid not in self._keys]
        if unknown:
            self.sizes(unknown)
        keys = {uid: self._keys[uid] for uid in uids if uid in self._keys}
        acts.mark_read(self._session, keys, self._learn)

    def mark_unread(self, uids: Sequence[str]) -> None:
        """Take IsRead away."""
        unknown = [uid for uid in uids if uid not in self._keys]
        if unknown:
            self.sizes(unknown)
        keys = {uid: self._keys[uid] for uid in uids if uid in self._keys}
        acts.mark_unread(self._session, keys, self._learn)

    def delete(self, uids: Sequence[str]) -> None:
        """Remove these mails, as a person does who empties Deleted Items: Exchange can restore them for some days."""
        acts.delete(self._session, uids)

    def move(self, uids: Sequence[str], folder: str) -> None:
        """Move into a folder, given by its path. Raises MailboxMissing when it is absent."""
        acts.move(self._session, uids, self._other(folder), folder)

    def make_folder(self, folder: str) -> str:
        """Make each level of its path that is not there; known by the same path."""
        self._others[folder] = folders.made(self._session, folder)
        return folder

    def count_in(self, folder: str) -> int:
        """TotalCount of the folder. Raises MailboxMissing."""
        return folders.find(self._session, folder).count

    def are_one(self, folder: str, other: str) -> bool:
        """By their FolderIds. Raises MailboxMissing."""
        found = [folders.find(self._session, name).reference for name in (folder, other)]
        return found[0] == found[1]

    def end_of(self, folder: str) -> FolderEnd | None:
        """The server's time in whole seconds: what comes later is received then or later. Raises MailboxMissing."""
        self._other(folder)
        return FolderEnd(_VALIDITY, int(self._session.answered_at.timestamp()))

    def arrived_since(self, folder: str, end: FolderEnd) -> Sequence[Arrived]:
        """None: nothing is moved by copying."""
        return ()

    def junk_folder(self) -> str | None:
        """The name of Exchange's own folder of junk, in the mailbox's language."""
        try:
            found = folders.well_known(self._session, "junkemail")
        except MailboxMissing:
            return None
        self._others[found.name] = found
        return found.name or None

    def count_since(self, folder: str, end: FolderEnd) -> int:
        """How many lie there that were received (item:DateTimeReceived) since."""
        first = datetime.fromtimestamp(end.next_uid, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        where = (
            '<m:Restriction><t:IsGreaterThanOrEqualTo><t:FieldURI FieldURI="item:DateTimeReceived"/>'
            f'<t:FieldURIOrConstant><t:Constant Value="{first}"/></t:FieldURIOrConstant>'
            "</t:IsGreaterThanOrEqualTo></m:Restriction>"
        )
        return self._first(self._other(folder).reference, where)[1]

    def oldest(self) -> Sample | None:
        """The mail that was received first (item:DateTimeReceived)."""
        order = (
            '<m:SortOrder><t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="item:DateTimeReceived"/>'
            "</t:FieldOrder></m:SortOrder>"
        )
        uid, count = self._first(self._folder.reference, order)
        if uid is None:
            return None
        for got in self._with_header([uid]):
            if got.element is not None:
                return Sample(uid, got.size or 0, header_fields(got.header), count)
        return None

    def _groups(self, uids: Sequence[str], max_bytes: int) -> Iterator[Uids]:
        """Give the mails that are there in groups for one request; one that is over the limit has its own."""
        group: Uids = []
        total = 0
        for uid in uids:
            if uid not in self._sizes:
                continue
            size = self._sizes[uid]
            alone = size > max_bytes
            if group and (alone or total + size > _FETCH_BYTES or len(group) == _FETCH_AT_ONCE):
                yield group
                group, total = [], 0
            if alone:
                yield [uid]
                continue
            group.append(uid)
            total += size
        if group:
            yield group

    def _whole(self, uids: Uids, max_bytes: int) -> Iterator[RawMail]:
        """Yield mails whole. What comes larger than any estimate comes alone, and what is too large alone as header."""
        alone = len(uids) == 1
        largest = max(_FETCH_LARGEST, int(_IN_BASE64 * max_bytes)) if alone else _FETCH_LARGEST
        try:
            for got in items.get(self._session, uids, items.MIME + items.MESSAGE_ID, largest=largest):
                yield from self._mail(got, max_bytes)
        except AnswerTooLarge:  # of the one request, before anything came of it
            if alone:
                yield from self._headers(uids)
                return
            for uid in uids:
                yield from self._whole([uid], max_bytes)

    def _mail(self, got: items.Got, max_bytes: int) -> Iterator[RawMail]:
        size = self._sizes.get(got.id)
        if got.element is None:
            yield RawMail(got.id, size or 0, b"", False, got.refusal, size)
            return
        self._keys[got.id] = got.key or self._keys.get(got.id, "")
        content, listed = got.content, _listed(got, size)
        if content is None:
            yield RawMail(got.id, size or 0, b"", False, _NO_CONTENT, size)
        elif len(content) > max_bytes:
            end = content.find(b"\r\n\r\n")
            yield RawMail(got.id, len(content), content[: end + 4 if end >= 0 else 0], True, "", listed)
        else:
            yield RawMail(got.id, len(content), content, False, "", listed)

    def _headers(self, uids: Uids) -> Iterator[RawMail]:
        for got in self._with_header(uids):
            size = self._sizes.get(got.id, 0)
            if got.element is None:
                yield RawMail(got.id, size, b"", False, got.refusal, size)
            else:
                yield RawMail(got.id, size, got.header, True, "", _listed(got, size))

    def _with_header(self, uids: Uids) -> Iterator[items.Got]:
        properties = items.SIZE + items.MESSAGE_ID + items.HEADER_FIELDS + items.HEADER
        return items.get(self._session, uids, properties, at_once=1, largest=items.HEADER_LARGEST)

    def _learn(self, uid: str, message: Message) -> None:
        """Keep the key of the version that an act made; after a refusal the one that is known may be an old one."""
        key = acts.new_key(uid, message) if message.fine else None
        if key:
            self._keys[uid] = key
        else:
            self._keys.pop(uid, None)

    def _other(self, folder: str) -> Folder:
        if folder not in self._others:
            self._others[folder] = folders.find(self._session, folder)
        return self._others[folder]

    def _first(self, folder: str, which: str) -> tuple[str | None, int]:
        """Give the first item that is wanted of a folder, and how many there are."""
        shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        view = '<m:IndexedPageItemView MaxEntriesReturned="1" Offset="0" BasePoint="Beginning"/>'
        message = self._session.one(
            f'<m:FindItem Traversal="Shallow">{shape}{view}{which}'
            f"<m:ParentFolderIds>{folder}</m:ParentFolderIds></m:FindItem>"
        )
        root = child(message.content, "RootFolder")
        total = root.get("TotalItemsInView", "") if root is not None else ""
        if not (total.isascii() and total.isdigit() and len(total) < 10):
            raise self._session.unreadable("a folder without a count")
        id = next(every(root, "ItemId"), None)
        return (id.get("Id") if id is not None else None), int(total)


def _listed(got: items.Got, size: int | None) -> int | None:
    """Give the size by which a mail is told from others: none where its Message-ID does that.

    The estimate changes when somebody puts a flag on the mail.
    """
    return None if got.message_id else size
