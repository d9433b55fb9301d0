"""attachments of a message: list, get, bytes, add, delete."""

import base64
from typing import Any

from deskpost.sandbox.cloud.exchange import Response, of_json
from deskpost.sandbox.cloud.graph import composing, reading
from deskpost.sandbox.cloud.graph.call import Call
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request, item_not_found
from deskpost.sandbox.cloud.graph.messages_json import context, moment
from deskpost.sandbox.cloud.store import Item

SMALL = 3 * 1024 * 1024  # bytes that one POST may bring; larger files take an upload session


def listed(call: Call) -> Response:
    """List the attachments of a message."""
    tail = f"messages('{call.named['message']}')/attachments"
    found = all_of(call, call.item())
    return of_json({"@odata.context": context(call, tail), "value": found})


def all_of(call: Call, item: Item) -> list[dict[str, Any]]:
    """Give the attachments of a message in JSON."""
    return [_told(call, item, one) for one in reading.attachments(item.message)]


def one(call: Call) -> Response:
    """Give an attachment."""
    item, found = _found(call)
    expanded = "item" in call.query.get("$expand", "").lower()
    return _answer(call, item, found, expanded=expanded)


def content(call: Call) -> Response:
    """Give an attachment's bytes; of a mail its MIME."""
    _, found = _found(call)
    kind = "text/plain" if found.is_mail else found.part.get_content_type()
    return Response(200, found.content, {"Content-Type": kind})


def add(call: Call) -> Response:
    """Attach a small file to a draft."""
    data = call.json()
    part = composing.part_of(data)
    size = len(base64.b64decode(data.get("contentBytes") or ""))
    if size > SMALL:
        raise Refused(413, "ErrorAttachmentSizeLimitExceeded", "The attachment exceeds the size limit.")
    item = call.item()
    found = attach(call, item, part)
    return _answer(call, item, found, 201)


def attach(call: Call, item: Item, part: Any) -> reading.Attachment:
    """Attach a part to a draft. Raises Refused where the message is none."""
    if not item.is_draft:
        raise bad_request("The operation can only be performed on a draft message.", "ErrorInvalidOperation")
    message = item.message
    kept = [one.part for one in reading.attachments(message)]
    made = composing.rebuilt(message, *reading.body(message), [*kept, part])
    call.state.cloud.store.update(call.mailbox, item, raw=composing.as_bytes(made))
    name = part.get_filename()
    return [one for one in reading.attachments(item.message) if one.part.get_filename() == name][-1]


def delete(call: Call) -> Response:
    """Take an attachment off a draft."""
    item, found = _found(call)
    message = item.message
    kept = [one.part for one in reading.attachments(message) if one.key != found.key]
    made = composing.rebuilt(message, *reading.body(message), kept)
    call.state.cloud.store.update(call.mailbox, item, raw=composing.as_bytes(made))
    return Response(204)


def id_of(call: Call, item: Item, one: reading.Attachment) -> str:
    """Give an attachment's id."""
    return f"{call.id_of(item)}BEgAQ{one.key}"


def _found(call: Call) -> tuple[Item, reading.Attachment]:
    item, wanted = call.item(), call.named["attachment"]
    for found in reading.attachments(item.message):
        if wanted.endswith(f"BEgAQ{found.key}"):
            return item, found
    raise item_not_found()


def _answer(
    call: Call, item: Item, found: reading.Attachment, status: int = 200, *, expanded: bool = False
) -> Response:
    tail = f"messages('{call.named['message']}')/attachments/$entity"
    answer = {"@odata.context": context(call, tail), **_told(call, item, found)}
    if expanded and found.is_mail:
        answer["item"] = _inner(found)
    return of_json(answer, status)


def _told(call: Call, item: Item, one: reading.Attachment) -> dict[str, Any]:
    content = one.content
    told: dict[str, Any] = {
        "@odata.type": f"#microsoft.graph.{'itemAttachment' if one.is_mail else 'fileAttachment'}",
        "id": id_of(call, item, one),
        "lastModifiedDateTime": moment(item.created),
        "name": one.name,
        "contentType": None if one.is_mail else one.part.get_content_type(),
        "size": len(content),
        "isInline": one.is_inline,
    }
    if not one.is_mail:
        told["@odata.mediaContentType"] = one.part.get_content_type()
        told |= {"contentId": one.content_id, "contentLocation": None}
        told["contentBytes"] = base64.b64encode(content).decode()
    select = call.query.get("$select") if "attachment" in call.request.path.rsplit("/messages/")[-1] else None
    if not select:
        return told
    asked = {"id", *(name.strip().lower() for name in select.split(","))}
    return {name: value for name, value in told.items() if name.startswith("@") or name.lower() in asked}


def _inner(one: reading.Attachment) -> dict[str, Any]:
    mail = one.mail
    kind, words = reading.body(mail)
    return {
        "@odata.type": "#microsoft.graph.message",
        "id": "",
        "subject": reading.text_of(mail, "subject"),
        "internetMessageId": reading.text_of(mail, "message-id") or None,
        "body": {"contentType": kind, "content": words},
        "from": next(iter(reading.people(mail, "from")), None),
        "toRecipients": reading.people(mail, "to"),
        "ccRecipients": reading.people(mail, "cc"),
    }
