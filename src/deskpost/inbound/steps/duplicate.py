"""Step 2: the same mail met before, in this or another mailbox of the same instance and account."""

from deskpost.inbound import whose
from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Ends, Outcome
from deskpost.inbound.view import DeskView


def recognise(case: Case, desk: DeskView) -> Outcome | None:
    """End a mail that has the content of an earlier one, and its Message-ID where there is one.

    The sender is looked up here, once, because a duplicate is one within an account only.
    """
    case.sender = whose.sender(case, desk)
    if case.exempt:
        case.found("taken up again, not compared")
        return None
    for earlier in desk.earlier(case.content_key):
        if (
            earlier.mail_id != case.mail_id
            and earlier.message_id == case.message.message_id
            and earlier.instance_id == case.mailbox.instance_id
            and earlier.account_id == case.sender.account_id
        ):
            where = f", which is {earlier.record}" if earlier.record else ""
            return Ends(
                "duplicate",
                f"The same mail came before as mail {earlier.mail_id}{where}: same content, same Message-ID.",
                duplicate_of=earlier.mail_id,
            )
    return None
