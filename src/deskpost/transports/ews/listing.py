"""What came into a folder since a state: SyncFolderItems, page by page until the last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from deskpost.transports.ews.folders import Folder, missing
from deskpost.transports.ews.refusals import FOLDER_GONE, STATE_INVALID
from deskpost.transports.ews.session import Session
from deskpost.transports.ews.soap import Message, child, local, text, text_of

AT_ONCE = 512  # Exchange's own limit
LARGEST = 8 * 1024 * 1024  # bytes of one page
_MOST_PAGES = 10_000
_LONGEST_STATE = 1_000_000  # signs; it grows with the folder, to some ten thousand
_LONGEST_ID = 1_000  # Exchange's own ends at 512
_EPOCH = datetime.min.replace(tzinfo=UTC)
_SHAPE = (
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    '<t:FieldURI FieldURI="item:DateTimeReceived"/></t:AdditionalProperties></m:ItemShape>'
)


@dataclass(frozen=True, slots=True)
class Came:
    """An item that came into a folder, with the key of its version; `received` is 0001-01-01 where that is not told."""

    id: str
    key: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """What came into a folder, in order of arrival, and the state from which the next listing goes on."""

    came: list[Came]
    state: str


def since(session: Session, folder: Folder, name: str, state: str | None) -> Listing:
    """Give what came after a state that an earlier listing ended at; everything without one, or when it holds no more.

    What only changed is left out: it came once, and was listed then. Raises MailboxMissing: the folder is gone.
    """
    came: dict[str, Came] = {}
    known = state or ""
    for _ in range(_MOST_PAGES):
        messages = session.ask(_request(folder, known), largest=LARGEST)
        message = messages[0] if messages else None
        if message is None:
            raise session.unreadable("no answer to the listing")
        if message.code in STATE_INVALID and known:
            came, known = {}, ""
            continue
        if message.code in FOLDER_GONE:
            raise missing(session, name, session.said(message))
        if not message.fine:
            raise session.error(message)
        before, known = known, text_of(message.content, "SyncState")
        last = text_of(message.content, "IncludesLastItemInRange").lower()
        if not known or len(known) > _LONGEST_STATE or (last not in ("true", "1") and known == before):
            raise session.unreadable("a listing that does not go on")
        came.update((one.id, one) for one in _created(message))
        if any(len(id) > _LONGEST_ID for id in came):
            raise session.unreadable("an id without end")
        if last in ("true", "1"):
            return Listing(_in_order([*came.values()]), known)
    raise session.unreadable("a listing without end")


def moment(told: str) -> datetime:
    """Give a moment as EWS writes it; 0001-01-01 where it is none."""
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return _EPOCH
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _created(message: Message) -> Iterator[Came]:
    for change in child(message.content, "Changes") or ():
        item = change[0] if local(change) == "Create" and len(change) else None
        id = child(item, "ItemId")
        if id is not None and id.get("Id"):
            received = moment(text_of(item, "DateTimeReceived"))
            yield Came(id.get("Id", ""), id.get("ChangeKey", ""), received)


def _in_order(came: list[Came]) -> list[Came]:
    """Sort by the second of arrival. Exchange lists a folder the newest first, others the oldest first."""
    if came and came[0].received > came[-1].received:
        came.reverse()
    return sorted(came, key=lambda one: one.received)


def _request(folder: Folder, state: str) -> str:
    known = f"<m:SyncState>{text(state)}</m:SyncState>" if state else ""
    return (
        f"<m:SyncFolderItems>{_SHAPE}<m:SyncFolderId>{folder.reference}</m:SyncFolderId>{known}"
        f"<m:MaxChangesReturned>{AT_ONCE}</m:MaxChangesReturned><m:SyncScope>NormalItems</m:SyncScope>"
        "</m:SyncFolderItems>"
    )
