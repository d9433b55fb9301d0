"""New mail in the server's folder of junk: counted, so that somebody hears of mail that Deskpost never gets to see."""

import logging
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from deskpost.inbound import leases
from deskpost.inbound.collecting import folder_marks
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.transports.errors import TransportError
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.source import Source

LOOKED_EVERY = timedelta(minutes=10)
log = logging.getLogger(__name__)


def look(mailbox: Mailbox, source: Source, lease: leases.Held) -> None:
    """Count the mails that lie in the folder of junk and came since fetching was started, every ten minutes at most.

    To be called last, for trouble ends the connection; it is logged, and the fetch was well all the same.
    """
    if not PROTOCOLS[mailbox.protocol].folders or not _is_due(mailbox):
        return
    try:
        mark, count = _count(mailbox, source)
    except TransportError as trouble:
        log.info("The folder of junk of %s was not looked into: %s", mailbox.name, trouble.words)
        return
    with lease.transaction():
        MailboxState.objects.filter(mailbox=mailbox).update(junk_mark=mark, junk_new=count)


def _is_due(mailbox: Mailbox) -> bool:
    """Note a look that is due, before it is made: one that goes wrong is not made again at the next fetch."""
    due = Q(junk_looked_at=None) | Q(junk_looked_at__lte=Now() - LOOKED_EVERY)
    return bool(MailboxState.objects.filter(due, mailbox=mailbox).update(junk_looked_at=Now()))


def _count(mailbox: Mailbox, source: Source) -> tuple[str, int | None]:
    """Give the mark to count from at the next look, and how many there are; None where no folder of junk is."""
    folder = source.junk_folder()
    if folder is None or folder == mailbox.source_folder:
        return "", None
    now = source.end_of(folder)
    if now is None:
        return "", None
    mark = MailboxState.objects.get(mailbox=mailbox).junk_mark
    known = folder_marks.read(mark)
    if known is None or known[0] != folder or known[1].validity != now.validity:
        return folder_marks.written(folder, now), 0  # counting begins here
    return mark, source.count_since(folder, known[1])
