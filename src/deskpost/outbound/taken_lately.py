"""By which ways mail is taken, as this process saw a moment ago: who opens one again need not ask whether it works.

By Graph and EWS that question is a request of its own, which takes as long as sending a mail and one of four places.
Of a way that this process has not tried, the server's state tells what others saw.
"""

import time
from datetime import timedelta

from django.utils import timezone

from deskpost.outbound.route import Hop
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState

_LASTS = 60.0  # seconds
_OTHERS_SAW = timedelta(hours=1)
_Way = tuple[int, Hop]  # a server, and how it is reached with its present settings
_seen: dict[_Way, tuple[float, bool]] = {}  # when, by time.monotonic, and whether all was well


def note(hop: Hop | None, well: bool) -> None:
    """Note that this way could be opened or a mail was sent by it; or that one was not, whatever the reason."""
    if hop is None:
        return
    now = time.monotonic()
    for other, (at, _) in list(_seen.items()):
        if now - at > _LASTS:
            _seen.pop(other, None)
    _seen[_way(hop)] = now, well


def by(hop: Hop) -> bool:
    """Tell whether this way worked with these settings less than a minute ago, and no mail failed by it since.

    Where nothing of it was seen here for a minute: whether the server took mail within the hour and is in no trouble.
    """
    at, well = _seen.get(_way(hop), (-_LASTS, False))
    if time.monotonic() - at < _LASTS:
        return well
    return not hop.alternate and not hop.mailbox and _fares_well(hop.row)


def forget() -> None:
    """Know no more than a process that has just begun."""
    _seen.clear()


def _fares_well(server: OutgoingServer) -> bool:
    state: OutgoingServerState | None = getattr(server, "state", None)
    if state is None or state.last_sent_at is None or timezone.now() - state.last_sent_at > _OTHERS_SAW:
        return False
    return not (state.failing_since or state.patience_since or state.ended_since)


def _way(hop: Hop) -> _Way:
    return hop.row.pk, hop
