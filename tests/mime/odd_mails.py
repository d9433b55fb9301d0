"""The corpus `odd_mails`: what Python's own parser sees in each mail, beside what Deskpost keeps of it.

There are no expected values. Where both read a value in their own way, what counts is that nothing is lost.
"""

import email
import email.message
import email.utils
import re
from collections.abc import Iterator
from hashlib import sha256

from deskpost.mime.message import Message
from deskpost.mime.parse import parse
from tests.mime.corpora import MAILS, ROOT, name_of
from tests.mime.mime_corpus import Value

KINDS = ("subject", "addresses", "bodies", "attachments")
EXCUSED = {
    "odd_mails/plain_emails/raw_email_incorrect_header.eml": "Python takes the rest of a broken header for text",
    "odd_mails/rfc2822/example13.eml": "Python takes the rest of a broken header for text",
    "odd_mails/plain_emails/raw_email_with_at_display_name.eml": "Python takes a name with an at sign for an address",
}
"""Mails of which Python's own parser is wrong."""
ODD = tuple(path for path in MAILS if path.is_relative_to(ROOT / "odd_mails"))


def kept() -> Iterator[Value]:
    """Give each value that is there, and what we keep: the same where nothing is lost."""
    for path in ODD:
        raw = path.read_bytes()
        for kind, wanted, found in _of_mail(raw, parse(raw)):
            yield Value(name_of(path), kind, wanted, found)


def _of_mail(raw: bytes, message: Message) -> Iterator[tuple[str, object, object]]:
    seen = email.message_from_bytes(raw)
    if str(seen["Subject"] or "").strip():
        yield "subject", True, bool(message.subject)
    people = {one.address.lower() for one in (*message.from_, *message.reply_to, *message.to, *message.cc)}
    for name in ("From", "Reply-To", "To", "Cc"):
        for _, address in email.utils.getaddresses([str(value) for value in seen.get_all(name, [])]):
            if re.fullmatch(r"[^@\s]+@[^@\s]+", address) and address.isascii():
                yield (
                    "addresses",
                    address.lower(),
                    address.lower() if address.lower() in people else sorted(people),
                )
    hashes = {file.sha256 for file in message.attachments}
    said = _words(f"{message.text} {message.html or ''}")
    for part in _leaves(seen):
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_content_maintype() == "text" and sha256(content).hexdigest() not in hashes:
            words = _words(content.decode("latin-1"))
            yield "bodies", True, len(words - said) * 10 <= len(words)
        elif content.strip() and part.get_content_maintype() != "text":
            digest = sha256(content).hexdigest()
            yield "attachments", digest, digest if digest in hashes else sorted(hashes)


def _leaves(part: email.message.Message) -> Iterator[email.message.Message]:
    """Yield the parts of the mail itself; a mail within it is a file."""
    if part.get_content_maintype() == "message":
        return
    if not part.is_multipart():
        yield part
    for child in part.get_payload() if part.is_multipart() else ():
        if isinstance(child, email.message.Message):
            yield from _leaves(child)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split() if word.isalpha() and word.isascii())
