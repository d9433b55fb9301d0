"""An error folder that is where mail comes in, by whatever name its server knows it: error mails would come back."""

from contextlib import suppress

from deskpost.inbound.error_folder import names
from deskpost.inbound.mailboxes import Mailbox
from deskpost.transports.errors import ActRefused, MailboxMissing
from deskpost.transports.source import Source

WORDS = (
    "Its server knows the error folder as {folder}, which is the inbox or the folder that is fetched from; error mails "
    "would come back. To do: name another folder in the mailbox."
)
_INBOX = "INBOX"


def is_it(mailbox: Mailbox, source: Source, folder: str) -> bool:
    """Tell whether a folder is the inbox or the one that is fetched from, also by another name.

    Exchange knows the inbox by its name in the mailbox's language too, as `Posteingang`.
    """
    places = dict.fromkeys((mailbox.source_folder, _INBOX))
    if any(names.same(folder, place) for place in places):
        return True
    for place in places:
        with suppress(MailboxMissing, ActRefused):
            if source.are_one(folder, place):
                return True
    return False
