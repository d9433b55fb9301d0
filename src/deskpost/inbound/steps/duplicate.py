"""Step 2: the same mail met before, in this or another mailbox of the same instance and account."""

from deskpost.inbound import whose
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, Outcome
from deskpost.inbound.view import DeskView, Earlier


def recognise(case: Case, desk: DeskView) -> Outcome | None:
    """End a mail that has the content of an earlier one, and its Message-ID where there is one.

    A mail that is taken up again is no duplicate; an error mail is one of a twin that came through meanwhile.
    The sender is looked up here, once, because a duplicate is one within an account only.
    """
    case.sender, case.forwarded_by = whose.sender(case, desk), None  # a batch may be decided again
    earlier = next((one for one in desk.earlier(case.content_key) if _is_same(one, case)), None)
    case.copied = earlier is not None
    if case.exempt and not (case.failed and case.copied):
        case.found("taken up again, whatever came before")
        return None
    if earlier is None:
        return None
    where = f", which is {earlier.record}" if earlier.record else ""
    return Ends(
        "duplicate",
        f"The same mail came before as mail {earlier.mail_id}{where}: same content, same Message-ID.",
        duplicate_of=earlier.mail_id,
    )


def _is_same(earlier: Earlier, case: Case) -> bool:
    return (
        earlier.mail_id != case.mail_id
        and earlier.message_id == case.message.message_id
        and earlier.instance_id == case.mailbox.instance_id
        and earlier.account_id == case.sender.account_id
    )
