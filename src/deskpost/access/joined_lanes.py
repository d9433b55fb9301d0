"""The lanes of a mailbox of which it becomes known that it has other names too: they count for all its names from then.

What is under way keeps its lane, so that getting to know a mailbox never lets a fifth request in.
"""

from django.db.backends.utils import CursorWrapper

from deskpost.access.lanes import LANES

# No lane is given while they move, nor by the name afterwards: lanes.take looks, holding what this waits for.
_NOT_FOR_LONG = "SET LOCAL lock_timeout = '3s'"  # as who waits here is waited for; it is asked again later
_NOBODY_TAKES = "LOCK TABLE graph_lane IN SHARE ROW EXCLUSIVE MODE"
_FREE = "DELETE FROM graph_lane WHERE mailbox IN (%(name)s, %(id)s) AND owner = ''"
# What finds no free place lasts beside the others until it ends: it came in while nobody knew.
_MOVE = f"""
    WITH held AS (
        SELECT id, client_id, row_number() OVER (PARTITION BY client_id ORDER BY number) AS place
        FROM graph_lane WHERE mailbox = %(name)s
    ), free AS (
        SELECT client_id, number, row_number() OVER (PARTITION BY client_id ORDER BY number) AS place
        FROM (SELECT DISTINCT client_id FROM held) AS one CROSS JOIN generate_series(1, {LANES}) AS number
        WHERE NOT EXISTS (SELECT 1 FROM graph_lane taken WHERE taken.mailbox = %(id)s
            AND taken.client_id = one.client_id AND taken.number = number.number)
    )
    UPDATE graph_lane lane SET mailbox = %(id)s, number = free.number
    FROM held JOIN free USING (client_id, place) WHERE lane.id = held.id
"""  # noqa: S608
_PAUSES = """
    WITH before AS (DELETE FROM graph_pause WHERE mailbox = %(name)s RETURNING client_id, not_before, step)
    INSERT INTO graph_pause AS pause (mailbox, client_id, not_before, step)
    SELECT %(id)s, client_id, not_before, step FROM before
    ON CONFLICT (mailbox, client_id) DO UPDATE SET not_before = greatest(pause.not_before, EXCLUDED.not_before),
        step = greatest(pause.step, EXCLUDED.step)
"""


def join(cursor: CursorWrapper, name: str, id: str) -> None:
    """Let what is held and what is paused by a name count by an id, in the caller's transaction."""
    for statement in (_NOT_FOR_LONG, _NOBODY_TAKES, _FREE, _MOVE, _PAUSES):
        cursor.execute(statement, {"name": name, "id": id})
