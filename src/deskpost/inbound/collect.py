"""Collecting: fetch a batch, store it durably with its origin, commit, and only then tell the server.

A crash at any point loses nothing and doubles nothing: what was stored and not acknowledged is acknowledged by the
next fetch, and a mail met again is known by its origin.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.utils import timezone

from deskpost import bulk, raw_store, wake
from deskpost.inbound import acknowledge, junk, leases, outages, stuck
from deskpost.inbound.first_fetch import Start, begin_source, skip
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, Unacknowledged, Undecided
from deskpost.inbound.origins import unknown
from deskpost.inbound.sources import open_source
from deskpost.transports.errors import (
    ActRefused,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.source import RawMail, Source

BATCH_MAILS = 200
BATCH_BYTES = 8_000_000
HEADER_BYTES = 65_536  # of a mail over the limit at most so much is fetched
NO_SIZE = "it lists the mail and tells nothing of it"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one round of fetching a mailbox came to."""

    collected: int = 0
    failure: TransportError | None = None
    held_elsewhere: bool = False  # another worker is fetching this mailbox


class SwitchedOff(Exception):
    """Fetching was stopped, or the mailbox's settings changed, while it was being fetched."""


def fetch(mailbox_id: int) -> Fetched:
    """Fetch all that is new in one mailbox, in batches, and note how it went.

    Trouble with the server is no exception: it is in what comes back.
    """
    with leases.take(f"fetch:{mailbox_id}") as lease:
        if lease is None:
            return Fetched(held_elsewhere=True)
        mailbox = Mailbox.every.get(pk=mailbox_id)
        if not mailbox.fetching:
            return Fetched()
        MailboxState.objects.get_or_create(mailbox=mailbox)
        stored: list[int] = []  # mails, of each batch
        try:
            failure = _take_in(mailbox, lease, stored)
        except (leases.LeaseLost, SwitchedOff):
            log.info("Fetching %s ended early: stopped, or taken over by another worker", mailbox.name)
            return Fetched(sum(stored), held_elsewhere=True)
        return Fetched(sum(stored), failure)


def _take_in(mailbox: Mailbox, lease: leases.Held, stored: list[int]) -> TransportError | None:
    """Fetch all that is new, add to `stored` batch by batch, and note how it went; give what went wrong."""
    collected_all = False
    deleted: list[str] = []
    try:
        with open_source(mailbox) as source:
            deleted = acknowledge.waiting(mailbox, source, lease)
            for count in _rounds(mailbox, source, lease):
                stored.append(count)
            junk.look(mailbox, source, lease)
            collected_all = True
        acknowledge.done(mailbox, "", lease, deleted)
    except ActRefused as refusal:
        if not collected_all:  # the server refuses to list or to give mails: that is no fetch
            _note_failure(mailbox, lease, refusal)
            return refusal
        # at the end of the connection, where POP deletes
        acknowledge.refused(mailbox, "", lease, deleted, refusal.words)
    except TransportError as failure:
        _note_failure(mailbox, lease, failure)
        return failure
    with lease.transaction():
        outages.fetched(mailbox, sum(stored))
    return None


def _rounds(mailbox: Mailbox, source: Source, lease: leases.Held) -> Iterator[int]:
    """Store batch by batch and acknowledge each; give the size of each."""
    start = begin_source(mailbox, source, lease)
    uids = source.list(start.after, start.since)
    left = len(uids)
    got_any = False
    for first in range(0, len(uids), BATCH_MAILS):
        some = uids[first : first + BATCH_MAILS]
        wanted = unknown(mailbox, source.validity, some)
        later = stuck.left_for_later(mailbox, source, wanted)
        left -= len(some)
        for mails, broke in _batches(source, wanted, mailbox.max_size_mb * 1_000_000):
            if mails:
                if later is not None:
                    mails, later = [*mails, stuck.set_aside(later)], None
                _store(mailbox, source, lease, start, mails, left)
                yield len(mails)  # they are taken in, whatever becomes of telling the server
            if broke is not None:
                stuck.met(mailbox, source, lease, broke.uid, first=got_any or bool(mails))
                raise broke.failure
            got_any = got_any or bool(mails)
            acknowledge.mark(
                mailbox, source, lease, [mail.uid for mail in mails if not (mail.truncated or mail.refusal)]
            )
        _move_bookmark(mailbox, source, lease, some[-1], left)


@dataclass(frozen=True, slots=True)
class _Broke:
    """The server broke off while it gave a mail."""

    uid: str
    failure: TransportError


_Batch = tuple[list[RawMail], _Broke | None]


def _batches(source: Source, uids: Sequence[str], max_bytes: int) -> Iterator[_Batch]:
    """Fetch mails in order, and give them in batches that stay within BATCH_BYTES (or hold one larger mail)."""
    sizes = source.sizes(uids)
    group: list[str] = []
    total = 0
    for uid in uids:
        if uid not in sizes:
            continue  # expunged since it was listed, or see below
        weight = sizes[uid] if sizes[uid] <= max_bytes else HEADER_BYTES
        if group and total + weight > BATCH_BYTES:
            yield _given(source, group, max_bytes)
            group, total = [], 0
        group.append(uid)
        total += weight
    if group:
        yield _given(source, group, max_bytes)
    if unsized := [uid for uid in uids if uid not in sizes]:
        # What is still listed is not gone: the bookmark must not pass it by without a trace.
        listed = set(source.list(str(int(unsized[0]) - 1), None)) if source.validity else set()
        if still := [RawMail(uid, 0, b"", False, NO_SIZE) for uid in unsized if uid in listed]:
            yield still, None


def _given(source: Source, uids: Sequence[str], max_bytes: int) -> _Batch:
    """Give the mails that come whole, and where the server broke off, if it did."""
    mails: list[RawMail] = []
    try:
        for mail in source.fetch(uids, max_bytes):
            mails.append(mail)
    except (ServerUnreachable, ProtocolViolated) as failure:
        came = {mail.uid for mail in mails}
        return mails, _Broke(next((uid for uid in uids if uid not in came), uids[-1]), failure)
    return mails, None


def _store(
    mailbox: Mailbox, source: Source, lease: leases.Held, start: Start, mails: Sequence[RawMail], left: int
) -> None:
    """Commit 1: the batch is durable, and waits for its outcomes and for being acknowledged."""
    unwanted = [mail for mail in mails if not start.wants(mail)]
    mails = [mail for mail in mails if mail not in unwanted] if unwanted else mails
    now = timezone.now()
    with lease.transaction():
        _still_on(mailbox)
        if unwanted:
            skip(mailbox, unwanted)
        store(
            mailbox, mailbox.source_number, mailbox.source_folder, source.validity, mails, now, start.is_old
        )
        MailboxState.objects.filter(mailbox=mailbox).update(backlog=left)
        wake.processing(mailbox.pk)


def store(
    mailbox: Mailbox,
    source_number: int,
    folder: str,
    validity: str,
    mails: Sequence[RawMail],
    now: datetime,
    is_old: Callable[[str], bool],
) -> list[int]:
    """Write mails with their origin and bytes in the caller's transaction, and give their ids."""
    ids = bulk.draw_ids(InboundMessage, len(mails))
    pairs = list(zip(ids, mails, strict=True))
    bulk.copy(
        InboundMessage,
        [
            "id",
            "mailbox",
            "source_number",
            "folder",
            "validity",
            "uid",
            "size",
            "listed_size",
            "sha256",
            "truncated",
            "refusal",
            "received_at",
        ],
        (
            (
                id,
                mailbox.pk,
                source_number,
                folder,
                validity,
                mail.uid,
                mail.size,
                mail.listed,
                hashlib.sha256(mail.content).digest(),
                mail.truncated,
                mail.refusal,
                now,
            )
            for id, mail in pairs
        ),
    )
    raw_store.put((id, mail.content) for id, mail in pairs)
    bulk.copy(
        Undecided,
        ("mail", "mailbox", "exempt", "old"),
        ((id, mailbox.pk, False, is_old(mail.uid)) for id, mail in pairs),
    )
    if mailbox.after_fetching != Mailbox.AfterFetching.LEAVE and folder:
        bulk.copy(
            Unacknowledged,
            ("mail", "mailbox", "refusals", "reason"),
            ((id, mailbox.pk, 0, "") for id, mail in pairs if not (mail.truncated or mail.refusal)),
        )
    return ids


def _still_on(mailbox: Mailbox) -> None:
    """Raise SwitchedOff when fetching was stopped or the source was changed since this fetch began."""
    if not Mailbox.objects.filter(pk=mailbox.pk, fetching=True, source_number=mailbox.source_number).exists():
        raise SwitchedOff


def _move_bookmark(mailbox: Mailbox, source: Source, lease: leases.Held, uid: str, left: int) -> None:
    """Note how far this folder has been read."""
    with lease.transaction():
        MailboxState.objects.filter(mailbox=mailbox).update(
            bookmark=uid if source.validity else None, validity=source.validity, backlog=left
        )


def _note_failure(mailbox: Mailbox, lease: leases.Held, failure: TransportError) -> None:
    """Skip this schedule: the next is tried in turn. A throttled mailbox waits as long as its server says."""
    log.warning("Fetching %s failed: %s", mailbox.name, failure.words)
    with lease.transaction():
        if not isinstance(failure, Throttled):
            outages.failed(mailbox, failure.words)
            return
        wait = max(mailbox.fetch_every, failure.retry_after or 0.0)
        MailboxState.objects.filter(mailbox=mailbox).update(
            next_fetch_at=Now() + timedelta(seconds=wait), reason=failure.words
        )
