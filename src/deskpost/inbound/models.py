"""All tables of incoming mail, for Django to find."""

from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.inbound.command.settings import EmailCommand
from deskpost.inbound.connectivity.parameters import MailConfig, MailConfigEvent
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.error_folder.mails import ErrorMail
from deskpost.inbound.error_folder.settings import ErrorFolderSettings
from deskpost.inbound.global_config import GlobalConfig, GlobalConfigEvent
from deskpost.inbound.leases import Lease
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent, MailboxState
from deskpost.inbound.messages import (
    InboundMessage,
    MailAct,
    MailOutcome,
    Present,
    RawChunk,
    Unacknowledged,
    Undecided,
)
from deskpost.inbound.minutes import MailboxMinute
from deskpost.inbound.push.states import MailboxPush
from deskpost.inbound.push.subscription import GraphSubscription
from deskpost.inbound.retention.settings import RetentionSettings
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.inbound.spam.rules import SpamRule

__all__ = [
    "AttachmentSettings",
    "DroppedFile",
    "EmailCommand",
    "ErrorFolderSettings",
    "ErrorMail",
    "GlobalConfig",
    "GlobalConfigEvent",
    "GraphSubscription",
    "InboundMessage",
    "Lease",
    "MailAct",
    "MailConfig",
    "MailConfigEvent",
    "MailOutcome",
    "Mailbox",
    "MailboxConsent",
    "MailboxMinute",
    "MailboxPush",
    "MailboxState",
    "Present",
    "RawChunk",
    "RetentionSettings",
    "SetupAssistant",
    "SpamRule",
    "Unacknowledged",
    "Undecided",
]
