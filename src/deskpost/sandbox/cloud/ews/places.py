"""Folders as EWS names them: by id, or by a distinguished name with whose mailbox is meant."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews.call import Call
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.soap import child, invalid, local, text_of
from deskpost.sandbox.cloud.store import Folder, Mailbox

ABSENT = {"root": "Root", "calendar": "Calendar", "contacts": "Contacts", "tasks": "Tasks"}
"""What every mailbox has for EWS, and the store, which keeps mail alone, has not: always empty."""

_PREFIX = "AQMkV"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder and the mailbox that it is in."""

    mailbox: Mailbox
    folder: Folder

    @property
    def change_key(self) -> str:
        """A key that is another one when the folder was renamed or moved."""
        seen = f"{self.folder.id} {self.folder.name} {self.folder.parent}".encode()
        return "AQAAABYAAAC" + base64.b64encode(hashlib.sha256(seen).digest()[:18]).decode()


def absent(mailbox: Mailbox, name: str) -> Place:
    """Give one of the folders that the store does not keep."""
    hidden = base64.urlsafe_b64encode(f"{name} {mailbox.address}".encode()).decode().rstrip("=")
    top = mailbox.folder("msgfolderroot")
    parent = None if name == "root" or top is None else top.id
    return Place(mailbox, Folder(_PREFIX + hidden, ABSENT[name], parent, name))


def all_places(mailbox: Mailbox) -> list[Place]:
    """Give all folders of a mailbox, those that the store keeps first."""
    kept = [Place(mailbox, folder) for folder in mailbox.folders.values()]
    return [*kept, *(absent(mailbox, name) for name in ABSENT)]


def parent_of(place: Place) -> str | None:
    """Give the id of the folder around a folder; the root has none."""
    if place.folder.well_known == "root":
        return None
    return place.folder.parent or absent(place.mailbox, "root").folder.id


def find(call: Call, reference: Element) -> Place:
    """Give the folder that a FolderId or DistinguishedFolderId means. Raises Refused."""
    named = reference.get("Id", "")
    if local(reference) == "DistinguishedFolderId":
        return _distinguished(call, reference, named.lower())
    if local(reference) != "FolderId":
        raise invalid(f"'{local(reference)}' names no folder.")
    place = by_id(call, named)
    call.caller.needs(place.mailbox)
    return place


def inside(call: Call, holder: Element) -> Place:
    """Give the folder that is named inside an element: ToFolderId, ParentFolderId, SavedItemFolderId."""
    if not len(holder):
        raise invalid(f"The element '{local(holder)}' has incomplete content.")
    return find(call, holder[0])


def by_id(call: Call, id: str) -> Place:
    """Give the folder of an id, whoever may open it. Raises Refused."""
    if id.startswith(_PREFIX):
        return _hidden(call, id)
    for mailbox in call.mailboxes():
        if id in mailbox.folders:
            return Place(mailbox, mailbox.folders[id])
    raise Refused("ErrorFolderNotFound" if id.startswith("AAMk") else "ErrorInvalidIdMalformed")


def _distinguished(call: Call, reference: Element, named: str) -> Place:
    meant = child(reference, "Mailbox")
    address = text_of(meant, "EmailAddress")
    mailbox = call.store.mailbox(address) if address else call.caller.mailbox
    if mailbox is None:
        raise Refused("ErrorNonExistentMailbox")
    call.caller.needs(mailbox)
    if named in ABSENT:
        return absent(mailbox, named)
    folder = next((one for one in mailbox.folders.values() if one.well_known == named), None)
    if folder is None or not named:
        raise Refused("ErrorFolderNotFound")
    return Place(mailbox, folder)


def _hidden(call: Call, id: str) -> Place:
    coded = id.removeprefix(_PREFIX)
    try:
        name, _, address = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode().partition(" ")
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise Refused("ErrorInvalidIdMalformed") from problem
    mailbox = call.store.mailbox(address)
    if mailbox is None or name not in ABSENT:
        raise Refused("ErrorFolderNotFound")
    return absent(mailbox, name)
