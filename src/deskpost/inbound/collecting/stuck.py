"""Mails at which a server breaks off: what got no further at one three times in a row takes the others first.

A mail that the others pass is set aside, as one that the server will not give: it holds up nothing any more.
"""

from django.db.models import Case, F, Value, When

from deskpost.inbound import leases
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.transports.source import RawMail, Source

PATIENCE = 3  # fetches
REFUSAL = "the connection broke off at it in several fetches in a row, and other mails came whole"


def met(mailbox: Mailbox, source: Source, lease: leases.Held, uid: str, *, first: bool) -> None:
    """Note that a fetch broke off at a mail. `first`: others came before it, so this says nothing of it yet."""
    place = _place(mailbox, source, uid)
    again = Value(1) if first else Case(When(stuck_at=place, then=F("stuck_times") + 1), default=1)
    with lease.transaction():
        MailboxState.objects.filter(mailbox=mailbox).update(stuck_at=place, stuck_times=again)


def broke_off_at(mailbox: Mailbox) -> str | None:
    """Give the mail that fetches broke off at again and again, None where there is none; to be asked once a fetch."""
    found = MailboxState.objects.filter(mailbox=mailbox, stuck_times__gte=PATIENCE)
    return found.values_list("stuck_at", flat=True).first()


def left_for_later(mailbox: Mailbox, source: Source, uids: list[str], broke_off: str | None) -> str | None:
    """Take the mail that fetches broke off at out of these, if there are others to begin with; give its UID."""
    if broke_off is None or len(uids) < 2:
        return None
    uid = next((one for one in uids if _place(mailbox, source, one) == broke_off), None)
    if uid is not None:
        uids.remove(uid)
    return uid


def set_aside(uid: str) -> RawMail:
    """Give such a mail as one that is refused."""
    return RawMail(uid, 0, b"", False, REFUSAL)


def _place(mailbox: Mailbox, source: Source, uid: str) -> str:
    return f"{mailbox.source_number} {mailbox.source_folder} {source.validity} {uid}"
