"""Step 7: account and sender. Judges what the look-up of step 2 found."""

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, Outcome
from deskpost.inbound.view import DeskView


def judge(case: Case, desk: DeskView) -> Outcome | None:
    """Hold a mail whose address several accounts know, with nothing to choose by; else say whose it is."""
    sender = case.sender
    if sender.ambiguous:
        return Ends(
            "held",
            f"{sender.address} is known in {len(sender.ambiguous)} accounts. "
            "To do: open one of these people and tick that mail of the address belongs there, or give the mailbox "
            "an account; then process this mail again.",
        )
    words = f"account by {sender.why}"
    if sender.sent_through:
        case.note(f"{words}; sent through {sender.sent_through}")
    elif not sender.address:
        case.note(f"{words}; the mail names no sender")
    else:
        case.found(words)
    return None
