"""Telling the server that Deskpost holds a mail: read at once, moved or deleted once the mail has its outcome."""

import logging
from collections.abc import Sequence

from django.db import connection

from deskpost.inbound import leases
from deskpost.inbound.mailboxes import Mailbox
from deskpost.transports.errors import ActRefused, MailboxMissing
from deskpost.transports.source import Source

AT_ONCE = 500
log = logging.getLogger(__name__)

_WAITING = """
SELECT m.uid FROM inbound_unacknowledged u JOIN inbound_message m ON m.id = u.mail_id
LEFT JOIN mail_outcome o ON o.mail_id = m.id
WHERE u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND (%s OR (o.kind IS NOT NULL AND o.kind <> 'error'))
ORDER BY u.refusals, m.id LIMIT %s
"""
_DONE = """
DELETE FROM inbound_unacknowledged u USING inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND m.uid = ANY(%s)
"""
_REFUSED = """
UPDATE inbound_unacknowledged u SET refusals = refusals + 1, reason = %s FROM inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND m.uid = ANY(%s)
"""
_SUPERSEDED = """
DELETE FROM inbound_unacknowledged u USING inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s
  AND (m.source_number, m.folder, m.validity) IS DISTINCT FROM (%s, %s, %s)
"""


def waiting(mailbox: Mailbox, source: Source, lease: leases.Held) -> None:
    """Acknowledge what an earlier fetch stored and did not come to acknowledge, and what has its outcome since."""
    place = _place(mailbox, source)
    with connection.cursor() as cursor:
        # A server's uids that mean nothing any more (new UIDVALIDITY, another server) can never be acknowledged.
        cursor.execute(_SUPERSEDED, place)
    at_once = mailbox.after_fetching in (Mailbox.AfterFetching.MARK_READ, Mailbox.AfterFetching.LEAVE)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, [*place, at_once, AT_ONCE])
            uids = [uid for (uid,) in cursor.fetchall()]
        if not uids or not _act(mailbox, source, uids):
            break


def mark(mailbox: Mailbox, source: Source, uids: Sequence[str]) -> None:
    """Mark mails read that were just stored; those to be moved or deleted wait for their outcome."""
    if uids and mailbox.after_fetching == Mailbox.AfterFetching.MARK_READ:
        _act(mailbox, source, uids)


def _act(mailbox: Mailbox, source: Source, uids: Sequence[str]) -> bool:
    """Do what the mailbox says to these mails; a refusal is noted with the server's words and tried again later."""
    try:
        match mailbox.after_fetching:
            case Mailbox.AfterFetching.MARK_READ:
                if source.validity:  # POP has no read mark
                    source.mark_read(uids)
            case Mailbox.AfterFetching.MOVE:
                source.move(uids, mailbox.move_to)
            case Mailbox.AfterFetching.DELETE:
                source.delete(uids)
    except (ActRefused, MailboxMissing) as refusal:
        log.warning("Acknowledging in %s was refused: %s", mailbox.name, refusal.words)
        with connection.cursor() as cursor:
            cursor.execute(_REFUSED, [refusal.words, *_place(mailbox, source), list(uids)])
        return False
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [*_place(mailbox, source), list(uids)])
    return True


def _place(mailbox: Mailbox, source: Source) -> list[int | str]:
    return [mailbox.pk, mailbox.source_number, mailbox.source_folder, source.validity]
