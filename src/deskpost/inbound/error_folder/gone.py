"""Error mails that are not where they were fetched: moved by a try whose answer was lost, or removed by somebody."""

from collections.abc import Iterable
from copy import copy

from deskpost.inbound import leases
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.error_folder import matching
from deskpost.inbound.error_folder.mails import ErrorMail, Place
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, Unacknowledged
from deskpost.transports.errors import MailboxMissing

VANISHED = (
    "It was removed at its server before it could be moved into the error folder. Deskpost holds it. "
    "To do: process it again."
)
NOT_THERE = (
    "It was taken out of the error folder at its server, so it could not be moved to the inbox. Deskpost holds it. "
    "To do: process it again."
)
FOLDER_GONE = (
    "The error folder {folder} is not at the server any more, so its mails could not be moved to the inbox. "
    "Deskpost holds them. To do: process them again."
)


def settle(mailbox: Mailbox, lease: leases.Held, ids: Iterable[int], there: str) -> None:
    """Note of mails that left their place whether they lie in the error folder, which is looked through.

    Raises LeaseLost, and what is wrong with the connection.
    """
    left = set(ids)
    if not left:
        return
    found = left & _in(mailbox, left, there)
    with lease.transaction():
        note_moved(found, there)
        vanished = left - found
        ErrorMail.objects.filter(pk__in=vanished).update(
            place=Place.KEPT, folder="", words=VANISHED, copied=False, copying_since=""
        )
        Unacknowledged.objects.filter(pk__in=vanished).delete()


def note_moved(ids: Iterable[int], there: str) -> None:
    """Note in the caller's transaction that mails lie in the error folder: their place there is their origin."""
    mails = list(ids)
    ErrorMail.objects.filter(pk__in=mails).update(
        place=Place.FOLDER, folder=there, words="", copied=False, copying_since=""
    )
    InboundMessage.objects.filter(pk__in=mails).update(folder=there)
    Unacknowledged.objects.filter(pk__in=mails).delete()


def note_folder_gone(lease: leases.Held, mailbox: Mailbox, folder: str) -> tuple[int, str]:
    """Note that a folder is gone with its mails; give how many error mails were to lie in it, and that in words."""
    words = FOLDER_GONE.format(folder=folder)
    with lease.transaction():
        rows = ErrorMail.objects.filter(mailbox=mailbox, place=Place.FOLDER, folder=folder)
        return rows.update(place=Place.KEPT, folder="", words=words), words


def _in(mailbox: Mailbox, ids: set[int], there: str) -> set[int]:
    """Find those that lie in the folder beside the error mails that are known to lie there."""
    wanted = [
        *matching.known(mailbox=mailbox, place=Place.FOLDER, folder=there),
        *matching.known(pk__in=ids),
    ]
    aside = copy(mailbox)
    aside.source_folder = there
    try:
        with open_source(aside, saved=mailbox, read_only=True) as source:
            return set(matching.matched(source, wanted, source.list(None, None)).values())
    except MailboxMissing:
        return set()
