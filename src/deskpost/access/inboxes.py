"""Which mailbox a name of Microsoft Graph leads to: a mailbox has several, and the id of its Inbox is the same by each.

The id is asked when a mailbox is opened and nobody knows it, and again after a day, for a name may be given to another
mailbox. Where it is not known the name counts. Ids are compared with letter case.
https://learn.microsoft.com/en-us/graph/outlook-immutable-id
"""

import logging
import threading
import time
from collections.abc import Iterable

from django.db import DatabaseError, InterfaceError, connection, models

from deskpost.access import joined_lanes, lanes

log = logging.getLogger(__name__)

_ASK_AGAIN = 600.0  # seconds after a question in vain, in this process
_LONGEST_ID = 500  # characters
# Who is in use is told of every day; what nobody has opened for so long is forgotten.
_KNOWN = """
    SELECT inbox_id, told_at > clock_timestamp() - interval '1 day' FROM graph_inbox
    WHERE endpoint = graph_place(%s) AND mailbox = %s
"""
_TOLD = """
    INSERT INTO graph_inbox (endpoint, mailbox, inbox_id, told_at)
    VALUES (graph_place(%s), %s, %s, clock_timestamp())
    ON CONFLICT (endpoint, mailbox) DO UPDATE SET inbox_id = EXCLUDED.inbox_id, told_at = EXCLUDED.told_at
"""
_FORGET = "DELETE FROM graph_inbox WHERE told_at < clock_timestamp() - interval '30 days'"
_asked: dict[tuple[str, str], float] = {}  # by time.monotonic; what was answered is taken out
_asking = threading.Lock()


class GraphInbox(models.Model):
    """That a name led to the mailbox with this Inbox, at one cloud's Graph. Not a setting: told by Microsoft."""

    endpoint = models.TextField()  # lower case, without version
    mailbox = models.TextField()  # a user principal name, address or object id; lower case
    inbox_id = models.TextField()
    told_at = models.DateTimeField()

    class Meta:
        db_table = "graph_inbox"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "mailbox"], name="graph_inbox_once"),
            models.CheckConstraint(condition=~models.Q(inbox_id=""), name="graph_inbox_says_which"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} at {self.endpoint}"


class Named:
    """A mailbox as it is opened, by one of its names; see transports.target.Inbox."""

    def __init__(self, endpoint: str, mailbox: str) -> None:
        self.endpoint, self.name = endpoint, mailbox.strip().lower()
        self._id = ""
        self._fresh = False

    def id(self) -> str:
        """Give the id of its Inbox, empty while nobody knows it. Raises what the database raises."""
        if not self._id:
            with lanes.own_cursor() as cursor:
                cursor.execute(_KNOWN, [self.endpoint, self.name])
                self._id, self._fresh = cursor.fetchone() or ("", False)
        return self._id

    def wanted(self) -> bool:
        """Tell whether the caller is to ask for the id now: at most one of this process does, and not again soon."""
        try:
            if self.id() and self._fresh:
                return False
        except (DatabaseError, InterfaceError):
            return False
        with _asking:
            before = _asked.get((self.endpoint, self.name))
            if before is not None and time.monotonic() - before < _ASK_AGAIN:
                return False
            _asked[self.endpoint, self.name] = time.monotonic()
        return True

    def told(self, id: str) -> None:
        """Remember the id for everybody; raises nothing."""
        if not 0 < len(id) <= _LONGEST_ID or "\x00" in id:
            return
        try:
            if self.id() != id or not self._fresh:
                with lanes.own_cursor() as cursor:
                    if self._id != id:
                        joined_lanes.join(cursor, self.name, id)
                    cursor.execute(_TOLD, [self.endpoint, self.name, id])
                    cursor.execute(_FORGET)
                self._id, self._fresh = id, True
        except (DatabaseError, InterfaceError):
            log.warning("Which mailbox %s is could not be noted", self.name)
        with _asking:
            _asked.pop((self.endpoint, self.name), None)


def names(endpoint: str, mailboxes: Iterable[str]) -> set[str]:
    """Give all by which these mailboxes are compared with others: as they are written, and the ids that are known."""
    written = {one.strip().lower() for one in mailboxes}
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(graph_inbox_ids(%s, %s))", [endpoint, list(written)])
        return written | {id for (id,) in cursor.fetchall()}
