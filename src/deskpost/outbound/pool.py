"""The sender pool of a Graph server: further mailboxes that share its notifications, each with four lanes of its own.

More client ids do not raise Microsoft's limit of four requests at a time, more mailboxes do. They send as the server's
reply address. A mail knows which of them it was claimed for (`outbox_mail.sent_from`, empty: the server's own), so
that it is looked for where it may have been sent. What is wrong with one of them is its own trouble, and not the
server's. All SQL about one mailbox of a pool is here; times are PostgreSQL's.
"""

import copy
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now

from deskpost.access import inboxes
from deskpost.outbound.health import LONGEST_WAIT, SHORTEST_WAIT
from deskpost.outbound.servers import MOST_IN_POOL, OutgoingServer, OutgoingServerState


class SenderPoolState(models.Model):
    """How one mailbox of a pool fares. Not a setting: written by sending."""

    server = models.ForeignKey(
        OutgoingServer, on_delete=models.CASCADE, related_name="pool_states", db_index=False
    )
    mailbox = models.TextField()  # lower case
    failing_since = models.DateTimeField(null=True)
    reason = models.TextField(default="", db_default="")
    not_before = models.DateTimeField(db_default=Now())  # nothing is sent from it until then
    keeps_message_id = models.BooleanField(null=True)  # None: nobody knows

    class Meta:
        db_table = "sender_pool_state"
        constraints = [
            models.UniqueConstraint(fields=["server", "mailbox"], name="sender_pool_state_once"),
            models.CheckConstraint(
                condition=Q(failing_since=None) | ~Q(reason=""), name="sender_pool_state_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} of {self.server_id}"


@dataclass(frozen=True, slots=True)
class AtFault:
    """A mailbox of a pool that cannot be sent from: since when, why, and when it is tried again."""

    mailbox: str
    since: datetime
    reason: str
    until: datetime


READY = """
    SELECT one.mailbox FROM outgoing_server server CROSS JOIN LATERAL unnest(server.sender_pool) AS one (mailbox)
    LEFT JOIN sender_pool_state state ON state.server_id = server.id AND state.mailbox = one.mailbox
    WHERE server.id = %(server)s AND server.protocol = 'graph'
    AND coalesce(state.not_before <= clock_timestamp(), true)
"""
# Of mails that were sent or given up: those whose mailbox may be asked now for what lies in it.
MAY_BE_ASKED = """
    JOIN outgoing_server server ON server.id = mail.server_id AND NOT server.paused
    LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    LEFT JOIN sender_pool_state of_pool ON of_pool.server_id = server.id AND of_pool.mailbox = mail.sent_from
    WHERE state.ended_since IS NULL
    AND NOT EXISTS (SELECT 1 FROM server_consent WHERE server_id = server.id AND lost_at IS NOT NULL)
    AND coalesce(CASE mail.sent_from WHEN '' THEN state.not_before ELSE of_pool.not_before END <= clock_timestamp(),
        true)
"""
_WANTED = """
    SELECT EXISTS (SELECT 1 FROM outbox_mail WHERE server_id = %s AND state = 'queued' AND sending_class >= %s
        AND next_try_at <= clock_timestamp())
"""
# As of a server (health.py): left alone for a quarter of the time that it has been failing.
_FAILING = """
    INSERT INTO sender_pool_state AS state (server_id, mailbox, failing_since, reason, not_before)
    SELECT id, %(mailbox)s, clock_timestamp(), %(reason)s,
        clock_timestamp() + make_interval(secs => coalesce(%(wait)s, %(least)s))
    FROM outgoing_server WHERE id = %(server)s
    ON CONFLICT (server_id, mailbox) DO UPDATE SET
        failing_since = coalesce(state.failing_since, clock_timestamp()), reason = %(reason)s,
        not_before = clock_timestamp() + make_interval(secs => coalesce(%(wait)s, %(jitter)s * least(%(most)s, greatest(
            %(least)s, extract(epoch FROM clock_timestamp() - coalesce(state.failing_since, clock_timestamp())) / 4))))
"""
_WELL = """
    UPDATE sender_pool_state SET failing_since = NULL, reason = '', not_before = clock_timestamp()
    WHERE server_id = %s AND mailbox = %s AND failing_since IS NOT NULL
"""


def ready(server_id: int) -> list[str]:
    """Give the mailboxes of a server's pool that can be sent from now."""
    with connection.cursor() as cursor:
        cursor.execute(READY, {"server": server_id})
        return sorted(mailbox for (mailbox,) in cursor.fetchall())


def is_wanted(server_id: int, first_class: int) -> bool:
    """Tell whether a mail of this class or a later one could leave now."""
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, [server_id, first_class])
        return bool(cursor.fetchone()[0])


def row_of(server: OutgoingServer, mailbox: str) -> OutgoingServer:
    """Give a server as it sends from a mailbox of its pool; itself for its own, which is "". Never to be saved."""
    if not mailbox:
        return server
    row = copy.copy(server)
    row.mailbox_to_open = mailbox
    row.certain = server.in_two_steps or (
        server.protocol == "graph" and keeps_message_id(server.pk, mailbox) is False
    )
    return row


def keeps_message_id(server_id: int, mailbox: str) -> bool | None:
    """Tell whether a mailbox keeps Message-IDs, the server's own or one of its pool; None while nobody knows."""
    if not mailbox:
        states = OutgoingServerState.objects.filter(server=server_id)
        return states.values_list("keeps_message_id", flat=True).first()
    of_pool = SenderPoolState.objects.filter(server=server_id, mailbox=mailbox)
    return of_pool.values_list("keeps_message_id", flat=True).first()


def note_keeps_message_id(server_id: int, mailbox: str, keeps: bool) -> None:
    """Note whether a mailbox keeps Message-IDs."""
    seen = {"keeps_message_id": keeps}
    if mailbox:
        SenderPoolState.objects.update_or_create(server_id=server_id, mailbox=mailbox, defaults=seen)
    else:
        OutgoingServerState.objects.update_or_create(server_id=server_id, defaults=seen)


def may_not_send_as(words: str, mailbox: str, address: str) -> str:
    """Give what is said of a mailbox that may not send as an address, with what to do for one of a pool."""
    to_do = (
        f'To do: have an administrator at Microsoft 365 grant "{mailbox}" Send As on "{address}", '
        "or take it out of the sender pool."
    )
    return f"{words.partition(' To do: ')[0]} {to_do}"


def note_failing(server_id: int, mailbox: str, reason: str, wait: float | None) -> None:
    """Note that a mailbox cannot be sent from; `wait` is the seconds it asked for itself, None when it named none."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FAILING,
            {
                **{"server": server_id, "mailbox": mailbox, "reason": reason, "wait": wait},
                **{"least": SHORTEST_WAIT, "most": LONGEST_WAIT},
                "jitter": random.uniform(0.8, 1.2),  # noqa: S311
            },
        )


def note_asked(server_id: int, mailbox: str, wait: float | None) -> None:
    """Leave a mailbox alone that asked for patience at a look into it: for `wait` seconds, where it named a time.

    Nothing is told of it, for no mail waits.
    """
    until = Now() + timedelta(seconds=wait or SHORTEST_WAIT)
    of_server: Any = OutgoingServerState.objects.filter(server=server_id)
    if mailbox:
        SenderPoolState.objects.get_or_create(server_id=server_id, mailbox=mailbox)
        of_server = SenderPoolState.objects.filter(server=server_id, mailbox=mailbox)
    of_server.update(not_before=Greatest(F("not_before"), until))


def note_well(server_id: int, mailbox: str) -> None:
    """Note that a mail was taken from a mailbox just now."""
    with connection.cursor() as cursor:
        cursor.execute(_WELL, [server_id, mailbox])


def forget_failures(server: OutgoingServer) -> None:
    """Try all mailboxes of a pool at once, as after saving or a new consent; forget those that left it."""
    of_server = SenderPoolState.objects.filter(server=server)
    of_server.exclude(mailbox__in=server.sender_pool).delete()
    of_server.update(failing_since=None, reason="", not_before=Now(), keeps_message_id=None)


def at_fault(server: OutgoingServer) -> list[AtFault]:
    """Give the mailboxes of a pool that cannot be sent from, in the order of the settings."""
    failing = SenderPoolState.objects.filter(server=server, mailbox__in=server.sender_pool).exclude(
        failing_since=None
    )
    found = {one.mailbox: one for one in failing}
    states = [found[mailbox] for mailbox in server.sender_pool if mailbox in found]
    return [
        AtFault(one.mailbox, one.failing_since, one.reason, one.not_before)
        for one in states
        if one.failing_since is not None
    ]


def refusals(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give (field, words) for what cannot be saved of a pool. `values` has every field of the server."""
    pool: list[str] = values["sender_pool"]
    if pool and values["protocol"] != "graph":
        yield "sender_pool", "Only a server by Microsoft Graph has a sender pool. To do: leave this empty."
        return
    if values["protocol"] != "graph":
        return
    own = (values["mailbox_to_open"] or values["username"] or values["reply_to"]).lower()
    ids = {one: inboxes.names(values["graph_endpoint"], [one]) for one in [own, *pool]}
    for one in {one: None for one in pool if ids[one] & ids[own]}:
        yield (
            "sender_pool",
            f"{one} is the server's own mailbox, which sends anyway. To do: leave it out here.",
        )
    for twice in sorted({one for one in pool if sum(bool(ids[one] & ids[other]) for other in pool) > 1}):
        yield "sender_pool", f"{twice} stands here twice. To do: remove one of the two."
    if len(pool) > MOST_IN_POOL:
        yield "sender_pool", f"A sender pool has {MOST_IN_POOL} mailboxes at most. To do: leave some out."
    yield from _shared(values, own, pool, ids)


def _shared(
    values: Mapping[str, Any], own: str, pool: Collection[str], ids: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    """Refuse a mailbox from which another server sends by the same application: both would share its four lanes."""
    others = OutgoingServer.objects.filter(protocol="graph", copied=False).exclude(pk=values.get("id") or 0)
    for other in others:
        if other.client_id.lower() != values["client_id"].lower():
            continue
        in_pool = inboxes.names(other.graph_endpoint, other.sender_pool)
        theirs = in_pool | inboxes.names(other.graph_endpoint, [other.mailbox_opened])
        for one in pool:
            if ids[one] & theirs:
                yield (
                    "sender_pool",
                    f"The server of {other.scope_name} sends from {one} with this application already, and Microsoft "
                    "allows both together four requests at a time. To do: name another mailbox, or write another "
                    "Client ID.",
                )
        if ids[own] & in_pool:
            yield (
                "client_id",
                f"{own} is in the sender pool of {other.scope_name}, whose application is this one. To do: write "
                "another Client ID, or take the mailbox out of that pool.",
            )
