"""Sending in two steps, by Graph: a draft is made, its id is written down, and only then it is sent.

So the id tells what became of a mail whose try ended without an answer, whatever the mailbox does to Message-IDs. A
draft whose mail is not going to be sent any more is deleted.
"""

import logging
from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError, connection

from deskpost.access.places import waiting
from deskpost.outbound import endpoints, fate, pool, queue
from deskpost.outbound.outbox import OutboxAttempt, OutboxMail
from deskpost.outbound.servers import OutgoingServer
from deskpost.outbound.tries import Claimed
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.envelope import Delivery, Envelope
from deskpost.transports.errors import Throttled, TransportError
from deskpost.transports.sender import StepSender

log = logging.getLogger(__name__)

_MOST = 20  # drafts that are looked at in one go
_URGENCY = 5  # after every mail that is to be sent

# One that cannot be asked for now is looked at again later: `next_try_at` of an ended mail is for nothing else.
_LEFT = f"""
    FROM outbox_mail mail {pool.MAY_BE_ASKED} AND mail.state IN ('failed', 'lapsed', 'cancelled')
    AND mail.draft_id <> '' AND mail.next_try_at <= clock_timestamp()
"""
_DUE_SERVERS = f"SELECT DISTINCT mail.server_id {_LEFT}"
_CLAIM = f"""
    UPDATE outbox_mail SET next_try_at = clock_timestamp() + interval '10 minutes'
    WHERE id IN (SELECT mail.id {_LEFT} AND mail.server_id = %s ORDER BY mail.id LIMIT %s
        FOR NO KEY UPDATE OF mail SKIP LOCKED)
    RETURNING id, draft_id, sent_from
"""  # noqa: S608


class NotHeld(Exception):
    """Another process has taken the mail over meanwhile; it was not sent here."""


def send(sender: StepSender, mail: Claimed, envelope: Envelope, owner: str) -> Delivery:
    """Send a mail as a draft whose id is in the mail's row before anything is sent.

    Raises NotHeld, what the database raises, and what `Sender.send` raises; in the first two cases the draft is gone.
    """
    id = sender.draft(envelope, again=bool(mail.tries or mail.unknown_fate or mail.draft_id))
    if not id:
        return sender.send(envelope)  # it reaches nobody, and says so
    try:
        kept = queue.keep_draft(owner, mail.id, id)
    except (DatabaseError, InterfaceError):
        sender.discard(id)
        raise
    if not kept:
        sender.discard(id)
        raise NotHeld
    return sender.send_draft(id, envelope)


def leave_from(mail: Claimed, mailbox: str, owner: str) -> None:
    """Write down that a mail leaves from this mailbox, though an earlier try was from another. Raises NotHeld."""
    if not queue.leaves_from(owner, mail.id, mailbox):
        raise NotHeld


def due_servers() -> list[int]:
    """Give the servers in whose mailboxes drafts may lie that nobody is going to send."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_SERVERS)
        return [server_id for (server_id,) in cursor.fetchall()]


def clear_due(server: OutgoingServer) -> None:
    """Delete the drafts of mails that failed, lapsed or were cancelled; of one that was sent all the same, say so."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [server.pk, _MOST])
        left = cursor.fetchall()
    for mailbox in sorted({sent_from for _, _, sent_from in left}):
        _clear_in(mailbox, server, [(mail_id, draft_id) for mail_id, draft_id, one in left if one == mailbox])


def _clear_in(mailbox: str, server: OutgoingServer, left: Sequence[tuple[int, str]]) -> None:
    """Delete drafts in one mailbox, the server's own or one of its pool."""
    try:
        row = pool.row_of(server, mailbox)
        with waiting(_URGENCY, lambda: False), endpoints.open_sender(row) as sender:
            for mail_id, draft_id in left:
                if isinstance(sender, StepSender):
                    _clear(sender, mail_id, draft_id, endpoints.primary(server).place)
                OutboxMail.objects.filter(pk=mail_id, draft_id=draft_id).update(draft_id="")
    except (TransportError, SecretUnreadable) as error:
        if isinstance(error, Throttled):
            pool.note_asked(server.pk, mailbox, error.retry_after)
        log.info("Drafts of mails that are not sent any more could not be deleted. %s", error)


def _clear(sender: StepSender, mail_id: int, draft_id: str, place: str) -> None:
    found = sender.drafted(draft_id)
    if found is not None and found.place == "drafts":
        sender.discard(draft_id)
    elif found is not None:
        OutboxAttempt.objects.create(mail_id=mail_id, server=place, result=fate.FOUND.format(place=place))
