"""Mails that their server refuses to mark, move or delete: how many of each mailbox, and the sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import ngettext

_REFUSED = """
SELECT mailbox_id, count(*), (array_agg(reason ORDER BY mail_id DESC))[1] FROM inbound_unacknowledged
WHERE refusals > 0 GROUP BY mailbox_id
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """The mails of one mailbox that are taken in and stay at their server as they were; `reason` of the newest."""

    count: int
    reason: str

    @property
    def words(self) -> str:
        """What pages and commands say of it, with what to do: the reason ends with that."""
        words = ngettext(
            "%(n)d mail is taken in, but its server refuses to mark, move or delete it; it is tried again. "
            "%(reason)s",
            "%(n)d mails are taken in, but their server refuses to mark, move or delete them; it is tried again. "
            "%(reason)s",
            self.count,
        )
        return words % {"n": self.count, "reason": self.reason}


def by_mailbox() -> Mapping[int, Refused]:
    """Give what is refused now, of the mailboxes where something is."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED)
        return {mailbox_id: Refused(count, reason) for mailbox_id, count, reason in cursor.fetchall()}
