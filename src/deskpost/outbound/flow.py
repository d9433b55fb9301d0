"""How mail flows out: what each server sent, what waits, how long it takes, what went wrong. A few questions for all.

`accounts` limits what is told to the servers of these accounts; None: all, those of no account included.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from deskpost.access.lanes import LANES
from deskpost.desk.sending_classes import SendingClass
from deskpost.minutes import BARS, EVER, HOUR, Rates, bar_of
from deskpost.outbound import failover, server_look
from deskpost.outbound.minutes import SENT
from deskpost.outbound.overflow import UNMEASURED
from deskpost.outbound.server_look import BEHIND_AFTER, Fares
from deskpost.outbound.servers import OutgoingServer, OutgoingServerState

RESTING = ("paused", "needs_consent", "ended", "failing")
"""The looks of servers that send nothing now."""
_OF_ACCOUNTS = "(%(accounts)s::bigint[] IS NULL OR server.account_id = ANY(%(accounts)s))"
_SINCE = "SELECT server_id, minute, what, count, seconds FROM server_minute WHERE minute >= %s"
_TROUBLES = """
    SELECT server_id, what, sum(count)::bigint FROM server_minute
    WHERE minute >= %s AND what NOT IN ('sent', 'throttled') GROUP BY 1, 2
"""
_QUEUED = """
    SELECT server_id, sending_class, count(*), count(*) FILTER (WHERE next_try_at <= clock_timestamp()),
        min(created_at) FROM outbox_mail WHERE state = 'queued' GROUP BY 1, 2
    UNION ALL
    SELECT coalesce(overflow_by_id, server_id), sending_class, count(*), 0, min(created_at)
    FROM outbox_mail WHERE state = 'sending' GROUP BY 1, 2
"""
_READY_IN_POOL = """
    SELECT server.id, count(*)
    FROM outgoing_server server CROSS JOIN LATERAL unnest(server.sender_pool) AS one (mailbox)
    WHERE NOT EXISTS (SELECT 1 FROM sender_pool_state other WHERE other.server_id = server.id
        AND other.mailbox = one.mailbox AND other.not_before > clock_timestamp()) GROUP BY 1
"""
_BY_MINUTE = f"""
    SELECT one.minute, one.what, sum(one.count)::bigint,
        bool_and(server.protocol = 'graph') FILTER (WHERE one.what = 'throttled')
    FROM server_minute one LEFT JOIN outgoing_server server ON server.id = one.server_id
    WHERE one.minute >= %(since)s AND one.what IN ('sent', 'throttled') AND {_OF_ACCOUNTS} GROUP BY 1, 2
"""  # noqa: S608
_EVER = "SELECT server_id, what, sending_class, count FROM server_minute WHERE minute = %s AND server_id IS NOT NULL"
_WORST = f"""
    SELECT max(CASE WHEN server.paused THEN 0
        WHEN state.failing_since IS NOT NULL OR state.ended_since IS NOT NULL OR consent.lost_at IS NOT NULL THEN 2
        WHEN state.alternate_generation = %(generation)s AND btrim(server.alternate_server) <> ''
            OR state.patience_since IS NOT NULL AND state.not_before > clock_timestamp()
            OR state.overflow_since IS NOT NULL
            OR EXISTS (SELECT 1 FROM (SELECT next_try_at FROM outbox_mail mail WHERE mail.server_id = server.id
                    AND mail.state = 'queued' ORDER BY mail.sending_class, mail.id LIMIT 1000) first
                WHERE next_try_at < clock_timestamp() - %(behind)s::interval) THEN 1 ELSE 0 END)
    FROM outgoing_server server LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    LEFT JOIN server_consent consent ON consent.server_id = server.id WHERE {_OF_ACCOUNTS}
"""  # noqa: S608


@dataclass(slots=True)
class Queue:
    """What waits at a server: mails of each class, those of them that could leave now, and since when the oldest."""

    mails: Counter[int] = field(default_factory=Counter)
    due: Counter[int] = field(default_factory=Counter)
    oldest: datetime | None = None


@dataclass(slots=True)
class LastHour:
    """What a server did within the last hour; `bars`: mails of each 3 minutes, the newest last."""

    rates: Rates
    bars: list[int] = field(default_factory=lambda: [0] * BARS)
    troubles: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    seconds: float = 0.0  # that sending took


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How mail flows out by one server. `today`: how often something went wrong by kind, since the day began."""

    server: OutgoingServer
    fares: Fares
    queue: Queue
    hour: LastHour
    today: Mapping[str, int]
    ready_in_pool: int
    now: datetime

    @property
    def state(self) -> OutgoingServerState | None:
        """What sending noted, None before the first mail."""
        return server_look.state_of(self.server)

    @property
    def lanes(self) -> int:
        """How many mails leave by it at a time, those of its sender pool apart."""
        most = self.server.connections
        return min(most, LANES) if self.server.protocol == "graph" else most

    @property
    def seconds_a_mail(self) -> float | None:
        """What sending a mail takes in its lane, as measured within the last hour or before; None: nobody knows."""
        if self.hour.sent and self.hour.seconds:
            return self.hour.seconds / self.hour.sent
        if self.state is not None and self.state.seconds_a_mail is not None:
            return self.state.seconds_a_mail
        return UNMEASURED if self.server.protocol == "graph" else None

    def delay(self, sending_class: int = max(SendingClass)) -> float | None:
        """Give in how many seconds a mail of a class is sent that is written now: those before it, then its own turn.

        None where nothing is sent now, or nobody knows what a mail takes.
        """
        ahead = sum(count for one, count in self.queue.due.items() if one <= sending_class)
        takes = self.seconds_a_mail
        if self.fares.look in RESTING or (takes is None and ahead):
            return None
        takes = takes or 0.0
        pause = 0.0
        if self.state is not None:
            pause = max(0.0, (self.state.not_before - self.now).total_seconds())
        others = self.ready_in_pool if sending_class >= SendingClass.NOTIFICATION else 0
        mailboxes = max(1, others + (0 if pause else 1))
        waits = takes * ahead / (self.lanes * mailboxes)
        if self.server.mails_per_minute:
            waits = max(waits, ahead * 60 / self.server.mails_per_minute)
        return takes + waits + (0.0 if pause and others else pause)


@dataclass(frozen=True, slots=True)
class ByMinute:
    """Mails by the minute in which they were sent, and the minutes in which a server asked for patience.

    `graph_alone`: it was Microsoft Graph each time.
    """

    mails: Mapping[datetime, int]
    throttled: Collection[datetime]
    graph_alone: bool


def outgoing(now: datetime, today: datetime, accounts: Collection[int] | None) -> list[Outgoing]:
    """Give the servers by what people call them; the directory's copy of another only while it has something to do."""
    servers = OutgoingServer.objects.select_related("state", "instance", "account", "overflow_to")
    if accounts is not None:
        servers = servers.filter(account__in=accounts)
    listed = sorted(servers, key=lambda one: (one.scope_name.lower(), one.pk))
    how, queues, hours, pools = server_look.fares(listed), _queues(), _last_hour(now), _ready_in_pool()
    since = _today(today)
    return [
        Outgoing(
            server=one,
            fares=how[one.pk],
            queue=queues.get(one.pk) or Queue(),
            hour=hours.get(one.pk) or LastHour(Rates(now)),
            today=since.get(one.pk, {}),
            ready_in_pool=pools.get(one.pk, 0),
            now=now,
        )
        for one in listed
        if not one.copied or one.pk in queues or one.pk in hours
    ]


def by_minute(since: datetime, accounts: Collection[int] | None) -> ByMinute:
    """Give what was sent since a moment; with all accounts by servers that were removed as well."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_MINUTE, {"since": since, "accounts": _listed(accounts)})
        rows = cursor.fetchall()
    mails = {minute: count for minute, what, count, _ in rows if what == SENT}
    asked = [(minute, graph) for minute, what, _, graph in rows if what != SENT]
    return ByMinute(mails, [minute for minute, _ in asked], all(graph for _, graph in asked))


def ever() -> dict[int, dict[tuple[str, int], int]]:
    """Give of each server how often each thing happened since it was set up, by what and class (0: of no mail)."""
    told: dict[int, dict[tuple[str, int], int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_EVER, [EVER])
        for server_id, what, sending_class, count in cursor.fetchall():
            told.setdefault(server_id, {})[what, sending_class] = count
    return told


def worst(accounts: Collection[int] | None) -> int:
    """Tell how the servers fare: 2 when one needs a person, 1 when one is behind or on its alternate, else 0.

    Whether one is behind is told by the first thousand mails of its queue: this is asked for every page.
    """
    values: dict[str, Any] = {
        "accounts": _listed(accounts),
        "generation": failover.current(),
        "behind": BEHIND_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORST, values)
        return (cursor.fetchone() or (0,))[0] or 0


def _listed(accounts: Collection[int] | None) -> list[int] | None:
    return None if accounts is None else list(accounts)


def _queues() -> dict[int, Queue]:
    found: dict[int, Queue] = {}
    with connection.cursor() as cursor:
        cursor.execute(_QUEUED)
        for server_id, sending_class, mails, due, oldest in cursor.fetchall():
            queue = found.setdefault(server_id, Queue())
            queue.mails[sending_class] += mails
            queue.due[sending_class] += due
            queue.oldest = min(queue.oldest or oldest, oldest)
    return found


def _last_hour(now: datetime) -> dict[int, LastHour]:
    found: dict[int, LastHour] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [now - HOUR])
        for server_id, minute, what, count, seconds in cursor.fetchall():
            one = found.setdefault(server_id, LastHour(Rates(now)))
            if what != SENT:
                one.troubles[what] += count
                continue
            one.sent += count
            one.seconds += seconds
            one.rates.add(minute, count)
            one.bars[bar_of(minute, now)] += count
    return found


def _today(began: datetime) -> dict[int, dict[str, int]]:
    told: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TROUBLES, [began])
        for server_id, what, count in cursor.fetchall():
            told.setdefault(server_id, {})[what] = count
    return told


def _ready_in_pool() -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_READY_IN_POOL)
        return dict(cursor.fetchall())
