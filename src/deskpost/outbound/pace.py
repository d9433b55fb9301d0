"""How many mails a server may be given now: none while paused or told to wait, and never over its rate."""

from django.db import connection

BURST = 3.0  # seconds of the rate that may be made up for at once, for sending is woken every 2 s

_LOOK = """
    SELECT server.mails_per_minute, server.paused OR state.not_before > clock_timestamp(),
        extract(epoch FROM clock_timestamp() - state.paced_until)::float8
    FROM outgoing_server server LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    WHERE server.id = %s
"""
_SPEND = """
    INSERT INTO outgoing_server_state AS state (server_id, paced_until)
    SELECT id, clock_timestamp() + make_interval(secs => %(mails)s * 60.0 / mails_per_minute)
    FROM outgoing_server WHERE id = %(server)s AND mails_per_minute IS NOT NULL
    ON CONFLICT (server_id) DO UPDATE SET paced_until = EXCLUDED.paced_until - clock_timestamp()
        + greatest(state.paced_until, clock_timestamp() - make_interval(secs => %(burst)s))
"""


def allowance(server_id: int, wanted: int) -> int:
    """Give how many of `wanted` mails may be sent now. To be asked under the server's claim lock."""
    with connection.cursor() as cursor:
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
