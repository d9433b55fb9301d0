"""ReplyToItem, ReplyAllToItem and ForwardItem: the mail that answers another one."""

import html
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.ews import compose, items
from deskpost.sandbox.cloud.ews.call import Call
from deskpost.sandbox.cloud.ews.mail import Seen, date
from deskpost.sandbox.cloud.ews.properties import mailbox_element
from deskpost.sandbox.cloud.ews.soap import child, local, needed, t, text_of
from deskpost.sandbox.cloud.store import Mailbox

KINDS = ("ReplyToItem", "ReplyAllToItem", "ForwardItem")
RULE = "_" * 32

People = list[tuple[str, str]]


def of_item(call: Call, given: Element) -> bytes:
    """Give the mail that an answer's element describes, with the original below. Raises Refused."""
    found = items.find(call, needed(given, "ReferenceItemId"))
    original = Seen(found.item, found.mailbox)
    kind = local(given)
    described = t("Message", children=[t("Subject", _subject(given, original, kind))])
    for name, people in _recipients(original, found.mailbox, kind).items():
        own = child(given, name)
        if own is not None or people:
            described.append(own if own is not None else _people(name, people))
    author = child(given, "From")
    if author is not None:
        described.append(author)
    raw, _ = compose.of_item(described)
    if kind != "ForwardItem":
        id = original.header("message-id")
        raw = compose.with_header(raw, "In-Reply-To", id)
        raw = compose.with_header(raw, "References", f"{original.header('references')} {id}")
    raw = compose.with_body(raw, *_body(given, original))
    parts = original.attachments if kind == "ForwardItem" else []
    return compose.attach(raw, parts) if parts else raw


def _subject(given: Element, original: Seen, kind: str) -> str:
    prefix = "FW: " if kind == "ForwardItem" else "RE: "
    subject = original.header("subject")
    named = text_of(given, "Subject")
    return named if named else subject if subject.upper().startswith(prefix.strip()) else prefix + subject


def _recipients(original: Seen, mailbox: Mailbox, kind: str) -> dict[str, People]:
    """Give who gets an answer where the client names nobody."""
    wrote = original.addresses("reply-to") or original.addresses("from")
    others = {"ToRecipients": original.addresses("to"), "CcRecipients": original.addresses("cc")}
    nobody: dict[str, People] = {"ToRecipients": [], "CcRecipients": [], "BccRecipients": []}
    if kind == "ForwardItem":
        return nobody
    if kind == "ReplyToItem":
        return {**nobody, "ToRecipients": wrote}
    without = {
        name: [one for one in people if one[1].lower() != mailbox.address] for name, people in others.items()
    }
    return {**nobody, **without, "ToRecipients": wrote + without["ToRecipients"]}


def _people(name: str, people: People) -> Element:
    return t(name, children=[mailbox_element(*one) for one in people])


def _body(given: Element, original: Seen) -> tuple[str, bool]:
    """Give the new text above the original's, and whether it is HTML: it is where one of them is."""
    new = child(given, "NewBodyContent")
    new = new if new is not None else child(given, "Body")
    text = new.text or "" if new is not None else ""
    new_is_html = new is not None and new.get("BodyType") == "HTML"
    told = {
        "From": original.header("from"),
        "Sent": date(original.sent),
        "To": original.header("to"),
        "Subject": original.header("subject"),
    }
    if not new_is_html and original.html is None:
        about = "\n".join(f"{name}: {value}" for name, value in told.items())
        return f"{text}\n\n{RULE}\n{about}\n\n{original.text or ''}", False
    about = "<br>".join(f"<b>{name}:</b> {html.escape(value)}" for name, value in told.items())
    old = original.html if original.html is not None else _as_html(original.text or "")
    return f"{text if new_is_html else _as_html(text)}<hr><div>{about}</div><br>{old}", True


def _as_html(text: str) -> str:
    return f"<div>{html.escape(text)}</div>".replace("\n", "<br>\n")
