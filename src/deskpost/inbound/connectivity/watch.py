"""Finding mailboxes that fail without a word: on, due, and nobody completes a fetch."""

from django.db import connection

INTERVALS = 3  # without a completed fetch
_RECENT = 10_000  # newest mails looked at: one that arrived lately means that a long fetch is under way

_FIND = """
UPDATE mailbox_state s SET failing_since = clock_timestamp(),
    reason = 'No fetch has been completed '
        || CASE WHEN s.last_fetch_at IS NULL THEN 'since fetching was started'
                ELSE 'since ' || to_char(s.last_fetch_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' END
        || ', though one is due every ' || m.fetch_every || ' s. '
        || 'Mail waits at its server, none is lost. To do: see that a worker runs, with: deskpost doctor'
FROM mailbox m
WHERE m.id = s.mailbox_id AND m.fetching AND s.failing_since IS NULL
AND NOT EXISTS (SELECT 1 FROM mailbox_consent c WHERE c.mailbox_id = m.id AND c.lost_at IS NOT NULL)
AND s.next_fetch_at < clock_timestamp() - make_interval(secs => m.fetch_every * %(before)s)
AND (s.last_fetch_at IS NULL
     OR s.last_fetch_at < clock_timestamp() - make_interval(secs => m.fetch_every * %(intervals)s))
AND NOT EXISTS (
    SELECT 1 FROM inbound_message i
    WHERE i.id > (SELECT max(id) FROM inbound_message) - %(recent)s AND i.mailbox_id = m.id
    AND i.received_at > clock_timestamp() - make_interval(secs => m.fetch_every * %(intervals)s))
RETURNING m.name
"""


def find_silent() -> list[str]:
    """Mark mailboxes as failing for which no fetch has been completed for three intervals; give their names."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"before": INTERVALS - 1, "intervals": INTERVALS, "recent": _RECENT})
        return [name for (name,) in cursor.fetchall()]
