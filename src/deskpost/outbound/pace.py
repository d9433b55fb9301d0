"""How many mails a server may be given now: none while paused or told to wait, and never over its rate."""

from django.db import connection

BURST = 3.0  # seconds of the rate that may be made up for at once, for sending is woken every 2 s

_LOOK = """
    SELECT server.mails_per_minute, server.paused OR state.not_before > clock_timestamp()
            OR EXISTS (SELECT 1 FROM server_consent WHERE server_id = server.id AND lost_at IS NOT NULL),
        extract(epoch FROM clock_timestamp() - state.paced_until)::float8
    FROM outgoing_server server LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    WHERE server.id = %s
"""
_LOOK_OF_POOL = """
    SELECT server.mails_per_minute, server.paused OR NOT %s = ANY(server.sender_pool)
            OR coalesce(of_pool.not_before > clock_timestamp(), false)
            OR EXISTS (SELECT 1 FROM server_consent WHERE server_id = server.id AND lost_at IS NOT NULL),
        extract(epoch FROM clock_timestamp() - state.paced_until)::float8
    FROM outgoing_server server LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    LEFT JOIN sender_pool_state of_pool ON of_pool.server_id = server.id AND of_pool.mailbox = %s
    WHERE server.id = %s
"""
_SPEND = """
    INSERT INTO outgoing_server_state AS state (server_id, paced_until)
    SELECT id, clock_timestamp() + make_interval(secs => %(mails)s * 60.0 / mails_per_minute)
    FROM outgoing_server WHERE id = %(server)s AND mails_per_minute IS NOT NULL
    ON CONFLICT (server_id) DO UPDATE SET paced_until = EXCLUDED.paced_until - clock_timestamp()
        + greatest(state.paced_until, clock_timestamp() - make_interval(secs => %(burst)s))
"""


def allowance(server_id: int, wanted: int, mailbox: str = "") -> int:
    """Give how many of `wanted` mails may be sent now. To be asked under the server's claim lock.

    `mailbox`: from this one of the server's pool, which waits by itself; the rate is that of all together.
    """
    with connection.cursor() as cursor:
        if mailbox:
            cursor.execute(_LOOK_OF_POOL, [mailbox, mailbox, server_id])
        else:
            cursor.execute(_LOOK, [server_id])
        row = cursor.fetchone()
    if row is None:
        return 0
    rate, waits, seconds_unused = row
    if waits:
        return 0
    if not rate:
        return wanted
    if seconds_unused is None:
        return 1
    if seconds_unused < 0:
        return 0
    return min(wanted, int(min(seconds_unused, BURST) * rate / 60) + 1)


def spend(server_id: int, mails: int) -> None:
    """Note that so many mails are being sent, where the server has a rate."""
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, {"server": server_id, "mails": mails, "burst": BURST})
