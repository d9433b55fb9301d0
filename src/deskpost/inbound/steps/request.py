"""Step 11: a new request, unless this mailbox makes none from mail."""

from dataclasses import replace

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, NewRequest, Outcome
from deskpost.inbound.view import DeskView


def open_new(case: Case, desk: DeskView) -> Outcome | None:
    """Open a request for every mail that has come this far; auto-replies and loops that belong nowhere end."""
    if case.automatic is not None and case.automatic.never_opens:
        return Ends("automatic", f"It belongs to no request, and opens none: {case.automatic.reason}.")
    return open_or_refuse(case, NewRequest("request", "It names no request, so it is a new one."))


def open_or_refuse(case: Case, opening: NewRequest) -> Outcome:
    """Give the opening, or a refusal where this mailbox makes no requests from this sender's mail."""
    mailbox, key = case.mailbox, case.sender.key
    if not mailbox.new_requests_disabled:
        return opening
    disabled = mailbox.settings.get("new_requests_disabled")
    if key and (key in mailbox.allowed_addresses or key.rpartition("@")[2] in mailbox.allowed_domains):
        return replace(opening, by=opening.by or disabled)
    return Ends(
        "refused",
        f"The mailbox {mailbox.name} makes no new requests from mail, and "
        f"{case.sender.address or 'a mail without sender'} is not among the allowed addresses and domains.",
        record=None,
        by=disabled,
    )
