"""Moving at a server without MOVE: a copy, then a deletion. A break between the two leads to no second copy.

Before copies are asked for, it is noted where the other folder ends. Before they are asked for again, that folder is
looked through from there on: what lies in it was copied, and is only to be deleted.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from django.db import connection

from deskpost.inbound import leases
from deskpost.inbound.collecting import folder_marks
from deskpost.inbound.mailboxes import Mailbox
from deskpost.mime.parse import parse
from deskpost.transports.errors import ActRefused, MailboxMissing
from deskpost.transports.source import Arrived, FolderEnd, Source

_BEGIN = """
UPDATE inbound_unacknowledged u SET copying_since = %s FROM inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND m.uid = ANY(%s)
"""
_MADE = """
UPDATE inbound_unacknowledged u SET copied = true FROM inbound_message m
WHERE m.id = u.mail_id AND u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s
  AND m.uid = ANY(%s)
"""
_BEGUN = """
SELECT m.uid, coalesce(m.listed_size, m.size), o.message_id, u.copying_since
FROM inbound_unacknowledged u JOIN inbound_message m ON m.id = u.mail_id JOIN mail_outcome o ON o.mail_id = m.id
WHERE u.mailbox_id = %s AND m.source_number = %s AND m.folder = %s AND m.validity = %s AND m.uid = ANY(%s)
  AND u.copying_since <> '' AND NOT u.copied ORDER BY m.id
"""


class Begun(NamedTuple):
    """A mail whose copy was asked for once, when the other folder ended at `end`."""

    uid: str
    size: int
    message_id: str | None
    end: FolderEnd


def begin(mailbox: Mailbox, source: Source, lease: leases.Held, uids: Sequence[str]) -> None:
    """Note that copies of these mails are about to be asked for. Raises MailboxMissing and LeaseLost.

    Nothing is noted where the server has MOVE, nor where it does not tell where a folder ends: there a broken
    connection may lead to a second copy.
    """
    if not source.moves_by_copy:
        return
    end = source.end_of(mailbox.move_to)
    mark = folder_marks.written(mailbox.move_to, end)
    with lease.transaction(), connection.cursor() as cursor:
        cursor.execute(_BEGIN, [mark, *_here(mailbox, source, uids)])


def made_before(mailbox: Mailbox, source: Source, lease: leases.Held, uids: Sequence[str]) -> set[str]:
    """Give those of the uids whose copy lies in the other folder since an earlier try, and note that."""
    if not source.moves_by_copy or mailbox.after_fetching != Mailbox.AfterFetching.MOVE or not uids:
        return set()
    made: set[str] = set()
    for begun in _by_validity(_begun(mailbox, source, uids)):
        first = FolderEnd(begun[0].end.validity, min(mail.end.next_uid for mail in begun))
        with suppress(
            ActRefused, MailboxMissing
        ):  # a folder that is gone, or may not be read, tells of no copy
            made |= matched(begun, source.arrived_since(mailbox.move_to, first))
    if made:
        with lease.transaction(), connection.cursor() as cursor:
            cursor.execute(_MADE, _here(mailbox, source, sorted(made)))
    return made


def matched(begun: Sequence[Begun], arrived: Sequence[Arrived]) -> set[str]:
    """Find for each mail a copy of its own: of its Message-ID and size, and there since it was asked for."""
    free: dict[tuple[str | None, int], list[int]] = {}
    for copy in sorted(arrived, key=lambda copy: copy.uid):
        free.setdefault((_id_of(copy), copy.size), []).append(copy.uid)
    matched: set[str] = set()
    for mail in begun:
        copies = free.get((mail.message_id, mail.size), [])
        own = next((uid for uid in copies if uid >= mail.end.next_uid), None)
        if own is not None:
            copies.remove(own)
            matched.add(mail.uid)
    return matched


def _id_of(copy: Arrived) -> str | None:
    return parse(copy.message_id_header.rstrip() + b"\r\n\r\n").message_id


def _begun(mailbox: Mailbox, source: Source, uids: Sequence[str]) -> list[Begun]:
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, _here(mailbox, source, uids))
        rows = cursor.fetchall()
    begun = []
    for uid, size, message_id, mark in rows:
        known = folder_marks.read(mark)
        if known and known[0] == mailbox.move_to:
            begun.append(Begun(uid, size, message_id, known[1]))
    return begun


def _by_validity(begun: Sequence[Begun]) -> list[list[Begun]]:
    groups: dict[str, list[Begun]] = {}
    for mail in begun:
        groups.setdefault(mail.end.validity, []).append(mail)
    return list(groups.values())


def _here(mailbox: Mailbox, source: Source, uids: Sequence[str]) -> list[int | str | list[str]]:
    place: list[int | str] = [mailbox.pk, mailbox.source_number, mailbox.source_folder, source.validity]
    return [*place, list(uids)]
