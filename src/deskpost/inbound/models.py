"""All tables of incoming mail, for Django to find."""

from deskpost.inbound.leases import Lease
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import (
    InboundMessage,
    MailOutcome,
    Present,
    RawChunk,
    Unacknowledged,
    Undecided,
)

__all__ = [
    "InboundMessage",
    "Lease",
    "MailOutcome",
    "Mailbox",
    "MailboxState",
    "Present",
    "RawChunk",
    "Unacknowledged",
    "Undecided",
]
