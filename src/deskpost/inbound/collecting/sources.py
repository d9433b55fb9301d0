"""Opening a mailbox's server with the mailbox's settings."""

from contextlib import AbstractContextManager

from deskpost.access.targets import target_of
from deskpost.inbound.mailboxes import Mailbox
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.source import Sample, Source


def open_source(
    mailbox: Mailbox,
    *,
    saved: Mailbox | None = None,
    read_only: bool = False,
    step_time: float | None = None,
) -> AbstractContextManager[Source]:
    """Give a context that connects, signs in and opens the folder. Raises members of TransportError.

    The mailbox may be one that is not saved; the consent of `saved` counts then. `step_time` limits each step, in
    seconds, where somebody waits for the answer.
    """
    opener = PROTOCOLS[mailbox.protocol].open_source
    assert opener is not None, "a mailbox has an incoming protocol"
    target = target_of(mailbox, saved=saved, step_time=step_time)
    return opener(target, mailbox.source_folder, read_only=read_only)


def sample(mailbox: Mailbox) -> Sample | None:
    """Give the header and size of the oldest mail, and how many there are, changing nothing; None when empty.

    The mailbox may be one that is not saved. Raises members of TransportError.
    """
    with open_source(mailbox, read_only=True) as source:
        return source.oldest()
