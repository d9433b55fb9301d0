"""Writes error mails beside their outcomes, in the transaction of settle; what may be over the limit waits."""

from collections.abc import Sequence

from deskpost.inbound.decided import Decided, Written
from deskpost.inbound.error_folder import details as error_details
from deskpost.inbound.error_folder import limits
from deskpost.inbound.error_folder.mails import THERE, ErrorMail, Place
from deskpost.inbound.messages import InboundMessage

_ANEW = ("at", "step", "why", "details", "place", "folder", "refusals", "words", "copied", "copying_since")


def until_the_limit(batch: Sequence[Decided]) -> Sequence[Decided]:
    """Give a batch up to the error mail with which its folder may be full; the rest waits for the server's count."""
    if not any(one.outcome.kind == "error" for one in batch):
        return batch
    facts = batch[0].case.mailbox
    if not facts.error_folder or facts.error_stop_after is None:
        return batch
    errors = [one.case.mail_id for one in batch if one.outcome.kind == "error" and not one.case.refusal]
    counted = set(ErrorMail.objects.filter(pk__in=errors, place__in=THERE).values_list("pk", flat=True))
    total = limits.expected(facts.id)
    for number, one in enumerate(batch, start=1):
        if one.case.mail_id in errors and one.case.mail_id not in counted:
            total += 1
            if total >= facts.error_stop_after:
                return batch[:number]
    return batch


def write(rows: Sequence[Written]) -> None:
    """Write the error mails of a batch; forget those that are none any more and lie where they came from.

    Of one that opened a request the row stays, for that.
    """
    solved = [
        r.decided.case.mail_id for r in rows if r.decided.case.exempt and r.decided.outcome.kind != "error"
    ]
    if solved:
        errors_before = ErrorMail.objects.filter(pk__in=solved, place__in=(Place.KEPT, Place.TO_MOVE))
        errors_before.filter(request=None).delete()
        errors_before.update(
            place=Place.KEPT, details=""
        )  # they remember their request, and open no second one
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
    limits.hold(errors[0].case.mailbox.id)


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
