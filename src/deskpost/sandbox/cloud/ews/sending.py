"""SendItem, and how a mail leaves a mailbox: who may send as whom, and where its copy stays."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud import outgoing
from deskpost.sandbox.cloud.ews import items, places
from deskpost.sandbox.cloud.ews.call import Call, answer
from deskpost.sandbox.cloud.ews.items import Found
from deskpost.sandbox.cloud.ews.mail import Seen, unsaved
from deskpost.sandbox.cloud.ews.places import Place
from deskpost.sandbox.cloud.ews.refusals import Refused
from deskpost.sandbox.cloud.ews.soap import child, truth
from deskpost.sandbox.cloud.store import Mailbox

STRUCTURED = "ews:structured"  # a draft's property: it came as fields, and not as MIME


def send(call: Call, request: Element) -> Element:
    """Send drafts, and keep their copies where the request says."""
    keeps = truth(request.get("SaveItemToFolder"))

    def act(reference: Element) -> Sequence[Element]:
        found = items.find(call, reference)
        if not reference.get("ChangeKey"):
            raise Refused("ErrorChangeKeyRequired")
        if items.is_stale(found, reference):
            raise Refused("ErrorIrresolvableConflict")
        disposition = "SendAndSaveCopy" if keeps else "SendOnly"
        send_draft(call, found, folder_for_copy(call, request, disposition, found.mailbox))
        return []

    return answer("SendItem", items.references(request), act)


def send_draft(call: Call, found: Found, copy_to: Place | None) -> None:
    """Send an item, which is a draft no more: it goes, and its copy comes. Raises Refused."""
    item = found.item
    structured = bool(item.properties.get(STRUCTURED))
    send_mail(call, found.mailbox, item.raw, copy_to, structured=structured, immutable_id=item.immutable_id)
    call.store.delete(found.mailbox, item)


def send_mail(
    call: Call,
    mailbox: Mailbox,
    raw: bytes,
    copy_to: Place | None,
    *,
    structured: bool,
    keeps_from: bool = False,
    immutable_id: str | None = None,
) -> None:
    """Let a mail go when the lock ends. Raises Refused: it is for nobody, or in the name of somebody else."""
    mail = Seen(unsaved(raw), mailbox)
    recipients = [address for name in ("to", "cc", "bcc") for _, address in mail.addresses(name)]
    if not recipients or not all("@" in address for address in recipients):
        raise Refused("ErrorInvalidRecipients")
    named = [call.store.mailbox(address) for _, address in mail.addresses("from")]
    if any(one is not None and one is not mailbox and not call.caller.opens(one) for one in named):
        raise Refused("ErrorSendAsDenied")
    twice = call.meets(mailbox, "deliver_twice") is not None

    def go() -> None:
        outgoing.submit(
            call.cloud,
            mailbox,
            raw,
            save_to=copy_to.folder.id if copy_to is not None else None,
            copy_in=copy_to.mailbox if copy_to is not None else None,
            immutable_id=immutable_id,
            structured=structured,
            keeps_from=keeps_from,
            twice=twice,
        )

    call.afterwards.append(go)


def folder_for_copy(call: Call, request: Element, disposition: str, mailbox: Mailbox) -> Place | None:
    """Give where the copy of a sent mail goes: nowhere, to the folder that is named, to Sent Items."""
    if disposition == "SendOnly":
        return None
    named = child(request, "SavedItemFolderId")
    if named is not None:
        return places.inside(call, named)
    sent = mailbox.folder("sentitems")
    return Place(mailbox, sent) if sent is not None else None
