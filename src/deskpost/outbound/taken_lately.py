"""By which ways mail is taken, as this process saw a moment ago: who opens one again need not ask whether it works.

By Graph and EWS that question is a request of its own, which takes as long as sending a mail and one of four places.
"""

import time

from deskpost.outbound.route import Hop

_LASTS = 60.0  # seconds
_Way = tuple[int, Hop]  # a server, and how it is reached with its present settings
_seen: dict[_Way, float] = {}  # when, by time.monotonic


def note(hop: Hop | None, well: bool) -> None:
    """Note that this way could be opened or a mail was sent by it; or that one was not, whatever the reason."""
    if hop is None:
        return
    now = time.monotonic()
    for other, at in list(_seen.items()):
        if now - at > _LASTS:
            _seen.pop(other, None)
    if well:
        _seen[_way(hop)] = now
    else:
        _seen.pop(_way(hop), None)


def by(hop: Hop) -> bool:
    """Tell whether this way worked with these settings less than a minute ago, and no mail failed by it since."""
    return time.monotonic() - _seen.get(_way(hop), -_LASTS) < _LASTS


def _way(hop: Hop) -> _Way:
    return hop.row.pk, hop
