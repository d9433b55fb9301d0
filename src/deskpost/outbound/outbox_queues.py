"""A whole queue is sent through another server: what waits at one leaves by the other, at once, as far as it may."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from deskpost import wake
from deskpost.desk.people import Person, fold
from deskpost.desk.search import Count
from deskpost.outbound import fate, queue
from deskpost.outbound.leaving import leave_by
from deskpost.outbound.outbox import OutboxAct, OutboxMail
from deskpost.outbound.outbox_acts import do, sender_of
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.protocols import PROTOCOLS

State = OutboxMail.State
_BATCH = 200  # people's mails whose address is chosen anew, at a time

# Each keeps its address where the other server allows it (`kept`: address -> as that server writes it), as
# leaving.leave_by has it. Whose From is to be chosen among several are not among these: `choose`.
_MOVE = """
    WITH chosen AS (
        SELECT mail.id FROM outbox_mail mail
        WHERE mail.server_id = %(source)s AND mail.state = 'queued' {only}
        AND (mail.automatic OR NOT %(choose)s OR %(kept)s::jsonb ? mail.sender_address)
        ORDER BY mail.id FOR NO KEY UPDATE
    ), moved AS (
        UPDATE outbox_mail mail SET server_id = %(target)s, sender_name = %(name)s,
            sender_address = coalesce(%(kept)s::jsonb ->> mail.sender_address, %(address)s),
            reply_to = CASE WHEN %(kept)s::jsonb ? mail.sender_address
                AND NOT mail.sender_address = ANY(%(default)s) THEN %(address)s ELSE '' END,
            next_try_at = clock_timestamp(), asked_for = true, sent_from = ''
        FROM chosen WHERE mail.id = chosen.id
        RETURNING mail.id, mail.conversation_id, mail.message_id, mail.sender_address
    ), told AS (
        UPDATE conversation SET from_name = %(name)s, from_address = moved.sender_address FROM moved
        WHERE conversation.id = moved.conversation_id AND conversation.message_id = moved.message_id
    ), kept AS (
        INSERT INTO outbox_act (mail_id, at, kind, who, server)
        SELECT moved.id, clock_timestamp(), 'through', %(who)s, %(through)s FROM moved
    )
    SELECT count(*) FROM moved
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits at a server: what another may carry, what it may not, and what is being sent at this moment.

    `undecided`: an earlier try may have sent it, which only the mailbox of its own server can tell.
    """

    movable: Count
    of_others: Count
    undecided: Count
    in_flight: Count


@dataclass(frozen=True, slots=True)
class Moved:
    """How many mails leave by the other server now, and what stayed, and why."""

    moved: int
    stays: Queue


def look(source: OutgoingServer, target: OutgoingServer) -> Queue:
    """Give what waits at a server, as far as another may carry it."""
    mails = OutboxMail.objects.filter(server=source)
    waiting = mails.filter(state=State.QUEUED)
    carried = waiting.filter(_carried_by(target))
    undecided = carried.filter(_undecided(source))
    return Queue(
        Count.of(carried.exclude(_undecided(source))),
        Count.of(waiting.exclude(pk__in=carried.order_by().values("pk"))),
        Count.of(undecided),
        Count.of(mails.filter(state=State.SENDING)),
    )


@transaction.atomic
def move(source: OutgoingServer, target: OutgoingServer, actor: Person) -> Moved | None:
    """Send what waits at a server by another, at once; None when one of them is gone or both are the same.

    A server of an account carries mails of that account alone. What is being sent stays where it is, and so does what
    may have been sent from a mailbox that can be asked.
    """
    ids = sorted((source.pk, target.pk))
    locked = OutgoingServer.objects.select_for_update(no_key=True).filter(pk__in=ids, copied=False)
    servers = {one.pk: one for one in locked.order_by("pk")}  # nobody gives one to another account meanwhile
    if len(servers) != 2:
        return None
    source, target = servers[source.pk], servers[target.pk]
    queue.hold(source.pk)
    moved = _move_at_once(source, target, actor) + _move_chosen_anew(source, target, actor)
    if moved:
        wake.sending(target.pk)
    return Moved(moved, look(source, target))


def _carried_by(server: OutgoingServer) -> Q:
    return Q(account=server.account_id) if server.account_id is not None else Q()


def _undecided(source: OutgoingServer) -> Q:
    """Give what an earlier try may have sent, where the mailbox of this server is to be asked before another does."""
    if not PROTOCOLS[source.protocol].keeps_copies:
        return Q(pk__in=[])
    return Q(unknown_fate=True, looks__lt=fate.ENOUGH)


def _move_at_once(source: OutgoingServer, target: OutgoingServer, actor: Person) -> int:
    sender = sender_of(target)
    allowed = {fold(one): one for one in (*sender.allowed, sender.address)}
    waiting = OutboxMail.objects.filter(server=source, state=State.QUEUED).order_by()
    written = set(waiting.values_list("sender_address", flat=True).distinct())
    kept = {one: allowed[fold(one)] for one in written if one and fold(one) in allowed}
    default = fold(sender.address)
    values = {
        "source": source.pk,
        "target": target.pk,
        "account": target.account_id,
        "choose": len(allowed) > 1,
        "kept": orjson.dumps(kept).decode(),
        "default": [one for one in kept if fold(one) == default],
        "name": sender.name,
        "address": sender.address,
        "who": actor.name,
        "through": target.scope_name,
    }
    only = "" if target.account_id is None else "AND mail.account_id = %(account)s"
    if PROTOCOLS[source.protocol].keeps_copies:
        only += f" AND NOT (mail.unknown_fate AND mail.looks < {fate.ENOUGH})"
    with connection.cursor() as cursor:
        cursor.execute(_MOVE.format(only=only), values)
        return int((cursor.fetchone() or (0,))[0])


def _move_chosen_anew(source: OutgoingServer, target: OutgoingServer, actor: Person) -> int:
    """Move what is left: people's mails that leave from whichever of several addresses was written to."""
    moved = 0
    left = OutboxMail.objects.filter(_carried_by(target), server=source, state=State.QUEUED)
    for mails in _batches(left.exclude(_undecided(source))):
        for mail in mails:
            leave_by(mail, sender_of(target))
        ids = [mail.pk for mail in mails]
        moved += do(OutboxAct.Kind.THROUGH, OutboxMail.objects.filter(pk__in=ids), actor, target.scope_name)
    return moved


def _batches(mails: QuerySet[OutboxMail]) -> Iterator[list[OutboxMail]]:
    last = 0
    while True:
        rows = mails.filter(pk__gt=last).order_by("pk").select_for_update(no_key=True, of=("self",))
        batch = list(rows[:_BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1].pk
