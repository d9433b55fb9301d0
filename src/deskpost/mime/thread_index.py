"""Outlook's Thread-Index (MS-OXOMSG 2.2.1.3): what Outlook groups the mails of one conversation by."""

import binascii
from datetime import UTC, datetime
from hashlib import sha256

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def thread_index(conversation: str, began: datetime, replied: datetime | None = None) -> str:
    """Give the header's value for a mail of a conversation.

    All mails with the same `conversation` (any text that names it for ever) and `began` belong together;
    `replied` is when a mail that is not the first was written. Both moments are aware.
    """
    ticks = _ticks(began)
    header = (
        b"\x01"
        + (ticks >> 24 & 0xFFFFFFFFFF).to_bytes(5, "big")
        + sha256(conversation.encode()).digest()[:16]
    )
    if replied is not None:
        header += _child(max(0, _ticks(replied) - ticks))
    return binascii.b2a_base64(header, newline=False).decode("ascii")


def _ticks(moment: datetime) -> int:
    """Steps of 100 ns since 1601, as Windows counts."""
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 10_000_000 + passed.microseconds * 10


def _child(passed: int) -> bytes:
    """One bit for the scale, 31 for the time since the first mail, 8 that may be anything."""
    if passed >> 49:
        value = 0x80000000 | passed >> 23 & 0x7FFFFFFF
    else:
        value = passed >> 18 & 0x7FFFFFFF
    return value.to_bytes(4, "big") + b"\x00"
