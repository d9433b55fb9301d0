"""All strings of a Message, for tests that hold of each."""

from collections.abc import Iterator

from deskpost.mime.message import Message


def strings_of(message: Message) -> Iterator[str]:
    """Yield every string a message holds."""
    yield from (message.subject, message.text, message.html or "", message.message_id or "")
    yield from (*message.in_reply_to, *message.references, *message.defects)
    for address in (*message.from_, *message.reply_to, *message.to, *message.cc):
        yield from (address.name, address.address)
    for attachment in message.attachments:
        yield from (attachment.name, attachment.content_type, attachment.content_id or "")
    for name, value in message.headers:
        yield from (name, value)


def can_be_stored(text: str) -> bool:
    """Say whether a database can hold a string: no U+0000, no lone surrogate."""
    return "\0" not in text and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
