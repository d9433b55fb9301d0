"""Writes error mails beside their outcomes, in the transaction of settle, and stops fetching at the limit."""

from collections.abc import Sequence

from deskpost.desk.events import Event
from deskpost.inbound.decided import Decided, Written
from deskpost.inbound.error_folder import details as error_details
from deskpost.inbound.error_folder.mails import THERE, ErrorMail, Place
from deskpost.inbound.mailboxes import Mailbox, MailboxState, own_addresses, stop_fetching
from deskpost.inbound.messages import InboundMessage
from deskpost.outbound import bell
from deskpost.outbound.notify import load_rulebook, notify

FULL = "error_folder_full"
VIA = "deskpost"
_ANEW = ("at", "step", "why", "details", "place", "folder", "refusals", "words", "copied", "copying_since")


def until_the_limit(batch: Sequence[Decided]) -> Sequence[Decided]:
    """Give a batch up to the error mail at which its mailbox is stopped; the rest waits until it is started again."""
    if not any(one.outcome.kind == "error" for one in batch):
        return batch
    facts = batch[0].case.mailbox
    if not facts.error_folder or facts.error_stop_after is None:
        return batch
    there = ErrorMail.objects.filter(mailbox=facts.id, place__in=THERE)
    counted = set(there.values_list("pk", flat=True))
    for number, one in enumerate(batch, start=1):
        if one.outcome.kind == "error" and one.case.mail_id not in counted:
            counted.add(one.case.mail_id)
            if len(counted) >= facts.error_stop_after:
                return batch[:number]
    return batch


def write(rows: Sequence[Written]) -> None:
    """Write the error mails of a batch; forget those that are none any more and lie where they came from."""
    solved = [
        r.decided.case.mail_id for r in rows if r.decided.case.exempt and r.decided.outcome.kind != "error"
    ]
    if solved:
        ErrorMail.objects.filter(pk__in=solved, place__in=(Place.KEPT, Place.TO_MOVE)).delete()
    errors = [row.decided for row in rows if row.decided.outcome.kind == "error"]
    if not errors:
        return
    ids = [one.case.mail_id for one in errors]
    before = {row.pk: row for row in ErrorMail.objects.defer("details").filter(pk__in=ids)}
    movable = _movable(ids)
    ErrorMail.objects.bulk_create(
        [_row(one, before.get(one.case.mail_id), one.case.mail_id in movable) for one in errors],
        update_conflicts=True,
        unique_fields=["mail"],
        update_fields=_ANEW,
    )
    _stop_at_the_limit(errors[0].case.mailbox.id)


def _movable(ids: Sequence[int]) -> set[int]:
    """Give the mails that lie in the folder that their mailbox is fetched from now, and may be moved there."""
    mails = InboundMessage.objects.select_related("mailbox").filter(pk__in=ids, refusal="")
    return {
        mail.pk
        for mail in mails
        if mail.mailbox.error_folder
        and mail.source_number == mail.mailbox.source_number
        and mail.folder == mail.mailbox.source_folder
    }


def _row(one: Decided, before: ErrorMail | None, movable: bool) -> ErrorMail:
    case, step = one.case, one.lines[-1].step if one.lines else ""
    stays = before is not None and before.place in (Place.FOLDER, Place.TO_INBOX)
    return ErrorMail(
        mail_id=case.mail_id,
        mailbox_id=case.mailbox.id,
        at=case.received_at,
        step=step,
        why=error_details.why(case, step),
        details=error_details.text(case, one.lines, one.outcome.reason),
        place=before.place if before and stays else Place.TO_MOVE if movable else Place.KEPT,
        folder=before.folder if before and stays else "",
    )


def _stop_at_the_limit(mailbox_id: int) -> None:
    """Stop fetching in the caller's transaction when the error folder holds as many mails as it may, and tell."""
    mailbox = Mailbox.every.get(pk=mailbox_id)
    if not mailbox.error_folder or mailbox.error_stop_after is None or mailbox.removed_at is not None:
        return
    total = ErrorMail.objects.filter(mailbox=mailbox, place__in=THERE).count()
    if total < mailbox.error_stop_after:
        return
    mails = "1 mail" if total == 1 else f"{total} mails"
    reason = (
        f"The error folder {mailbox.error_folder_name} holds {mails}, and fetching stops at "
        f"{mailbox.error_stop_after}."
    )
    to_do = (
        "see in the Error Folder why, move the mails to the inbox once that is mended, and start fetching."
    )
    if mailbox.fetching:
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
