"""What a person does to outgoing mails: to one, to several, to all of a list. Each mail's trace keeps who did it.

Each act is one statement that looks at each mail's state itself: a mail that is being sent meanwhile is left alone.
"""

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from deskpost import wake
from deskpost.desk.people import Person
from deskpost.outbound import fate
from deskpost.outbound.leaving import leave_by
from deskpost.outbound.newmail import give_up_after
from deskpost.outbound.outbox import OutboxAct, OutboxMail
from deskpost.outbound.scopes import Sender, load_senders
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.visible import servers_for

State = OutboxMail.State
RETRIED = (State.QUEUED, State.HELD, State.FAILED, State.LAPSED)
CANCELLED = (State.QUEUED, State.HELD, State.LAPSED)
UNTOLD = Q(state=State.HELD, unknown_fate=True)
"""Mails of which nobody knows whether they were sent, and which wait for a person to say."""

# Who was reached is not written to again. Who was refused is, once the mail had failed; its time begins anew.
# A mail that was held because nobody knew whether it was sent is not looked for again: a person has decided.
_RETRY = """
    state = 'queued', next_try_at = clock_timestamp(), done_at = NULL, asked_for = true,
    looks = CASE WHEN mail.state = 'held' THEN %(enough_looks)s ELSE mail.looks END,
    reason = CASE WHEN mail.state = 'queued' THEN mail.reason ELSE '' END,
    give_up_at = CASE WHEN mail.state = 'queued' THEN mail.give_up_at
        ELSE clock_timestamp() + make_interval(secs => %(give_up)s) END,
    recipients = CASE WHEN mail.state <> 'failed' THEN mail.recipients ELSE coalesce((
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(mail.recipients) WHERE value ->> 'state' = 'sent'
    ), '{}') END
"""
_MAY_RETRY = """
    mail.state IN ('queued', 'held', 'failed', 'lapsed')
    AND EXISTS (SELECT 1 FROM outgoing_server server WHERE server.id = mail.server_id
        AND (server.account_id IS NULL OR server.account_id = mail.account_id))
"""
_CHANGES = {  # of each act: which mails it may change, and how
    OutboxAct.Kind.RETRIED: (_MAY_RETRY, _RETRY),
    OutboxAct.Kind.THROUGH: (_MAY_RETRY, _RETRY),
    OutboxAct.Kind.CANCELLED: (
        "mail.state IN ('queued', 'held', 'lapsed')",
        "state = 'cancelled', done_at = clock_timestamp(), reason = %(reason)s",
    ),
    OutboxAct.Kind.LOOKED: (
        "mail.state = 'held' AND mail.unknown_fate AND mail.looks > 0 AND mail.server_id IS NOT NULL",
        "state = 'queued', next_try_at = clock_timestamp(), looks = %(enough_looks)s - 1, "
        "give_up_at = greatest(give_up_at, clock_timestamp() + make_interval(secs => %(give_up)s))",
    ),
    OutboxAct.Kind.WAS_SENT: (
        "mail.state = 'held' AND mail.unknown_fate",
        "state = 'sent', done_at = clock_timestamp(), reason = ''",
    ),
}
_DO = """
    WITH chosen AS (
        SELECT mail.id FROM outbox_mail mail WHERE mail.id IN ({mails}) AND {may}
        ORDER BY mail.id FOR NO KEY UPDATE
    ), done AS (
        UPDATE outbox_mail mail SET {changes} FROM chosen WHERE mail.id = chosen.id
        RETURNING mail.id, mail.server_id
    ), kept AS (
        INSERT INTO outbox_act (mail_id, at, kind, who, server)
        SELECT done.id, clock_timestamp(), %(kind)s, %(who)s, %(through)s FROM done WHERE %(who)s <> ''
    )
    SELECT count(*), array_agg(DISTINCT server_id) FROM done
"""


def cancel(mail_id: int, actor: Person) -> bool:
    """Let a mail that waits, is held or has lapsed never be sent."""
    return bool(do(OutboxAct.Kind.CANCELLED, _one(mail_id), actor))


def was_sent(mail_id: int, actor: Person) -> bool:
    """Count a held mail as sent: a person found out what Deskpost could not."""
    return bool(do(OutboxAct.Kind.WAS_SENT, _one(mail_id), actor))


def look_again(mail_id: int, actor: Person) -> bool:
    """Look once more in the mailbox for a held mail of which nobody knows whether it was sent."""
    return bool(do(OutboxAct.Kind.LOOKED, _one(mail_id), actor))


@transaction.atomic
def retry_now(mail_id: int, actor: Person | None = None) -> bool:
    """Try a mail at once that waits, is held, has failed or has lapsed.

    One that was held for want of a server leaves by the one that its scope has now. False as well while there is
    none, and for a mail whose server was given to another account.
    """
    mail = OutboxMail.objects.select_related("record").filter(pk=mail_id).first()
    if mail is None:
        return False
    if mail.server_id is None:
        sender = load_senders().choose(mail.account_id, mail.record.instance_id if mail.record else None)
        return (
            sender is not None
            and _by(sender, mail_id)
            and bool(do(OutboxAct.Kind.RETRIED, _one(mail_id), actor))
        )
    return bool(do(OutboxAct.Kind.RETRIED, _one(mail_id), actor))


@transaction.atomic
def send_through(mail_id: int, server_id: int, actor: Person | None = None) -> bool:
    """Send a mail that waits, is held, has failed or has lapsed by another server, at once, from an address it allows.

    The Message-ID stays, but for that of a mail that had no sender yet. False as well for a server that may not
    carry this account's mail.
    """
    mail = OutboxMail.objects.filter(pk=mail_id).first()
    if mail is None:
        return False
    # Locked: nobody gives the server to another account meanwhile.
    server = servers_for(mail).select_for_update(no_key=True).filter(pk=server_id).first()
    if server is None or not _by(sender_of(server), mail_id):
        return False
    return bool(do(OutboxAct.Kind.THROUGH, _one(mail_id), actor, server.scope_name))


@transaction.atomic
def do(kind: OutboxAct.Kind, mails: QuerySet[OutboxMail], actor: Person | None, through: str = "") -> int:
    """Do one thing to all of these mails whose state allows it; give how many those were.

    `through`: the name of the server that somebody chose, for the trace.
    """
    wanted, values = mails.order_by().values("pk").query.sql_with_params()
    may, changes = _CHANGES[kind]
    named = {f"wanted_{place}": value for place, value in enumerate(values)}
    statement = _DO.format(mails=wanted % tuple(f"%({name})s" for name in named), may=may, changes=changes)
    who = actor.name if actor else ""
    named |= {"kind": kind.value, "who": who, "through": through, "reason": f"Cancelled by {who}."}
    named["enough_looks"] = fate.ENOUGH
    with connection.cursor() as cursor:
        cursor.execute(statement, {**named, "give_up": give_up_after().total_seconds()})
        count, servers = cursor.fetchone() or (0, None)
    if kind in (OutboxAct.Kind.RETRIED, OutboxAct.Kind.THROUGH, OutboxAct.Kind.LOOKED):
        for server_id in servers or ():
            wake.sending(server_id)
    return int(count)


def sender_of(server: OutgoingServer) -> Sender:
    """Give under which name and addresses mails leave by a server."""
    return Sender(server.pk, server.sender_name, server.reply_to, tuple(server.allowed_from))


def _by(sender: Sender, mail_id: int) -> bool:
    mail = OutboxMail.objects.select_for_update(no_key=True).filter(pk=mail_id, state__in=RETRIED).first()
    if mail is None:
        return False
    leave_by(mail, sender)
    return True


def _one(mail_id: int) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(pk=mail_id)
