"""Step 6: whether a mail comes from the domain that its From names: pass, fail, none. It ends no mail.

Steps before it may ask for the verdict: it is found once, by whoever asks first.
"""

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Outcome, Setting
from deskpost.inbound.view import DeskView
from deskpost.mime.authenticity import FAIL, NONE, PASS, Verdict, from_header

NO_SOURCE = Verdict(NONE, "this mailbox has no source of verdicts")
WORDS = {PASS: "Sender confirmed", FAIL: "Sender may be forged", NONE: "Sender not confirmed"}


def judge(case: Case, desk: DeskView) -> Outcome | None:
    """Say in the trace what speaks for the sender; without a source of verdicts nothing is asked."""
    verdict = verdict_of(case)
    if verdict is NO_SOURCE:
        return None
    words = f"{WORDS[verdict.value]}: {verdict.reason}"
    if verdict.value == FAIL:
        case.note(words, source_of(case))
    else:
        case.found(words, source_of(case))
    return None


def verdict_of(case: Case) -> Verdict:
    """Give the verdict on a parsed mail."""
    if case.verdict is None:
        case.verdict = _found(case)
    return case.verdict


def source_of(case: Case) -> Setting | None:
    """Give the setting of the mailbox by which the verdict was found."""
    column = "trusted_authserv_ids" if case.looked_up is None else "own_check"
    return case.mailbox.settings.get(column)


def failed(case: Case) -> bool:
    """Tell whether the domain that From names disowns a mail."""
    return verdict_of(case).value == FAIL


def shown(case: Case) -> str:
    """Give the verdict as it is kept; empty where nobody asked, or nobody could have told."""
    return "" if case.verdict is None or case.verdict is NO_SOURCE else case.verdict.value


def by_header(case: Case) -> Verdict:
    """Give what the trusted server wrote into the header of a parsed mail."""
    trusted = case.mailbox.trusted_authserv_ids
    return from_header(case.message, trusted) if trusted else NO_SOURCE


def _found(case: Case) -> Verdict:
    verdict = by_header(case)
    if verdict.value == NONE and case.looked_up is not None:
        verdict = case.looked_up
    sender = getattr(case, "sender", None)
    if verdict.value == PASS and sender is not None and sender.sent_through:
        who = f"{sender.sent_through} is confirmed, and not {sender.address}, in whose name it wrote"
        return Verdict(NONE, f"{who}: {verdict.reason}", verdict.source)
    return verdict
