"""Beginning to listen to a mailbox: connecting and signing in wait for a server, so this is for a thread of its own."""

import logging

from deskpost import wake
from deskpost.access.targets import target_of
from deskpost.inbound import leases
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.push import states
from deskpost.inbound.push.wanted import Wanted
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import ActRefused, Throttled, TransportError
from deskpost.transports.imap_idle import IdleFolder, open_idle

NOT_OFFERED = 3600.0  # seconds until a server that knows no IDLE is asked again
PATIENCE = 300.0  # seconds for a server that asked for patience and named no time
log = logging.getLogger(__name__)


class Listening:
    """A mailbox that is listened to: with which settings, over what, and by which lease."""

    def __init__(self, mailbox_id: int, version: str, folder: IdleFolder, lease: leases.Held) -> None:
        """Keep them."""
        self.mailbox_id = mailbox_id
        self.version = version
        self.folder = folder
        self.lease = lease


def begin(wanted: Wanted) -> Listening | None:
    """Listen to a mailbox; None where somebody else does, or where it failed, which is noted with its words."""
    lease = leases.hold(f"{states.WATCH}{wanted.mailbox_id}")
    if lease is None:
        return None
    listening = None
    try:
        listening = _begin(wanted, lease)
    except (TransportError, SecretUnreadable) as failure:
        note(wanted.mailbox_id, wanted.version, failure)
    finally:
        if listening is None:
            leases.give_back([lease])
    return listening


def _begin(wanted: Wanted, lease: leases.Held) -> Listening:
    mailbox = Mailbox.objects.get(pk=wanted.mailbox_id)
    target = target_of(mailbox)
    assert target.login is not None, "a mailbox is opened as somebody"
    folder = open_idle(target.server, target.login, mailbox.source_folder)
    try:
        states.connected(wanted.mailbox_id, wanted.version)
        wake.fetching(wanted.mailbox_id)  # what came before anybody listened
    except BaseException:
        folder.close()
        raise
    return Listening(wanted.mailbox_id, wanted.version, folder, lease)


def note(mailbox_id: int, version: str, failure: TransportError | SecretUnreadable) -> None:
    """Note why a mailbox is not listened to, and for how long it is left alone."""
    words, wait = str(failure), 0.0
    if isinstance(failure, Throttled):
        wait = failure.retry_after or PATIENCE
    elif isinstance(failure, ActRefused) and failure.answer is None:
        wait = NOT_OFFERED
    log.info("Mailbox %d is not listened to: %s", mailbox_id, words)
    states.failed(mailbox_id, version, words, wait)
