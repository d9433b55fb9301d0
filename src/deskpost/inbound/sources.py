"""Opening a mailbox's server with the mailbox's settings."""

from contextlib import AbstractContextManager

from deskpost.desk.installation import private_networks_allowed
from deskpost.inbound.mailboxes import Mailbox
from deskpost.transports.connection import Server
from deskpost.transports.logins import Login
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.source import Sample, Source


def open_source(
    mailbox: Mailbox, *, read_only: bool = False, step_time: float | None = None
) -> AbstractContextManager[Source]:
    """Give a context that connects, signs in and opens the folder. Raises members of TransportError.

    `step_time` limits each step, in seconds, where somebody waits for the answer.
    """
    limits = {} if step_time is None else {"connect_timeout": step_time, "step_timeout": step_time}
    server = Server(
        host=mailbox.server,
        port=mailbox.port,
        tls=mailbox.tls,  # type: ignore[arg-type]
        verify_certificate=mailbox.verify_certificate,
        ca_file=mailbox.ca_file or None,
        allow_private=private_networks_allowed(),
        **limits,
    )
    login = Login(mailbox.username, mailbox.password)
    opener = PROTOCOLS[mailbox.protocol].open_source
    assert opener is not None, "a mailbox has an incoming protocol"
    return opener(server, login, mailbox.source_folder, read_only=read_only)


def sample(mailbox: Mailbox) -> Sample | None:
    """Give the header and size of the oldest mail, and how many there are, changing nothing; None when empty.

    The mailbox may be one that is not saved. Raises members of TransportError.
    """
    with open_source(mailbox, read_only=True) as source:
        return source.oldest()
