"""What becomes of the outbox without a person: due work is found, held mails are taken up."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now

from deskpost import wake
from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound.leaving import leave_by
from deskpost.outbound.newmail import domain, give_up_after
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.scopes import Sender, load_senders
from deskpost.outbound.servers import OutgoingServer

_DUE = """
    SELECT server.id FROM outgoing_server server
    LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    WHERE NOT server.paused
    AND NOT EXISTS (SELECT 1 FROM server_consent WHERE server_id = server.id AND lost_at IS NOT NULL)
    AND coalesce(state.paced_until <= clock_timestamp(), true)
    AND (coalesce(state.not_before <= clock_timestamp(), true)
        OR EXISTS (SELECT 1 FROM unnest(server.sender_pool) AS one (mailbox)
            LEFT JOIN sender_pool_state of_pool ON of_pool.server_id = server.id AND of_pool.mailbox = one.mailbox
            JOIN outbox_mail mail ON mail.server_id = server.id AND mail.state = 'queued' AND mail.sending_class >= 3
                AND mail.next_try_at <= clock_timestamp()
            WHERE coalesce(of_pool.not_before <= clock_timestamp(), true)))
    AND (EXISTS (SELECT 1 FROM outbox_mail mail WHERE mail.server_id = server.id AND mail.state = 'queued'
            AND mail.next_try_at <= clock_timestamp())
        OR EXISTS (SELECT 1 FROM outgoing_server source
            JOIN outgoing_server_state crowded ON crowded.server_id = source.id AND crowded.overflow_since IS NOT NULL
            JOIN outbox_mail mail ON mail.server_id = source.id AND mail.state = 'queued' AND mail.sending_class >= %s
                AND mail.tries = 0 AND mail.draft_id = '' AND mail.next_try_at <= clock_timestamp()
            WHERE source.overflow_to_id = server.id))
    ORDER BY server.id
"""
_NEXT = """
    SELECT min(greatest(mail.next_try_at, state.not_before, state.paced_until)) FROM outbox_mail mail
    JOIN outgoing_server server ON server.id = mail.server_id AND NOT server.paused
    LEFT JOIN outgoing_server_state state ON state.server_id = server.id
    WHERE mail.state = 'queued'
    AND NOT EXISTS (SELECT 1 FROM server_consent WHERE server_id = server.id AND lost_at IS NOT NULL)
"""
_HELD_SCOPES = """
    SELECT DISTINCT mail.account_id, record.instance_id
    FROM outbox_mail mail LEFT JOIN record ON record.id = mail.record_id
    WHERE mail.state = 'held' AND mail.server_id IS NULL AND NOT (mail.unknown_fate AND mail.moved_from <> '')
"""
# Notices, of which thousands may wait, at once. Like any mail they get a Message-ID of their sender's domain while
# they had none and were never tried.
_TAKE_UP_NOTICES = """
    UPDATE outbox_mail mail SET server_id = %(server)s, sender_name = %(name)s, sender_address = %(address)s,
        reply_to = '', message_id = CASE WHEN mail.sender_address <> '' THEN mail.message_id
            ELSE split_part(mail.message_id, '@', 1) || '@' || %(domain)s || '>' END,
        state = 'queued', reason = '', next_try_at = clock_timestamp()
    FROM (
        SELECT held.id FROM outbox_mail held LEFT JOIN record ON record.id = held.record_id
        WHERE held.state = 'held' AND held.server_id IS NULL AND held.automatic
        AND NOT (held.unknown_fate AND held.moved_from <> '')
        AND held.account_id IS NOT DISTINCT FROM %(account)s::bigint
        AND record.instance_id IS NOT DISTINCT FROM %(instance)s::bigint
        ORDER BY held.id FOR UPDATE OF held SKIP LOCKED
    ) chosen WHERE mail.id = chosen.id
"""


def due_servers() -> list[int]:
    """Give the servers that have something to send now: for the tick, which makes up for lost wake-ups."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [SendingClass.NOTIFICATION])
        return [server_id for (server_id,) in cursor.fetchall()]


def next_due_at() -> datetime | None:
    """Give when the next queued mail may be tried, None when none waits (held and paused ones do not count)."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        moment: datetime | None = (cursor.fetchone() or (None,))[0]
        return moment


def whole_time_anew(server: OutgoingServer) -> None:
    """Give what waits at a server its whole time for tries: it was not tried while it waited for somebody."""
    waiting = OutboxMail.objects.filter(server=server, state=OutboxMail.State.QUEUED)
    waiting.update(give_up_at=Greatest(F("give_up_at"), Now() + give_up_after()))


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
                count = _take_up_people_s(account_id, instance_id, sender)
                cursor.execute(
                    _TAKE_UP_NOTICES,
                    {
                        "server": sender.server_id,
                        "name": sender.name,
                        "address": sender.address,
                        "domain": domain(sender.address),
                        "account": account_id,
                        "instance": instance_id,
                    },
                )
                taken[sender.server_id] = taken.get(sender.server_id, 0) + count + cursor.rowcount
    for server_id, count in taken.items():
        if count:
            wake.sending(server_id)
    return sum(taken.values())


def _take_up_people_s(account_id: int | None, instance_id: int | None, sender: Sender) -> int:
    held = OutboxMail.objects.filter(state=OutboxMail.State.HELD, server=None, automatic=False)
    held = held.filter(Q(unknown_fate=False) | Q(moved_from=""))  # else a person decides
    of_scope = held.filter(account=account_id, record__instance=instance_id).order_by("pk")
    mails = list(of_scope.select_for_update(skip_locked=True, of=("self",), no_key=True))
    for mail in mails:
        leave_by(mail, sender)
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
        state=OutboxMail.State.QUEUED, reason="", next_try_at=Now(), give_up_at=Now() + give_up_after()
    )
    return len(mails)
