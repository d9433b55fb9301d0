"""Telling the server that Deskpost holds a mail: read at once, moved or deleted once the mail has its outcome.

Before a mail is moved or deleted it is compared with what was stored: UIDs have moved under clients' feet.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from deskpost.inbound import leases
from deskpost.inbound.mailboxes import Mailbox
from deskpost.mime.parse import parse
from deskpost.transports.errors import ActRefused, CopiedNotDeleted, MailboxMissing
from deskpost.transports.source import Source

AT_ONCE = 500
ANOTHER_MAIL = (
    "Under this mail's number the server now has another mail, or a changed one. It was left alone. "
    "To do: look at the mailbox; Deskpost holds the mail that it fetched."
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a mail that waits to be acknowledged."""

    uid: str
    size: int
    message_id: str | None
    copied: bool


_WAITING = """
SELECT m.uid, m.size, o.message_id, u.copied FROM inbound_unacknowledged u JOIN inbound_message m ON m.id = u.mail_id
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
    with connection.cursor() as cursor:
        # A server's uids that mean nothing any more (new UIDVALIDITY, another server) can never be acknowledged.
        cursor.execute(_SUPERSEDED, place)
    at_once = mailbox.after_fetching in (Mailbox.AfterFetching.MARK_READ, Mailbox.AfterFetching.LEAVE)
    until_the_end: list[str] = []
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, [*place, at_once, AT_ONCE])
            stored = [Stored(*row) for row in cursor.fetchall()]
        if at_once:
            accepted = _act(mailbox, source, [mail.uid for mail in stored])
        else:
            accepted = _act_on_the_same(mailbox, source, stored)
        if not source.validity and not at_once:
            until_the_end += accepted
            break
        done(mailbox, source.validity, accepted)
        if len(accepted) < AT_ONCE:
            break
    return until_the_end


def mark(mailbox: Mailbox, source: Source, uids: Sequence[str]) -> None:
    """Mark mails read that were just stored; those to be moved or deleted wait for their outcome."""
    if uids and mailbox.after_fetching == Mailbox.AfterFetching.MARK_READ:
        done(mailbox, source.validity, _act(mailbox, source, uids))


def done(mailbox: Mailbox, validity: str, uids: Sequence[str]) -> None:
    """Note that the server has been told of these mails."""
    if uids:
        with connection.cursor() as cursor:
            cursor.execute(_DONE, [*_place(mailbox, validity), list(uids)])


def refused(
    mailbox: Mailbox, validity: str, uids: Sequence[str], words: str, *, copied: bool = False
) -> None:
    """Note that the server refused; it is tried again at the next fetch."""
    log.warning("Acknowledging in %s was refused: %s", mailbox.name, words)
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, [words, copied, *_place(mailbox, validity), list(uids)])


def _act_on_the_same(mailbox: Mailbox, source: Source, stored: Sequence[Stored]) -> list[str]:
    """Move or delete those that are still what was stored; what is gone is done with. Gives those done."""
    if not stored:
        return []
    uids = [mail.uid for mail in stored]
    sizes, headers = source.sizes(uids), source.message_id_headers(uids)
    gone = [mail.uid for mail in stored if mail.uid not in sizes]
    there = [mail for mail in stored if mail.uid in sizes]
    others = [mail.uid for mail in there if not _is_same(mail, sizes[mail.uid], headers.get(mail.uid))]
    if others:
        refused(mailbox, source.validity, others, ANOTHER_MAIL)
    same = [mail for mail in there if mail.uid not in others]
    copied = [mail.uid for mail in same if mail.copied]
    accepted = _act(mailbox, source, copied, only_delete=True) if copied else []
    return [*gone, *accepted, *_act(mailbox, source, [mail.uid for mail in same if not mail.copied])]


def _is_same(mail: Stored, size: int, header: bytes | None) -> bool:
    """Compare by Message-ID, and by size where there is none: Exchange only estimates sizes."""
    if header is None:  # a POP server without TOP
        return size == mail.size
    found = parse(header.rstrip() + b"\r\n\r\n").message_id
    return found == mail.message_id and (found is not None or size == mail.size)


def _act(mailbox: Mailbox, source: Source, uids: Sequence[str], *, only_delete: bool = False) -> list[str]:
    """Do what the mailbox says to these mails, and give those that the server took.

    A refusal of many is tried mail by mail, so that one does not keep back its neighbours.
    """
    if not uids:
        return []
    try:
        match mailbox.after_fetching:
            case Mailbox.AfterFetching.MARK_READ:
                if source.validity:  # POP has no read mark
                    source.mark_read(uids)
            case Mailbox.AfterFetching.MOVE if not only_delete:
                source.move(uids, mailbox.move_to)
            case Mailbox.AfterFetching.MOVE | Mailbox.AfterFetching.DELETE:
                source.delete(uids)
    except CopiedNotDeleted as refusal:
        refused(mailbox, source.validity, uids, refusal.words, copied=True)
        return []
    except ActRefused as refusal:
        if len(uids) > 1:
            return [taken for uid in uids for taken in _act(mailbox, source, [uid], only_delete=only_delete)]
        refused(mailbox, source.validity, uids, refusal.words)
        return []
    except MailboxMissing as refusal:
        refused(mailbox, source.validity, uids, refusal.words)
        return []
    return list(uids)


def _place(mailbox: Mailbox, validity: str) -> list[int | str]:
    return [mailbox.pk, mailbox.source_number, mailbox.source_folder, validity]
