"""Microsoft Graph's lanes by outgoing server: which mail is in each, and how often Microsoft asked for patience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from deskpost.access import inboxes, lanes_seen, throttles
from deskpost.access.lanes_seen import HeldLane
from deskpost.access.throttles import Seen
from deskpost.desk.roles import Visible
from deskpost.minutes import EVER, HOUR
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.visible import visible_mails


@dataclass(frozen=True, slots=True)
class GraphLanes:
    """The lanes of one server's own mailbox that are held, how many of its pool's are, and what Microsoft said.

    `throttled`: answers 429 and 503 within the last hour; `longest`: seconds of the longest Retry-After among them,
    None where none was named. `ever`: such answers of all time. Its pool's are counted with it.
    """

    server: OutgoingServer
    held: Sequence[HeldLane]
    held_of_pool: Mapping[str, int] = field(default_factory=dict)
    throttled: int = 0
    longest: float | None = None
    ever: int = 0

    @property
    def in_use(self) -> int:
        """How many lanes are held, of its pool as well."""
        return len(self.held) + sum(self.held_of_pool.values())


def lanes_of(servers: Sequence[OutgoingServer], now: datetime) -> list[GraphLanes]:
    """Give the lanes of those of the servers that send by Graph, in the same order."""
    by_graph = [one for one in servers if one.protocol == "graph"]
    names = {
        one.pk: {box: inboxes.names(one.address, [box]) for box in (one.mailbox_opened, *one.sender_pool)}
        for one in by_graph
    }
    every = {name for boxes in names.values() for of_box in boxes.values() for name in of_box}
    held, seen = lanes_seen.held(every), throttles.seen(every, now - HOUR)
    return [_of(one, names[one.pk], held, seen) for one in by_graph]


def mails_in(lanes: Sequence[GraphLanes], desk: Visible) -> dict[int, OutboxMail]:
    """Give the mails that are in lanes, as far as the person may see them."""
    ids = [one.mail_id for of_server in lanes for one in of_server.held if one.mail_id is not None]
    if not ids:
        return {}
    return visible_mails(desk).select_related("record", "author").in_bulk(ids)


def _of(
    server: OutgoingServer, names: Mapping[str, set[str]], held: Sequence[HeldLane], seen: Sequence[Seen]
) -> GraphLanes:
    client = server.client_id.strip().lower()
    own, *pool = (server.mailbox_opened, *server.sender_pool)
    theirs = [one for one in held if one.client_id == client]
    told = [
        one for one in seen if one.client_id == client and any(one.mailbox in of for of in names.values())
    ]
    lately = [one for one in told if one.minute != EVER]
    return GraphLanes(
        server=server,
        held=[one for one in theirs if one.mailbox in names[own]],
        held_of_pool={box: sum(one.mailbox in names[box] for one in theirs) for box in pool},
        throttled=sum(one.answers for one in lately),
        longest=max((one.longest for one in lately), default=0.0) or None,
        ever=sum(one.answers for one in told if one.minute == EVER),
    )
