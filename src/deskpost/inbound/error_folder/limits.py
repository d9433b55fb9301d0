"""The limit of an error folder: how many mails its server counts there, and stopping to fetch at so many.

Who decides on mails has no connection: where the folder may be full, what waits is held (`held_at_limit` while fetching
is on) until the error mails are moved and the server has counted. Then fetching is stopped, or what waits goes on.
"""

from django.db.models.functions import Now

from deskpost import wake
from deskpost.desk.events import Event
from deskpost.inbound import leases
from deskpost.inbound.error_folder import incoming
from deskpost.inbound.error_folder.mails import ErrorMail, Place
from deskpost.inbound.mailboxes import Mailbox, MailboxState, own_addresses, stop_fetching
from deskpost.outbound import bell
from deskpost.outbound.notify import load_rulebook, notify
from deskpost.transports.errors import ActRefused, MailboxMissing
from deskpost.transports.source import Source

FULL = "error_folder_full"
VIA = "deskpost"


def note_total(mailbox: Mailbox, source: Source) -> int | None:
    """Ask how many mails the error folder holds, and note it; None where that is not told, or it is the inbox."""
    if incoming.is_it(mailbox, source, mailbox.error_folder_name):
        return None
    try:
        total = source.count_in(mailbox.error_folder_name)
    except MailboxMissing:
        total = 0
    except ActRefused:
        return None
    MailboxState.objects.filter(mailbox=mailbox).update(error_total=total, error_total_at=Now())
    return total


def expected(mailbox_id: int) -> int:
    """Tell how many mails the folder may hold soon: those counted last, and those to be moved that nobody refused."""
    state = MailboxState.objects.filter(mailbox=mailbox_id).only("error_total").first()
    coming = ErrorMail.objects.filter(mailbox=mailbox_id, place=Place.TO_MOVE, refusals=0).count()
    return coming + ((state.error_total if state else None) or 0)


def hold(mailbox_id: int) -> None:
    """Let what waits of a mailbox wait until its server has counted, where the folder may be full then."""
    mailbox = Mailbox.every.get(pk=mailbox_id)
    if not mailbox.error_folder or mailbox.error_stop_after is None or not mailbox.fetching:
        return
    if expected(mailbox_id) >= mailbox.error_stop_after and _is_coming(mailbox_id):
        MailboxState.objects.filter(mailbox=mailbox).update(held_at_limit=True)


def judge(mailbox: Mailbox, source: Source, lease: leases.Held, *, moved: bool) -> bool:
    """Count at the server where mails were moved or are held; stop fetching, and tell so, or let go on what waits."""
    if mailbox.error_stop_after is None:
        if moved:
            note_total(mailbox, source)
        return False
    held = mailbox.fetching and MailboxState.objects.filter(mailbox=mailbox, held_at_limit=True).exists()
    if not (moved or held):
        return False
    total = note_total(mailbox, source)
    if total is None:
        total = ErrorMail.objects.filter(mailbox=mailbox, place=Place.FOLDER).count()
    with lease.transaction():
        now = Mailbox.every.select_for_update().get(pk=mailbox.pk)
        if not now.fetching:
            return False
        if total >= mailbox.error_stop_after:
            _stop(now, total, mailbox.error_stop_after)
            return True
        MailboxState.objects.filter(mailbox=mailbox).update(held_at_limit=False)
        wake.processing(mailbox.pk)
    return False


def _is_coming(mailbox_id: int) -> bool:
    return ErrorMail.objects.filter(mailbox=mailbox_id, place=Place.TO_MOVE, refusals=0).exists()


def _stop(mailbox: Mailbox, total: int, limit: int) -> None:
    """Stop fetching in the caller's transaction, and tell of it."""
    mails = "1 mail" if total == 1 else f"{total} mails"
    reason = f"The error folder {mailbox.error_folder_name} holds {mails}, and fetching stops at {limit}."
    to_do = (
        "see in the Error Folder why, move the mails to the inbox once that is mended, and start fetching."
    )
    stop_fetching(None, VIA, mailbox, f"{reason} To do: {to_do}")
    MailboxState.objects.filter(mailbox=mailbox).update(
        held_at_limit=True, failing_since=None, consecutive_failures=0
    )
    url = f"/admin/mail-server-settings/incoming/{mailbox.pk}/"
    bell.ring(bell.administrators(), FULL, {"mailbox": mailbox.name, "reason": reason}, url)
    rules = load_rulebook(own_addresses())
    link = f"{rules.public_url}{url}" if rules.public_url else ""
    details = {"mailbox": mailbox.name, "reason": reason, "to_do": to_do, "link": link}
    notify([Event(FULL, details=details)], rules)
