"""How many mails an error folder holds, asked at its server by somebody who waits for the answer."""

from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.error_folder import limits
from deskpost.inbound.mailboxes import Mailbox
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import TransportError

STEP_TIME = 4.0  # seconds that each step at the server may take


def ask(mailbox: Mailbox) -> str:
    """Ask it and note it; give why that was not possible, in words, or nothing."""
    try:
        with open_source(mailbox, read_only=True, step_time=STEP_TIME) as source:
            limits.note_total(mailbox, source)
    except TransportError as trouble:
        return trouble.words
    except SecretUnreadable as trouble:
        return str(trouble)
    return ""
