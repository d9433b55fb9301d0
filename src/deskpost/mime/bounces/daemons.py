"""The names under which mail systems write, and the parts that they write for machines."""

import re

from deskpost.mime.message import Message

STATUS_TYPES = frozenset(("message/delivery-status", "message/global-delivery-status"))
_LONGEST = 500  # characters of a name that are looked at

CERTAIN = 2
"""What a name weighs that no person has."""

CERTAIN_NAME = re.compile(
    r"(?:mailer-?_?daemon|mail-?_?daemon|mail[._-]?delivery|maildelivery|mdaemon|double-bounce)(?:[._+-][^@]*)?(?:@|$)",
    re.I,
)
NAME = re.compile(
    r"(?:mailer-?_?daemon|mail-?_?daemon|postmaster|mail[._-]?delivery|mdaemon|mail-?system|mail-?administrator"
    r"|bounces?|ndr|double-bounce)(?:[._+-][^@]*)?(?:@|$)",
    re.IGNORECASE,
)
NOBODY = re.compile(
    r"(?:no-?_?reply|do-?not-?reply|microsoftexchange[0-9a-f]+)(?:[._+-][^@]*)?@", re.IGNORECASE
)
"""Addresses of programs that read no answers."""

_SHOWN_NAME = re.compile(
    r"\bmailer[- ]daemon\b|\bmail deliver(?:y)?(?= *$| (?:sub|system|service|agent|notif|status|report|fail))|\bndr\b"
    r"|\bdelivery (?:sub)?system\b",
    re.IGNORECASE,
)


def weight(message: Message) -> int:
    """Tell whether a program sent it: 2 for a name that no person has, 1 for one that a person may write under."""
    if not message.from_:
        value = message.header("from")
        return 0 if value is None else CERTAIN if _SHOWN_NAME.search(value[:_LONGEST]) else int("<>" in value)
    sender = message.from_[0]
    if CERTAIN_NAME.match(sender.address) or (sender.name and _SHOWN_NAME.search(sender.name[:_LONGEST])):
        return CERTAIN
    return int(bool(NAME.match(sender.address)))
