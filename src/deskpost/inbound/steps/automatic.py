"""Step 5: automatic mail and loops. None of it is ever answered; reports of other kinds than delivery end here."""

from deskpost.inbound import answered
from deskpost.inbound.case import AutomaticMail, Case
from deskpost.inbound.outcome import Ends, Outcome
from deskpost.inbound.view import DeskView
from deskpost.mime import absence, automatic
from deskpost.mime.automatic import Automatic

REPEATS_PER_HOUR = 20  # mails of one sender on one subject, written and received within it


def recognise(case: Case, desk: DeskView) -> Outcome | None:
    """Mark automatic mail and loops and go on; a report ends."""
    found = automatic.recognise(case.message)
    if found is not None and found.kind == "report":
        return Ends("automatic", f"{_called(case)}: {found.reason}.")
    loop = _loop(case, desk)
    repeated = "" if loop else _repeated(case, desk)
    found = _as_answer(found, case, desk)
    if loop or repeated:
        case.automatic = AutomaticMail("loop", loop or repeated, by_repetition=not loop and found is None)
    elif found is not None:
        case.automatic = AutomaticMail(found.kind, found.reason)
    if case.automatic is not None:
        case.note(f"{case.automatic.kind}: {case.automatic.reason}")
    elif case.message.from_ and automatic.is_unread(case.message.from_[0].address):
        case.note(f"nobody reads answers to {case.message.from_[0].address}: it gets no automatic one")
    return None


def _as_answer(found: Automatic | None, case: Case, desk: DeskView) -> Automatic | None:
    """Tell an absence note that its headers do not show by what it answers; what answers nothing is not answered."""
    if found is not None and found.kind == "auto-reply":
        return found
    note = automatic.as_answer(case.message, found)
    if note is not None and answered.answers_ours(case.message, desk):
        return note
    if note is not None and found is None and absence.is_note(case.message.subject, doubtful=False):
        return Automatic("auto-generated", "its subject is that of an absence note")
    return found


def _called(case: Case) -> str:
    """Say what kind of report it is. RFC 8098 section 3: a receipt is a report of its own type."""
    of_type = (case.message.header("Content-Type") or "").lower()
    return "A read receipt" if "disposition-notification" in of_type else "A report"


def _loop(case: Case, desk: DeskView) -> str:
    """Say why a mail is our own coming back; empty when it is not.

    Another installation's id in X-Deskpost-Loop, or the domain of the Message-ID, is no loop.
    """
    message = case.message
    if message.message_id and desk.sent_by_us(message.message_id):
        return f"our own mail {message.message_id} came back"
    if (message.header("X-Deskpost-Loop") or "").strip() == desk.constants.identity:
        return "it carries this installation's own mark"
    if answered.is_our_own(message, desk):
        return "our own mail came back under another Message-ID"
    return ""


def _repeated(case: Case, desk: DeskView) -> str:
    """Say that a mail is one of too many alike; empty when it is not."""
    if case.loop_key is not None:
        repeats = desk.repeats(case)
        if repeats >= REPEATS_PER_HOUR:
            return (
                f"{repeats} mails of this sender on this subject came within an hour; "
                f"{REPEATS_PER_HOUR} are the limit, which no setting changes"
            )
    return ""
