"""Mails that are encrypted, or compressed and damaged: the request says so, and they are attached whole."""

import html as entities
from hashlib import sha256

from deskpost.mime.body import Body
from deskpost.mime.message import WHOLE, Attachment

COMPRESSED = "compressed S/MIME"
"""What a mail is sealed by that could not be expanded."""

_DEFECT = "the mail is encrypted ({}) and could not be read"
_TOLD = (
    "This mail is encrypted ({}), and Deskpost has no key to read it. It is attached whole, as {}. "
    "To do: open that file in a mail program that has the key, or ask the sender to write without encryption."
)
_NAME = "encrypted mail.eml"
_COMPRESSED_DEFECT = (
    "the mail is compressed (S/MIME) and could not be expanded: it is damaged, or far too much"
)
_COMPRESSED_TOLD = (
    "This mail is compressed (S/MIME), and Deskpost could not expand it: it is damaged, or becomes far more than came. "
    "It is attached whole, as {}. "
    "To do: open that file in a mail program, or ask the sender to write without compression."
)
_COMPRESSED_NAME = "compressed mail.eml"
_ARMOUR = "-----BEGIN PGP MESSAGE-----"
_SEARCHED = 200  # characters


def scheme(body: Body, text: str) -> str:
    """Say by what a mail is sealed; "" where there is something to read, and no more than a file of it is.

    Beside an encrypted mail may stand a text that a list or a gateway put there.
    """
    if body.wholly or not text.strip():
        return body.sealed
    armour = text.find(_ARMOUR, 0, _SEARCHED)
    return "PGP" if armour == 0 or (armour > 0 and text[armour - 1] == "\n") else ""


def told(scheme: str, text: str, html: str | None) -> tuple[str, str | None]:
    """Give text and HTML that say so, before what there is."""
    compressed = scheme == COMPRESSED
    words = _COMPRESSED_TOLD.format(_COMPRESSED_NAME) if compressed else _TOLD.format(scheme, _NAME)
    shown = None if html is None else f"<p>{entities.escape(words)}</p>\n{html}"
    return f"{words}\n\n{text}" if text.strip() else words, shown


def defect(scheme: str) -> str:
    """Give the words for the trace."""
    return _COMPRESSED_DEFECT if scheme == COMPRESSED else _DEFECT.format(scheme)


def whole(scheme: str, raw: bytes) -> Attachment:
    """Give the mail itself as a file of the mail."""
    digest = sha256(raw).hexdigest()
    name = _COMPRESSED_NAME if scheme == COMPRESSED else _NAME
    return Attachment(WHOLE, name, "message/rfc822", len(raw), digest, inline=False, content_id=None)
