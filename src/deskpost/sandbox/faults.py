"""What the outside's faults are to the simulated cloud."""

from collections.abc import Collection

from deskpost.sandbox.cloud.cloud import Fault

_SENT = r"/sendMail$|/send$"
_COPIES = "sentitems|drafts|outbox"  # where Deskpost looks for a mail whose fate it does not know
SENDING = rf"{_SENT}|/users/[^/]+/messages$|/attachments(/createUploadSession)?$|/mailFolders/({_COPIES})/"
FETCHING = rf"/mailFolders/(?!{_COPIES})[^/]+/|/users/[^/]+/messages/[^/]+(/\$value|/move)?$|/subscriptions"
"""Paths of Graph's requests that send the desk's mail, and of those that fetch from its mailboxes.

Which mailbox it is both ask, and that is answered.
"""
_OUT_OF_ORDER = {
    "status": 503,
    "headers": {"Retry-After": "2"},
}  # told, so that it is sure that nothing was sent


def faults_of(broken: Collection[str]) -> list[Fault]:
    """Give the faults of the cloud for what is broken, of outside.FAULTS."""
    found = []
    if "outgoing" in broken:
        found.append(Fault("graph", "status", _OUT_OF_ORDER, path=SENDING, times=None))
    if "answers" in broken:
        found.append(Fault("graph", "lost_answer", path=_SENT, times=None))
    if "incoming" in broken:
        found += [Fault("graph", "reset", path=FETCHING, times=None), Fault("ews", "reset", times=None)]
    return found
