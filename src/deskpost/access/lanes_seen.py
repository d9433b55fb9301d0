"""The lanes of mailboxes as they are held now, for people who look."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

_HELD = """
    SELECT mailbox, client_id, number, extract(epoch FROM clock_timestamp() - taken_at)::float8, mail_id
    FROM graph_lane WHERE owner <> '' AND until > clock_timestamp() AND mailbox = ANY(%s) ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class HeldLane:
    """A lane that is held: its number, for how many seconds (None: unknown), and for which mail of the outbox.

    `mail_id` is None where the request is about something else, such as fetching.
    """

    mailbox: str
    client_id: str
    number: int
    seconds: float | None
    mail_id: int | None


def held(mailboxes: Collection[str]) -> list[HeldLane]:
    """Give the lanes that are held of these mailboxes, by whatever application, in the order of their numbers.

    `mailboxes`: ids of Inboxes and names, as `inboxes.names` gives them.
    """
    if not mailboxes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [list(mailboxes)])
        return [HeldLane(*row) for row in cursor.fetchall()]
