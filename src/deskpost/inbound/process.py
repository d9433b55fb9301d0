"""Undecided mails of a mailbox, batch by batch in the order of their arrival: decide, then settle.

While one batch is being written, a thread reads and parses the next one.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection

from deskpost import wake
from deskpost.inbound import leases
from deskpost.inbound.batches import Begun, begin, begin_all, cut, decide_batch, next_cases
from deskpost.inbound.blame import is_at_odds, is_the_mails
from deskpost.inbound.case import Case, MailboxFacts
from deskpost.inbound.decided import Decided
from deskpost.inbound.error_folder import mails as error_mails
from deskpost.inbound.fault import Fault
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.inbound.outcome import Ends, Line
from deskpost.inbound.pipeline import to_do_after_a_fault
from deskpost.inbound.settle import Outdated, settle
from deskpost.inbound.standing import Settings, facts_of

DECIDED_AGAIN = 5  # times, when what the mails refer to changes while they are decided
log = logging.getLogger(__name__)


def process(mailbox_id: int) -> int:
    """Decide and settle all undecided mails of a mailbox, and give how many; none when another worker does it."""
    done = 0
    with leases.take(f"process:{mailbox_id}") as lease:
        if lease is None:
            return 0
        mails = _read(mailbox_id)
        if not mails:
            return 0
        settings = Settings()
        with ThreadPoolExecutor(1, thread_name_prefix="read ahead") as reader:
            try:
                while mails:
                    ahead = reader.submit(_read, mailbox_id, [case.mail_id for case, _, _ in mails])
                    settings.refresh_if_old()
                    done += _handle(mails, settings, lease)
                    mails = ahead.result()
                    if mails and _is_held(mails[0][0].mailbox):  # read before it was stopped
                        mails = _read(mailbox_id)
            finally:
                reader.submit(connection.close)  # the thread's own
    if done and (_acknowledgement_waits(mailbox_id) or error_mails.waits(Mailbox.every.get(pk=mailbox_id))):
        wake.fetching(mailbox_id)
    return done


def undecided_mailboxes() -> list[int]:
    """Give the mailboxes with undecided mails that are to be processed now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT mailbox_id FROM inbound_undecided u WHERE u.exempt OR NOT EXISTS "
            "(SELECT 1 FROM mailbox_state s WHERE s.mailbox_id = u.mailbox_id AND s.held_at_limit)"
        )
        return [mailbox_id for (mailbox_id,) in cursor.fetchall()]


def _acknowledgement_waits(mailbox_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM inbound_unacknowledged WHERE mailbox_id = %s LIMIT 1", [mailbox_id])
        return cursor.fetchone() is not None


def _read(mailbox_id: int, besides: Sequence[int] = ()) -> list[Begun]:
    """Read and parse the next mails of the queue; of a mailbox that was stopped at its limit what a person wants."""
    mailbox = Mailbox.every.get(pk=mailbox_id)
    held = MailboxState.objects.filter(mailbox=mailbox, held_at_limit=True).exists()
    return begin_all(next_cases(facts_of(mailbox), besides, only_exempt=held))


def _is_held(mailbox: MailboxFacts) -> bool:
    """Tell whether a mailbox was stopped at the limit of its error folder; asked of those that have one."""
    if not mailbox.error_folder or mailbox.error_stop_after is None:
        return False
    return MailboxState.objects.filter(mailbox=mailbox.id, held_at_limit=True).exists()


def _handle(mails: Sequence[Begun], settings: Settings, lease: leases.Held) -> int:
    """Decide and settle these mails; a batch that fails is settled mail by mail."""
    done = 0
    for batch in cut(mails, settings.constants.command):
        try:
            done += _settle(batch, settings, lease)
        except Exception as fault:
            if not is_the_mails(fault):
                raise
            log.warning("A batch of %d mails failed, each is settled by itself: %s", len(batch), fault)
            settings.refresh()
            done += _settle_each(batch, settings, lease)
        if _is_held(batch[0][0].mailbox):
            break
    return done


def _settle(batch: Sequence[Begun], settings: Settings, lease: leases.Held) -> int:
    """Settle a batch; decide it again when another process wrote what it refers to at the same moment."""
    for attempt in range(1, DECIDED_AGAIN + 1):
        decided = decide_batch(batch, settings.constants)
        try:
            return settle(decided, lease, settings.rulebook, settings.defaults)
        except Outdated:
            log.info("A request changed while mails for it were decided: they are decided again")
        except DatabaseError as fault:
            if attempt == DECIDED_AGAIN or not is_at_odds(fault):
                raise
            log.info("Another process took in the same mail or sender: these are decided again")
    raise Outdated


def _settle_each(batch: Sequence[Begun], settings: Settings, lease: leases.Held) -> int:
    """Settle a batch mail by mail, up to the one at which the mailbox is stopped."""
    done = 0
    for case, _, _ in batch:
        done += _settle_alone(case, settings, lease)
        if _is_held(case.mailbox):
            break
    return done


def _settle_alone(case: Case, settings: Settings, lease: leases.Held) -> int:
    """Settle one mail with the settings as they are now; if even that fails it is an error mail."""
    case.mailbox = facts_of(Mailbox.every.get(pk=case.mailbox.id))
    begun = begin(case)
    try:
        return _settle([begun], settings, lease)
    except Exception as fault:
        if not is_the_mails(fault):
            raise
        log.exception("Mail %s could not be written", case.mail_id)
        case.fault = Fault.of(fault)
        reason = f"What this mail became could not be written. {to_do_after_a_fault(case)}"
        error = Decided(case, Ends("error", reason), (*begun[2], Line("written", "error", reason, 0.0)))
        return settle([error], lease, settings.rulebook, settings.defaults)
