"""The fingerprint of what a mail says, the same for every copy of it."""

from hashlib import sha256

from deskpost.mime.message import WHOLE, Message


def content_key(message: Message) -> bytes:
    """Give the SHA-256 (32 bytes) over decoded From, Date, Subject, text and the attachments' SHA-256.

    Never over the raw bytes: Received and Delivered-To differ between two mailboxes. A date that cannot be
    read counts as it is written.
    """
    pieces = [message.date.isoformat() if message.date else message.header("Date") or "", message.subject]
    pieces += [part for sender in message.from_ for part in (sender.name, sender.address)]
    pieces.append(message.text.strip())
    pieces += [attachment.sha256 for attachment in message.attachments if attachment.part != WHOLE]
    key = sha256()
    for piece in pieces:
        data = piece.encode()
        key.update(b"%d:" % len(data))  # the length, so that no two mails run together to the same bytes
        key.update(data)
    return key.digest()
