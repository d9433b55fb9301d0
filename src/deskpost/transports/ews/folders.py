"""Folders as EWS finds them: the inbox by its distinguished name, others by their path below the mailbox's top."""

from dataclasses import dataclass

from deskpost.transports import words
from deskpost.transports.errors import ActRefused, MailboxMissing
from deskpost.transports.ews import items, soap
from deskpost.transports.ews.refusals import FOLDER_GONE
from deskpost.transports.ews.session import Session
from deskpost.transports.ews.soap import Message, child, every, text_of

INBOX = "INBOX"
_SHAPE = (
    "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    '<t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURI FieldURI="folder:TotalCount"/>'
    "</t:AdditionalProperties></m:FolderShape>"
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is there: the XML that names it, the name that people see, and how many items are in it."""

    reference: str
    name: str
    count: int


def distinguished(session: Session, name: str) -> str:
    """Give the XML that names one of Exchange's own folders in the mailbox that is opened."""
    if not session.is_named:
        return f"<t:DistinguishedFolderId Id={soap.quoted(name)}/>"
    address = f"<t:EmailAddress>{soap.text(session.mailbox)}</t:EmailAddress>"
    return f"<t:DistinguishedFolderId Id={soap.quoted(name)}><t:Mailbox>{address}</t:Mailbox></t:DistinguishedFolderId>"


def find(session: Session, path: str) -> Folder:
    """Give the folder of a path such as "Support/Done", which begins at the inbox or at the top of the mailbox.

    Raises MailboxMissing.
    """
    found, rest = _beginning(session, path)
    for name in rest:
        found = _inside(session, found, name, path)
    return found


def made(session: Session, path: str) -> Folder:
    """Make the folder of a path, each level that is not there yet. Raises ActRefused, MailboxMissing."""
    found, rest = _beginning(session, path)
    for name in rest:
        try:
            found = _inside(session, found, name, path)
        except MailboxMissing:
            if not name.strip():
                raise
            _make(session, found, name, path)
            found = _inside(session, found, name, path)
    return found


def _beginning(session: Session, path: str) -> tuple[Folder, list[str]]:
    """Give where a path begins, the inbox or the top of the mailbox, and the names below it."""
    first, *rest = path.split("/") if path else [""]
    if first.upper() == INBOX:
        return well_known(session, "inbox", path), rest
    return well_known(session, "msgfolderroot", path), [first, *rest]


def _make(session: Session, parent: Folder, name: str, path: str) -> None:
    place = f"<m:ParentFolderId>{parent.reference}</m:ParentFolderId>"
    folder = (
        "<m:Folders><t:Folder><t:FolderClass>IPF.Note</t:FolderClass>"
        f"<t:DisplayName>{soap.text(name)}</t:DisplayName></t:Folder></m:Folders>"
    )
    for message in session.ask(f"<m:CreateFolder>{place}{folder}</m:CreateFolder>"):
        if not message.fine and message.code != "ErrorFolderExists":
            said = items.refusal(session, message)
            shown = words.readable(path.encode("utf-8", "replace"))
            raise ActRefused(words.folder_not_made(session.place, shown, said), answer=said)


def well_known(session: Session, name: str, path: str = "") -> Folder:
    """Give one of Exchange's own folders. Raises MailboxMissing, which tells of the folder as `path`."""
    ids = f"<m:FolderIds>{distinguished(session, name)}</m:FolderIds>"
    messages = session.ask(f"<m:GetFolder>{_SHAPE}{ids}</m:GetFolder>")
    found = _listed(session, messages, path or name)
    if not found:
        raise session.unreadable("no folder")
    return found[0]


def _inside(session: Session, parent: Folder, name: str, path: str) -> Folder:
    """Give the folder of a name inside another, letter case ignored where none has exactly this one."""
    where = (
        '<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURIOrConstant>'
        f"<t:Constant Value={soap.quoted(name)}/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>"
    )
    parents = f"<m:ParentFolderIds>{parent.reference}</m:ParentFolderIds>"
    messages = session.ask(f'<m:FindFolder Traversal="Shallow">{_SHAPE}{where}{parents}</m:FindFolder>')
    found = _listed(session, messages, path)
    exactly = [one for one in found if one.name == name]
    if not found or not name:
        raise missing(session, path, "")
    return (exactly or found)[0]


def _listed(session: Session, messages: list[Message], path: str) -> list[Folder]:
    found = []
    for message in messages:
        if message.code in FOLDER_GONE:
            raise missing(session, path, session.said(message))
        if not message.fine:
            raise session.error(message)
        for holder in every(message.content, "Folders"):
            for element in holder:
                id = child(element, "FolderId")
                count = text_of(element, "TotalCount")
                if id is not None:
                    reference = f"<t:FolderId Id={soap.quoted(id.get('Id', ''))}/>"
                    number = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 0
                    found.append(Folder(reference, text_of(element, "DisplayName"), number))
    return found


def missing(session: Session, path: str, said: str) -> MailboxMissing:
    """Give the error for a folder that is not there."""
    shown = words.readable(path.encode("utf-8", "replace"))
    return MailboxMissing(words.folder_missing(session.place, shown, said), answer=said or None)
