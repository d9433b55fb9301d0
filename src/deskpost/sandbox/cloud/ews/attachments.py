"""Attachments as EWS shows them: files, and items where a mail is attached."""

import base64
from collections.abc import Sequence
from email.message import EmailMessage
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import items
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.compose import attach, attachment_of
from deskpost.sandbox.cloud.ews.mail import Seen, bytes_of_part, unsaved
from deskpost.sandbox.cloud.ews.parts import MARK, described, kind
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.shapes import Shape, shape_of
from deskpost.sandbox.cloud.ews.soap import child, m, needed, t


def get(call: Call, request: Element) -> Element:
    """Give attachments with their content."""
    shape = shape_of(child(request, "AttachmentShape"), base="AllProperties")

    def act(reference: Element) -> Sequence[Element]:
        found, part, id = _find(call, reference)
        seen = Seen(found.item, found.mailbox)
        return [m("Attachments", children=[_whole(seen, part, id, shape)])]

    return answer("GetAttachment", items.references(request, "AttachmentIds"), act, ["Attachments"])


def create(call: Call, request: Element) -> Element:
    """Attach files and mails to an item, one after the other."""
    parent = needed(request, "ParentItemId")

    def act(given: Element) -> Sequence[Element]:
        found = items.find(call, parent)
        part = attachment_of(given)
        call.store.update(found.mailbox, found.item, raw=attach(found.item.raw, [part]))
        number = len(Seen(found.item, found.mailbox).attachments) - 1
        root = {"RootItemId": found.item.id, "RootItemChangeKey": found.change_key}
        id = t("AttachmentId", None, (), Id=f"{found.item.id}{MARK}{number}", **root)
        return [m("Attachments", children=[t(kind(part), children=[id])])]

    return answer("CreateAttachment", items.references(request, "Attachments"), act, ["Attachments"])


def _whole(seen: Seen, part: EmailMessage, id: str, shape: Shape) -> Element:
    told = described(seen, part, id)
    content = bytes_of_part(part)
    if kind(part) == "FileAttachment":
        told.append(t("Content", base64.b64encode(content).decode()))
    else:
        told.append(shape.item(Seen(unsaved(content), seen.mailbox)))
    return t(kind(part), children=told)


def _find(call: Call, reference: Element) -> tuple[items.Found, EmailMessage, str]:
    id = reference.get("Id", "")
    item, mark, number = id.rpartition(MARK)
    if not mark or not number.isdecimal():
        raise Refused("ErrorInvalidAttachmentId")
    found = items.by_id(call, item)
    call.caller.needs(found.mailbox)
    parts = Seen(found.item, found.mailbox).attachments
    if int(number) >= len(parts):
        raise Refused("ErrorInvalidAttachmentId")
    return found, parts[int(number)], id
