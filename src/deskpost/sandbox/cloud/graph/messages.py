"""messages: list, get, MIME, change, delete, move, copy, and new drafts."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from deskpost.sandbox.cloud.exchange import Response, of_json
from deskpost.sandbox.cloud.graph import attachments, composing, lists
from deskpost.sandbox.cloud.graph.call import Call
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request
from deskpost.sandbox.cloud.graph.messages_json import NAMED_PROPERTIES, Reading, context, selected, told
from deskpost.sandbox.cloud.outgoing import new_message_id, with_field
from deskpost.sandbox.cloud.store import Item

IN_PLACE = ("isRead", "categories", "flag", "inferenceClassification")
IN_DRAFTS = (
    *composing.PEOPLE,
    *composing.RECEIPTS,
    "subject",
    "body",
    "importance",
    "internetMessageId",
    "internetMessageHeaders",
    "singleValueExtendedProperties",
)
EXTENDED = "singleValueExtendedProperties"
SIZE = "Integer 0x0E08"  # PidTagMessageSize


def listed(call: Call) -> Response:
    """List the messages of a folder, or of the whole mailbox."""
    if "folder" in call.named:
        folder = call.folder()
        items = call.mailbox.in_folder(folder.id)
        tail = f"mailFolders('{call.named['folder']}')/messages"
    else:
        items, tail = list(call.mailbox.items.values()), "messages"
    if "$search" in call.query:
        raise Refused(501, "NotSupported", "The sandbox does not search; use $filter.")
    select = call.query.get("$select")
    names = selected(select)
    tail += f"({select})" if select else ""
    found = lists.filtered(call, items)
    return lists.paged(call, found, lambda item: _expanded(call, item, names), context(call, tail))


def one(call: Call) -> Response:
    """Give a message."""
    return of_message(call, call.item(), names=selected(call.query.get("$select")))


def mime(call: Call) -> Response:
    """Give the MIME of a message."""
    return Response(200, call.item().raw, {"Content-Type": "text/plain"})


def of_message(call: Call, item: Item, status: int = 200, names: list[str] | None = None) -> Response:
    """Answer with a message."""
    tail = f"messages({','.join(names)})/$entity" if names else "messages/$entity"
    applied = (
        {"Preference-Applied": f'outlook.body-content-type="{call.body_type}"'} if call.body_type else {}
    )
    answer = {"@odata.context": context(call, tail), **_expanded(call, item, names)}
    return of_json(answer, status, **applied)


def _expanded(call: Call, item: Item, names: list[str] | None) -> dict[str, Any]:
    found = told(call, item, names)
    return found | expansion(call, item, call.query.get("$expand", ""))


def expansion(call: Call, item: Item, expand: str) -> dict[str, Any]:
    """Give what $expand adds to a message. Raises Refused where there is no such thing."""
    expand = unquote(expand)
    if expand.lower().startswith("attachments"):
        return {"attachments": attachments.all_of(call, item)}
    if expand.startswith(EXTENDED):
        return _extended(call, item, expand)
    if expand:
        raise bad_request(f"Could not find a property named '{expand}'.", "RequestBroker--ParseUri")
    return {}


def _extended(call: Call, item: Item, expand: str) -> dict[str, Any]:
    """Give the extended properties that are asked for, whichever of them a message has."""
    reading = Reading(call, item)
    asked = [(id, field) for id, field in NAMED_PROPERTIES.items() if f"'{id}'" in expand.lower() and field]
    values = [{"id": id[0].upper() + id[1:], "value": reading.text(field)} for id, field in asked]
    found = [one for one in values if one["value"]]
    if f"'{SIZE.lower()}'" in expand.lower():
        found.append({"id": SIZE, "value": str(len(item.raw))})
    return {EXTENDED: found} if found else {}


def create(call: Call) -> Response:
    """Make a draft, of JSON or of MIME."""
    raw, data = draft_of(call)
    item = call.state.cloud.store.put(
        call.mailbox, raw, call.named.get("folder", "drafts"), is_read=True, is_draft=True
    )
    item.properties["structured"] = not is_mime(call)  # sending treats the two differently
    _set_in_place(item, data)
    return of_message(call, item, 201)


def draft_of(call: Call) -> tuple[bytes, dict[str, Any]]:
    """Give the mail that a body holds, and its JSON, which is empty where it is MIME."""
    if is_mime(call):
        raw = composing.decoded_mime(call.request.body)
        return _identified(raw), {}
    data = call.json()
    return composing.as_bytes(composing.new_draft(call.mailbox, data)), data


def _identified(raw: bytes) -> bytes:
    head = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].lower()
    named = head.startswith(b"message-id:") or b"\nmessage-id:" in head
    return raw if named else with_field(raw, "Message-ID", new_message_id())


def is_mime(call: Call) -> bool:
    """Tell whether the body is MIME in base64."""
    return call.request.headers.get("content-type", "").lower().startswith("text/plain")


def change(call: Call) -> Response:
    """Change a message: read, categories and flag of any; everything else of drafts."""
    item, data = call.item(), call.json()
    store = call.state.cloud.store
    if any(name in data for name in IN_DRAFTS):
        if not item.is_draft:
            words = "Update operation is invalid for property of a sent message."
            raise bad_request(words, "ErrorInvalidPropertyUpdateSentMessage")
        raw = composing.as_bytes(composing.changed(call.mailbox, item.message, data))
        store.update(call.mailbox, item, raw=raw)
    if "isRead" in data:
        if not isinstance(data["isRead"], bool):
            raise bad_request("Cannot convert the literal to the expected type 'Edm.Boolean'.", "BadRequest")
        store.update(call.mailbox, item, is_read=data["isRead"])
    if _set_in_place(item, data):
        store.touch(call.mailbox, item)
    return of_message(call, item)


def _set_in_place(item: Item, data: dict[str, Any]) -> bool:
    before = dict(item.properties)
    if isinstance(data.get("categories"), list):
        item.properties["categories"] = [str(one) for one in data["categories"]]
    if isinstance(data.get("flag"), dict):
        item.properties["flag"] = {"flagStatus": "notFlagged", **data["flag"]}
    return item.properties != before


def delete(call: Call) -> Response:
    """Delete a message: into Deleted Items, and from there for good."""
    item, store = call.item(), call.state.cloud.store
    if item.folder == call.folder("deleteditems").id:
        store.delete(call.mailbox, item)
    else:
        store.move(call.mailbox, item, "deleteditems")
    return Response(204)


def delete_for_good(call: Call) -> Response:
    """Delete a message for good."""
    call.state.cloud.store.delete(call.mailbox, call.item())
    return Response(204)


def move(call: Call) -> Response:
    """Move a message: it has another id there, unless the client speaks of immutable ids."""
    return _placed(call, call.state.cloud.store.move)


def copy(call: Call) -> Response:
    """Copy a message."""
    return _placed(call, call.state.cloud.store.copy)


def _placed(call: Call, place: Callable[..., Item]) -> Response:
    item, wanted = call.item(), call.json().get("destinationId")
    if not isinstance(wanted, str):
        raise bad_request("Required parameter 'destinationId' is missing.", "ErrorRequiredParameterMissing")
    return of_message(call, place(call.mailbox, item, call.folder(wanted).id), 201)
