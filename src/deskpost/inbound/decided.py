"""Mails with their outcomes, on the way from deciding to the database."""

from dataclasses import dataclass

from deskpost.inbound.case import Case
from deskpost.inbound.outcome import Commanded, Joins, Line, NewRequest, Outcome

TEXT_LENGTH = 1_000_000  # characters of a mail's text kept with its conversation; the rest is in the raw mail
SUBJECT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """A mail with its outcome and trace."""

    case: Case
    outcome: Outcome
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new request begins with."""

    open_status_id: int
    open_status: str
    account_names: dict[int, str]


@dataclass(slots=True)
class Written:
    """What one mail has become: ids drawn before anything is written."""

    decided: Decided
    account_id: int | None
    record_id: int | None = None
    number: int | None = None
    conversation_id: int | None = None
    author_id: int | None = None


def is_quiet(row: Written) -> bool:
    """Tell whether a mail joined without moving or reopening its request."""
    return isinstance(row.decided.outcome, Joins) and row.decided.outcome.quietly


def joins_aloud(row: Written) -> bool:
    """Tell whether a mail joined a request as a person's answer does."""
    return isinstance(row.decided.outcome, Joins) and not is_quiet(row)


def reopens(row: Written) -> bool:
    """Tell whether a mail opens its request again."""
    return isinstance(row.decided.outcome, Joins) and row.decided.outcome.reopens


def is_original(row: Written) -> bool:
    """Tell whether a mail is the one that later copies of it are duplicates of: no copy of such a one itself.

    One that was refused is none, nor one whose account nobody could tell: a copy may come by a mailbox that takes it.
    """
    case, kind = row.decided.case, row.decided.outcome.kind
    if not hasattr(case, "sender") or case.copied or kind in ("error", "refused"):
        return False
    return not (kind == "held" and case.sender.ambiguous)


def sender_account(row: Written) -> int | None:
    """Give the account that the mail was taken for by who sent it, whatever record it joined or opened."""
    case = row.decided.case
    return case.writer.account_id if hasattr(case, "sender") else None


def writer_id(row: Written) -> int | None:
    """Give the person who sent a mail: the technician who forwarded it, else its author, who asks."""
    technician = row.decided.case.forwarded_by
    return technician.person_id if technician else row.author_id


def commanded(row: Written) -> Commanded | None:
    """Give what a command makes a request of; None for every other mail."""
    outcome = row.decided.outcome
    return outcome.commanded if isinstance(outcome, NewRequest) else None


def subject_of(row: Written) -> str:
    """Give what a request is called that this mail opens."""
    made = commanded(row)
    plain = " ".join(row.decided.case.message.subject.split())[:SUBJECT_LENGTH]
    return made.subject if made else plain or "(no subject)"


def text_of(row: Written) -> str:
    """Give the text of a mail as its conversation has it: of a command what it leaves."""
    made = commanded(row)
    return (made.text if made else row.decided.case.text)[:TEXT_LENGTH]
