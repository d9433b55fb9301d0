"""Overflow: while the queue of a Graph server takes too long, notifications leave by an SMTP server named for it.

A mail stays its own server's: the other claims it as it is, with its sender (see queue.claim). Only what was never
tried is taken up, so that a mail of unknown fate is looked for where it may have been sent, and its own server has
the last word on what the other refuses. Times are PostgreSQL's.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from deskpost import wake
from deskpost.access.lanes import LANES
from deskpost.outbound import fate
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState
from deskpost.outbound.tries import Outcome

log = logging.getLogger(__name__)

UNMEASURED = 2.5  # seconds a mail in one lane, until it was measured: what Microsoft takes
PROPOSED_LIMIT = 15  # seconds; with the turn of the last mail before it and its own nobody waits for 30
_DRAINED = 0.5  # of the limit: under it the overflow ends, so that it does not begin again at once
_WEIGHT = 0.3  # of the newest tries in what a mail takes

# How long a mail that is written now would wait: as many seconds as the lanes take for all before it, those of the
# pool's mailboxes included, after the pause that Microsoft asked for.
_EXPECTED = f"""
    SELECT source.overflow_to_id, source.overflow_after_s, state.overflow_since,
        coalesce(state.seconds_a_mail, {UNMEASURED}) / least(source.connections, {LANES}) * (
            SELECT count(*) FROM outbox_mail mail WHERE mail.server_id = source.id AND mail.state = 'queued'
            AND mail.next_try_at <= clock_timestamp())
        / greatest(1, pool.ready + CASE WHEN state.not_before > clock_timestamp() THEN 0 ELSE 1 END)
        + CASE WHEN pool.ready > 0 THEN 0
            ELSE greatest(0, extract(epoch FROM state.not_before - clock_timestamp()))::float8 END
    FROM outgoing_server source LEFT JOIN outgoing_server_state state ON state.server_id = source.id
    CROSS JOIN LATERAL (SELECT count(*) AS ready FROM unnest(source.sender_pool) AS one (mailbox) WHERE NOT EXISTS (
        SELECT 1 FROM sender_pool_state other WHERE other.server_id = source.id AND other.mailbox = one.mailbox
        AND other.not_before > clock_timestamp())) AS pool
    WHERE source.id = %s AND NOT source.paused AND source.protocol = 'graph'
"""  # noqa: S608
_BEGIN = """
    INSERT INTO outgoing_server_state AS state (server_id, overflow_since)
    SELECT id, clock_timestamp() FROM outgoing_server WHERE id = %s
    ON CONFLICT (server_id) DO UPDATE SET overflow_since = EXCLUDED.overflow_since WHERE state.overflow_since IS NULL
    RETURNING 1
"""
_END = "UPDATE outgoing_server_state SET overflow_since = NULL WHERE server_id = %s AND overflow_since IS NOT NULL"
_OPTED_IN = """
    SELECT id FROM outgoing_server WHERE overflow_to_id IS NOT NULL
    UNION SELECT server_id FROM outgoing_server_state WHERE overflow_since IS NOT NULL ORDER BY 1
"""
_SOURCES = """
    SELECT source.id FROM outgoing_server source
    JOIN outgoing_server_state state ON state.server_id = source.id AND state.overflow_since IS NOT NULL
    JOIN outgoing_server target ON target.id = source.overflow_to_id AND target.protocol IN ('smtp', 'smtps')
    WHERE target.id = %s AND NOT source.paused ORDER BY source.id
"""
_MEASURED = f"""
    INSERT INTO outgoing_server_state AS state (server_id, seconds_a_mail)
    SELECT id, %(seconds)s FROM outgoing_server WHERE id = %(server)s
    ON CONFLICT (server_id) DO UPDATE SET seconds_a_mail = {_WEIGHT} * EXCLUDED.seconds_a_mail
        + {1 - _WEIGHT} * coalesce(state.seconds_a_mail, EXCLUDED.seconds_a_mail)
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Overflow:
    """That notifications of a server leave by another now: its scope's name, and since when."""

    through: str
    since: datetime


def judge(server_id: int) -> bool:
    """Begin or end a server's overflow by how long its queue takes, and wake who takes it up; tell whether it lasts.

    Idempotent, for all processes: whoever looks first writes it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXPECTED, [server_id])
        row: tuple[int | None, int, datetime | None, float] = cursor.fetchone() or (None, 0, None, 0)
        target, limit, since, delay = row
        lasts = target is not None and delay > (limit if since is None else limit * _DRAINED)
        if lasts and since is None:
            cursor.execute(_BEGIN, [server_id])
            if cursor.rowcount:
                words = (
                    "The queue of outgoing server %s takes %.0f s, so its notifications leave by server %s"
                )
                log.warning(words, server_id, delay, target)
        elif not lasts:
            cursor.execute(_END, [server_id])
        if lasts and target is not None:
            wake.sending(target)
    return lasts


def judge_all() -> None:
    """Judge every server that may overflow: for the tick, which sees what nobody is sending at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_OPTED_IN)
        ids = [server_id for (server_id,) in cursor.fetchall()]
    for server_id in ids:
        judge(server_id)


def sources(server_id: int) -> list[int]:
    """Give the servers whose notifications this one takes up now, in the order in which they are locked."""
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, [server_id])
        return [source for (source,) in cursor.fetchall()]


class Watch:
    """What the mails of one run took in a lane, and whether its server is to overflow."""

    def __init__(self) -> None:
        self._mails = 0
        self._seconds = 0.0

    def took(self, seconds: Iterable[float]) -> None:
        """Note how long some mails took."""
        for one in seconds:
            self._mails += 1
            self._seconds += one

    def look(self, server: OutgoingServer) -> None:
        """Write down what a mail took since the last look, and judge; nothing at a server that never overflows."""
        if server.overflow_to_id is None:
            return
        if self._mails:
            mean = {"server": server.pk, "seconds": self._seconds / self._mails}
            with connection.cursor() as cursor:
                cursor.execute(_MEASURED, mean)
            self._mails, self._seconds = 0, 0.0
        judge(server.pk)


def takers() -> QuerySet[OutgoingServer]:
    """Give the servers that may take up what others have too much of: by SMTP, and of no account.

    So whose mail it is never matters: they may carry any account's.
    """
    return OutgoingServer.objects.filter(protocol__in=("smtp", "smtps"), account=None, copied=False)


def refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give (field, words) for what cannot be saved of a server's overflow, or because others overflow to it.

    `values` has the other server as a row, or by its id (`overflow_to_id`) as the history has it.
    """
    target = values.get("overflow_to")
    if "overflow_to_id" in values:
        target = OutgoingServer.objects.filter(pk=values["overflow_to_id"]).first()
    if target is not None and values["protocol"] != "graph":
        yield "overflow_to", "Only a server by Microsoft Graph overflows. To do: leave this empty."
    elif target is not None and not takers().filter(pk=target.pk).exists():
        words = (
            "is of one account, so it may not carry the mail of others"
            if target.account_id
            else "sends not by SMTP"
        )
        yield (
            "overflow_to",
            f"The server of {target.scope_name} {words}. "
            "To do: choose a server by SMTP or SMTPS that is of no account.",
        )
    elif target is not None and values["overflow_after_s"] is None:
        yield "overflow_after_s", "The overflow needs a limit in seconds. To do: write one, such as 15."
    if values["protocol"] in ("smtp", "smtps"):
        return
    source = OutgoingServer.objects.filter(overflow_to=values.get("id") or 0).first()
    if source is not None:
        yield (
            "protocol",
            f"Notifications of {source.scope_name} leave by this server when its queue is too long, which takes SMTP. "
            "To do: choose another server for that first.",
        )


def left_to_its_own(outcome: Outcome) -> Outcome:
    """Give what becomes of a mail after the other server's try: whom that refused, its own server writes to at once.

    So a relay that does not let Deskpost write as this address costs no mail. What may have been sent is not looked
    for in the mailbox of its own server: it would not be there.
    """
    reached = {address: one for address, one in outcome.recipients.items() if one["state"] == "sent"}
    if outcome.state == "sent" and reached == outcome.recipients:
        return outcome
    looks = fate.ENOUGH if outcome.unknown_fate else 0
    return replace(outcome, state="queued", recipients=reached, delay=0.0, looks=looks, missed=())


def overflow_of(server: OutgoingServer) -> Overflow | None:
    """Tell by which other server a server's notifications leave now; None while by itself."""
    state: OutgoingServerState | None = getattr(server, "state", None)
    if state is None or state.overflow_since is None or server.overflow_to is None or server.paused:
        return None
    return Overflow(server.overflow_to.scope_name, state.overflow_since)
