"""What Sent Items shows of the sample mail: whether the mailbox keeps Message-IDs and x-headers. It is kept."""

import time
from email.parser import BytesHeaderParser

from deskpost.mime.compose import Draft
from deskpost.outbound import fate
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from deskpost.transports.errors import TransportError
from deskpost.transports.sender import Copy, Sender

_WAITS = (0.0, 0.5, 1.0, 2.0, 3.0)  # seconds before each look: somebody waits before the page
_X_HEADER = "X-Deskpost-Loop"  # one of ours, which nobody else has
_KEPT = {
    (True, True): "This mailbox keeps Message-ID and x-headers.",
    (True, False): "This mailbox keeps Message-ID, and drops x-headers that it does not know.",
    (False, True): "This mailbox keeps x-headers, and gives each mail a Message-ID of its own.",
    (False, False): (
        "This mailbox keeps neither Message-ID nor x-headers: each mail gets a Message-ID of its own, which Deskpost "
        "reads in Sent Items."
    ),
}
_NOT_SEEN = (
    "Its copy was not seen in Sent Items yet, so it is not known whether this mailbox keeps Message-ID."
)


def kept(sender: Sender, mail: Draft, to: str, saved: OutgoingServer, tried: OutgoingServer) -> str:
    """Say what became of Message-ID and x-headers of a mail just sent; empty where nothing lies in Sent Items.

    It is kept for `saved` where that opens the same mailbox as what was tried.
    """
    if not sender.keeps_copies:
        return ""
    try:
        copy = _copy(sender, mail, to)
        content = sender.content(copy) if copy else b""
    except TransportError:
        return _NOT_SEEN
    if copy is None or not content:
        return _NOT_SEEN
    same_id = copy.message_id == mail.message_id
    has_header = _X_HEADER in BytesHeaderParser().parsebytes(content)
    if saved.pk is not None and _way(saved) == _way(tried):
        OutgoingServerState.objects.update_or_create(
            server=saved, defaults={"keeps_message_id": same_id, "keeps_headers": has_header}
        )
    return _KEPT[same_id, has_header]


def _copy(sender: Sender, mail: Draft, to: str) -> Copy | None:
    for wait in _WAITS:
        time.sleep(wait)
        found = [
            one
            for one in sender.copies(mail.message_id, mail.subject, fate.since(mail.date))
            if one.place == "sent" and to.lower() in one.recipients
        ]
        if found:
            return max(found, key=lambda one: (one.message_id == mail.message_id, one.at))
    return None


def _way(server: OutgoingServer) -> tuple[str, str, str]:
    return server.protocol, server.address, server.mailbox_opened
