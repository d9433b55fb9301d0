"""CreateItem: mails, and answers to mails, that are saved, sent, or both."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import compose, places, replies, sending
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.extended import MESSAGE_FLAGS, READ, UNSENT, tag_of
from deskpost.sandbox.cloud.ews.items import Found, references
from deskpost.sandbox.cloud.ews.mail import Seen
from deskpost.sandbox.cloud.ews.parts import MARK, kind
from deskpost.sandbox.cloud.ews.properties_set import given_extended, set_all
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.soap import child, invalid, local, m, t

DISPOSITIONS = ("SaveOnly", "SendOnly", "SendAndSaveCopy")
MAILS = ("Message", "Item")


def create(call: Call, request: Element) -> Element:
    """Make items and do with them what the disposition says."""
    disposition = request.get("MessageDisposition", "SaveOnly")
    if disposition not in DISPOSITIONS:
        raise invalid(f"The 'MessageDisposition' attribute is invalid: '{disposition}'.")

    def act(given: Element) -> Sequence[Element]:
        raw, structured = _mail(call, given)
        if disposition == "SaveOnly":
            return [m("Items", children=[_saved(call, request, given, raw, structured)])]
        for header, value in _headers(given):
            raw = compose.with_header(raw, header, value)
        mailbox = call.caller.mailbox
        copy_to = sending.folder_for_copy(call, request, disposition, mailbox)
        named = child(given, "From") is not None
        sending.send_mail(call, mailbox, raw, copy_to, structured=structured, keeps_from=named)
        return [m("Items")]

    return answer("CreateItem", references(request, "Items"), act, ["Items"])


def _mail(call: Call, given: Element) -> tuple[bytes, bool]:
    if local(given) in MAILS:
        return compose.of_item(given)
    if local(given) in replies.KINDS:
        return replies.of_item(call, given), True
    raise Refused("ErrorInvalidOperation", f"Items of the type {local(given)} cannot be created here.")


def _saved(call: Call, request: Element, given: Element, raw: bytes, structured: bool) -> Element:
    """Keep a mail in the folder that is named, else among the drafts."""
    named = child(request, "SavedItemFolderId")
    place = places.inside(call, named) if named is not None else None
    mailbox = place.mailbox if place is not None else call.caller.mailbox
    folder = place.folder.id if place is not None else "drafts"
    flags = _flags(given)
    for header, value in _headers(given):
        raw = compose.with_header(raw, header, value)
    try:
        item = call.store.put(mailbox, raw, folder, is_read=bool(flags & READ), is_draft=bool(flags & UNSENT))
    except KeyError as problem:
        raise Refused("ErrorInvalidOperation") from problem
    if structured:
        item.properties[sending.STRUCTURED] = True
    set_all(call.store, mailbox, item, given)
    found = Found(mailbox, item)
    return t("Message", children=[found.id_element(), *_attachments(found)])


def _flags(given: Element) -> int:
    """Give the flags of PR_MESSAGE_FLAGS; what is saved without them is a draft that was read."""
    for path, values in given_extended(given):
        if tag_of(path) == MESSAGE_FLAGS and values and values[0].isdecimal():
            return int(values[0])
    return READ | UNSENT


def _headers(given: Element) -> list[tuple[str, str]]:
    """Give the header fields that come as extended properties of the set InternetHeaders."""
    return [
        (path.get("PropertyName", ""), values[0])
        for path, values in given_extended(given)
        if path.get("DistinguishedPropertySetId") == "InternetHeaders" and path.get("PropertyName") and values
    ]


def _attachments(found: Found) -> list[Element]:
    parts = Seen(found.item, found.mailbox).attachments
    ids = [t("AttachmentId", Id=f"{found.item.id}{MARK}{number}") for number in range(len(parts))]
    told = [t(kind(part), children=[id]) for part, id in zip(parts, ids, strict=True)]
    return [t("Attachments", children=told)] if told else []
