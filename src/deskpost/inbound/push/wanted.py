"""Which mailboxes are to be listened to, by their settings as they are now, and who listens to each."""

from dataclasses import dataclass

from django.db import connection

from deskpost.inbound.push.states import WATCH
from deskpost.transports.protocols import PROTOCOLS

_BY_IDLE = [key for key, protocol in PROTOCOLS.items() if protocol.push == "idle"]
_BY_NOTIFICATIONS = [key for key, protocol in PROTOCOLS.items() if protocol.push == "notifications"]
# A mailbox that asks for patience has a reason and does not fail. The version tells all settings of a mailbox, and
# the address where notifications arrive, from any others.
_WANTED = """
SELECT m.id, m.protocol = ANY(%(notifications)s), md5(m::text || i.public_url), coalesce(l.owner, ''),
       s.reason <> '' AND s.failing_since IS NULL AND s.next_fetch_at > clock_timestamp(),
       p.version IS DISTINCT FROM md5(m::text || i.public_url) OR p.next_try_at <= clock_timestamp(),
       coalesce(p.failures, 0), coalesce(g.version, ''), coalesce(g.renew_at <= clock_timestamp(), true)
FROM mailbox m JOIN mailbox_state s ON s.mailbox_id = m.id CROSS JOIN installation i
LEFT JOIN lease l ON l.thing = %(watch)s || m.id AND l.until > clock_timestamp()
LEFT JOIN mailbox_push p ON p.mailbox_id = m.id
LEFT JOIN graph_subscription g ON g.mailbox_id = m.id
WHERE m.push AND m.fetching AND m.removed_at IS NULL AND m.protocol = ANY(%(protocols)s)
AND NOT EXISTS (SELECT 1 FROM mailbox_consent c WHERE c.mailbox_id = m.id AND c.lost_at IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One mailbox. `owner` holds its lease, "" for nobody; `may_try`: its wait after a failure is over.

    `subscribed`: the version its subscription was made with, "" for none; `renew`: it is time to renew that one.
    """

    mailbox_id: int
    by_notifications: bool
    version: str
    owner: str
    throttled: bool
    may_try: bool
    failures: int
    subscribed: str
    renew: bool

    @property
    def to_open(self) -> bool:
        """Whether a connection that idles is to be made: nobody has one, and no wait is on."""
        return not self.by_notifications and not self.owner and self.may_try and not self.throttled

    @property
    def to_subscribe(self) -> bool:
        """Whether its subscription is to be made or renewed, and nobody is at that."""
        due = self.subscribed != self.version or self.renew
        return self.by_notifications and due and not self.owner and self.may_try


def wanted() -> dict[int, Wanted]:
    """Give the mailboxes that have push, are fetched, and may be signed in to."""
    values: dict[str, str | list[str]] = {
        **{"watch": WATCH, "notifications": _BY_NOTIFICATIONS},
        "protocols": [*_BY_IDLE, *_BY_NOTIFICATIONS],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, values)
        return {row[0]: Wanted(*row) for row in cursor.fetchall()}
