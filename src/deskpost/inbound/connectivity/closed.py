"""Mailboxes that Exchange Online does not open though it takes the token: tried again before somebody is asked.

It answers "User is authenticated but not connected" where the person has no right to the mailbox, and at times where
its own servers fail, to a whole tenant. So the first such answer renews the token, further ones are failures like any
other, and only those that go on are a consent that is lost.
"""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Coalesce, Now

from deskpost.access import consents
from deskpost.inbound.mailboxes import NOT_CLOSED, Mailbox, MailboxState
from deskpost.transports.errors import MailboxClosed, TransportError

TRIES = 5  # in a row that meet it, all but the first by a fresh token, and
LEAST = timedelta(minutes=15)  # since the first of them


def met(mailbox: Mailbox, failure: TransportError) -> bool:
    """Note in the caller's transaction what a try met; True once it is this for so long that somebody has to act.

    The next try after the first of a row begins with a fresh token. Any other failure between begins a new row.
    """
    states = MailboxState.objects.filter(mailbox=mailbox)
    if not isinstance(failure, MailboxClosed):
        states.exclude(closed_tries=0).update(**NOT_CLOSED)
        return False
    states.update(closed_since=Coalesce(F("closed_since"), Now()), closed_tries=F("closed_tries") + 1)
    if states.filter(closed_tries=1).exists():
        consents.distrust(mailbox)
    return states.filter(closed_tries__gte=TRIES, closed_since__lte=Now() - LEAST).exists()
