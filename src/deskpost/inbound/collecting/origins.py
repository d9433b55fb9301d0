"""Origins: which mails of a server are held already."""

from collections.abc import Sequence

from django.db import connection

from deskpost.inbound.mailboxes import Mailbox

_KNOWN = """
SELECT uid FROM inbound_message WHERE mailbox_id = %(mailbox)s AND source_number = %(source)s
   AND folder = %(folder)s AND validity = %(validity)s AND uid = ANY(%(uids)s)
UNION ALL
SELECT uid FROM inbound_present WHERE mailbox_id = %(mailbox)s AND source_number = %(source)s
   AND skipped AND uid = ANY(%(uids)s)
"""


def unknown(mailbox: Mailbox, validity: str, uids: Sequence[str]) -> list[str]:
    """Give those of the uids that are neither stored nor skipped, in the same order."""
    with connection.cursor() as cursor:
        cursor.execute(
            _KNOWN,
            {
                "uids": list(uids),
                "mailbox": mailbox.pk,
                "source": mailbox.source_number,
                "folder": mailbox.source_folder,
                "validity": validity,
            },
        )
        known = {uid for (uid,) in cursor.fetchall()}
    return [uid for uid in uids if uid not in known]
