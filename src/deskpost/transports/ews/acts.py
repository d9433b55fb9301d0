"""What is done to mails: marked as read, moved, deleted. UpdateItem, MoveItem, DeleteItem."""

from collections.abc import Callable, Mapping, Sequence

from deskpost.transports import words
from deskpost.transports.errors import ActRefused
from deskpost.transports.ews import folders, items, soap
from deskpost.transports.ews.folders import Folder
from deskpost.transports.ews.refusals import GONE
from deskpost.transports.ews.session import Session
from deskpost.transports.ews.soap import Message, every

_AT_ONCE = 100
_NO_FOLDER = ("ErrorToFolderNotFound", "ErrorFolderNotFound")

Request = Callable[[Sequence[str]], str]
Done = Callable[[str, Message], None]


def mark_read(session: Session, keys: Mapping[str, str], done: Done) -> None:
    """Set IsRead of items, given with the keys of their versions, without the receipt that a sender may have asked for.

    `done` is told of each what the server answered, by which its new key is known. Raises ActRefused.
    """

    _read_mark(session, keys, done, read=True)


def mark_unread(session: Session, keys: Mapping[str, str], done: Done) -> None:
    """Take IsRead away from items, as `mark_read` sets it. Raises ActRefused."""
    _read_mark(session, keys, done, read=False)


def _read_mark(session: Session, keys: Mapping[str, str], done: Done, *, read: bool) -> None:
    value, act = ("true", "mark mails as read") if read else ("false", "mark mails as unread")

    def request(some: Sequence[str]) -> str:
        changes = "".join(
            f"<t:ItemChange><t:ItemId Id={soap.quoted(id)} ChangeKey={soap.quoted(keys[id])}/><t:Updates>"
            '<t:SetItemField><t:FieldURI FieldURI="message:IsRead"/><t:Message><t:IsRead>'
            f"{value}</t:IsRead></t:Message>"
            "</t:SetItemField></t:Updates></t:ItemChange>"
            for id in some
        )
        attributes = (
            'ConflictResolution="AutoResolve" MessageDisposition="SaveOnly" '
            'SendMeetingInvitationsOrCancellations="SendToNone" SuppressReadReceipts="true"'
        )
        return f"<m:UpdateItem {attributes}><m:ItemChanges>{changes}</m:ItemChanges></m:UpdateItem>"

    _act(session, [*keys], request, act, done=done)


def delete(session: Session, ids: Sequence[str]) -> None:
    """Remove items from their folder; nobody is told that one was deleted unread. Raises ActRefused."""
    attributes = 'DeleteType="SoftDelete" SendMeetingCancellations="SendToNone" SuppressReadReceipts="true"'
    _act(
        session,
        ids,
        lambda some: f"<m:DeleteItem {attributes}>{items.listed(some)}</m:DeleteItem>",
        "delete mails",
    )


def move(session: Session, ids: Sequence[str], folder: Folder, path: str) -> None:
    """Move items into a folder, which people know by its path. Raises ActRefused, MailboxMissing."""
    there = f"<m:ToFolderId>{folder.reference}</m:ToFolderId>"
    _act(
        session, ids, lambda some: f"<m:MoveItem>{there}{items.listed(some)}</m:MoveItem>", "move mails", path
    )


def new_key(id: str, message: Message) -> str | None:
    """Give the key of an item's new version out of an answer; None where it holds none of this item."""
    found = next(every(message.content, "ItemId"), None)
    return found.get("ChangeKey") if found is not None and found.get("Id") == id else None


def _act(
    session: Session,
    ids: Sequence[str],
    request: Request,
    act: str,
    path: str | None = None,
    done: Done | None = None,
) -> None:
    """Do something to items; those that are gone are done with. Raises ActRefused once all were tried."""
    refused: list[str] = []
    for some in items.in_groups(ids, _AT_ONCE):
        for id, message in items.paired(session, some, session.ask(request(some))):
            if done is not None:
                done(id, message)
            if path is not None and message.code in _NO_FOLDER:
                raise folders.missing(session, path, session.said(message))
            if not message.fine and message.code not in GONE:
                refused.append(items.refusal(session, message))
    if refused:
        raise ActRefused(words.act_refused(session.place, act, refused[0]), answer=refused[0])
