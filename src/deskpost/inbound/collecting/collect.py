"""Collecting: fetch a batch, store it durably with its origin, commit, and only then tell the server.

A crash at any point loses nothing and doubles nothing: what was stored and not acknowledged is acknowledged by the
next fetch, and a mail met again is known by its origin.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Now
from django.utils import timezone

from deskpost import bulk, raw_store, wake
from deskpost.access import consents
from deskpost.access.consent import Consent
from deskpost.inbound import leases, minutes
from deskpost.inbound.collecting import acknowledge, junk, pacing, stuck
from deskpost.inbound.collecting.first_fetch import begin_source, skip
from deskpost.inbound.collecting.origins import unknown
from deskpost.inbound.collecting.pacing import Pace
from deskpost.inbound.collecting.sources import open_source
from deskpost.inbound.connectivity import closed, needs_consent, outages, patience, service_ended
from deskpost.inbound.error_folder import moves as error_moves
from deskpost.inbound.error_folder import returning as error_return
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.messages import InboundMessage, Unacknowledged, Undecided
from deskpost.transports.error_kinds import kind_of
from deskpost.transports.errors import (
    ActRefused,
    ApplicationRefused,
    ConsentLost,
    ProtocolViolated,
    ServerUnreachable,
    ServiceEnded,
    Throttled,
    TransportError,
)
from deskpost.transports.protocols import PROTOCOLS
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
        consent = consents.consent_of(mailbox)
        if not mailbox.fetching:
            if MailboxState.objects.filter(mailbox=mailbox, held_at_limit=True).exists():
                error_moves.apart(mailbox, lease)
            return Fetched()
        if consent is not None and consent.lost_at is not None:
            return Fetched()
        MailboxState.objects.get_or_create(mailbox=mailbox)
        stored: list[int] = []  # mails, of each batch
        try:
            failure = _take_in(mailbox, lease, stored, consent)
        except (leases.LeaseLost, SwitchedOff):
            log.info("Fetching %s ended early: stopped, or taken over by another worker", mailbox.name)
            return Fetched(sum(stored), held_elsewhere=True)
        return Fetched(sum(stored), failure)


def _take_in(
    mailbox: Mailbox, lease: leases.Held, stored: list[int], consent: Consent | None
) -> TransportError | None:
    """Fetch all that is new, add to `stored` batch by batch, and note how it went; give what went wrong."""
    collected_all = False
    deleted: list[str] = []
    pace = pacing.of(mailbox)
    try:
        with open_source(mailbox) as source:
            full = error_moves.waiting(mailbox, source, lease)
            deleted = acknowledge.waiting(mailbox, source, lease)
            if full:
                raise SwitchedOff
            for count in _rounds(mailbox, source, lease, pace):
                stored.append(count)
            junk.look(mailbox, source, lease)
            collected_all = True
        acknowledge.done(mailbox, "", lease, deleted)
    except ActRefused as refusal:
        if not collected_all:  # the server refuses to list or to give mails: that is no fetch
            _note_failure(mailbox, lease, refusal, consent)
            return refusal
        # at the end of the connection, where POP deletes
        acknowledge.refused(mailbox, "", lease, deleted, refusal.words)
    except TransportError as failure:
        _note_failure(mailbox, lease, failure, consent)
        return failure
    with lease.transaction():
        outages.fetched(mailbox, sum(stored))
        pace.note()
    return None


def _rounds(mailbox: Mailbox, source: Source, lease: leases.Held, pace: Pace) -> Iterator[int]:
    """Store batch by batch and acknowledge each; give the size of each."""
    start = pace.start = begin_source(mailbox, source, lease)
    uids = source.list(start.after, start.since)
    left = len(uids)
    got_any = False
    broke_off = stuck.broke_off_at(mailbox)
    # Where each mail takes its request the first is not to wait for two hundred, nor all be lost with a worker.
    at_once = min(BATCH_MAILS, PROTOCOLS[mailbox.protocol].at_once or BATCH_MAILS)
    for first in range(0, len(uids), at_once):
        some = uids[first : first + at_once]
        wanted = unknown(mailbox, source.validity, pace.without_waiting(some))
        later = stuck.left_for_later(mailbox, source, wanted, broke_off)
        left -= len(some)
        for mails, broke in _batches(source, wanted, mailbox.max_size_mb * 1_000_000, pace):
            if mails:
                if later is not None:
                    mails, later = [*mails, stuck.set_aside(later)], None
                _store(mailbox, source, lease, pace, mails, left)
                yield len(mails)  # they are taken in, whatever becomes of telling the server
            if broke is not None:
                if not isinstance(broke.failure, Throttled):  # which is no fault of the mail's
                    stuck.met(mailbox, source, lease, broke.uid, first=got_any or bool(mails))
                raise broke.failure
            got_any = got_any or bool(mails)
            acknowledge.mark(
                mailbox, source, lease, [mail.uid for mail in mails if not (mail.truncated or mail.refusal)]
            )
        if later is not None:  # all others vanished
            _store(mailbox, source, lease, pace, [stuck.set_aside(later)], left)
            yield 1
        if not pace.waiting:  # what waits is asked for again, from here
            _move_bookmark(mailbox, source, lease, source.bookmark(some[-1]), left)
    at_end = source.bookmark(None)
    if at_end is not None and at_end != start.after and not pace.waiting:
        _move_bookmark(mailbox, source, lease, at_end, 0)


@dataclass(frozen=True, slots=True)
class _Broke:
    """The server broke off while it gave a mail."""

    uid: str
    failure: TransportError


_Batch = tuple[list[RawMail], _Broke | None]


def _batches(source: Source, uids: Sequence[str], max_bytes: int, pace: Pace) -> Iterator[_Batch]:
    """Fetch mails in order, and give them in batches that stay within BATCH_BYTES (or hold one larger mail)."""
    sizes = source.sizes(uids)
    group: list[str] = []
    total = 0
    for uid in uids:
        if uid not in sizes:
            continue  # expunged since it was listed, or see below
        weight = sizes[uid] if sizes[uid] <= max_bytes else HEADER_BYTES
        if not pace.takes(uid, weight):
            continue
        if group and total + weight > BATCH_BYTES:
            yield _given(source, group, max_bytes)
            group, total = [], 0
        group.append(uid)
        total += weight
    if group:
        yield _given(source, group, max_bytes)
    if unsized := [uid for uid in uids if uid not in sizes]:
        # What is still listed is not gone: the bookmark must not pass it by without a trace.
        listed = source.listed(unsized)
        if still := [RawMail(uid, 0, b"", False, NO_SIZE) for uid in unsized if uid in listed]:
            yield still, None


def _given(source: Source, uids: Sequence[str], max_bytes: int) -> _Batch:
    """Give the mails that come whole, and where the server broke off, if it did."""
    mails: list[RawMail] = []
    try:
        for mail in source.fetch(uids, max_bytes):
            mails.append(mail)
    except (ServerUnreachable, ProtocolViolated, Throttled) as failure:
        came = {mail.uid for mail in mails}
        return mails, _Broke(next((uid for uid in uids if uid not in came), uids[-1]), failure)
    return mails, None


def _store(
    mailbox: Mailbox, source: Source, lease: leases.Held, pace: Pace, mails: Sequence[RawMail], left: int
) -> None:
    """Commit 1: the batch is durable, and waits for its outcomes and for being acknowledged."""
    start, downloaded = pace.start, sum(len(mail.content) for mail in mails)
    assert start is not None
    unwanted = [mail for mail in mails if not start.wants(mail)]
    mails = [mail for mail in mails if mail not in unwanted] if unwanted else mails
    now = timezone.now()
    with lease.transaction():
        _still_on(mailbox)
        pace.count(downloaded)
        if unwanted:
            skip(mailbox, unwanted)
        mails = error_return.tie(mailbox, source.validity, mails)
        store(
            mailbox, mailbox.source_number, mailbox.source_folder, source.validity, mails, now, start.is_old
        )
        came = {"last_mail_at": Now()} if mails else {}
        MailboxState.objects.filter(mailbox=mailbox).update(backlog=left, patience_since=None, **came)
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
    minutes.fetched(mailbox.pk, len(ids))
    return ids


def _still_on(mailbox: Mailbox) -> None:
    """Raise SwitchedOff when fetching was stopped or the source was changed since this fetch began."""
    if not Mailbox.objects.filter(pk=mailbox.pk, fetching=True, source_number=mailbox.source_number).exists():
        raise SwitchedOff


def _move_bookmark(
    mailbox: Mailbox, source: Source, lease: leases.Held, bookmark: str | None, left: int
) -> None:
    """Note how far this folder has been read, and how many mails are still to come."""
    moved = {} if bookmark is None else {"bookmark": bookmark}
    with lease.transaction():
        MailboxState.objects.filter(mailbox=mailbox).update(**moved, validity=source.validity, backlog=left)


def _note_failure(
    mailbox: Mailbox, lease: leases.Held, failure: TransportError, consent: Consent | None
) -> None:
    """Skip this schedule: the next is tried in turn. A throttled mailbox waits as long as its server says.

    One whose `consent` is good no more waits for somebody; one whose provider ends the service is stopped.
    """
    log.warning("Fetching %s failed: %s", mailbox.name, failure.words)
    with lease.transaction():
        minutes.trouble(mailbox.pk, kind_of(failure))
        lost = closed.met(mailbox, failure) or isinstance(failure, ConsentLost)
        if lost and needs_consent.lost(mailbox, failure, consent):
            return
        if isinstance(failure, ServiceEnded):
            service_ended.stop(mailbox, failure)
            return
        if isinstance(failure, Throttled):
            patience.note(mailbox, failure)
            return
        outages.failed(mailbox, failure.words, seldom=isinstance(failure, ApplicationRefused))
