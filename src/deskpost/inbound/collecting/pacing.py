"""A first fetch of everything at Gmail stops before Google would stop it, and goes on when the day is over.

Google names what an account may download in a day, over which it is shut out for up to a day:
https://support.google.com/a/answer/1071518 ("Gmail bandwidth limits": 2,500 MB by IMAP, 1,250 MB by POP). A first
fetch takes four fifths of it; the rest is left to new mail, which does not wait, and to other programs. Bytes are
counted from the first one of a day, which lasts 24 hours, by PostgreSQL's clock, over all mailboxes of one account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from deskpost.inbound.collecting.first_fetch import Start
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.transports.protocols import PROTOCOLS

HOSTS = {"imap.gmail.com", "imap.googlemail.com", "pop.gmail.com", "pop.googlemail.com"}
DAILY = {"imap": 2_500_000_000, "pop": 1_250_000_000}  # bytes of an account
SHARE = 0.8  # of a day's bytes, for first fetches

_HERE = (
    "lower(m.server) = ANY(%(hosts)s) AND m.removed_at IS NULL "
    "AND lower(coalesce(nullif(m.mailbox_to_open, ''), m.username)) = lower(%(opened)s)"
)
_TODAY = "s.downloading_since > clock_timestamp() - interval '24 hours'"
_DOWNLOADED = f"""
    SELECT coalesce(sum(s.downloaded), 0) FROM mailbox_state s JOIN mailbox m ON m.id = s.mailbox_id
    WHERE {_HERE} AND {_TODAY}
"""  # noqa: S608 - our own pieces
_COUNT = f"""
    UPDATE mailbox_state s SET downloaded = CASE WHEN {_TODAY} THEN s.downloaded ELSE 0 END + %(bytes)s,
        downloading_since = CASE WHEN {_TODAY} THEN s.downloading_since ELSE clock_timestamp() END
    WHERE s.mailbox_id = %(mailbox)s
"""  # noqa: S608
_WAIT = f"""
    UPDATE mailbox_state SET backlog = %(left)s, paced_until = (
        SELECT max(s.downloading_since) + interval '24 hours' FROM mailbox_state s JOIN mailbox m ON m.id = s.mailbox_id
        WHERE {_HERE} AND {_TODAY}
    ) WHERE mailbox_id = %(mailbox)s
"""  # noqa: S608


@dataclass(slots=True)
class Pace:
    """What a fetch may still download of old mail; without a limit where `left` is None."""

    mailbox: Mailbox
    start: Start | None = None
    left: int | None = None
    waiting: int = 0  # mails that were left for another day

    def takes(self, uid: str, weight: int) -> bool:
        """Tell whether a mail of so many bytes is fetched now; once an old one is not, all old ones wait."""
        if self.left is None or self.start is None or not self.start.is_old(uid):
            return True
        if self.waiting or weight > self.left:
            self.waiting += 1
            return False
        self.left -= weight
        return True

    def without_waiting(self, uids: Sequence[str]) -> Sequence[str]:
        """Give those of the uids that may be fetched: no old ones once one of them waits."""
        if not self.waiting:
            return uids
        return [uid for uid in uids if self.takes(uid, 0)]

    def count(self, size: int) -> None:
        """Note in the caller's transaction that so many bytes were downloaded."""
        if self.left is not None:
            _run(_COUNT, self.mailbox, bytes=size)
            self.left = _left(self.mailbox)  # another mailbox of the account may be fetched at the same time

    def note(self) -> None:
        """Note in the caller's transaction how many mails wait, if any do, and until when."""
        if self.waiting:
            _run(_WAIT, self.mailbox, left=self.waiting)


def of(mailbox: Mailbox) -> Pace:
    """Give what a fetch that begins now may download."""
    if mailbox.server.lower() not in HOSTS:
        return Pace(mailbox)
    return Pace(mailbox, left=_left(mailbox))


def _left(mailbox: Mailbox) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DOWNLOADED, _values(mailbox))
        (downloaded,) = cursor.fetchone() or (0,)
    return max(0, int(_daily(mailbox) * SHARE) - int(downloaded))


def _daily(mailbox: Mailbox) -> int:
    return DAILY["pop" if mailbox.protocol.startswith("pop") else "imap"]


def waits(state: MailboxState) -> bool:
    """Tell whether a first fetch waits for its next day now."""
    return state.paced_until is not None and state.paced_until > timezone.now()


def words(mailbox: Mailbox, state: MailboxState) -> str:
    """Give in words that the first fetch waits, and until when; empty where it does not."""
    if not waits(state):
        return ""
    label = PROTOCOLS[mailbox.protocol].label
    told = {"protocol": label, "daily": f"{_daily(mailbox) // 1_000_000:,}", "at": _moment(state)}
    return (
        gettext(
            "The first fetch waits until %(at)s: Google lets an account download %(daily)s MB a day by %(protocol)s, "
            "and shuts out who downloads more. New mail is fetched meanwhile. To do: nothing, it goes on by itself."
        )
        % told
    )


def _moment(state: MailboxState) -> str:
    return date_format(timezone.localtime(state.paced_until), "j M H:i")


def _values(mailbox: Mailbox, **more: Any) -> dict[str, Any]:
    return {"hosts": sorted(HOSTS), "opened": mailbox.mailbox_opened, "mailbox": mailbox.pk, **more}


def _run(query: str, mailbox: Mailbox, **more: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, _values(mailbox, **more))
