"""A delivery report that a person sends on in its own form: multipart/report, under the person's own name."""

from deskpost.mime.bounces import daemons
from deskpost.mime.message import Message

_SYSTEMS_HEADERS = frozenset(("x-failed-recipients", "precedence", "x-auto-response-suppress"))


def is_theirs(message: Message) -> bool:
    """Tell whether a person forwards a delivery report; it was reported to that person, and is no news of our mail.

    A system's has a null sender, says that it was submitted by itself, or is written under the name of one
    (RFC 3464 section 2, RFC 3834 section 5); a person's has none of these.
    """
    if not message.is_report or daemons.weight(message) or not message.from_:
        return False
    if daemons.STATUS_TYPES.isdisjoint(each.content_type for each in message.attachments):
        return False  # complaints, and receipts: those come under the name of who read the mail
    for name, value in message.headers:
        key = name.lower()
        if key in _SYSTEMS_HEADERS or (key == "auto-submitted" and value.strip().lower() != "no"):
            return False
        if key == "return-path" and "".join(value.split()) == "<>":
            return False
    return not daemons.NOBODY.match(message.from_[0].address)
