"""Origins: which mails of a server are held already."""

from collections.abc import Sequence

from django.db import connection

from deskpost.inbound.mailboxes import Mailbox

_UNKNOWN = """
SELECT t.uid FROM unnest(%(uids)s::text[]) WITH ORDINALITY AS t(uid, place)
WHERE NOT EXISTS (SELECT 1 FROM inbound_message m WHERE m.mailbox_id = %(mailbox)s AND m.source_number = %(source)s
                  AND m.folder = %(folder)s AND m.validity = %(validity)s AND m.uid = t.uid)
  AND NOT EXISTS (SELECT 1 FROM inbound_skipped s WHERE s.mailbox_id = %(mailbox)s
                  AND s.source_number = %(source)s AND s.uid = t.uid)
ORDER BY t.place
"""


def unknown(mailbox: Mailbox, validity: str, uids: Sequence[str]) -> list[str]:
    """Give those of the uids that are neither stored nor skipped, in the same order."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNKNOWN,
            {
                "uids": list(uids),
                "mailbox": mailbox.pk,
                "source": mailbox.source_number,
                "folder": mailbox.source_folder,
                "validity": validity,
            },
        )
        return [uid for (uid,) in cursor.fetchall()]
