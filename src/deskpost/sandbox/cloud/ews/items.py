"""Items as EWS names them, with the keys that say which version of one is meant."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews.call import Call
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.soap import child, t
from deskpost.sandbox.cloud.store import Item, Mailbox

_KEY = "CQAAABYAAAC"
_VERSION_BYTES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """An item and the mailbox that it is in."""

    mailbox: Mailbox
    item: Item

    @property
    def change_key(self) -> str:
        """The key of the item's present version."""
        owner = hashlib.sha256(self.item.immutable_id.encode()).digest()[:14]
        return _KEY + base64.b64encode(owner + self.item.version.to_bytes(_VERSION_BYTES, "big")).decode()

    def id_element(self) -> Element:
        """Give its ItemId."""
        return t("ItemId", Id=self.item.id, ChangeKey=self.change_key)


def find(call: Call, reference: Element) -> Found:
    """Give the item that an ItemId means. Raises Refused: it is not there, not the caller's, or its key is none."""
    found = by_id(call, reference.get("Id", ""))
    call.caller.needs(found.mailbox)
    key = reference.get("ChangeKey")
    if key and not _well_formed(key):
        raise Refused("ErrorInvalidChangeKey")
    return found


def by_id(call: Call, id: str) -> Found:
    """Give the item of an id, whoever may open it. Raises Refused."""
    for mailbox in call.mailboxes():
        if id in mailbox.items:
            return Found(mailbox, mailbox.items[id])
    raise Refused("ErrorItemNotFound" if id.startswith("AAMk") else "ErrorInvalidIdMalformed")


def references(request: Element, holder: str = "ItemIds") -> list[Element]:
    """Give the ids that a request lists."""
    listed = child(request, holder)
    return list(listed) if listed is not None else []


def is_stale(found: Found, reference: Element) -> bool:
    """Tell whether a reference means an older version of the item than the present one."""
    key = reference.get("ChangeKey")
    return bool(key) and key != found.change_key


def _well_formed(key: str) -> bool:
    try:
        return key.startswith(_KEY) and len(base64.b64decode(key.removeprefix(_KEY), validate=True)) == 18
    except binascii.Error:
        return False
