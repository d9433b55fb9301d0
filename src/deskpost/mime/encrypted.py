"""Mails that are encrypted: they cannot be read, which the request says, and are attached whole."""

import html as entities
from hashlib import sha256

from deskpost.mime.body import Body
from deskpost.mime.message import WHOLE, Attachment

DEFECT = "the mail is encrypted ({}) and could not be read"
_TOLD = (
    "This mail is encrypted ({}), and Deskpost has no key to read it. It is attached whole, as {}. "
    "To do: open that file in a mail program that has the key, or ask the sender to write without encryption."
)
_NAME = "encrypted mail.eml"
_ARMOUR = "-----BEGIN PGP MESSAGE-----"
_SEARCHED = 200  # characters


def scheme(body: Body, text: str) -> str:
    """Say by what a mail is encrypted, "" where there is something to read: then a file of it may be, no more."""
    if not text.strip():
        return body.encrypted
    armour = text.find(_ARMOUR, 0, _SEARCHED)
    return "PGP" if armour == 0 or (armour > 0 and text[armour - 1] == "\n") else ""


def told(scheme: str, text: str, html: str | None) -> tuple[str, str | None]:
    """Give text and HTML that say so, before what there is."""
    words = _TOLD.format(scheme, _NAME)
    shown = None if html is None else f"<p>{entities.escape(words)}</p>\n{html}"
    return f"{words}\n\n{text}" if text.strip() else words, shown


def whole(raw: bytes) -> Attachment:
    """Give the mail itself as a file of the mail."""
    digest = sha256(raw).hexdigest()
    return Attachment(WHOLE, _NAME, "message/rfc822", len(raw), digest, inline=False, content_id=None)
