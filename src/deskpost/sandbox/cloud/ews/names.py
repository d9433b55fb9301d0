"""ResolveNames and ConvertId: what names and ids stand for."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import items, places
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.properties import mailbox_element
from deskpost.sandbox.cloud.ews.refusals import TEXTS, Refused
from deskpost.sandbox.cloud.ews.soap import INSTANCE, invalid, local, m, t, truth
from deskpost.sandbox.cloud.store import Mailbox

FORMATS = ("EwsLegacyId", "EwsId", "EntryId", "HexEntryId", "StoreId", "OwaId")


def resolve(call: Call, request: Element) -> Element:
    """Give who a name or the beginning of an address means."""
    in_full = truth(request.get("ReturnFullContactData"))
    entries = [one for one in request if local(one) == "UnresolvedEntry"]

    def act(entry: Element) -> Sequence[Element]:
        wanted = (entry.text or "").strip().lower().removeprefix("smtp:")
        found = [one for one in call.store.mailboxes() if wanted and _is_meant(one, wanted)]
        if not found:
            raise Refused("ErrorNameResolutionNoResults")
        told = [t("Resolution", children=_resolution(one, in_full)) for one in found[:100]]
        about = {"TotalItemsInView": str(len(found)), "IncludesLastItemInRange": "true"}
        return [m("ResolutionSet", children=told, **about)]

    made = answer("ResolveNames", entries, act)
    for message in made[0]:
        if len(message) == 2 and len(message[1]) > 1:  # several are a warning, with all of them
            code = "ErrorNameResolutionMultipleResults"
            message.set("ResponseClass", "Warning")
            message[0].text = code
            message.insert(0, m("MessageText", TEXTS[code]))
            message.insert(2, m("DescriptiveLinkKey", "0"))
    return made


def convert(call: Call, request: Element) -> Element:
    """Give ids in another form, each with the primary address of the mailbox that it is in."""
    wanted = request.get("DestinationFormat", "")
    if wanted not in FORMATS:
        raise invalid(f"The 'DestinationFormat' attribute is invalid: '{wanted}'.")

    def act(given: Element) -> Sequence[Element]:
        if local(given) != "AlternateId":
            raise Refused("ErrorInvalidOperation")
        id = _decoded(given.get("Format", ""), given.get("Id", ""))
        mailbox = call.caller.needs(_owner(call, id))
        told = m("AlternateId", Format=wanted, Id=_encoded(wanted, id), Mailbox=mailbox.address)
        told.set(f"{{{INSTANCE}}}type", "t:AlternateIdType")
        return [told]

    return answer("ConvertId", items.references(request, "SourceIds"), act)


def _is_meant(mailbox: Mailbox, wanted: str) -> bool:
    words = (mailbox.address, mailbox.name.lower(), *mailbox.name.lower().split())
    return any(one.startswith(wanted) for one in words)


def _resolution(mailbox: Mailbox, in_full: bool) -> list[Element]:
    told = [mailbox_element(mailbox.name, mailbox.address)]
    if in_full:
        address = t("EmailAddresses", children=[t("Entry", f"SMTP:{mailbox.address}", Key="EmailAddress1")])
        contact = [t("DisplayName", mailbox.name), address, t("ContactSource", "ActiveDirectory")]
        told.append(t("Contact", children=contact))
    return told


def _owner(call: Call, id: str) -> Mailbox:
    try:
        return items.by_id(call, id).mailbox
    except Refused:
        try:
            return places.by_id(call, id).mailbox
        except Refused as refusal:
            raise Refused("ErrorInvalidIdMalformed") from refusal


def _encoded(form: str, id: str) -> str:
    if form == "HexEntryId":
        return id.encode().hex().upper()
    if form in ("EntryId", "StoreId"):
        return base64.b64encode(id.encode()).decode()
    return quote(id, safe="") if form == "OwaId" else id


def _decoded(form: str, id: str) -> str:
    try:
        if form == "HexEntryId":
            return bytes.fromhex(id).decode()
        if form in ("EntryId", "StoreId"):
            return base64.b64decode(id, validate=True).decode()
    except (ValueError, binascii.Error) as problem:
        raise Refused("ErrorInvalidIdMalformed") from problem
    return unquote(id) if form == "OwaId" else id
