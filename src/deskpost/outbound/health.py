"""How sending by a server fares: failing, or waiting as it asked, since when and why; how long it is left alone."""

import random

from django.db import connection

SERVER_S_TROUBLE = 5  # mails in a row at which a server breaks off, each at its first try
SHORTEST_WAIT = 5.0  # seconds
LONGEST_WAIT = 300.0

# A server is left alone for a quarter of the time that this has been going on: soon again at first, seldom later.
_LEFT_ALONE = """
    INSERT INTO outgoing_server_state AS state (server_id, {since}, reason, not_before)
    SELECT id, clock_timestamp(), %(reason)s, clock_timestamp() + make_interval(secs => coalesce(%(wait)s, %(least)s))
    FROM outgoing_server WHERE id = %(server)s
    ON CONFLICT (server_id) DO UPDATE SET
        {since} = coalesce(state.{since}, clock_timestamp()), {other} = NULL, ended_since = NULL, reason = %(reason)s,
        broke_off = '{{}}',
        not_before = clock_timestamp() + make_interval(secs => coalesce(%(wait)s, %(jitter)s * least(%(most)s, greatest(
            %(least)s, extract(epoch FROM clock_timestamp()
                - coalesce(state.failing_since, state.patience_since, clock_timestamp())) / 4))))
"""
_FAILING = _LEFT_ALONE.format(since="failing_since", other="patience_since")
_ASKED = _LEFT_ALONE.format(since="patience_since", other="failing_since")
_WELL = """
    INSERT INTO outgoing_server_state AS state (server_id, last_sent_at)
    SELECT id, clock_timestamp() FROM outgoing_server WHERE id = %s
    ON CONFLICT (server_id) DO UPDATE SET last_sent_at = clock_timestamp(), failing_since = NULL, patience_since = NULL,
        reason = '', broke_off = '{}'
"""
_BROKE_OFF = """
    INSERT INTO outgoing_server_state AS state (server_id, broke_off)
    SELECT id, ARRAY[%(mail)s::bigint] FROM outgoing_server WHERE id = %(server)s
    ON CONFLICT (server_id) DO UPDATE SET
        broke_off = array_remove(state.broke_off, %(mail)s::bigint) || %(mail)s::bigint
    RETURNING cardinality(broke_off)
"""


def note_failing(server_id: int, reason: str, wait: float | None, *, asked: bool = False) -> None:
    """Note that the server cannot be used; `wait` is the seconds it asked for itself, None when it named none.

    `asked`: it answers, and asked for patience.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _ASKED if asked else _FAILING,
            {
                "server": server_id,
                "reason": reason,
                "wait": wait,
                "least": SHORTEST_WAIT,
                "most": LONGEST_WAIT,
                "jitter": random.uniform(0.8, 1.2),  # noqa: S311
            },
        )


def note_well(server_id: int) -> None:
    """Note that the server took mail just now."""
    with connection.cursor() as cursor:
        cursor.execute(_WELL, [server_id])


def note_broke_off(server_id: int, mail_id: int) -> int:
    """Note that the server broke off at a mail; give at how many different ones in a row by now.

    A mail that it takes ends the row, and so does its being left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BROKE_OFF, {"server": server_id, "mail": mail_id})
        return int((cursor.fetchone() or (0,))[0])
