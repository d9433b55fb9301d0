"""All tables of incoming mail, for Django to find."""

from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, MailOutcome, RawChunk, Unacknowledged, Undecided

__all__ = [
    "InboundMessage",
    "MailOutcome",
    "Mailbox",
    "MailboxState",
    "RawChunk",
    "Unacknowledged",
    "Undecided",
]
