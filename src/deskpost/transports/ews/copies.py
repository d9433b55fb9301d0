"""What lies of a mail in the mailbox that sends: in Sent Items, Outbox and Drafts. FindItem, then GetItem."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from deskpost.transports.errors import AnswerTooLarge
from deskpost.transports.ews import folders, items, soap
from deskpost.transports.ews.listing import moment
from deskpost.transports.ews.session import Session
from deskpost.transports.ews.soap import child, every, text_of
from deskpost.transports.sender import Copy, Place

PLACES: dict[Place, str] = {"sent": "sentitems", "outbox": "outbox", "drafts": "drafts"}
_MOST = 50  # of each folder
_LARGEST = 12 * 1024 * 1024  # bytes of the answer with a copy that is read, in base64
_CREATED = "item:DateTimeCreated"  # by Exchange's clock; DateTimeSent may be what the mail says of itself
_BODY = '<t:FieldURI FieldURI="item:Body"/>'
_PROPERTIES = "".join(
    f'<t:FieldURI FieldURI="{path}"/>'
    for path in (
        _CREATED,
        "item:Subject",
        "message:InternetMessageId",
        "message:References",
        "message:ToRecipients",
        "message:CcRecipients",
        "message:BccRecipients",
    )
)


def of_message_id(session: Session, message_id: str) -> list[Copy]:
    """Give the mails with this Message-ID."""
    return _found(session, _is("IsEqualTo", "message:InternetMessageId", message_id))


def of_subject(session: Session, subject: str, since: datetime) -> list[Copy]:
    """Give the mails of this subject that were made at or after a moment."""
    first = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    both = _is("IsEqualTo", "item:Subject", subject) + _is("IsGreaterThanOrEqualTo", _CREATED, first)
    return _found(session, f"<t:And>{both}</t:And>")


def content(session: Session, copy: Copy) -> bytes:
    """Give a copy in MIME; b"" where it is gone."""
    for got in items.get(session, [copy.id], items.MIME, largest=_LARGEST):
        return got.content or b""
    return b""


def body(session: Session, copy: Copy) -> str | None:
    """Give the body of a copy; None where it is gone, or huge."""
    try:
        for got in items.get(session, [copy.id], _BODY, largest=_LARGEST):
            return None if got.element is None else text_of(got.element, "Body")
    except AnswerTooLarge:
        return None
    return None


def _is(test: str, path: str, value: str) -> str:
    constant = f"<t:FieldURIOrConstant><t:Constant Value={soap.quoted(value)}/></t:FieldURIOrConstant>"
    return f'<t:{test}><t:FieldURI FieldURI="{path}"/>{constant}</t:{test}>'


def _found(session: Session, restriction: str) -> list[Copy]:
    parents = "".join(folders.distinguished(session, name) for name in PLACES.values())
    messages = session.ask(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
        f'<m:IndexedPageItemView MaxEntriesReturned="{_MOST}" Offset="0" BasePoint="Beginning"/>'
        f"<m:Restriction>{restriction}</m:Restriction><m:ParentFolderIds>{parents}</m:ParentFolderIds></m:FindItem>"
    )
    where: dict[str, Place] = {}
    for place, message in items.paired(session, [*PLACES], messages):
        if not message.fine:
            raise session.error(message)
        where.update((id.get("Id", ""), place) for id in every(message.content, "ItemId"))  # type: ignore[misc]
    return [*_told(session, where)]


def _told(session: Session, where: dict[str, Place]) -> Iterator[Copy]:
    ids: Sequence[str] = [*where]
    for got in items.get(session, ids, _PROPERTIES):
        if got.element is None:
            continue
        people = [child(got.element, f"{name}Recipients") for name in ("To", "Cc", "Bcc")]
        addresses = [text_of(one, "EmailAddress") for some in people for one in every(some, "Mailbox")]
        yield Copy(
            got.id,
            where[got.id],
            text_of(got.element, "InternetMessageId"),
            text_of(got.element, "Subject"),
            frozenset(address.lower() for address in addresses if address),
            tuple(text_of(got.element, "References").split()),
            moment(text_of(got.element, "DateTimeCreated")),
        )
