"""mailFolders: list, children, create, rename, delete."""

from typing import Any

from deskpost.sandbox.cloud.exchange import Response, of_json
from deskpost.sandbox.cloud.graph import lists
from deskpost.sandbox.cloud.graph.call import Call
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request
from deskpost.sandbox.cloud.graph.messages_json import context
from deskpost.sandbox.cloud.store import Folder

LONGEST_NAME = 255
PROPERTIES = (
    "id",
    "displayName",
    "parentFolderId",
    "childFolderCount",
    "unreadItemCount",
    "totalItemCount",
    "sizeInBytes",
    "isHidden",
)


def listed(call: Call) -> Response:
    """List the folders right under the root of the mailbox."""
    return _listed(call, call.folder("msgfolderroot"), "mailFolders")


def children(call: Call) -> Response:
    """List the folders right under a folder."""
    folder = call.folder()
    return _listed(call, folder, f"mailFolders('{folder.id}')/childFolders")


def _listed(call: Call, parent: Folder, tail: str) -> Response:
    found = [one for one in call.mailbox.folders.values() if one.parent == parent.id]
    if text := call.query.get("$filter"):
        found = [one for one in found if one.name.casefold() == _name_in(text)]
    found.sort(key=lambda one: one.name.casefold())
    return lists.paged(call, found, lambda one: _told(call, one), context(call, tail))


def _name_in(text: str) -> str:
    """Give the name of `displayName eq 'x'`, the only filter that folders have here."""
    path, _, rest = text.strip().partition(" ")
    comparing, _, literal = rest.strip().partition(" ")
    literal = literal.strip()
    if path.lower() != "displayname" or comparing != "eq" or literal[:1] != "'" or literal[-1:] != "'":
        raise bad_request(
            "The query filter contains one or more invalid nodes.", "ErrorInvalidUrlQueryFilter"
        )
    return literal[1:-1].replace("''", "'").casefold()


def one(call: Call) -> Response:
    """Give a folder."""
    return of_json({"@odata.context": context(call, "mailFolders/$entity"), **_told(call, call.folder())})


def create(call: Call) -> Response:
    """Make a folder under the root, or under the folder of the address."""
    parent = call.folder(call.named.get("folder", "msgfolderroot"))
    name = _new_name(call, parent)
    folder = call.state.cloud.store.add_folder(call.mailbox, name, parent.id)
    return of_json({"@odata.context": context(call, "mailFolders/$entity"), **_told(call, folder)}, 201)


def rename(call: Call) -> Response:
    """Give a folder another name."""
    folder = call.folder()
    if folder.well_known:
        raise _distinguished()
    parent = call.folder(folder.parent or "msgfolderroot")
    folder.name = _new_name(call, parent)
    return one(call)


def delete(call: Call) -> Response:
    """Delete a folder; what was in it goes to Deleted Items."""
    folder = call.folder()
    if folder.well_known:
        raise _distinguished()
    store = call.state.cloud.store
    with store.lock:
        for item in call.mailbox.in_folder(folder.id):
            store.move(call.mailbox, item, "deleteditems")
        del call.mailbox.folders[folder.id]
    return Response(204)


def _new_name(call: Call, parent: Folder) -> str:
    name = call.json().get("displayName")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise bad_request("The request is invalid: displayName is missing.", "ErrorInvalidRequest")
    siblings = (one for one in call.mailbox.folders.values() if one.parent == parent.id)
    if any(one.name.casefold() == name.strip().casefold() for one in siblings):
        raise Refused(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    return name.strip()


def _told(call: Call, folder: Folder) -> dict[str, Any]:
    items = call.mailbox.in_folder(folder.id)
    told = {
        "id": folder.id,
        "displayName": folder.name,
        "parentFolderId": folder.parent or folder.id,
        "childFolderCount": sum(one.parent == folder.id for one in call.mailbox.folders.values()),
        "unreadItemCount": sum(not item.is_read for item in items),
        "totalItemCount": len(items),
        "sizeInBytes": sum(len(item.raw) for item in items),
        "isHidden": False,
    }
    select = call.query.get("$select")
    if not select:
        return told
    asked = {"id", *(name.strip().lower() for name in select.split(","))}
    return {name: told[name] for name in PROPERTIES if name.lower() in asked}


def _distinguished() -> Refused:
    return Refused(403, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
