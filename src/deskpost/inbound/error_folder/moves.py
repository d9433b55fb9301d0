"""Moving error mails into the error folder of their server: after the commit, tried again until it is done.

A mail is compared with what was stored before it is moved, as everywhere. The folder is made when it is absent.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from deskpost.inbound import leases
from deskpost.inbound.collecting import copies, folder_marks
from deskpost.inbound.collecting.comparing import ANOTHER_MAIL, Stored, difference_to
from deskpost.inbound.collecting.copies import Begun
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.error_folder import gone, incoming, limits, matching
from deskpost.inbound.error_folder import mails as error_mails
from deskpost.inbound.error_folder.mails import ErrorMail, Place
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.transports.errors import ActRefused, CopiedNotDeleted, MailboxMissing, TransportError
from deskpost.transports.source import FolderEnd, Source

AT_ONCE = 500
log = logging.getLogger(__name__)
_WAITING = """
SELECT e.mail_id, e.copying_since, m.uid, m.size, m.listed_size, o.message_id, e.copied
FROM error_mail e JOIN inbound_message m ON m.id = e.mail_id JOIN mail_outcome o ON o.mail_id = m.id
WHERE e.mailbox_id = %s AND e.place = 'to_move' AND m.source_number = %s AND m.folder = %s AND m.validity = %s
ORDER BY e.refusals, m.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    copying_since: str
    mail: Stored

    @property
    def uid(self) -> str:
        return self.mail.uid


def now(mailbox_id: int) -> TransportError | None:
    """Move what waits over a connection of its own, where no fetch does it; give what kept from it."""
    with leases.take(f"fetch:{mailbox_id}") as lease:
        return None if lease is None else apart(Mailbox.every.get(pk=mailbox_id), lease)


def apart(mailbox: Mailbox, lease: leases.Held) -> TransportError | None:
    """Do so under a lease that is held: for a mailbox that was stopped at its limit, or whose fetch is over."""
    if not error_mails.waits(mailbox):
        return None
    try:
        with open_source(mailbox) as source:
            waiting(mailbox, source, lease)
    except TransportError as trouble:
        log.warning("Error mails of %s could not be moved: %s", mailbox.name, trouble.words)
        return trouble
    finally:
        MailboxState.objects.filter(mailbox=mailbox, mailbox__fetching=False).update(
            next_fetch_at=Now() + timedelta(seconds=mailbox.fetch_every)
        )
    return None


def waiting(mailbox: Mailbox, source: Source, lease: leases.Held) -> bool:
    """Move the error mails that wait for it; tell whether fetching was stopped, for the folder is full.

    Raises LeaseLost, and what is wrong with the connection.
    """
    if not mailbox.error_folder:
        return False
    rows = _waiting(mailbox, source) if error_mails.waits(mailbox) else []
    if rows:
        _move_all(mailbox, source, lease, rows)
    moved = ErrorMail.objects.filter(pk__in=[row.id for row in rows]).exclude(place=Place.TO_MOVE)
    return limits.judge(mailbox, source, lease, moved=bool(rows) and moved.exists())


def _move_all(mailbox: Mailbox, source: Source, lease: leases.Held, rows: Sequence[_Waiting]) -> None:
    try:
        there = source.make_folder(mailbox.error_folder_name)
    except (ActRefused, MailboxMissing) as refusal:
        _refused(lease, rows, refusal.words)
        return
    if incoming.is_it(mailbox, source, there):
        _refused(lease, rows, incoming.WORDS.format(folder=there))
        return
    _move(mailbox, source, lease, rows, there)


def _waiting(mailbox: Mailbox, source: Source) -> list[_Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(
            _WAITING,
            [mailbox.pk, mailbox.source_number, mailbox.source_folder, source.validity, AT_ONCE],
        )
        rows = cursor.fetchall()
    unnamed = matching.message_ids([row[0] for row in rows if row[5] is None])
    return [
        _Waiting(id, since, Stored(uid, size, listed, named or unnamed.get(id), copied))
        for id, since, uid, size, listed, named, copied in rows
    ]


def _move(mailbox: Mailbox, source: Source, lease: leases.Held, rows: Sequence[_Waiting], there: str) -> None:
    """Move those that are still what was stored; what is gone from its place was moved by an earlier try."""
    uids = [row.uid for row in rows]
    sizes, headers = source.sizes(uids), source.message_id_headers(uids)
    gone.settle(mailbox, lease, {row.id for row in rows if row.uid not in sizes}, there)
    same = []
    for row in rows:
        if row.uid not in sizes:
            continue
        if difference := difference_to(row.mail, sizes[row.uid], headers.get(row.uid)):
            _refused(lease, [row], ANOTHER_MAIL.format(difference=difference))
        else:
            same.append(row)
    copied = {row.uid for row in same if row.mail.copied} | _copied_before(source, same, there)
    for some, deleting in (
        ([row for row in same if row.uid in copied], True),
        ([row for row in same if row.uid not in copied], False),
    ):
        _act(source, lease, some, there, deleting)


def _act(source: Source, lease: leases.Held, rows: Sequence[_Waiting], there: str, deleting: bool) -> None:
    if not rows:
        return
    uids = [row.uid for row in rows]
    try:
        if deleting:
            source.delete(uids)
        else:
            _note_copying(source, lease, rows, there)
            source.move(uids, there)
    except CopiedNotDeleted as refusal:
        left = [row for row in rows if row.uid in refusal.uids]
        ErrorMail.objects.filter(pk__in=[row.id for row in left]).update(copied=True)
        _refused(lease, left, refusal.words)
    except ActRefused as refusal:
        if len(rows) > 1 and refusal.answer is not None:  # one does not keep back its neighbours
            made = _copied_before(source, rows, there)
            left_it = set(uids) - set(source.sizes(uids))
            _moved(lease, [row for row in rows if row.uid in left_it], there)
            for row in rows:
                if row.uid not in left_it:
                    _act(source, lease, [row], there, deleting or row.uid in made)
            return
        _refused(lease, rows, refusal.words)
    except MailboxMissing as refusal:
        _refused(lease, rows, refusal.words)
    else:
        _moved(lease, rows, there)


def _note_copying(source: Source, lease: leases.Held, rows: Sequence[_Waiting], there: str) -> None:
    """Where moving is copying and deleting: note where the folder ends, so that no second copy is made."""
    if source.moves_by_copy:
        mark = folder_marks.written(there, source.end_of(there))
        with lease.transaction():
            ErrorMail.objects.filter(pk__in=[row.id for row in rows]).update(copying_since=mark)


def _copied_before(source: Source, rows: Sequence[_Waiting], there: str) -> set[str]:
    """Give the uids whose copy lies in the folder since an earlier try."""
    if not source.moves_by_copy:
        return set()
    ids = [row.id for row in rows]
    marks = dict(ErrorMail.objects.filter(pk__in=ids).values_list("pk", "copying_since"))
    begun = []
    for row in rows:
        known = folder_marks.read(marks.get(row.id, ""))
        if known and known[0] == there and not row.mail.copied:
            size = row.mail.size if row.mail.listed_size is None else row.mail.listed_size
            begun.append(Begun(row.uid, size, row.mail.message_id, known[1]))
    if not begun:
        return set()
    first = FolderEnd(begun[0].end.validity, min(one.end.next_uid for one in begun))
    with suppress(ActRefused, MailboxMissing):
        return copies.matched(begun, source.arrived_since(there, first))
    return set()


def _moved(lease: leases.Held, rows: Sequence[_Waiting], there: str) -> None:
    if rows:
        with lease.transaction():
            gone.note_moved([row.id for row in rows], there)


def _refused(lease: leases.Held, rows: Sequence[_Waiting], words: str) -> None:
    log.warning("Moving into the error folder was refused: %s", words)
    with lease.transaction():
        ErrorMail.objects.filter(pk__in=[row.id for row in rows]).update(
            refusals=F("refusals") + 1, words=words
        )
