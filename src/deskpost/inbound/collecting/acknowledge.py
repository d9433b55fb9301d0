"""Telling the server that Deskpost holds a mail: read at once, moved or deleted once the mail has its outcome.

Before a mail is moved or deleted it is compared with what was stored.
"""

import logging
from collections.abc import Sequence

from django.db import connection

from deskpost.inbound import leases
from deskpost.inbound.collecting import aging, copies
from deskpost.inbound.collecting.comparing import ANOTHER_MAIL, Stored, difference_to
from deskpost.inbound.mailboxes import Mailbox
from deskpost.transports.errors import ActRefused, CopiedNotDeleted, MailboxMissing
from deskpost.transports.source import Source

AT_ONCE = 500
log = logging.getLogger(__name__)


_WAITING = """
SELECT m.uid, m.size, m.listed_size, o.message_id, u.copied
FROM inbound_unacknowledged u JOIN inbound_message m ON m.id = u.mail_id LEFT JOIN mail_outcome o ON o.mail_id = m.id
WHERE u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND (%s OR (o.kind IS NOT NULL AND o.kind <> 'error'))
  AND (%s::int IS NULL OR m.received_at <= clock_timestamp() - make_interval(days => %s))
ORDER BY u.refusals, m.id LIMIT %s
"""
_DONE = """
DELETE FROM inbound_unacknowledged u USING inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND m.uid = ANY(%s)
"""
_REFUSED = """
UPDATE inbound_unacknowledged u SET refusals = refusals + 1, reason = %s, copied = u.copied OR %s FROM inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND m.uid = ANY(%s)
"""
_SUPERSEDED = """
DELETE FROM inbound_unacknowledged u USING inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s
  AND (m.source_number, m.folder, m.validity) IS DISTINCT FROM (%s, %s, %s)
"""


def waiting(mailbox: Mailbox, source: Source, lease: leases.Held) -> list[str]:
    """Acknowledge what an earlier fetch stored and did not come to acknowledge, and what has its outcome since.

    Gives the uids that the server will have deleted only when the connection ends in order (POP): `done` is for
    after that.
    """
    place = _place(mailbox, source.validity)
    with lease.transaction(), connection.cursor() as cursor:
        # A server's uids that mean nothing any more (new UIDVALIDITY, another server) can never be acknowledged.
        cursor.execute(_SUPERSEDED, place)
    aging.note_aged(mailbox, source, lease)
    days = aging.limit(mailbox)
    at_once = days is None and mailbox.after_fetching in (
        Mailbox.AfterFetching.MARK_READ,
        Mailbox.AfterFetching.LEAVE,
    )
    until_the_end: list[str] = []
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, [*place, at_once, days, days, AT_ONCE])
            stored = [Stored(*row) for row in cursor.fetchall()]
        if at_once:
            accepted = _act(mailbox, source, lease, [mail.uid for mail in stored])
        else:
            accepted = _act_on_the_same(mailbox, source, lease, stored)
        if not source.validity and not at_once:
            until_the_end += accepted
            break
        done(mailbox, source.validity, lease, accepted)
        if len(accepted) < AT_ONCE:
            break
    return until_the_end


def mark(mailbox: Mailbox, source: Source, lease: leases.Held, uids: Sequence[str]) -> None:
    """Mark mails read that were just stored; those to be moved or deleted wait for their outcome."""
    if uids and mailbox.after_fetching == Mailbox.AfterFetching.MARK_READ:
        done(mailbox, source.validity, lease, _act(mailbox, source, lease, uids))


def done(mailbox: Mailbox, validity: str, lease: leases.Held, uids: Sequence[str]) -> None:
    """Note that the server has been told of these mails. Raises LeaseLost."""
    if uids:
        with lease.transaction(), connection.cursor() as cursor:
            cursor.execute(_DONE, [*_place(mailbox, validity), list(uids)])


def refused(
    mailbox: Mailbox,
    validity: str,
    lease: leases.Held,
    uids: Sequence[str],
    words: str,
    *,
    copied: bool = False,
) -> None:
    """Note that the server refused; it is tried again at the next fetch. Raises LeaseLost."""
    log.warning("Acknowledging in %s was refused: %s", mailbox.name, words)
    with lease.transaction(), connection.cursor() as cursor:
        cursor.execute(_REFUSED, [words, copied, *_place(mailbox, validity), list(uids)])


def _act_on_the_same(
    mailbox: Mailbox, source: Source, lease: leases.Held, stored: Sequence[Stored]
) -> list[str]:
    """Move or delete those that are still what was stored; what is gone is done with. Gives those done."""
    if not stored:
        return []
    uids = [mail.uid for mail in stored]
    sizes, headers = source.sizes(uids), source.message_id_headers(uids)
    gone = [mail.uid for mail in stored if mail.uid not in sizes]
    same = []
    for mail in stored:
        if mail.uid not in sizes:
            continue
        if difference := difference_to(mail, sizes[mail.uid], headers.get(mail.uid)):
            words = ANOTHER_MAIL.format(difference=difference)
            refused(mailbox, source.validity, lease, [mail.uid], words)
        else:
            same.append(mail)
    copied = {mail.uid for mail in same if mail.copied}
    copied |= copies.made_before(
        mailbox, source, lease, [mail.uid for mail in same if mail.uid not in copied]
    )
    to_delete = [mail.uid for mail in same if mail.uid in copied]
    to_do = [mail.uid for mail in same if mail.uid not in copied]
    deleted = _act(mailbox, source, lease, to_delete, only_delete=True)
    return [*gone, *deleted, *_act(mailbox, source, lease, to_do)]


def _act(
    mailbox: Mailbox, source: Source, lease: leases.Held, uids: Sequence[str], *, only_delete: bool = False
) -> list[str]:
    """Do what the mailbox says to these mails, and give those that the server took.

    A server's refusal of many is tried mail by mail, so that one does not keep back its neighbours; one without a
    server's answer is about them all.
    """
    if not uids:
        return []
    try:
        match mailbox.after_fetching:
            case Mailbox.AfterFetching.MARK_READ:
                if source.validity:  # POP has no read mark
                    source.mark_read(uids)
            case Mailbox.AfterFetching.MOVE if not only_delete:
                copies.begin(mailbox, source, lease, uids)
                source.move(uids, mailbox.move_to)
            case Mailbox.AfterFetching.MOVE | Mailbox.AfterFetching.DELETE:
                source.delete(uids)
            case Mailbox.AfterFetching.LEAVE if aging.limit(mailbox) is not None:
                source.delete(uids)
    except CopiedNotDeleted as refusal:
        refused(mailbox, source.validity, lease, refusal.uids, refusal.words, copied=True)
        return []
    except ActRefused as refusal:
        if len(uids) > 1 and refusal.answer is not None:
            return _one_by_one(mailbox, source, lease, uids, only_delete)
        refused(mailbox, source.validity, lease, uids, refusal.words)
        return []
    except MailboxMissing as refusal:
        refused(mailbox, source.validity, lease, uids, refusal.words)
        return []
    return list(uids)


def _one_by_one(
    mailbox: Mailbox, source: Source, lease: leases.Held, uids: Sequence[str], only_delete: bool
) -> list[str]:
    """After a refusal of many: each by itself, but no copy of what the refused command copied all the same."""
    copied = set(uids) if only_delete else copies.made_before(mailbox, source, lease, uids)
    return [taken for uid in uids for taken in _act(mailbox, source, lease, [uid], only_delete=uid in copied)]


def _place(mailbox: Mailbox, validity: str) -> list[int | str]:
    return [mailbox.pk, mailbox.source_number, mailbox.source_folder, validity]
