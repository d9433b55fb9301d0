"""Where fetching begins: at the first start as the mailbox's choice says, counted before; later at the bookmark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils import timezone

from deskpost import bulk
from deskpost.inbound import leases
from deskpost.inbound.mailboxes import NO_JUNK, Mailbox, MailboxState
from deskpost.inbound.messages import Present
from deskpost.mime.parse import parse
from deskpost.transports.source import RawMail, Source


@dataclass(frozen=True, slots=True)
class Start:
    """Which mails of a folder to ask for, and which of them were there before the first start."""

    after: str | None
    since: datetime | None
    old_until: str | None = None  # IMAP: UIDs up to here are old
    present: frozenset[str] = frozenset()  # where uids do not grow: these are old
    dated_since: datetime | None = None  # POP tells no time of arrival: of old mail its own date must do

    def is_old(self, uid: str) -> bool:
        """Tell whether a mail was there before the first start."""
        return uid in self.present or (self.old_until is not None and int(uid) <= int(self.old_until))

    def wants(self, mail: RawMail) -> bool:
        """Tell whether a mail is one that the first fetch was to bring."""
        if self.dated_since is None or mail.uid not in self.present:
            return True
        written = parse(mail.content).date
        return written is None or written >= self.dated_since


@dataclass(frozen=True, slots=True)
class Count:
    """What a first fetch would take, asked before it starts: so many of the mails that are there."""

    takes: int
    there: int


def is_to_come(mailbox: Mailbox, state: MailboxState | None) -> bool:
    """Tell whether the next fetch is the first one of the mailbox's present source."""
    return state is None or state.source_number != mailbox.source_number or state.first_started_at is None


def count(mailbox: Mailbox, source: Source) -> Count:
    """Count what a first fetch would take now, as the mailbox's choice says; nothing is changed.

    Since a day at POP: the header of each mail is read for its date, where the server has TOP. One without a date
    is taken. Raises members of TransportError.
    """
    uids = source.list(None, None)
    since = _since(mailbox, timezone.now())
    if mailbox.first_fetch == "new" or not uids:
        takes = 0
    elif since is None:
        takes = len(uids)
    elif source.validity:
        takes = len(source.list(None, since))
    else:
        headers = source.message_id_headers(uids)
        dates = (parse(headers.get(uid, b"")).date for uid in uids)
        takes = sum(written is None or written >= since for written in dates)
    return Count(takes, len(uids))


def begin_source(mailbox: Mailbox, source: Source, lease: leases.Held) -> Start:
    """Give where to begin; at the first fetch of a source note when that was and what was there."""
    state = MailboxState.objects.get(mailbox=mailbox)
    if is_to_come(mailbox, state):
        state = _first(mailbox, source, lease)
    since = _since(mailbox, state.first_started_at or timezone.now())
    if not source.validity:
        return Start(None, None, None, _present(mailbox), since)
    if source.validity != state.validity:
        # Every UID is another now: all since the first start is listed again, and known by its content.
        with lease.transaction():
            MailboxState.objects.filter(mailbox=mailbox).update(
                validity=source.validity, bookmark=None, old_until=None
            )
        return Start(None, since)
    if state.old_until is None and state.bookmark is None:
        return Start(None, since, None, _present(mailbox))
    if state.old_until is None:
        return Start(state.bookmark, None)
    in_first_fetch = state.bookmark is None or int(state.bookmark) < int(state.old_until)
    return Start(state.bookmark, since if in_first_fetch else None, state.old_until)


def _present(mailbox: Mailbox) -> frozenset[str]:
    rows = Present.objects.filter(mailbox=mailbox, source_number=mailbox.source_number)
    return frozenset(rows.values_list("uid", flat=True))


def _first(mailbox: Mailbox, source: Source, lease: leases.Held) -> MailboxState:
    now = timezone.now()
    newest = source.newest()
    only_new = mailbox.first_fetch == "new"
    present: Sequence[str] = [] if newest is not None else source.list(None, None)
    skipped = _skipped(mailbox, source, present, now)
    with lease.transaction():
        MailboxState.objects.filter(mailbox=mailbox).update(
            source_number=mailbox.source_number,
            first_started_at=now,
            validity=source.validity,
            bookmark=(newest or source.bookmark(None)) if only_new else None,
            old_until=newest,
            **NO_JUNK,
        )
        Present.objects.filter(mailbox=mailbox).delete()
        rows = ((mailbox.pk, mailbox.source_number, uid, uid in skipped) for uid in present)
        bulk.copy(Present, ("mailbox", "source_number", "uid", "skipped"), rows)
    return MailboxState.objects.get(mailbox=mailbox)


def _skipped(mailbox: Mailbox, source: Source, present: Sequence[str], now: datetime) -> frozenset[str]:
    """Give those of the mails that were there which are not to be fetched, also when all is listed anew one day.

    POP tells no time of arrival, so that there a mail's own date decides once it is fetched.
    """
    if mailbox.first_fetch == "new":
        return frozenset(present)
    since = _since(mailbox, now)
    if not present or since is None or not source.validity:
        return frozenset()
    return frozenset(present).difference(source.list(None, since))


def skip(mailbox: Mailbox, mails: Sequence[RawMail]) -> None:
    """Note mails that are not wanted, so that a POP server's list does not bring them again."""
    rows = Present.objects.filter(mailbox=mailbox, source_number=mailbox.source_number)
    rows.filter(uid__in=[mail.uid for mail in mails]).update(skipped=True)


def _since(mailbox: Mailbox, first_started_at: datetime) -> datetime | None:
    """Give the moment from which mail is wanted: None for everything."""
    if mailbox.first_fetch == "everything":
        return None
    if mailbox.first_fetch == "new":
        return first_started_at.replace(microsecond=0)  # INTERNALDATE knows whole seconds
    return datetime.combine(date.fromisoformat(mailbox.first_fetch), time(), UTC)
