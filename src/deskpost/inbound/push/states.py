"""How push fares with each mailbox: connected or why not, when it told of mail last, when it is tried again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from deskpost.inbound.mailboxes import Mailbox

WATCH = "watch:"
"""What the lease of a mailbox that is listened to begins with."""
SETTLED = 60  # seconds after which a connection that breaks is no failed try, and the next one follows soon

# The wait doubles with each failure: 5 s, 10 s, 20 s, ... 5 min.
_FAILED = """
INSERT INTO mailbox_push AS p (mailbox_id, version, reason, failures, next_try_at)
VALUES (%(mailbox)s, %(version)s, %(reason)s, 1, clock_timestamp() + make_interval(secs => greatest(%(wait)s, 5)))
ON CONFLICT (mailbox_id) DO UPDATE SET
    version = excluded.version, reason = excluded.reason, connected_at = NULL,
    failures = CASE WHEN p.version <> excluded.version
                         OR p.connected_at < clock_timestamp() - make_interval(secs => %(settled)s)
                    THEN 1 ELSE p.failures + 1 END,
    next_try_at = clock_timestamp() + make_interval(secs => greatest(%(wait)s,
        CASE WHEN p.version <> excluded.version
                  OR p.connected_at < clock_timestamp() - make_interval(secs => %(settled)s)
             THEN 5 ELSE least(300, 5 * power(2, least(p.failures, 8))) END))
"""
_SHOWN = """
SELECT p.mailbox_id, p.reason, p.last_push_at, p.connected_at,
       p.connected_at IS NOT NULL AND (
           EXISTS (SELECT 1 FROM lease l WHERE l.thing = %(watch)s || p.mailbox_id AND l.until > clock_timestamp())
           OR EXISTS (SELECT 1 FROM graph_subscription g
                      WHERE g.mailbox_id = p.mailbox_id AND g.expires_at > clock_timestamp()))
FROM mailbox_push p JOIN mailbox m ON m.id = p.mailbox_id WHERE m.push AND m.fetching
"""


class MailboxPush(models.Model):
    """Not a setting, no history. `version` tells the settings that all of it is about from later ones."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, primary_key=True, related_name="+")
    version = models.TextField(default="", db_default="")
    connected_at = models.DateTimeField(null=True)
    last_push_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", db_default="")  # why it is not connected, in words
    failures = models.PositiveIntegerField(default=0, db_default=0)  # tries in a row
    next_try_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "mailbox_push"
        constraints = [
            models.CheckConstraint(condition=Q(connected_at=None) | Q(reason=""), name="mailbox_push_reason")
        ]

    def __str__(self) -> str:
        return f"push of {self.mailbox_id}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a mailbox: since when it is listened to or else why not, and when it told of mail last."""

    since: datetime | None
    reason: str
    last_push_at: datetime | None

    @property
    def connected(self) -> bool:
        """Whether it is listened to."""
        return self.since is not None


def connected(mailbox_id: int, version: str) -> None:
    """Note that a mailbox is listened to, from now on or as before."""
    values = {
        "version": version,
        "connected_at": Coalesce(F("connected_at"), Now()),
        "reason": "",
        "failures": 0,
    }
    new = {**values, "connected_at": Now()}
    MailboxPush.objects.update_or_create(mailbox_id=mailbox_id, defaults=values, create_defaults=new)


def failed(mailbox_id: int, version: str, reason: str, wait: float = 0.0) -> None:
    """Note why a mailbox is not listened to, and when to try again: after `wait` seconds, or by doubling waits."""
    with connection.cursor() as cursor:
        values: dict[str, int | float | str] = {
            "mailbox": mailbox_id,
            "version": version,
            "reason": reason,
            "wait": wait,
            "settled": SETTLED,
        }
        cursor.execute(_FAILED, values)


def pushed(mailbox_id: int) -> None:
    """Note that the server told of new mail."""
    MailboxPush.objects.filter(mailbox=mailbox_id).update(last_push_at=Now())


def ended(mailbox_id: int) -> None:
    """Note that a mailbox is listened to no longer, as it is wanted no longer; no failure."""
    MailboxPush.objects.filter(mailbox=mailbox_id).update(connected_at=None, reason="", failures=0)


def shown() -> dict[int, Shown]:
    """Give what is shown of every mailbox that has push and is fetched, as far as it was tried."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, {"watch": WATCH})
        return {
            mailbox_id: Shown(since if is_connected else None, reason, last_push_at)
            for mailbox_id, reason, last_push_at, since, is_connected in cursor.fetchall()
        }
