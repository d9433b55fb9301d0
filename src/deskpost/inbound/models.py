"""All tables of incoming mail, for Django to find."""

from deskpost.inbound.connectivity import MailConfig, MailConfigEvent
from deskpost.inbound.leases import Lease
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import (
    InboundMessage,
    MailAct,
    MailOutcome,
    Present,
    RawChunk,
    Unacknowledged,
    Undecided,
)

__all__ = [
    "InboundMessage",
    "Lease",
    "MailAct",
    "MailConfig",
    "MailConfigEvent",
    "MailOutcome",
    "Mailbox",
    "MailboxState",
    "Present",
    "RawChunk",
    "Unacknowledged",
    "Undecided",
]
