"""All tables of outgoing mail, for Django to find."""

from deskpost.outbound.bell import BellNotice
from deskpost.outbound.bounced import DeadAddress
from deskpost.outbound.failover import Generation, Process
from deskpost.outbound.minutes import ServerMinute
from deskpost.outbound.outbox import OutboxAct, OutboxAttempt, OutboxFile, OutboxMail, SentCopy
from deskpost.outbound.pool import SenderPoolState
from deskpost.outbound.rules import NotificationRule, RuleTechnician
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState, ServerConsent

__all__ = [
    "BellNotice",
    "DeadAddress",
    "Generation",
    "NotificationRule",
    "OutboxAct",
    "OutboxAttempt",
    "OutboxFile",
    "OutboxMail",
    "OutgoingServer",
    "OutgoingServerState",
    "Process",
    "RuleTechnician",
    "SenderPoolState",
    "SentCopy",
    "ServerConsent",
    "ServerMinute",
]
