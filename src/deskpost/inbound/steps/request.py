"""Step 11: a new request, unless this mailbox makes none from mail, or its sender is unknown and stopped."""

from dataclasses import replace

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, NewRequest, Outcome
from deskpost.inbound.steps import forwards, unknown
from deskpost.inbound.view import DeskView


def open_new(case: Case, desk: DeskView) -> Outcome | None:
    """Open a request for every mail that has come this far; auto-replies and loops that belong nowhere end."""
    if case.automatic is not None and case.automatic.never_opens:
        return Ends("automatic", f"It belongs to no request, and opens none: {case.automatic.reason}.")
    told = "" if _refused(case) else forwards.see_through(case, desk)
    if isinstance(told, Ends):
        return told
    by = case.mailbox.settings.get(forwards.COLUMN) if case.forwarded_by else None
    return open_or_refuse(
        case, desk, NewRequest("request", f"It names no request, so it is a new one.{told}", by=by)
    )


def open_or_refuse(case: Case, desk: DeskView, opening: NewRequest) -> Outcome:
    """Give the opening; else a refusal where this mailbox makes no requests, or what stops an unknown sender.

    Whom the mailbox lists is known by that.
    """
    if refused := _refused(case):
        return refused
    if case.mailbox.new_requests_disabled and case.forwarded_by is None:
        return replace(opening, by=opening.by or case.mailbox.settings.get("new_requests_disabled"))
    return unknown.stopped(case, desk) or _of_nobody(case, opening)


def _of_nobody(case: Case, opening: NewRequest) -> NewRequest:
    if case.sender.key or case.sender.person_id is not None:
        return opening
    return replace(opening, reason=f"{opening.reason} {unknown.NOBODY}")


def _refused(case: Case) -> Ends | None:
    """Give the refusal of a mailbox that makes no requests from this sender's mail."""
    mailbox = case.mailbox
    if not mailbox.new_requests_disabled:
        return None
    key = case.writer.key
    if key and (key in mailbox.allowed_addresses or key.rpartition("@")[2] in mailbox.allowed_domains):
        return None
    return Ends(
        "refused",
        f"The mailbox {mailbox.name} makes no new requests from mail, and "
        f"{case.writer.address or 'a mail without sender'} is not among the allowed addresses and domains.",
        record=None,
        by=mailbox.settings.get("new_requests_disabled"),
    )
