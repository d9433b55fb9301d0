"""POP mail that is left at its server for a time: once it has been held here for so long it is to be deleted there."""

from django.db import connection

from deskpost.inbound import leases
from deskpost.inbound.mailboxes import Mailbox
from deskpost.transports.source import Source

AT_ONCE = 500

# What waits already is passed by, so that mails whose deletion is refused do not keep back the others.
_AGED = """
INSERT INTO inbound_unacknowledged (mail_id, mailbox_id, refusals, reason)
SELECT m.id, m.mailbox_id, 0, '' FROM inbound_message m JOIN mail_outcome o ON o.mail_id = m.id
WHERE m.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s AND m.uid = ANY(%s)
  AND m.received_at <= clock_timestamp() - make_interval(days => %s)
  AND o.kind <> 'error' AND NOT m.truncated AND m.refusal = ''
  AND NOT EXISTS (SELECT 1 FROM inbound_unacknowledged u WHERE u.mail_id = m.id)
ORDER BY m.id LIMIT %s
ON CONFLICT DO NOTHING
"""


def limit(mailbox: Mailbox) -> int | None:
    """Give after how many days mail that is left at the server is deleted there; None for never."""
    return mailbox.leave_days if mailbox.after_fetching == Mailbox.AfterFetching.LEAVE else None


def note_aged(mailbox: Mailbox, source: Source, lease: leases.Held) -> None:
    """Let mails wait to be deleted that the server still lists and that were taken longer ago than the limit.

    Only mails that Deskpost holds whole and has settled; an error mail stays where it is. Raises LeaseLost.
    """
    days = limit(mailbox)
    if days is None:
        return
    place: list[int | str] = [mailbox.pk, mailbox.source_number, mailbox.source_folder, source.validity]
    listed = source.list(None, None)
    with lease.transaction(), connection.cursor() as cursor:
        cursor.execute(_AGED, [*place, listed, days, AT_ONCE])
