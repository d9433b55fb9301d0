"""Dropped mails that were kept for their time: their bytes are removed, and the row of their trace stays.

The row stays since its origin tells the mail when its server shows it again, and since it says what became of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.retention import settings as retention_settings

AT_ONCE = 200  # mails of one batch
BYTES = 64_000_000  # of one batch, unless its first mail alone is larger
MOST_SUMMED = 100_000  # mails

# Not what waits to be processed or is to be deleted at its server, nor what a request that was not deleted shows.
# Only a mail that went with its request can have files in another one: nobody else's are looked for.
_IN_NO_USE = """
    mail.kind = 'dropped' AND mail.raw_erased_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM inbound_undecided WHERE mail_id = mail.mail_id)
    AND NOT EXISTS (SELECT 1 FROM inbound_unacknowledged WHERE mail_id = mail.mail_id)
    AND NOT EXISTS (SELECT 1 FROM record WHERE id = mail.record_id AND deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM conversation c JOIN record r ON r.id = c.record_id
        WHERE c.mail_id = mail.mail_id AND r.deleted_at IS NULL)
    AND (NOT EXISTS (SELECT 1 FROM mail_act WHERE mail_id = mail.mail_id AND kind = 'spam')
        OR NOT EXISTS (SELECT 1 FROM attachment a JOIN conversation c ON c.id = a.conversation_id
            JOIN record r ON r.id = c.record_id WHERE a.mail_id = mail.mail_id AND r.deleted_at IS NULL))
"""
_DUE = f"""
    SELECT mail.mail_id, message.size FROM mail_outcome mail JOIN inbound_message message ON message.id = mail.mail_id
    WHERE mail.processed_at < now() - make_interval(days => %s) AND {_IN_NO_USE}
    ORDER BY mail.processed_at LIMIT {AT_ONCE} FOR UPDATE OF mail SKIP LOCKED
"""  # noqa: S608 - constants
# Asked a second time, of what is locked now: a person may have acted between the look and the lock.
_ERASE = f"""
    WITH erased AS (
        UPDATE mail_outcome mail SET raw_erased_at = clock_timestamp() WHERE mail.mail_id = ANY(%s) AND {_IN_NO_USE}
        RETURNING mail.mail_id
    ), gone AS (DELETE FROM raw_chunk WHERE mail_id IN (SELECT mail_id FROM erased))
    SELECT count(*) FROM erased
"""  # noqa: S608 - constants
_SUM = f"""
    SELECT count(*), coalesce(sum(message.size) FILTER (WHERE NOT message.truncated), 0) FROM (
        SELECT mail_id FROM mail_outcome WHERE kind = 'dropped' AND raw_erased_at IS NULL LIMIT {MOST_SUMMED}
    ) kept JOIN inbound_message message ON message.id = kept.mail_id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Held:
    """How many dropped mails are kept, and the bytes they take; with `more` there are others beside these."""

    mails: int
    size: int

    @property
    def more(self) -> bool:
        """Tell whether only MOST_SUMMED of them were added up."""
        return self.mails >= MOST_SUMMED


@transaction.atomic
def remove_old() -> int:
    """Remove the bytes of one batch of dropped mails whose time is over; give of how many mails."""
    days = retention_settings.load().dropped_days
    if days is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [days])
        ids = _one_batch(cursor.fetchall())
        if not ids:
            return 0
        cursor.execute(_ERASE, [ids])
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def held() -> Held:
    """Add up what dropped mails take; of more than MOST_SUMMED no further."""
    with connection.cursor() as cursor:
        cursor.execute(_SUM)
        mails, size = cursor.fetchone() or (0, 0)
        return Held(mails, int(size))


def kept_until(outcome: MailOutcome, days: int | None) -> datetime | None:
    """Give until when a dropped mail is kept at least; None: for ever, or it was not dropped, or is gone."""
    if days is None or outcome.kind != "dropped" or outcome.raw_erased_at is not None:
        return None
    return outcome.processed_at + timedelta(days=days)


def _one_batch(due: list[tuple[int, int]]) -> list[int]:
    ids: list[int] = []
    size = 0
    for mail_id, bytes_ in due:
        size += bytes_
        if ids and size > BYTES:
            break
        ids.append(mail_id)
    return ids
