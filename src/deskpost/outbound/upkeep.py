"""What becomes of the outbox from outside: due work found, mails cancelled, tried at once, taken up when held."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from deskpost import wake
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.scopes import load_senders

State = OutboxMail.State

_DUE = """
    SELECT server.id FROM outgoing_server server
    LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    WHERE NOT server.paused
    AND coalesce(greatest(state.not_before, state.paced_until) <= clock_timestamp(), true)
    AND (EXISTS (SELECT 1 FROM outbox_mail mail WHERE mail.server_id = server.id AND mail.state = 'queued'
            AND mail.next_try_at <= clock_timestamp())
        OR EXISTS (SELECT 1 FROM outbox_mail mail WHERE mail.server_id = server.id AND mail.state = 'sending'
            AND mail.lease_until < clock_timestamp()))
    ORDER BY server.id
"""
_NEXT = """
    SELECT min(greatest(mail.next_try_at, state.not_before, state.paced_until)) FROM outbox_mail mail
    JOIN outgoing_server server ON server.id = mail.server_id AND NOT server.paused
    LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    WHERE mail.state = 'queued'
"""
_HELD_SCOPES = """
    SELECT DISTINCT mail.account_id, record.instance_id
    FROM outbox_mail mail LEFT JOIN record ON record.id = mail.record_id
    WHERE mail.state = 'held' AND mail.server_id IS NULL
"""
_TAKE_UP = """
    UPDATE outbox_mail mail SET server_id = %s, sender_name = %s, sender_address = %s, state = 'queued',
        reason = '', next_try_at = clock_timestamp()
    FROM (
        SELECT held.id FROM outbox_mail held LEFT JOIN record ON record.id = held.record_id
        WHERE held.state = 'held' AND held.server_id IS NULL
        AND held.account_id IS NOT DISTINCT FROM %s::bigint
        AND record.instance_id IS NOT DISTINCT FROM %s::bigint
        ORDER BY held.id FOR UPDATE OF held SKIP LOCKED
    ) chosen WHERE mail.id = chosen.id
"""


def due_servers() -> list[int]:
    """Give the servers that have something to send now: for the tick, which makes up for lost wake-ups."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE)
        return [server_id for (server_id,) in cursor.fetchall()]


def next_due_at() -> datetime | None:
    """Give when the next queued mail may be tried, None when none waits (held and paused ones do not count)."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        moment: datetime | None = (cursor.fetchone() or (None,))[0]
        return moment


def cancel(mail_ids: Iterable[int]) -> int:
    """Let mails that are not being sent never be sent; give how many."""
    return OutboxMail.objects.filter(pk__in=list(mail_ids), state__in=[State.QUEUED, State.HELD]).update(
        state=State.CANCELLED, done_at=Now()
    )


@transaction.atomic
def retry_now(mail_ids: Iterable[int]) -> int:
    """Try mails at once that wait for another try, or that failed, lapsed or were cancelled; give how many.

    Recipients who were refused are tried again, those who were reached are not.
    """
    rows = OutboxMail.objects.select_for_update().filter(
        ~Q(server=None),
        pk__in=list(mail_ids),
        state__in=[State.QUEUED, State.FAILED, State.LAPSED, State.CANCELLED],
    )
    for mail in rows:
        reached = {address: fate for address, fate in mail.recipients.items() if fate["state"] == "sent"}
        OutboxMail.objects.filter(pk=mail.pk).update(
            state=State.QUEUED, recipients=reached, next_try_at=Now(), done_at=None, reason=""
        )
    for server_id in {mail.server_id for mail in rows if mail.server_id is not None}:
        wake.sending(server_id)
    return len(rows)


@transaction.atomic
def take_up_held() -> int:
    """Queue the mails that were held for want of a server and have one now; give how many.

    All whose scope has a server, however many others wait for theirs. To be called by the tick, and when
    outgoing servers were saved.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HELD_SCOPES)
        scopes = cursor.fetchall()
        if not scopes:
            return 0
        senders = load_senders()
        taken: dict[int, int] = {}
        for account_id, instance_id in scopes:
            sender = senders.choose(account_id, instance_id)
            if sender is not None:
                values = [sender.server_id, sender.name, sender.address, account_id, instance_id]
                cursor.execute(_TAKE_UP, values)
                taken[sender.server_id] = taken.get(sender.server_id, 0) + cursor.rowcount
    for server_id, count in taken.items():
        if count:
            wake.sending(server_id)
    return sum(taken.values())
