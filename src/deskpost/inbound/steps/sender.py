"""Step 7: account and sender. Judges what the look-up of step 2 found."""

from deskpost.inbound import deciders, whose
from deskpost.inbound.case import Case, Sender
from deskpost.inbound.outcome import Ends, Outcome, Setting
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
    words, by = f"account by {sender.why}", _found_by(case, sender, desk)
    if sender.sent_through:
        case.note(f"{words}; sent through {sender.sent_through}", by)
    elif not sender.address:
        case.note(f"{words}; the mail names no sender", by)
    else:
        case.found(words, by)
    return None


def _found_by(case: Case, sender: Sender, desk: DeskView) -> Setting | None:
    """Give by what the account was found: the mailbox, the address of a person, a domain, or for want of these."""
    why = sender.why
    if why == whose.MAILBOX:
        return case.mailbox.settings.get("account")
    if why == whose.DEFAULT:
        return desk.constants.settings.get("default")
    if why in (whose.DOMAIN, whose.OF_SEVERAL):
        name = desk.constants.account_names.get(sender.account_id, "")
        return deciders.domain(sender.account_id, name, sender.key.rpartition("@")[2])
    if sender.person_id is None or why not in (whose.PERSON, whose.PREFERENCE):
        return None
    column = "preferred" if why == whose.PREFERENCE else "addresses"
    return deciders.address(sender.person_id, sender.person_name, sender.key, column)
