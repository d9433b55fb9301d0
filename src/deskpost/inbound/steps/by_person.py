"""What a person may decide of a mail: move it, make it a request of its own, have it processed again.

As the steps of the pipeline these only decide: each gives an outcome, or says why not. Nothing is written here.
"""

from dataclasses import dataclass

from deskpost.inbound.outcome import FoundRecord, Joins, NewRequest
from deskpost.inbound.steps.unknown import NOBODY

ERASED = (
    "Its raw mail was removed: dropped mails are kept for a set time, and that is over. There is nothing left to "
    "process. To do: ask its sender for it again; Spam Filter says how long dropped mails are kept."
)
_ENDED = ("closed", "resolved")


@dataclass(frozen=True, slots=True)
class Declined:
    """It is not done, and why."""

    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a mail that a person takes in hand."""

    kind: str
    record: FoundRecord | None  # the request it is in, or waits at
    is_in_it: bool  # it is a mail of that request
    opened_it: bool  # that request began with it
    accounts: frozenset[int]  # those it may belong to: the sender's, that of its request
    anybodys: bool  # nobody knows the sender: it lies in the default account for want of a better one
    automatic: bool
    whole: bool = True  # not its header alone
    readable: bool = True
    passed_on: bool = False  # a forward has its files
    from_alone: bool = False  # nothing but From says that a technician wrote it
    erased: bool = False  # its raw mail is gone: it was kept for its time
    without_sender: bool = False  # it names nobody with an address
    set_aside: bool = False  # it went with its request, which somebody took for spam


def move(mail: Known, to: FoundRecord, by: str, twin: int | None = None) -> Joins | Declined:
    """Put a mail into a request. It opens an ended one again as it would have by itself, unless it is automatic.

    `twin`: the same mail, which came by another mailbox and stands there already.
    """
    if mail.erased or mail.set_aside or not (mail.whole and mail.readable):
        return _unusable(mail)
    if mail.record is not None and mail.record.id == to.id and mail.is_in_it:
        return Declined(f"It is in {to.called} already. To do: choose another request.")
    if twin is not None:
        return Declined(
            f"{to.called[:1].upper()}{to.called[1:]} has this mail already, as mail {twin}: same content, "
            "same Message-ID. No mail stands twice at a request. To do: leave this one where it is."
        )
    if not mail.anybodys and to.account_id not in mail.accounts and not _waits_at(mail, to):
        return Declined(
            f"{to.called[:1].upper()}{to.called[1:]} is of another account than this mail. "
            "No mail changes its account. "
            "To do: choose a request of the sender's account."
        )
    if mail.passed_on and mail.record is not None and to.account_id != mail.record.account_id:
        return passed_on(mail.record)
    reopens = to.status_kind in _ENDED and not mail.automatic
    words = f"{by} {_how(mail)}."
    if reopens:
        words += f" {to.name} was closed and is open again."
    if mail.from_alone:
        words += " It is not sent on to the requester: anybody can write a technician's name into From."
    return Joins("conversation", words, to, reopens=reopens, from_alone=mail.from_alone)


def open_own(mail: Known, account_id: int | None, by: str) -> NewRequest | Declined:
    """Make a mail a request of its own, in this account."""
    if mail.erased or mail.set_aside or not (mail.whole and mail.readable):
        return _unusable(mail)
    if mail.opened_it and mail.record is not None:
        return Declined(
            f"It is a request of its own already: request {mail.record.number} began with it. "
            "To do: move it to another request, if it belongs there."
        )
    if account_id is None:
        return Declined(
            "Its sender is known in several accounts, so it is not known whose request it would be. "
            "To do: open one of these people and tick that mail of the address belongs there, or give the mailbox "
            "an account; then process this mail again."
        )
    if mail.passed_on and mail.record is not None and account_id != mail.record.account_id:
        return passed_on(mail.record)
    came_from = f" It was in {mail.record.name} before." if mail.is_in_it and mail.record else ""
    nobody = f" {NOBODY}" if mail.without_sender else ""
    return NewRequest("request", f"{by} made it a request of its own.{came_from}{nobody}")


def passed_on(record: FoundRecord) -> Declined:
    """Say that a mail stays in its account, for its files went out from there."""
    return Declined(
        f"Its files were forwarded from {record.called}, so it stays in that account. "
        "To do: move it to a request of that account."
    )


def process_again(mail: Known) -> Declined | None:
    """Tell why a mail is not taken through the steps once more; None when it can be."""
    if mail.is_in_it and mail.record is not None:
        return Declined(
            f"It is a mail of {mail.record.called}: processed again it would be there a second time. "
            "To do: move it to another request, or make it a request of its own."
        )
    return None if mail.whole and not mail.erased else _unusable(mail)


def _waits_at(mail: Known, to: FoundRecord) -> bool:
    """Tell whether a mail is held at this request: whoever sent it wrote to those who work on it."""
    return mail.kind == "held" and mail.record is not None and mail.record.id == to.id


def _how(mail: Known) -> str:
    if mail.record is None:
        return "put it here"
    if not mail.is_in_it:
        return "accepted it" if mail.kind == "held" else "put it here"
    return f"moved it here from {mail.record.name}"


def _unusable(mail: Known) -> Declined:
    if mail.erased:
        return Declined(ERASED)
    if mail.set_aside:
        return Declined(
            "It was dropped together with its request. "
            "To do: have it processed after all, which brings the request back; then do this."
        )
    if not mail.whole:
        return Declined(
            "Only the header of this mail was taken: there is nothing more to process, and nothing to put into a "
            "request. The mail is still where it came from. To do: read it there, or ask its sender for a smaller one."
        )
    return Declined(
        "This mail could not be read, so it can be put nowhere. "
        "To do: have it processed again, or open its raw source."
    )
