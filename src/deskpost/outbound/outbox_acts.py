"""What a person does to one outgoing mail. Each act says whether the mail's state still allowed it.

Each is one transaction around a guarded UPDATE: a mail that is being sent meanwhile is left alone.
"""

from typing import Any

from django.db import connection, transaction

from deskpost import wake
from deskpost.desk.people import Person
from deskpost.outbound.leaving import leave_by
from deskpost.outbound.newmail import give_up_after
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.scopes import Sender, load_senders
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.visible import servers_for

RETRIED = (OutboxMail.State.QUEUED, OutboxMail.State.HELD, OutboxMail.State.FAILED)
CANCELLED = (OutboxMail.State.QUEUED, OutboxMail.State.HELD)

_CANCEL = """
    UPDATE outbox_mail SET state = 'cancelled', done_at = clock_timestamp(), reason = %s
    WHERE id = %s AND state IN ('queued', 'held') RETURNING id
"""
# Who was reached is not written to again. Who was refused is, once the mail had failed; its time begins anew.
_RETRY = """
    UPDATE outbox_mail SET
        state = 'queued', next_try_at = clock_timestamp(), done_at = NULL, asked_for = true,
        reason = CASE WHEN state = 'queued' THEN reason ELSE '' END,
        give_up_at = CASE WHEN state = 'queued' THEN give_up_at
            ELSE clock_timestamp() + make_interval(secs => %(give_up)s) END,
        recipients = CASE WHEN state <> 'failed' THEN recipients ELSE coalesce((
            SELECT jsonb_object_agg(key, value) FROM jsonb_each(recipients) WHERE value ->> 'state' = 'sent'
        ), '{}') END
    WHERE id = %(mail)s AND state IN ('queued', 'held', 'failed')
    AND EXISTS (SELECT 1 FROM outgoing_server server WHERE server.id = outbox_mail.server_id
        AND (server.account_id IS NULL OR server.account_id = outbox_mail.account_id))
    RETURNING server_id
"""


@transaction.atomic
def cancel(mail_id: int, actor: Person) -> bool:
    """Let a mail that waits or is held never be sent."""
    return bool(_one(_CANCEL, [f"Cancelled by {actor.name}.", mail_id]))


@transaction.atomic
def retry_now(mail_id: int) -> bool:
    """Try a mail at once that waits, is held or has failed.

    One that was held for want of a server leaves by the one that its scope has now. False as well while there is
    none, and for a mail whose server was given to another account.
    """
    mail = OutboxMail.objects.select_related("record").filter(pk=mail_id).first()
    if mail is None:
        return False
    if mail.server_id is None:
        sender = load_senders().choose(mail.account_id, mail.record.instance_id if mail.record else None)
        return sender is not None and _tried_by(sender, mail_id)
    return _tried(mail_id)


@transaction.atomic
def send_through(mail_id: int, server_id: int) -> bool:
    """Send a mail that waits, is held or has failed by another server, at once, from an address it allows.

    The Message-ID stays, but for that of a mail that had no sender yet. False as well for a server that may not
    carry this account's mail.
    """
    mail = OutboxMail.objects.filter(pk=mail_id).first()
    if mail is None:
        return False
    # Locked: nobody gives the server to another account meanwhile.
    server = servers_for(mail).select_for_update(no_key=True).filter(pk=server_id).first()
    return server is not None and _tried_by(_sender(server), mail_id)


def _sender(server: OutgoingServer) -> Sender:
    return Sender(server.pk, server.sender_name, server.reply_to, tuple(server.allowed_from))


def _tried_by(sender: Sender, mail_id: int) -> bool:
    mail = OutboxMail.objects.select_for_update(no_key=True).filter(pk=mail_id, state__in=RETRIED).first()
    if mail is None:
        return False
    leave_by(mail, sender)
    return _tried(mail_id)


def _tried(mail_id: int) -> bool:
    server_id = _one(_RETRY, {"mail": mail_id, "give_up": give_up_after().total_seconds()})
    if server_id is not None:
        wake.sending(server_id)
    return server_id is not None


def _one(statement: str, values: Any) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None
